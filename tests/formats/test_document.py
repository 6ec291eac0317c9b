"""An event's document: its keys, their order, what they are made of, and that nothing is queried for it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from events.formats import document
from events.models import Event, Publisher, Revision, Tagging
from events.vocabulary import ChangeKind, Tagged
from tests import factories
from tests.formats import samples

UTC_NOON = "2018-01-25T12:00:00.000000Z"


def document_of(event: Event, corrections: list[Revision] | None = None) -> dict[str, Any]:
    """The document, with the check that making it asks the database nothing."""
    loaded = Event.objects.filter(pk=event.pk).for_detail().get()
    with CaptureQueriesContext(connection) as queries:
        made = document.event_document(loaded, corrections or [])
    assert not queries.captured_queries
    return made


@pytest.mark.django_db
def test_a_document_has_exactly_the_keys_of_a_detail_answer_but_related() -> None:
    event = factories.make_event(contexts=["B"], lead="A", citations=[("Post", "https://post.example/", "")])
    factories.make_provenance(event)
    made = document_of(event)
    assert list(made) == list(samples.stored(samples.event()))
    full = samples.full_event()
    for key in ("lead_context", "contexts", "citations", "provenance", "licence"):
        ours, theirs = (value[0] if isinstance(value, list) else value for value in (made[key], full[key]))
        assert list(ours) == list(theirs)


@pytest.mark.django_db
def test_a_document_says_what_is_stored() -> None:
    event = factories.make_event(
        "An envoy speaks.",
        summary="He spoke at length.",
        lead="Oslo",
        contexts=["Åland", "Bergen"],
        citations=[("Post", "https://post.example/a", "https://post.example/a.jpg"), ("Bell", "", "")],
        created_at=dt.datetime(2018, 1, 25, 13, tzinfo=dt.timezone(dt.timedelta(hours=1))),
    )
    factories.make_provenance(event, external_id="g-17", date=event.date, slug="an-envoy")
    made = document_of(event)
    assert made["address"] == "/news/2004/02/9/an-envoy-speaks"
    assert made["date"] == "2004-02-09"
    assert made["summary_by"] == "Post"
    assert made["category"] == "other"
    assert made["lead_context"]["name"] == "Oslo"
    assert made["lead_context"]["path"] == "/contexts/oslo/"
    assert [(row["name"], row["how"]) for row in made["contexts"]] == [
        ("Bergen", "origin"),
        ("Oslo", "origin"),
        ("Åland", "origin"),
    ]
    assert [(row["label"], row["url"], row["publisher"]) for row in made["citations"]] == [
        ("Post", "https://post.example/a", "Post"),
        ("Bell", "", "Bell"),
    ]
    assert made["citations"][0]["source"] is not None
    assert made["citations"][1]["source"] is None
    assert made["provenance"] == [
        {
            "origin": "gazette",
            "name": "The Gazette Archive",
            "id": "g-17",
            "address": "/news/2004/02/9/an-envoy",
            "harvested": UTC_NOON,
        }
    ]
    assert made["created"] == UTC_NOON


@pytest.mark.django_db
def test_the_publisher_is_the_source_s_own_where_there_is_a_source() -> None:
    event = factories.make_event(summary="Words.", citations=[("Post", "https://post.example/a", "")])
    citation = event.citations.get()
    citation.publisher = Publisher.objects.create(name="Another")
    citation.save()
    assert document_of(event)["summary_by"] == "Post"
    event.summary = ""
    event.save()
    assert document_of(event)["summary_by"] == ""


@pytest.mark.django_db
def test_former_addresses_come_oldest_first_with_the_edition_s_prefix() -> None:
    event = factories.make_event("旧桥关闭", edition="zh", date="2019-01-03")
    factories.former_address(event, "z-first", date=dt.date(2019, 1, 2))
    factories.former_address(event, "a-second")
    made = document_of(event)
    assert made["address"] == "/zh/news/2019/01/3/旧桥关闭"
    assert made["former_addresses"] == ["/zh/news/2019/01/2/z-first", "/zh/news/2019/01/3/a-second"]


@pytest.mark.django_db
def test_a_context_that_a_person_removed_is_absent() -> None:
    event = factories.make_event(contexts=["A", "B"])
    Tagging.objects.filter(event=event, context__name="A").update(removed=True, how=Tagged.PERSON)
    assert [context["name"] for context in document_of(event)["contexts"]] == ["B"]


@pytest.mark.django_db
def test_licences_are_named_once_an_origin_and_only_where_something_is_asked_for() -> None:
    event = factories.make_event()
    gazette = factories.make_origin()
    factories.make_provenance(event, origin=gazette, key="one")
    factories.make_provenance(event, origin=gazette, key="two", leading=False)
    silent = factories.make_origin("silent", licence="", licence_url="", attribution="")
    factories.make_provenance(event, origin=silent, key="three")
    made = document_of(event)
    assert [row["origin"] for row in made["provenance"]] == ["gazette", "gazette", "silent"]
    assert [row["origin"] for row in made["licence"]] == ["gazette"]


@pytest.mark.django_db
def test_corrections_stand_as_given_with_who_made_them() -> None:
    event = factories.make_event()
    revision = Revision(
        event=event, number=2, at=factories.SOME_TIME, kind=ChangeKind.CORRECTED,
        actor_name="ada", grade="typo", note="A letter.",
    )  # fmt: skip
    assert document_of(event, [revision])["corrections"] == [
        {"revision": 2, "at": UTC_NOON, "grade": "typo", "note": "A letter.", "by": "ada"}
    ]


texts = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ['","provenance":[', '\\","provenance":[{"', '"related":', "</script>", "]]>", "\u202e", "\x00\x1f\u2028"]
)


@given(texts, texts)
def test_the_spliced_answer_is_the_composed_one(text: str, name: str) -> None:
    full = samples.full_event(text=text)
    full["contexts"][0]["name"] = full["provenance"][0]["name"] = full["licence"][0]["attribution"] = name
    full["corrections"][0]["note"] = name
    body = document.stored_json(samples.stored(full))
    answer = document.detail(body, full["related"])
    assert answer == full
    assert list(answer) == list(full)
    assert document.detail_json(body, full["related"]) == json.dumps(
        answer, ensure_ascii=False, separators=(",", ":")
    )


def test_stored_json_is_compact_and_keeps_other_scripts_readable() -> None:
    body = document.stored_json(samples.stored(samples.chinese_event()))
    assert body.startswith('{"id":5,"edition":"zh","address":"/zh/news/2019/01/3/旧桥关闭",')


def test_half_a_surrogate_pair_does_not_break_a_page() -> None:
    page = document.day_json(samples.day(samples.event(text="half \ud800")))
    assert json.loads(page)["events"][0]["text"] == "half ?"
