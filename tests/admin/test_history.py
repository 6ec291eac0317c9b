"""The history: every revision with its difference, robots folded, and the way back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.actions.correct import correct_event
from events.models import BulkChange, Event, Revision
from events.vocabulary import BulkKind, Grade, Role
from tests.factories import make_event
from tests.harvests import harvest, later, record
from tests.people import make_person


def history(event: Event) -> str:
    return reverse("admin:events_event_history", args=[event.pk])


def revert(event: Event) -> str:
    return reverse("admin:events_event_revert", args=[event.pk])


def corrected(event: Event, *texts: str) -> None:
    """Each text by an editor, one after the other."""
    editor = make_person(Role.EDITOR, name=f"e{Revision.objects.count()}")
    for text in texts:
        version = Event.objects.get(pk=event.pk).version
        correct_event(
            actor=editor, event_id=event.pk, version=version, values={"text": text}, grade=Grade.UPDATE,
            note=f"Because {text}",
        )  # fmt: skip


def test_it_says_who_when_why_and_folds_robots(desk: Client, db: None) -> None:
    harvest(record("One treaty was signed.", "one"))
    harvest(record("One treaty was signed today.", "one"), moment=later())
    event = Event.objects.get()
    corrected(event, "Two treaties were signed today.")
    harvest(record("One treaty was signed today in Rome.", "one"), moment=later(2))
    bulk = BulkChange.objects.create(kind=BulkKind.REPLACE, by_name="editor")
    Revision.objects.bulk_create(
        [Revision(event=event, number=99, kind="updated", actor_name="editor", bulk=bulk, fields={})]
    )
    answer = desk.get(history(event))
    shown = answer.content.decode()
    assert [group["robots"] for group in answer.context["groups"]] == [False, True, False, True]
    assert "<details" in shown
    assert "<ins> today</ins>" in shown
    assert "Because Two treaties were signed today." in shown
    assert f"bulk change {bulk.pk}" in shown
    for row in Revision.objects.exclude(harvest=None):
        assert reverse("admin:events_harvest_change", args=[row.harvest_id]) in shown


def test_it_costs_the_same_with_more_and_has_pages(desk: Client, db: None) -> None:
    event = make_event("Words.")
    corrected(event, "Words 2.")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert desk.get(history(event)).status_code == 200
        return len(found)

    queries()
    one = queries()
    corrected(event, *(f"Words {number}." for number in range(3, 6)))
    # Session, user, permissions (two), the event, count, revisions.
    assert queries() == one <= 8
    rows = [Revision(event=event, number=number, kind="updated", actor_name="x") for number in range(6, 60)]
    Revision.objects.bulk_create(rows)
    assert queries() == one
    pages = [desk.get(history(event), {"p": page}).context["groups"] for page in (1, 2)]
    assert [sum(len(group["rows"]) for group in groups) for groups in pages] == [50, 8]


def test_going_back_is_shown_first_and_is_a_correction_of_its_own(desk: Client, db: None) -> None:
    event = make_event("First words.")
    corrected(event, "Second words.", "Third words.")
    assert f"{revert(event)}?revision=2" in desk.get(history(event)).content.decode()
    asked = desk.get(revert(event), {"revision": 2})
    assert "<del>Third</del><ins>Second</ins>" in asked.content.decode()
    answer = desk.post(revert(event), {**asked.context["form"].initial, "note": "It was right."})
    assert answer.status_code == 302
    event.refresh_from_db()
    assert (event.text, event.version) == ("Second words.", 4)
    last = Revision.objects.get(event=event, number=4)
    assert (last.grade, last.note) == (Grade.CORRECTION, "It was right.")


def test_going_back_asks_for_a_note_and_for_a_revision_that_there_is(desk: Client, db: None) -> None:
    event = make_event("First words.")
    corrected(event, "Second words.", "Third words.")
    for chosen in ("", "99", "x"):
        assert desk.get(revert(event), {"revision": chosen}).headers["Location"] == history(event)
    answer = desk.post(revert(event), {"revision_number": 2, "version": 3, "note": " "})
    assert "required" in answer.content.decode()
    assert Event.objects.get().text == "Third words."


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR])
def test_who_may_not_correct_reads_the_history_and_goes_back_to_nothing(
    sit: Callable[..., Client], role: Role
) -> None:
    event = make_event("First words.")
    corrected(event, "Second words.", "Third words.")
    desk = sit(role)
    assert "act/revert" not in desk.get(history(event)).content.decode()
    assert desk.get(revert(event), {"revision": 2}).status_code == 403
    assert desk.get(reverse("admin:events_event_history", args=[987])).status_code == 404
