"""Undoing a bulk change: exactly what it did to each event is taken back, and nothing that came after."""

from __future__ import annotations

from collections.abc import Sequence

from events.actions.bulk.change import BulkWork, Treated, work_of
from events.actions.bulk.start import start_bulk_change
from events.actions.errors import InvalidAction
from events.actions.recording import Actor
from events.actions.taking_back import take_back
from events.models import BulkChange, Event, Revision
from events.vocabulary import BulkKind, BulkState, Grade

UNDOABLE = (BulkState.DONE, BulkState.STOPPED)


def undo_bulk_change(*, actor: Actor, change_id: int, note: str = "") -> BulkChange:
    """Queue the undo of a change that is done or was stopped; itself a bulk change that can be undone.

    What people changed in the same words since stays, and is put to the editors as a conflict. Raises
    ``InvalidAction`` for a change that still runs, or is undone or being undone already; as
    ``start_bulk_change`` does for the rest.
    """
    change = BulkChange.objects.filter(pk=change_id).first()
    if change is None:
        raise InvalidAction(f"There is no bulk change {change_id}.")
    if change.state not in UNDOABLE:
        raise InvalidAction(f"It is {change.get_state_display().lower()}; it cannot be undone now.")
    if change.undone_by.exclude(state=BulkState.UNDONE).exists():
        raise InvalidAction("It is being undone already.")
    if not change.revisions.exists():
        raise InvalidAction("It changed nothing; there is nothing to undo.")
    grade = change.asked.get("grade", Grade.CORRECTION)
    said = note.strip() or f"Taken back: {change.note or change}"
    return start_bulk_change(
        actor=actor, kind=BulkKind.UNDO, asked={"grade": str(grade)}, note=said, undoes=change
    )


class UndoWork(BulkWork):
    """Takes back the revisions of the change that it undoes, event by event."""

    most = None

    def __init__(self) -> None:
        self._undone: BulkWork | None = None

    def event_ids(self, change: BulkChange) -> Sequence[int]:
        rows = Revision.objects.filter(bulk_id=change.undoes_id, event__isnull=False).order_by("event_id")
        return list(rows.values_list("event_id", flat=True).distinct())

    def treat(self, event: Event, change: BulkChange, actor: Actor) -> Treated:
        undone = _undone(change)
        revisions = list(Revision.objects.filter(event=event, bulk=undone).order_by("-number"))
        back = take_back(event, revisions, actor=actor, grade=Grade(change.asked["grade"]), note=change.note)
        self._work(undone).taken_back(event, undone, actor)
        return back

    def finish(self, change: BulkChange, actor: Actor) -> None:
        undone = _undone(change)
        self._work(undone).all_taken_back(undone, actor)

    def taken_back(self, event: Event, change: BulkChange, actor: Actor) -> None:
        undone = _undone(change)
        self._work(undone).done_again(event, undone, actor)

    def all_taken_back(self, change: BulkChange, actor: Actor) -> None:
        undone = _undone(change)
        self._work(undone).all_done_again(undone, actor)

    def _work(self, undone: BulkChange) -> BulkWork:
        if self._undone is None:
            self._undone = work_of(undone.kind)
        return self._undone


def _undone(change: BulkChange) -> BulkChange:
    if change.undoes is None:
        raise InvalidAction("It is no undo of anything.")
    return change.undoes
