"""events/actions/bulk/change.py and running.py: many events at once, on record, stoppable and resumable."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection

from events.actions.bulk.change import WORKS, CorrectingWork, events_of, figures, told
from events.actions.bulk.running import run_bulk_change
from events.actions.bulk.start import resume_bulk_change, stop_bulk_change
from events.actions.correct import correct_event
from events.actions.errors import InvalidAction, StaleVersion
from events.actions.recording import Actor
from events.models import BulkChange, Change, Document, Event, Revision
from events.vocabulary import BulkKind, BulkState, Grade, Role
from tests.actions.bulk_works import DEATH, REFUSAL, WordWork, one_batch_of, reword, run, texts, word_work
from tests.factories import make_event
from tests.harvests import Killed
from tests.people import make_person

__all__ = ["word_work"]
pytestmark = pytest.mark.usefixtures("word_work")


def three() -> list[Event]:
    return [make_event(f"The colour of {place}.") for place in ("Rome", "Oslo", "Bern")]


def test_each_event_is_corrected_on_record_and_the_documents_follow(chief: Actor) -> None:
    events = [*three(), make_event("Nothing to see.")]
    change = run(reword(chief, events, "colour", "color"))
    assert texts(*events)[:2] == ["The color of Rome.", "The color of Oslo."]
    assert change.state == BulkState.DONE
    assert change.started_at is not None
    assert change.finished_at is not None
    assert (change.total, figures(change)) == (4, {"changed": 3, "unchanged": 1})
    revisions = Revision.objects.filter(bulk=change)
    assert {(row.grade, row.actor_name, row.number) for row in revisions} == {("typo", "chief", 2)}
    assert events_of(change) == [event.pk for event in events[:3]]
    assert json.loads(Document.objects.get(event=events[0]).body)["text"] == "The color of Rome."
    assert Change.objects.count() == 3


def test_only_chief_editors_may(editor: Actor, chief: Actor) -> None:
    events = three()
    with pytest.raises(PermissionDenied):
        reword(editor, events, "colour", "color")
    change = reword(chief, events, "colour", "color")
    for act in (stop_bulk_change, resume_bulk_change):
        with pytest.raises(PermissionDenied):
            act(actor=editor, change_id=change.pk)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"events": []}, "no event"),
        ({"asked": {"old": "a", "new": "b", "grade": "correction"}}, "needs a note"),
        ({"asked": {"old": "a", "new": "b", "grade": "grave"}}, "choose a grade"),
    ],
)
def test_what_cannot_be_done_is_refused_at_once(chief: Actor, asked: dict[str, object], says: str) -> None:
    with pytest.raises(InvalidAction, match=says):
        reword(
            chief,
            [] if "events" in asked else three(),
            "a",
            "b",
            **{k: v for k, v in asked.items() if k == "asked"},
        )
    assert not BulkChange.objects.exists()


def test_too_many_events_are_refused_with_the_limit(chief: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CorrectingWork, "most", 2)
    with pytest.raises(InvalidAction, match="3 events; at once 2"):
        reword(chief, three(), "colour", "color")


def test_what_one_event_refuses_is_listed_and_leaves_nothing(chief: Actor) -> None:
    events = three()
    WordWork.trouble = {"The colour of Oslo.": REFUSAL, "The colour of Bern.": ZeroDivisionError()}
    change = run(reword(chief, events, "colour", "color"))
    assert texts(*events) == ["The color of Rome.", "The colour of Oslo.", "The colour of Bern."]
    assert figures(change) == {"changed": 1, "refused": 2}
    assert [(pk, why) for pk, _, why in told(change)] == [
        (events[1].pk, "Not this one."),
        (events[2].pk, "It could not be changed (ZeroDivisionError)."),
    ]
    assert Revision.objects.filter(bulk=change).count() == 1


def test_half_of_what_is_done_to_an_event_that_refuses_is_rolled_back(
    chief: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    treat = WordWork.treat

    def corrected_then_refused(self: WordWork, event: Event, change: BulkChange, actor: Actor) -> object:
        treat(self, event, change, actor)
        raise REFUSAL

    monkeypatch.setattr(WordWork, "treat", corrected_then_refused)
    events = three()
    change = run(reword(chief, events, "colour", "color"))
    assert texts(*events)[0] == "The colour of Rome."
    assert figures(change) == {"refused": 3}
    assert not Revision.objects.exists()
    assert not Change.objects.exists()


def test_a_killed_run_goes_on_exactly_where_it_was(chief: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    one_batch_of(monkeypatch, 2)
    events = [make_event(f"The colour of number {number}.") for number in range(5)]
    change = reword(chief, events, "colour", "color")
    WordWork.trouble = {"The colour of number 3.": DEATH}
    with pytest.raises(Killed):
        run_bulk_change(change.pk)
    change.refresh_from_db()
    assert (change.state, change.cursor) == (BulkState.RUNNING, events[1].pk)
    assert [text.startswith("The color ") for text in texts(*events)] == [True, True, False, False, False]
    WordWork.trouble, WordWork.seen[:] = {}, []
    run(change)
    assert WordWork.seen == [event.pk for event in events[2:]]
    assert all(text.startswith("The color ") for text in texts(*events))
    assert figures(change) == {"changed": 5}
    assert Revision.objects.filter(bulk=change).count() == 5


def test_a_stopped_change_does_nothing_until_it_is_resumed(
    chief: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_batch_of(monkeypatch, 1)
    events = three()
    change = reword(chief, events, "colour", "color")
    assert run_bulk_change(change.pk, seconds=0)
    stop_bulk_change(actor=chief, change_id=change.pk)
    run(change)
    assert (change.state, figures(change)) == (BulkState.STOPPED, {"changed": 1})
    with pytest.raises(InvalidAction, match="stopped already"):
        stop_bulk_change(actor=chief, change_id=change.pk)
    resume_bulk_change(actor=chief, change_id=change.pk)
    run(change)
    assert (change.state, figures(change)) == (BulkState.DONE, {"changed": 3})
    with pytest.raises(InvalidAction, match="done already"):
        resume_bulk_change(actor=chief, change_id=change.pk)


def test_who_lost_the_right_meanwhile_changes_nothing_more(
    chief: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_batch_of(monkeypatch, 1)
    events = three()
    change = reword(chief, events, "colour", "color")
    assert run_bulk_change(change.pk, seconds=0)
    assert chief.user is not None
    chief.user.groups.set([Group.objects.get(name=Role.VIEWER)])
    run(change)
    assert change.state == BulkState.STOPPED
    assert "your role" in change.error
    assert figures(change) == {"changed": 1}


def test_a_database_that_was_busy_is_asked_again(chief: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    troubles = [OperationalError("deadlock detected")]
    values = WordWork.values

    def sometimes(self: WordWork, event: Event, change: BulkChange) -> object:
        if troubles and event.text.startswith("The colour of Oslo"):
            raise troubles.pop()
        return values(self, event, change)

    monkeypatch.setattr(WordWork, "values", sometimes)
    events = three()
    change = run(reword(chief, events, "colour", "color"))
    assert figures(change) == {"changed": 3}
    assert Revision.objects.filter(bulk=change).count() == 3


def test_the_worker_runs_it_once_the_transaction_is_committed(
    chief: Actor, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    events = three()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        change = reword(chief, events, "colour", "color")
        assert change.state == BulkState.QUEUED
    change.refresh_from_db()
    assert (change.state, figures(change)) == (BulkState.DONE, {"changed": 3})


def test_every_kind_has_its_work() -> None:
    assert set(WORKS) == set(BulkKind)


@pytest.mark.usefixtures("many_connections")
def test_corrections_during_a_run_are_never_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    one_batch_of(monkeypatch, 3)
    chief, editor = make_person(Role.CHIEF), make_person(Role.EDITOR)
    events = [make_event(f"The colour of number {number}.") for number in range(12)]
    change = reword(chief, events, "colour", "color")
    lost: list[object] = []

    def correct() -> None:
        try:
            for event in reversed(events):
                while True:
                    now = Event.objects.get(pk=event.pk)
                    try:
                        correct_event(
                            actor=editor, event_id=event.pk, version=now.version,
                            values={"text": f"{now.text} So it is."}, grade=Grade.TYPO,
                        )  # fmt: skip
                        break
                    except StaleVersion:
                        continue
        except Exception as error:  # noqa: BLE001  the test looks at it
            lost.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=correct)
    thread.start()
    run(change)
    thread.join(timeout=60)
    assert not lost
    assert texts(*events) == [f"The color of number {number}. So it is." for number in range(12)]
    assert figures(change) == {"changed": 12}
