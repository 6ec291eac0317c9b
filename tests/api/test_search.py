"""``/api/v1/search/`` and ``/api/v1/suggest/``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from pytest_django import DjangoAssertNumQueries

from events.vocabulary import State
from tests.factories import make_event

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]


def texts(answer: Any) -> list[str]:
    return [result["text"] for result in answer.json()["results"]]


def test_hits_are_events_with_what_was_found_in_them(get: Get) -> None:
    event = make_event("Two elections in Zürich.", contexts=["Switzerland"])
    (hit,) = get("search/?q=election+zurich").json()["results"]
    assert hit.pop("score") > 0
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


def test_a_cursor_of_one_order_is_none_of_the_other(get: Get) -> None:
    for number in range(3):
        make_event(f"Treaty {number}.")
    following = get("search/?q=treaty&page_size=1").json()["next"].partition("cursor=")[2]
    assert get(f"search/?q=treaty&ordering=-date&cursor={following}").status_code == 400


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
    with django_assert_num_queries(2):
        assert len(texts(get("search/?q=treaty"))) == 20
    with django_assert_num_queries(5):
        get("search/?q=treaty&facets=true")
