"""``/api/v1/search/`` and ``/api/v1/suggest/``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from events.actions.correct import correct_event
from events.actions.recording import Actor
from events.actions.values import EventValues
from events.models import Event
from events.vocabulary import Grade, Role, State
from tests.factories import make_event
from tests.people import make_person

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]


@pytest.fixture
def chief() -> Actor:
    return make_person(Role.CHIEF)


def texts(answer: Any) -> list[str]:
    return [result["text"] for result in answer.json()["results"]]


def test_hits_are_events_with_what_was_found_in_them(get: Get) -> None:
    event = make_event("Two elections in Zürich.", contexts=["Switzerland"])
    (hit,) = get("search/?q=election+zurich").json()["results"]
    assert hit.pop("score") > 0
    assert hit.pop("left_out") == []
    parts = hit.pop("highlight")
    assert [part["text"] for part in parts if part["found"]] == ["elections", "Zürich"]
    detail = get(f"events/{event.pk}/").json()
    del detail["related"]
    assert hit == detail


def test_filters_narrow_and_fields_choose(get: Get) -> None:
    make_event("Treaty one.", contexts=["A"], date="2004-02-09", citations=[("The Gazette", "", "")])
    make_event("Treaty two.", contexts=["B"], date="2005-02-09", category="politics")
    for query in (
        "context=a",
        "publisher=The+Gazette",
        "date_to=2004-12-31",
        "context_all=a",
        "q=treaty+-two",
    ):
        said = query if query.startswith("q") else f"q=treaty&{query}"
        assert texts(get(f"search/?{said}&fields=text")) == ["Treaty one."], query
    assert texts(get("search/?category=politics")) == ["Treaty two."]
    assert texts(get("search/?q=treaty&ordering=-date")) == ["Treaty two.", "Treaty one."]
    assert get("search/?q=one&fields=id,score").json()["results"][0].keys() == {"id", "score"}


def test_every_filter_of_events_narrows_a_search(get: Get, chief: Actor) -> None:
    cited = [("The Gazette", "https://gazette.example/1", "")]
    one = make_event("Treaty one.", contexts=["A"], date="2004-02-09", citations=cited)
    two = make_event("Treaty two.", date="2005-03-10")
    other = make_event("Nothing of the kind.", date="2006-02-09", citations=cited)
    correct_event(
        actor=chief, event_id=one.pk, version=1, values=EventValues(summary="Signed."),
        grade=Grade.UPDATE, note="Why.",
    )  # fmt: skip
    Event.objects.filter(pk__in=[two.pk, other.pk]).update(updated_at="2001-01-01T00:00:00Z")
    for query in (
        "on_day=02-09",
        "changed_since=2002-01-01",
        "source=https://gazette.example/1",
        "has_correction=true",
        f"ids={one.pk},{other.pk}",
        f"ids={one.pk},{two.pk}&on_day=02-09&has_correction=true",
    ):
        for ordering in ("relevance", "-date"):
            answer = get(f"search/?q=treaty&{query}&ordering={ordering}&facets=true").json()
            assert [row["id"] for row in answer["results"]] == [one.pk], query
            assert (answer["facets"]["counted"], answer["histogram"]["count"]) == (1, 1), query
    assert texts(get("search/?q=treaty&has_correction=false")) == ["Treaty two."]
    assert texts(get("search/?q=treaty&on_day=02-10")) == []
    assert texts(get("search/?on_day=02-09&ordering=-date&fields=text")) == [
        "Nothing of the kind.",
        "Treaty one.",
    ]


def test_most_of_the_words_where_no_event_has_all(get: Get) -> None:
    make_event("A tsunami hits the coast on this day.", contexts=["Seas"])
    make_event("Boxing is over.")
    answer = get("search/?q=boxing+day+tsunami&facets=true").json()
    assert answer["all_words"] is False
    assert [(row["text"], row["left_out"]) for row in answer["results"]] == [
        ("A tsunami hits the coast on this day.", ["boxing"])
    ]
    assert (answer["facets"]["counted"], answer["histogram"]["count"]) == (1, 1)
    answer = get("search/?q=boxing+day+tsunami&words=all").json()
    assert (answer["all_words"], answer["results"]) == (True, [])
    assert get("search/?q=boxing").json()["all_words"] is True


@pytest.mark.parametrize("ordering", ["relevance", "-date"])
def test_pages_have_every_hit_once(get: Get, ordering: str) -> None:
    for number in range(7):
        make_event(f"Treaty {number}.")
    seen, address = [], f"search/?q=treaty&page_size=3&ordering={ordering}"
    while address:
        answer = get(address)
        seen += texts(answer)
        following = answer.json()["next"]
        address = following.partition("/api/v1/")[2] if following else ""
    assert sorted(seen) == [f"Treaty {number}." for number in range(7)]


def test_facets_and_histogram_come_when_asked_for(get: Get) -> None:
    make_event("Treaty one.", contexts=["A", "B"])
    make_event("Treaty two.", contexts=["A"])
    assert get("search/?q=treaty").json()["facets"] is None
    whole = get("search/?q=treaty&facets=true&page_size=1").json()
    assert [(value["name"], value["count"]) for value in whole["facets"]["context"]] == [("A", 2), ("B", 1)]
    assert whole["histogram"] == {"months": [{"month": "2004-02", "count": 2}], "count": 2, "more": False}


def test_a_mistyped_word_gets_a_proposal(get: Get) -> None:
    make_event("The chancellor speaks.")
    assert get("search/?q=chancelor").json()["did_you_mean"] == "chancellor"
    assert get("search/?q=chancellor").json()["did_you_mean"] is None


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("q=x&ordering=date", "ordering"),
        ("q=x&cursor=x", "cursor"),
        ("q=x&facets=1", "facets"),
        ("q=x&words=some", "words"),
        ("q=x&on_day=02-30", "on_day"),
        ("q=x&changed_since=then", "changed_since"),
        ("q=x&context=nobody", "context"),
        ("q=x&fields=colour", "fields"),
        ("q=x&colour=red", "colour"),
        ("q=", "q"),
    ],
)
def test_what_cannot_be_used_is_named(get: Get, query: str, parameter: str) -> None:
    answer = get(f"search/?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == parameter


def test_a_cursor_is_of_one_search_in_one_order(get: Get) -> None:
    for number in range(3):
        make_event(f"Treaty {number}.")
    following = get("search/?q=treaty&page_size=1").json()["next"].partition("cursor=")[2]
    assert get(f"search/?q=treaty&ordering=-date&cursor={following}").status_code == 400
    for other in ("q=other", "q=treaty&words=all", "q=treaty&edition=en"):
        assert get(f"search/?{other}&page_size=1&cursor={following}").status_code == 400
    assert get(f"search/?q=treaty&page_size=2&cursor={following}").status_code == 200


@pytest.mark.parametrize("said", ['"', "-", "OR OR", "a:b", "*", "'; --", "%", "\\", "(", "北" * 300])
def test_no_query_is_an_error(get: Get, said: str) -> None:
    assert get(f"search/?q={quote(said)}").status_code == 200


def test_suggestions(get: Get) -> None:
    event = make_event("Zürich votes.", contexts=["Zürich"])
    make_event("Zürich hides.", state=State.WITHDRAWN)
    found = get("suggest/?q=zur").json()
    assert [row["id"] for row in found["events"]] == [event.pk]
    assert [row["name"] for row in get("suggest/?q=Zür").json()["contexts"]] == ["Zürich"]


def test_the_number_of_queries(get: Get, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(20):
        make_event(f"Treaty {number}.", contexts=["A"])
    rarity = connection.vendor == "postgresql"  # which is asked how rare the words are
    with django_assert_num_queries(2 + rarity):
        assert len(texts(get("search/?q=treaty"))) == 20
    with django_assert_num_queries(5 + rarity):
        get("search/?q=treaty&facets=true")


def test_filters_that_nothing_can_pass_find_nothing(get: Get) -> None:
    make_event("Treaty one.")
    for query in (
        "has_correction=true",
        "q=treaty&has_correction=true",
        "q=treaty&has_correction=true&facets=true",
    ):
        assert texts(get(f"search/?{query}")) == []
