"""events/admin/bulk.py: what changed many events, how far it is, and the buttons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.actions.bulk.undo import undo_bulk_change
from events.actions.correct import correct_event
from events.actions.recording import Actor
from events.models import BulkChange, Event, ReviewItem
from events.vocabulary import BulkKind, BulkState, Grade, Role
from tests.actions.bulk_works import reword, run, texts, word_work
from tests.factories import make_event
from tests.people import make_person

__all__ = ["word_work"]
pytestmark = pytest.mark.usefixtures("word_work")

LIST = "/admin/bulk/"


@pytest.fixture
def boss(db: None) -> Actor:
    return make_person(Role.CHIEF, name="boss")


def done(actor: Actor, *events: Event) -> BulkChange:
    return run(reword(actor, events or [make_event("The colour of Rome.")], "colour", "color"))


def url(change: BulkChange, name: str = "bulk_change", *more: str) -> str:
    return reverse(f"admin:{name}", args=[change.pk, *more])


def test_list_and_page_say_what_was_done(chief_desk: Client, boss: Actor) -> None:
    change = done(boss)
    page = chief_desk.get(LIST).content.decode()
    assert f'href="{url(change)}"' in page
    assert "1 changed" in page
    page = chief_desk.get(url(change)).content.decode()
    assert "<del>colour</del>" in page
    assert url(change, "bulk_undo") in page


def test_what_is_under_way_shows_progress_and_asks_for_itself(chief_desk: Client, boss: Actor) -> None:
    change = reword(boss, [make_event("The colour of Rome.")], "colour", "color")
    page = chief_desk.get(url(change)).content.decode()
    part = chief_desk.get(url(change, "bulk_progress"))
    for shown in (page, part.content.decode()):
        assert "<progress" in shown
        assert f'hx-get="{url(change, "bulk_progress")}"' in shown
    assert "HX-Refresh" not in part
    run(change)
    part = chief_desk.get(url(change, "bulk_progress"))
    assert "hx-get" not in part.content.decode()
    assert part["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("state", "seconds", "says"),
    [
        (BulkState.QUEUED, 60, "No worker has picked it up"),
        (BulkState.QUEUED, 1, ""),
        (BulkState.RUNNING, 90, "Nothing has moved"),
        (BulkState.RUNNING, 30, ""),
    ],
)
def test_a_missing_worker_is_pointed_out(
    chief_desk: Client, boss: Actor, state: BulkState, seconds: int, says: str
) -> None:
    change = reword(boss, [make_event("The colour of Rome.")], "colour", "color")
    moment = timezone.now() - dt.timedelta(seconds=seconds)
    moved = {"at": moment.isoformat()} if state == BulkState.RUNNING else {}
    BulkChange.objects.filter(pk=change.pk).update(state=state, created_at=moment, counts=moved)
    page = chief_desk.get(url(change)).content.decode()
    assert ("db_worker" in page) is bool(says)
    assert says in page


def test_it_is_stopped_resumed_and_undone_by_buttons_and_all_is_logged(
    chief_desk: Client, boss: Actor, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    event = make_event("The colour of Rome.")
    change = reword(boss, [event], "colour", "color")
    chief_desk.post(url(change, "bulk_act", "stop"))
    change.refresh_from_db()
    assert change.state == BulkState.STOPPED
    with django_capture_on_commit_callbacks(execute=True):
        chief_desk.post(url(change, "bulk_act", "resume"))
    assert texts(event) == ["The color of Rome."]
    look = chief_desk.get(url(change, "bulk_undo")).content.decode()
    assert "<ins>colour</ins>" in look
    with django_capture_on_commit_callbacks(execute=True):
        answer = chief_desk.post(url(change, "bulk_undo"), {"note": ""})
    assert texts(event) == ["The colour of Rome."]
    undo = BulkChange.objects.get(kind=BulkKind.UNDO)
    assert answer["Location"] == url(undo)
    said = LogEntry.objects.order_by("pk").values_list("object_id", "change_message")
    assert list(said) == [
        (str(change.pk), "Stopped."),
        (str(change.pk), "Went on."),
        (str(undo.pk), f"Undoes bulk change {change.pk}."),
    ]  # fmt: skip
    page = chief_desk.get(url(change)).content.decode()
    assert url(undo) in page
    assert url(change, "bulk_undo") not in page


def test_the_undo_page_counts_what_others_changed_since(chief_desk: Client, boss: Actor) -> None:
    kept, over = make_event("The colour of Rome, they say."), make_event("The colour of Oslo.")
    change = done(boss, kept, over)
    for event, text in ((kept, "The color of Rome, we say."), (over, "The hue of Oslo.")):
        correct_event(actor=boss, event_id=event.pk, version=2, values={"text": text}, grade=Grade.TYPO)
    response = chief_desk.get(url(change, "bulk_undo"))
    look = response.context["look"]
    assert (look.back, look.since, look.compared, look.conflicts) == (2, 2, 2, 1)
    assert "stays as others made it: text" in response.content.decode()


def test_what_is_refused_is_said(chief_desk: Client, boss: Actor) -> None:
    change = done(boss)
    for name, more in (("bulk_act", ("stop",)), ("bulk_act", ("resume",))):
        page = chief_desk.post(url(change, name, *more), follow=True).content.decode()
        assert "It is done already." in page
    run(change)
    chief_desk.post(url(change, "bulk_undo"))
    page = chief_desk.post(url(change, "bulk_undo"), follow=True).content.decode()
    assert "being undone already" in page
    assert chief_desk.get(url(change, "bulk_act", "stop")).status_code == 405
    assert chief_desk.post(url(change, "bulk_act", "melt")).status_code == 404
    assert chief_desk.get("/admin/bulk/999999/").status_code == 404


@pytest.mark.parametrize("name", ["bulk_change", "bulk_progress", "bulk_undo"])
def test_editors_have_none_of_it(desk: Client, boss: Actor, name: str) -> None:
    change = done(boss)
    assert desk.get(LIST).status_code == 403
    assert desk.get(url(change, name)).status_code == 403
    assert desk.post(url(change, "bulk_undo")).status_code == 403
    assert "Bulk changes" not in desk.get("/admin/").content.decode()


def test_lists_cost_the_same_for_one_row_and_for_three(
    chief_desk: Client, boss: Actor, django_assert_num_queries: Any
) -> None:
    change = done(boss, make_event("The colour of Rome."))
    chief_desk.get(LIST)
    with django_assert_num_queries(6):
        chief_desk.get(LIST)
    with django_assert_num_queries(7):
        chief_desk.get(url(change))
    for _ in range(2):
        change = done(boss, *(make_event(f"The colour of number {number}.") for number in range(3)))
    with django_assert_num_queries(6):
        chief_desk.get(LIST)
    with django_assert_num_queries(7):
        chief_desk.get(url(change))


def test_the_queue_says_that_a_conflict_comes_from_an_undo(chief_desk: Client, boss: Actor) -> None:
    event = make_event("The colour of Rome.")
    change = done(boss, event)
    correct_event(
        actor=boss, event_id=event.pk, version=2, values={"text": "The hue of Rome."}, grade=Grade.TYPO
    )
    undo = run(undo_bulk_change(actor=boss, change_id=change.pk))
    item = ReviewItem.objects.get()
    page = chief_desk.get(f"/admin/queue/{item.pk}/").content.decode()
    assert url(undo) in page
    assert "what stood here before" in page
