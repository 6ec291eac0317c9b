"""Changing many events at once, in the background, so that it can be stopped, resumed and undone.

Who wants such a change calls ``start.start_bulk_change``; the task worker runs it
(``running``). What one kind does is a :class:`BulkWork`, found by its kind in :data:`WORKS`:
it names the events, then treats each, within a transaction that also moves the change's cursor.
So a run that was killed goes on behind the last event that was dealt with, and none is treated twice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import ClassVar, Final, NamedTuple

from django.utils.module_loading import import_string

from events.actions.correct import correct_event
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
