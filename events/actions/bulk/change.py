"""Changing many events at once, in the background, so that it can be stopped, resumed and undone.

Who wants such a change calls :func:`start_bulk_change`; the task worker runs it
(``running``). What one kind does is a :class:`BulkWork`, found by its kind in :data:`WORKS`:
it names the events, then treats each, within a transaction that also moves the change's cursor.
So a run that was killed goes on behind the last event that was dealt with, and none is treated twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import Any, ClassVar, Final, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from events.actions.correct import correct_event
from events.actions.errors import InvalidAction
from events.actions.recording import Actor
from events.actions.values import EventValues
from events.models import BulkChange, Event
from events.vocabulary import BulkKind, BulkState, Grade, Right

EVENTS_MOST: Final = 20_000
"""How many events one change may be asked to change."""
WORKS: Final[dict[BulkKind, str]] = {
    BulkKind.PROOFREADING: "events.actions.proofreading.decide.ProofreadingWork",
    BulkKind.REPLACE: "events.actions.bulk.replace.ReplaceWork",
    BulkKind.UNDO_HARVEST: "events.actions.harvesting.undo.UndoHarvestWork",
    BulkKind.UNDO: "events.actions.bulk.undo.UndoWork",
}
"""Each kind's :class:`BulkWork`, by name: the works import this module."""
PENDING: Final = (BulkState.QUEUED, BulkState.RUNNING)


class Outcome(StrEnum):
    """What became of one event; ``BulkChange.counts`` counts each."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    SKIPPED = "skipped"
    REFUSED = "refused"


class Treated(NamedTuple):
    """The outcome of one event; ``why`` is listed with it, where there is something to say."""

    outcome: Outcome
    why: str = ""


class BulkWork:
    """One kind of bulk change. Instances live as long as a run and may remember what they read."""

    right: ClassVar[Right] = Right.BULK
    """What one needs to start it."""
    most: ClassVar[int | None] = EVENTS_MOST

    def event_ids(self, change: BulkChange) -> Sequence[int]:
        """The events to look at, ascending; those that ``asked`` lists under "events" unless overridden.

        The same at every call while the change runs: a resumed run asks again.
        """
        return sorted(change.asked["events"])

    def treat(self, event: Event, change: BulkChange, actor: Actor) -> Treated:
        """Change one event (locked, as it is now). Runs inside ``recording``.

        ``ActionError`` refuses this event only: nothing of it stays, and the run goes on.
        """
        raise NotImplementedError

    def finish(self, change: BulkChange, actor: Actor) -> None:
        """Called once when all events were treated, in the transaction that ends the change."""

    def taken_back(self, event: Event, change: BulkChange, actor: Actor) -> None:
        """Called by the undo of *change* when it has dealt with *event*, in the same transaction."""

    def done_again(self, event: Event, change: BulkChange, actor: Actor) -> None:
        """The same, when the undo of *change* was itself undone."""

    def all_taken_back(self, change: BulkChange, actor: Actor) -> None:
        """Called once when *change* was undone, in the transaction that ends the undo."""

    def all_done_again(self, change: BulkChange, actor: Actor) -> None:
        """The same, when the undo of *change* was itself undone."""


class CorrectingWork(BulkWork):
    """A change that corrects values; ``asked["grade"]`` and the change's note go with each correction."""

    def values(self, event: Event, change: BulkChange) -> EventValues | None:
        """What to change about *event* as it is now; nothing where it needs no change (any more)."""
        raise NotImplementedError

    def treat(self, event: Event, change: BulkChange, actor: Actor) -> Treated:
        values = self.values(event, change)
        if not values:
            return Treated(Outcome.UNCHANGED)
        after = correct_event(
            actor=actor, event_id=event.pk, version=event.version, values=values,
            grade=Grade(change.asked["grade"]), note=change.note,
        )  # fmt: skip
        return Treated(Outcome.UNCHANGED if after.version == event.version else Outcome.CHANGED)


def work_of(kind: str) -> BulkWork:
    """A fresh instance of the kind's work."""
    work: BulkWork = import_string(WORKS[BulkKind(kind)])()
    return work


def start_bulk_change(
    *,
    actor: Actor,
    kind: BulkKind,
    asked: dict[str, Any],
    events: Iterable[int] | None = None,
    note: str = "",
    undoes: BulkChange | None = None,
) -> BulkChange:
    """Queue a change; the worker runs it once the present transaction is committed.

    *asked*: the kind's own parameters, as JSON. *events*: the ids of the events, where the work does
    not find them itself. A *grade* among what is asked must be a ``Grade``; from "correction" up the
    public *note* is required. Raises ``PermissionDenied`` without ``Right.BULK`` and the work's own,
    ``InvalidAction`` where there is nothing to do, or too much.
    """
    work = work_of(kind)
    actor.require(Right.BULK)
    actor.require(work.right)
    note = note.strip()
    _check_grade(asked.get("grade"), note)
    if events is not None:
        asked = {**asked, "events": sorted(set(events))}
    change = BulkChange(
        kind=kind, asked=asked, note=note, by=actor.user, by_name=actor.name, undoes=undoes
    )  # fmt: skip
    change.total = len(work.event_ids(change))
    if not change.total:
        raise InvalidAction("There is no event to change.")
    if work.most is not None and change.total > work.most:
        raise InvalidAction(
            f"These are {change.total:,} events; at once {work.most:,} can be changed. Narrow the search."
        )
    with transaction.atomic():
        change.save()
        _enqueue(change)
    return change


def stop_bulk_change(*, actor: Actor, change_id: int) -> BulkChange:
    """Stop a change after the batch that is under way. What was done stays; it can be undone or resumed."""
    actor.require(Right.BULK)
    with transaction.atomic():
        change = _lock(change_id)
        if change.state not in PENDING:
            raise InvalidAction(f"It is {change.get_state_display().lower()} already.")
        change.state, change.finished_at = BulkState.STOPPED, timezone.now()
        change.save(update_fields=["state", "finished_at"])
    return change


def resume_bulk_change(*, actor: Actor, change_id: int) -> BulkChange:
    """Go on with a change that was stopped, or whose worker is gone, behind the last event dealt with.

    It goes on in the name of whom it was started by.
    """
    change = BulkChange.objects.filter(pk=change_id).first()
    actor.require(Right.BULK)
    if change is not None:
        actor.require(work_of(change.kind).right)
    with transaction.atomic():
        change = _lock(change_id)
        if change.state not in (*PENDING, BulkState.STOPPED):
            raise InvalidAction(f"It is {change.get_state_display().lower()} already.")
        if change.undone_by.exclude(state=BulkState.UNDONE).exists():
            raise InvalidAction("It is being undone, or was; it cannot go on.")
        change.state, change.finished_at, change.error = BulkState.QUEUED, None, ""
        change.save(update_fields=["state", "finished_at", "error"])
        _enqueue(change)
    return change


def figures(change: BulkChange) -> dict[str, int]:
    """How many events had which outcome, by :class:`Outcome`; noughts left out."""
    return {name: change.counts[name] for name in Outcome if change.counts.get(name)}


def dealt_with(change: BulkChange) -> int:
    """How many of the change's events it has dealt with so far."""
    return sum(figures(change).values())


def told(change: BulkChange) -> list[tuple[int, str, str]]:
    """The first events with something to say: id, outcome, why."""
    return [(pk, outcome, why) for pk, outcome, why in change.counts.get("told", ())]


def events_of(change: BulkChange) -> Collection[int]:
    """The events that the change has changed."""
    rows = change.revisions.filter(event__isnull=False).order_by("event_id")
    return list(rows.values_list("event_id", flat=True).distinct())


def _check_grade(said: Any, note: str) -> None:
    if said is None:
        return
    if said not in Grade.values:
        raise InvalidAction("Say how grave the correction is: choose a grade.")
    grade = Grade(said)
    if grade.needs_note and not note:
        raise InvalidAction(f"Readers must be told why: a {grade.label.lower()} needs a note.")


def _lock(change_id: int) -> BulkChange:
    change = BulkChange.objects.select_for_update(no_key=True).filter(pk=change_id).first()
    if change is None:
        raise InvalidAction(f"There is no bulk change {change_id}.")
    return change


def _enqueue(change: BulkChange) -> None:
    # The running module imports this one.
    from events.actions.bulk.running import run_in_background  # noqa: PLC0415

    transaction.on_commit(lambda: run_in_background.enqueue(change.pk))
