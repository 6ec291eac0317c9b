"""Running a bulk change: short transactions one after the other, with room for others between them."""

from __future__ import annotations

import logging
import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.utils import timezone
from django_tasks import task

from events.actions.bulk.change import PENDING, BulkWork, Outcome, Treated, work_of
from events.actions.errors import ActionError
from events.actions.recording import Actor, Recording, recording
from events.actions.relate import relate_soon
from events.actions.rows import lock_events
from events.models import BulkChange, Event
from events.vocabulary import BulkKind, BulkState

BATCH_MOST: Final = 50
BATCH_LEAST: Final = 10
BATCH_SECONDS: Final = 0.25
"""How long a transaction should take at most; when one took longer, the next ones have fewer events."""
SLICE_SECONDS: Final = 8.0
"""After how long the task lets others of the worker's queue have their turn."""
TOLD_MOST: Final = 200
_PAUSE_LEAST: Final = 0.005
_PAUSE_SHARE: Final = 0.3
_ATTEMPTS: Final = 5

_log: Final = logging.getLogger(__name__)


@task()
def run_in_background(change_id: int) -> None:
    """The background task: a slice of the change, and another task for the rest."""
    if run_bulk_change(change_id, seconds=SLICE_SECONDS):
        run_in_background.enqueue(change_id)


def run_bulk_change(change_id: int, *, seconds: float | None = None) -> bool:
    """Run the change to its end, or for about so many *seconds*; whether there is more to do.

    Nothing is done where it was stopped or is done. Two runs at once take turns and treat no event
    twice. What a single event refuses is counted and listed; where the run itself cannot go on
    (rights were taken away, the database fails), the change is stopped with the reason in ``error``.
    """
    change = BulkChange.objects.filter(pk=change_id).first()
    if change is None or change.state not in PENDING:
        return False
    until = None if seconds is None else time.monotonic() + seconds
    try:
        work = work_of(change.kind)
        event_ids = work.event_ids(change)
        run = _Run(change, work, event_ids)
        while run.batch():
            if until is not None and time.monotonic() > until:
                return True
    except PermissionDenied as refusal:
        _fail(change_id, str(refusal))
    except Exception as error:
        _fail(change_id, f"{type(error).__name__}: {error}")
        raise
    return False


class _Run:
    """One run over the events of a change."""

    def __init__(self, change: BulkChange, work: BulkWork, event_ids: Sequence[int]) -> None:
        self._asked = change
        self._work = work
        self._ids = event_ids
        self._size = BATCH_LEAST

    def batch(self) -> bool:
        """One transaction, tried again where another writer was in its way; whether there is more to do."""
        started = time.monotonic()
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                more = self._commit()
                break
            except OperationalError:
                if attempt == _ATTEMPTS:
                    raise
        took = time.monotonic() - started
        if took > BATCH_SECONDS:
            self._size = max(BATCH_LEAST, int(self._size * 0.8 * BATCH_SECONDS / took))
        elif took < BATCH_SECONDS * 0.6:
            self._size = min(BATCH_MOST, int(self._size * 1.5) + 1)
        if more:
            # SQLite queues nobody: who waits for the write lock gets it when nobody holds it.
            time.sleep(max(_PAUSE_LEAST, _PAUSE_SHARE * took))
        return more

    def _commit(self) -> bool:
        change = self._asked
        # Read anew for each batch: whose rights are taken away changes nothing more.
        user = get_user_model()._default_manager.filter(pk=change.by_id or 0).first()
        if user is None:
            raise PermissionDenied("Whoever started it has no account any more.")
        actor = Actor(name=change.by_name, user=user, bulk=change)
        with recording(actor) as trace:
            row = _lock(change.pk)
            if row.state not in PENDING:
                return False
            now = timezone.now()
            row.state = BulkState.RUNNING
            row.started_at = row.started_at or now
            start = bisect_right(self._ids, row.cursor)
            chunk = self._ids[start : start + self._size]
            self._treat(chunk, row, actor, trace)
            more = start + len(chunk) < len(self._ids)
            if chunk:
                row.cursor = chunk[-1]
            if not more:
                self._work.finish(change, actor)
                row.state, row.finished_at = BulkState.DONE, timezone.now()
                _mark_undone(change)
                relate_soon()
            row.counts["at"] = now.isoformat()
            row.save(update_fields=["state", "started_at", "finished_at", "cursor", "counts"])
        return more

    def _treat(self, event_ids: Sequence[int], row: BulkChange, actor: Actor, trace: Recording) -> None:
        """Treat these events, and count and list what became of them."""
        known = set(Event.objects.filter(pk__in=event_ids).values_list("pk", flat=True))
        events = lock_events(dict.fromkeys(sorted(known)))
        for event_id in event_ids:
            if event_id in events:
                treated = self._one(events[event_id], actor, trace)
            else:
                treated = Treated(Outcome.SKIPPED, "There is no such event.")
            row.counts[treated.outcome] = row.counts.get(treated.outcome, 0) + 1
            if treated.why and len(row.counts.setdefault("told", [])) < TOLD_MOST:
                row.counts["told"].append([event_id, treated.outcome, treated.why])

    def _one(self, event: Event, actor: Actor, trace: Recording) -> Treated:
        try:
            with _whole(trace):
                return self._work.treat(event, self._asked, actor)
        except ActionError as refusal:
            return Treated(Outcome.REFUSED, str(refusal))
        except (PermissionDenied, OperationalError):
            raise
        except Exception as error:  # noqa: BLE001  one event must not keep thousands of others waiting
            _log.exception("bulk change %s, event %s", self._asked.pk, event.pk)
            return Treated(Outcome.REFUSED, f"It could not be changed ({type(error).__name__}).")


@contextmanager
def _whole(trace: Recording) -> Iterator[None]:
    """All of what the block writes and records stays, or nothing."""
    revisions, changes = len(trace.revisions), len(trace.changes)
    touched, created = set(trace.touched), dict(trace.created)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        del trace.revisions[revisions:], trace.changes[changes:]
        trace.touched, trace.created = touched, created
        raise


def _mark_undone(change: BulkChange) -> None:
    """An undo that is done leaves what it undid undone; the undo of an undo makes that done again."""
    undone = change.undoes
    if undone is None:
        return
    BulkChange.objects.filter(pk=undone.pk).update(state=BulkState.UNDONE)
    if undone.kind == BulkKind.UNDO and undone.undoes_id is not None:
        BulkChange.objects.filter(pk=undone.undoes_id).update(state=BulkState.DONE)


def _lock(change_id: int) -> Any:
    """The change's row without what was asked, which may be long and never changes."""
    return BulkChange.objects.select_for_update(no_key=True).defer("asked").get(pk=change_id)


def _fail(change_id: int, why: str) -> None:
    BulkChange.objects.filter(pk=change_id, state__in=PENDING).update(
        state=BulkState.STOPPED, error=why, finished_at=timezone.now()
    )
