"""Undoing a harvest as a whole: what it did is taken back, what people did since stays.

**What it does.** An event that the harvest created is withdrawn, never deleted, unless somebody worked on
it or another harvest tells of it too. What it changed goes back by a three-way merge
(``taking_back``). What it merged is un-merged. Its questions become obsolete.

**What the next harvest does.** Each record's upstream values are set back to what the origin said before
(its revision kept them as base), so the origin's next word is compared with that, as if the harvest had
never been. The record's digest stays: the very same record coming again is known and changes
nothing, since a person refused it; it counts as news again once the origin has said something else in
between. A withdrawn event stays withdrawn whatever comes, until somebody restores it. The harvest's
days no longer outdate an older input, and its files are read anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils import timezone

from events.actions.bulk.change import BulkWork, Outcome, Treated
from events.actions.bulk.start import start_bulk_change
from events.actions.editorials import announce_due, is_told
from events.actions.errors import InvalidAction
from events.actions.harvesting.records_back import RecordsBack
from events.actions.merge import MERGE_RECORD, unmerge_event
from events.actions.recording import Actor, recording
from events.actions.rows import lock_event
from events.actions.taking_back import still_stands, take_back
from events.actions.withdraw import withdraw_event
from events.models import (
    BulkChange,
    Curation,
    Editorial,
    Event,
    Harvest,
    HarvestFile,
    Provenance,
    ReviewItem,
    Revision,
)
from events.querysets import EditorialQuerySet
from events.vocabulary import (
    BulkKind,
    BulkState,
    ChangeKind,
    Decision,
    Grade,
    HarvestState,
    ReviewState,
    Right,
    State,
    Subject,
)

_PLACES: Final = (State.WITHDRAWN, State.LEGAL)


def undo_harvest(*, actor: Actor, harvest_id: int, note: str) -> BulkChange:
    """Queue the undo of a finished harvest; *note* is public. Needs ``Right.BULK`` and ``Right.HARVEST``.

    Raises ``InvalidAction`` for a harvest that runs, is undone already, or did nothing.
    """
    harvest = Harvest.objects.filter(pk=harvest_id).first()
    if harvest is None:
        raise InvalidAction(f"There is no harvest {harvest_id}.")
    if harvest.state == HarvestState.RUNNING:
        raise InvalidAction("It has not ended; let it end, or run it again, first.")
    if (earlier := undo_of(harvest_id)) is not None:
        raise InvalidAction(f"It is undone, or being undone, already: bulk change {earlier.pk}.")
    dates = [day and day.isoformat() for day in (harvest.first_date, harvest.last_date)]
    return start_bulk_change(
        actor=actor, kind=BulkKind.UNDO_HARVEST, note=note,
        asked={"harvest": harvest_id, "dates": dates, "grade": str(Grade.CORRECTION)},
    )  # fmt: skip


def undo_of(harvest_id: int) -> BulkChange | None:
    """The bulk change by which a harvest is undone, or being undone."""
    changes = BulkChange.objects.filter(kind=BulkKind.UNDO_HARVEST, asked__harvest=harvest_id)
    return changes.exclude(state=BulkState.UNDONE).order_by("-pk").first()


def touched_events(harvest_id: int) -> list[int]:
    """The events that the harvest created, changed or last told of, ascending."""
    revised = Revision.objects.filter(harvest=harvest_id, event__isnull=False).order_by()
    told = Provenance.objects.filter(harvest=harvest_id).order_by()
    return sorted({*revised.values_list("event_id", flat=True), *told.values_list("event_id", flat=True)})


def why_kept(event: Event, harvest_id: int) -> str:
    """Why an event that the harvest created is not withdrawn; "" where it is."""
    if Revision.objects.filter(event=event, harvest__isnull=True, bulk__isnull=True).exists():
        return "People have worked on it since."
    if Curation.objects.filter(target=event, decision=Decision.PIN).exists():
        return "It is pinned to another event."
    if Provenance.objects.filter(event=event).exclude(harvest=harvest_id).exists():
        return "Another harvest tells of it too."
    return ""


def editorials_created(harvest: Harvest) -> EditorialQuerySet:
    """The editorials that the harvest brought and nobody changed since."""
    return Editorial.objects.filter(
        origin=harvest.origin_id, edition=harvest.edition, created_at__gte=harvest.started_at,
        created_at__lte=harvest.finished_at or timezone.now(),
    )  # fmt: skip


class UndoHarvestWork(BulkWork):
    """Takes back what one harvest did, event by event."""

    right = Right.HARVEST
    most = None

    def __init__(self) -> None:
        self._harvests: dict[int, Harvest] = {}

    def event_ids(self, change: BulkChange) -> Sequence[int]:
        return touched_events(change.asked["harvest"])

    def treat(self, event: Event, change: BulkChange, actor: Actor) -> Treated:
        harvest = self._harvest(change)
        for merged in Event.objects.filter(merged_into=event).order_by("pk"):
            self._unmerge(merged, harvest, change, actor)
        event = lock_event(event.pk)
        revisions = _revisions(event, harvest)
        if any(revision.kind == ChangeKind.CREATED for revision in revisions):
            return _withdraw(event, revisions, harvest, actor=actor, note=change.note)
        back = take_back(event, revisions, actor=actor, grade=Grade(change.asked["grade"]), note=change.note)
        if back.outcome is Outcome.SKIPPED:
            return back
        if RecordsBack(event, harvest).undo(revisions, actor) and back.outcome is Outcome.UNCHANGED:
            return Treated(Outcome.CHANGED)
        return back

    def finish(self, change: BulkChange, actor: Actor) -> None:
        harvest = self._harvest(change)
        Harvest.objects.filter(pk=harvest.pk).update(first_date=None, last_date=None)
        HarvestFile.objects.filter(harvest=harvest).delete()
        ReviewItem.objects.open().filter(harvest=harvest).update(
            state=ReviewState.OBSOLETE, decided_at=timezone.now(), decided_by=actor.user,
            decided_by_name=actor.name,
        )  # fmt: skip
        shown = editorials_created(harvest).filter(version=1, state=State.PUBLISHED)
        _move_editorials(shown, State.WITHDRAWN, actor)

    def taken_back(self, event: Event, change: BulkChange, actor: Actor) -> None:
        RecordsBack(event, self._harvest(change)).redo(change)

    def done_again(self, event: Event, change: BulkChange, actor: Actor) -> None:
        RecordsBack(event, self._harvest(change)).undo_again(change)

    def all_taken_back(self, change: BulkChange, actor: Actor) -> None:
        harvest = self._harvest(change)
        first, last = change.asked["dates"]
        Harvest.objects.filter(pk=harvest.pk).update(first_date=first, last_date=last)
        hidden = editorials_created(harvest).filter(version=2, state=State.WITHDRAWN)
        _move_editorials(hidden, State.PUBLISHED, actor)

    def all_done_again(self, change: BulkChange, actor: Actor) -> None:
        self.finish(change, actor)

    def _unmerge(self, event: Event, harvest: Harvest, change: BulkChange, actor: Actor) -> None:
        """Un-merge what the harvest merged before the survivor's records are set back: some are its own."""
        revisions = _revisions(event, harvest)
        if any(revision.kind == ChangeKind.CREATED for revision in revisions):
            _withdraw(event, revisions, harvest, actor=actor, note=change.note)
        elif _merged_by(revisions, actor):
            unmerge_event(actor=actor, event_id=event.pk, note=change.note)

    def _harvest(self, change: BulkChange) -> Harvest:
        harvest_id = change.asked["harvest"]
        if harvest_id not in self._harvests:
            self._harvests[harvest_id] = Harvest.objects.get(pk=harvest_id)
        return self._harvests[harvest_id]


def _revisions(event: Event, harvest: Harvest) -> list[Revision]:
    return list(Revision.objects.filter(event=event, harvest=harvest).order_by("-number"))


def _merged_by(revisions: Sequence[Revision], actor: Actor) -> bool:
    """Whether one of these revisions merged the event, and it stands so since."""
    merges = [revision for revision in revisions if MERGE_RECORD in revision.fields]
    return bool(merges) and still_stands(merges[0], revisions, actor)


def _withdraw(
    event: Event, revisions: Sequence[Revision], harvest: Harvest, *, actor: Actor, note: str
) -> Treated:
    """Take an event that the harvest created from the public."""
    if event.state in _PLACES:
        return Treated(Outcome.UNCHANGED)
    if event.state == State.MERGED:
        if not _merged_by(revisions, actor):
            return Treated(Outcome.SKIPPED, f"It was merged into event {event.merged_into_id} since.")
        unmerge_event(actor=actor, event_id=event.pk, note=note)
        event = lock_event(event.pk)
    elif why := why_kept(event, harvest.pk):
        return Treated(Outcome.SKIPPED, why)
    withdraw_event(actor=actor, event_id=event.pk, version=event.version, reason=note)
    return Treated(Outcome.CHANGED)


def _move_editorials(rows: Any, state: State, actor: Actor) -> None:
    with recording(actor) as trace:
        for editorial in rows.select_for_update().order_by("pk"):
            if state == State.WITHDRAWN and is_told(editorial):
                trace.change(ChangeKind.WITHDRAWN, Subject.EDITORIAL, editorial.pk)
            editorial.state = state
            editorial.version += 1 if state == State.WITHDRAWN else -1
            editorial.updated_at = trace.at
            editorial.save(update_fields=["state", "version", "updated_at"])
        announce_due(trace)
