"""Contributors propose corrections, see what became of them; editors finish and accept them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Event, ReviewItem
from events.vocabulary import ReviewKind, ReviewState, Role
from tests.factories import make_event

SOURCES = [("Paper", "https://paper.example/1", "https://paper.example/1.jpg"), ("Radio", "", "")]


@pytest.fixture
def event(db: None) -> Event:
    return make_event("Ten people die in a flood.", contexts=["Floods"], citations=SOURCES)


def form(event: Event, **changed: Any) -> dict[str, Any]:
    same = {
        "version": event.version, "text": event.text, "summary": event.summary, "date": "2004-02-09",
        "category": event.category, "lead": "", "contexts": "Floods",
        "citations": "Paper | https://paper.example/1 | https://paper.example/1.jpg\nRadio",
        "grade": "correction", "note": "I was there.",
    }  # fmt: skip
    return {**same, **changed}


def test_a_contributor_proposes_and_reads_what_became_of_it(
    sit: Callable[..., Client], desk: Client, event: Event
) -> None:
    contributor = sit(Role.CONTRIBUTOR)
    path = reverse("admin:propose", args=[event.pk])
    there = reverse("admin:events_event_change", args=[event.pk])
    assert path in contributor.get(there).content.decode()
    assert path not in desk.get(there).content.decode()
    assert "Ten people die in a flood." in contributor.get(path).content.decode()
    sent = form(event, text="Twelve people die in a flood.", contexts="Floods\nRivers")
    assert contributor.post(path, sent)["Location"] == reverse("admin:proposals")
    item = ReviewItem.objects.get()
    assert set(item.data["values"]) == {"text", "contexts"}
    assert LogEntry.objects.get().change_message == "Proposed."
    mine = reverse("admin:proposals")
    assert "Waits" in contributor.get(mine).content.decode()
    decide = reverse("admin:queue_decide", args=[item.pk])
    shown = desk.get(reverse("admin:queue_item", args=[item.pk]))
    assert "<ins>Twelve</ins>" in shown.content.decode()
    desk.post(decide, form(event, answer="reject", note="It was ten."))
    text = contributor.get(mine).content.decode()
    assert "Decline" in text
    assert "It was ten." in text
    assert "I was there." in text


def test_an_editor_finishes_a_proposal_before_accepting_it(desk: Client, event: Event) -> None:
    path = reverse("admin:propose", args=[event.pk])
    desk.post(path, form(event, text="Twelve people die in a flood."))
    item = ReviewItem.objects.get()
    sent = form(event, text="Twelve people died in a flood.", answer="accept", note="", grade="update")
    desk.post(reverse("admin:queue_decide", args=[item.pk]), sent)
    event.refresh_from_db()
    assert event.text == "Twelve people died in a flood."
    revision = event.revisions.get()
    assert (revision.grade, revision.note) == ("update", "I was there. (Proposed by editor.)")
    assert [row.label for row in event.citations.order_by("position")] == ["Paper", "Radio"]


def test_sources_are_lines_and_untouched_ones_stay_as_they_are(desk: Client, event: Event) -> None:
    lines = "Radio\nhttps://new.example/2\nPaper | https://paper.example/1 | https://paper.example/1.jpg"
    desk.post(reverse("admin:propose", args=[event.pk]), form(event, citations=lines))
    values = ReviewItem.objects.get().data["values"]["citations"]
    assert [(row["label"], row["url"]) for row in values] == [
        ("Radio", ""), ("", "https://new.example/2"), ("Paper", "https://paper.example/1")
    ]  # fmt: skip


def test_what_is_refused_keeps_what_was_typed(desk: Client, event: Event) -> None:
    path = reverse("admin:propose", args=[event.pk])
    text = desk.post(path, form(event)).content.decode()
    assert "This changes nothing" in text
    Event.objects.update(version=4, text="Ten people died in a flood.")
    answer = desk.post(path, form(event, text="My careful words."))
    assert "It has changed since you opened it" in answer.content.decode()
    assert "My careful words." in answer.content.decode()
    assert "Ten people died in a flood." in answer.content.decode()
    assert desk.post(path, form(event, text="My careful words.", version=4)).status_code == 302
    assert desk.post(path, form(event, date="soon")).status_code == 200


def test_only_who_may_propose_does_and_only_what_stands(sit: Callable[..., Client], event: Event) -> None:
    path = reverse("admin:propose", args=[event.pk])
    assert sit(Role.VIEWER).get(path).status_code == 403
    merged = make_event("Old.", into=event)
    contributor = sit(Role.CONTRIBUTOR)
    assert contributor.get(reverse("admin:propose", args=[merged.pk])).status_code == 404
    assert contributor.get(reverse("admin:propose", args=[10**9])).status_code == 404


def test_ones_own_list_costs_the_same_with_three_and_shows_nobody_elses(
    sit: Callable[..., Client], desk: Client
) -> None:
    contributor = sit(Role.CONTRIBUTOR)
    mine = reverse("admin:proposals")

    def propose(client: Client, number: int) -> None:
        event = make_event(f"Event {number}.")
        client.post(
            reverse("admin:propose", args=[event.pk]),
            form(event, text=f"Better {number}.", contexts="", citations=""),
        )

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert contributor.get(mine).status_code == 200
        return len(found)

    propose(contributor, 1)
    contributor.get(mine)
    one = queries()
    propose(contributor, 2)
    propose(contributor, 3)
    propose(desk, 4)
    assert queries() == one
    rows = contributor.get(mine).context["rows"]
    assert [row["item"].data["values"]["text"] for row in rows] == ["Better 3.", "Better 2.", "Better 1."]
    assert ReviewItem.objects.filter(kind=ReviewKind.PROPOSAL, state=ReviewState.OPEN).count() == 4
