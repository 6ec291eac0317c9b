"""Starting a bulk change, stopping it, and going on with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from events.actions.bulk.change import PENDING, work_of
from events.actions.bulk.running import run_in_background
from events.actions.errors import InvalidAction
from events.actions.recording import Actor
from events.models import BulkChange
from events.vocabulary import BulkKind, BulkState, Grade, Right


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
    transaction.on_commit(lambda: run_in_background.enqueue(change.pk))
