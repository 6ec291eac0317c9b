"""Keeping the computed related links true (architecture.md, decision 12): derived data, no revisions.

Who changes an event's contexts, date or state marks it due (``rows.links_due``) and calls
:func:`relate_soon`. :func:`relate_due` then computes the links of what is due, and of the others whose
lists a due event enters or leaves, so that what is stored always ends as a rebuild would have it.

**How that stays true while others write.** An event's mark is taken away only in a transaction that
holds its document's row, after its neighbours were brought up to date, and only if it still stands
as it did when they were looked for; else it stays due for the next round. A killed run leaves its
marks and loses nothing. What the ranking remembers is forgotten as soon as the public sequence moves.
Two runs at once take turns, transaction by transaction. On PostgreSQL this side never waits
long for a row: it gives way before a deadlock could cost an editor or a harvest its work.
"""

from __future__ import annotations

import json
import math
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django_tasks import task

from events.models import Document, Event, RelatedLink
from events.models import Sequence as PublicSequence
from events.related.ranking import NOWHERE, Link, SharedContexts, Standing

AT_ONCE: Final = 250
"""How many events one transaction takes at most."""
SECONDS: Final = 0.15
"""After how long a transaction ends early; what is left goes into the next one."""
_STEP: Final = 50
_ALL_FROM: Final = 20
"""Neighbours are not looked for one by one when one in so many events is due: all others are computed."""
_TURN_LOCK: Final = 7_265_001
_GIVE_WAY: Final = "100ms"
_TRIES: Final = 50
_ROWS_AT_ONCE: Final = 500
_INSERT: Final = "INSERT INTO events_relatedlink (event_id, target_id, rank, score, reason) VALUES "


def relate_due(*, progress: Callable[[int], None] | None = None, limit: int | None = None) -> int:
    """Compute the links of all due events (or of *limit* of them); how many were due and are no longer.

    Must not be called inside a transaction. *progress* is told how many more events are done. An event
    whose document another transaction holds is left to the next run.
    """
    ranking = SharedContexts()
    done = 0
    while limit is None or done < limit:
        cleared = _Round(ranking, None if limit is None else limit - done).run(progress)
        if not cleared:
            break
        done += cleared
    return done


def relate_now(event_id: int) -> None:
    """Compute the links of one event at once, for who has just changed what they are computed by.

    Its mark, if it is due, stays for the next run: nothing is done about other events' lists. Where
    another run holds its rows (on PostgreSQL), nothing at all is done.
    """
    ranking = SharedContexts()
    try:
        with _turn():
            changed, _ = _store(ranking, [event_id], ranking.standing([event_id]))
            Document.objects.filter(pk__in=changed).update(related_version=F("related_version") + 1)
    except OperationalError:
        if connection.vendor != "postgresql":
            raise


@task()
def relate_links() -> int:
    """The background task that computes what is due."""
    return relate_due()


def relate_soon() -> None:
    """Have what is due computed in the background once the present transaction is committed."""
    transaction.on_commit(_enqueue)


def mark_all_due() -> int:
    """Have the links of all events computed again, in short transactions; how many there are."""
    marked = 0
    for chunk in _chunks(_all_ids()):
        Document.objects.filter(pk__in=chunk, related_due=False).update(related_due=True)
        marked += len(chunk)
    return marked


def _enqueue() -> None:
    relate_links.enqueue()


class _Round:
    """One pass over what was due at its start: first the neighbours, then the due events themselves."""

    def __init__(self, ranking: SharedContexts, limit: int | None) -> None:
        self._ranking = ranking
        self._moment = -1
        self._waiting = _due_ids()
        self._taken = self._waiting if limit is None else self._waiting[:limit]
        self._seen = array("q", [0]) * len(self._taken)

    def run(self, progress: Callable[[int], None] | None) -> int:
        """How many events are no longer due."""
        self._each(self._neighbours(), self._renew)
        cleared = 0

        def clear(event_ids: Sequence[int], deadline: float) -> int:
            nonlocal cleared
            passed, done = self._clear(event_ids, deadline)
            cleared += done
            if progress is not None:
                progress(done)
            return passed

        self._each(self._taken, clear)
        return cleared

    def _neighbours(self) -> array[int]:
        """The events, not due themselves, whose lists the taken ones may enter or leave.

        Also notes how each of the taken events stands now.
        """
        many = len(self._taken) * _ALL_FROM
        others = Event.objects.order_by()[: len(self._waiting) + many].count() - len(self._waiting)
        everything = others < many
        affected: set[int] = set()
        for start in range(0, len(self._taken), AT_ONCE):
            chunk = self._taken[start : start + AT_ONCE]
            with _turn(write=False):
                self._refresh()
                standing = self._ranking.standing(chunk)
                if others and not everything:
                    affected.update(self._ranking.entered_by(standing))
                    affected.update(
                        RelatedLink.objects.filter(target__in=chunk)
                        .order_by()
                        .values_list("event", flat=True)
                    )
            for position, event_id in enumerate(chunk, start=start):
                self._seen[position] = _print(standing.get(event_id, NOWHERE))
        found = _all_ids() if others and everything else sorted(affected)
        return array("q", (pk for pk in found if not _among(self._waiting, pk)))

    def _each(self, event_ids: array[int], handle: Callable[[Sequence[int], float], int]) -> None:
        """Hand over all these events in transactions; *handle* answers how many it got through in time."""
        start = tries = 0
        while start < len(event_ids):
            try:
                with _turn():
                    self._refresh()
                    passed = handle(event_ids[start : start + AT_ONCE], time.monotonic() + SECONDS)
            except OperationalError:
                tries += 1
                if connection.vendor != "postgresql" or tries == _TRIES:
                    raise
                self._ranking.forget()
            else:
                start += passed
                tries = 0

    def _refresh(self) -> None:
        """Forget what was read before the latest public change."""
        moment = PublicSequence.objects.values_list("last", flat=True).get()
        if moment != self._moment:
            self._ranking.forget()
            self._moment = moment

    def _renew(self, event_ids: Sequence[int], deadline: float) -> int:
        """Bring the links of events that are not due up to date."""
        changed, passed = _store(self._ranking, event_ids, self._ranking.standing(event_ids), deadline)
        Document.objects.filter(pk__in=changed).update(related_version=F("related_version") + 1)
        return passed

    def _clear(self, event_ids: Sequence[int], deadline: float) -> tuple[int, int]:
        """Compute the links of due events and take their marks away; how many were passed, and cleared."""
        held = Document.objects.filter(pk__in=event_ids, related_due=True).order_by("pk")
        due = list(held.select_for_update(skip_locked=_skips_locked()).values_list("pk", flat=True))
        standing = self._ranking.standing(due)
        steady = [pk for pk in due if self._stands_as_seen(pk, standing.get(pk, NOWHERE))]
        changed, passed = _store(self._ranking, steady, standing, deadline)
        done = steady[:passed]
        Document.objects.filter(pk__in=changed).update(
            related_due=False, related_version=F("related_version") + 1
        )
        unchanged = sorted(set(done).difference(changed))
        Document.objects.filter(pk__in=unchanged).update(related_due=False)
        if passed < len(steady):
            return event_ids.index(steady[passed]), len(done)
        return len(event_ids), len(done)

    def _stands_as_seen(self, event_id: int, stands: Standing) -> bool:
        return self._seen[bisect_left(self._taken, event_id)] == _print(stands)


def _store(
    ranking: SharedContexts,
    event_ids: Sequence[int],
    standing: dict[int, Standing],
    deadline: float = math.inf,
) -> tuple[list[int], int]:
    """Store the links of these events where they differ: which did, and how many came in time."""
    computed: dict[int, list[Link]] = {}
    passed = 0
    while passed < len(event_ids) and (not passed or time.monotonic() < deadline):
        step = event_ids[passed : passed + _STEP]
        computed |= ranking.links({pk: standing.get(pk, NOWHERE) for pk in step})
        passed += len(step)
    stored = _stored(computed)
    changed = [pk for pk, links in computed.items() if links != stored.get(pk, [])]
    _delete([pk for pk in changed if pk in stored])
    _insert(changed, computed)
    return changed, passed


def _stored(event_ids: Collection[int]) -> dict[int, list[Link]]:
    """The stored links by event, in the order of their ranks."""
    stored: dict[int, list[Link]] = {}
    rows = RelatedLink.objects.filter(event__in=event_ids).order_by("event_id", "rank")
    for event_id, target_id, score, reason in rows.values_list("event_id", "target_id", "score", "reason"):
        stored.setdefault(event_id, []).append(Link(target_id, score, tuple(reason["contexts"])))
    return stored


def _delete(event_ids: Collection[int]) -> None:
    if event_ids:
        RelatedLink.objects.filter(event__in=event_ids).delete()


def _insert(event_ids: Collection[int], links: dict[int, list[Link]]) -> None:
    """Plain SQL: ``bulk_create`` takes six times as long, most of a rebuild."""
    rows = [
        (event_id, link.target, rank, link.score, json.dumps({"contexts": link.contexts}))
        for event_id in event_ids
        for rank, link in enumerate(links[event_id], start=1)
    ]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            chunk = rows[start : start + _ROWS_AT_ONCE]
            values = ", ".join(["(%s, %s, %s, %s, %s)"] * len(chunk))
            cursor.execute(_INSERT + values, [value for row in chunk for value in row])


@contextmanager
def _turn(*, write: bool = True) -> Iterator[None]:
    """A transaction that no other run of this module overlaps; on SQLite reading needs none."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN_LOCK])
            cursor.execute(f"SET LOCAL lock_timeout = '{_GIVE_WAY}'")
            yield
    elif write:
        with transaction.atomic():
            yield
    else:
        yield


def _skips_locked() -> bool:
    return connection.features.has_select_for_update_skip_locked


def _due_ids() -> array[int]:
    rows = Document.objects.filter(related_due=True).order_by("event_id")
    return array("q", rows.values_list("event_id", flat=True).iterator(chunk_size=10_000))


def _all_ids() -> array[int]:
    rows = Event.objects.order_by("pk").values_list("pk", flat=True)
    return array("q", rows.iterator(chunk_size=10_000))


def _chunks(event_ids: array[int]) -> Iterator[array[int]]:
    for start in range(0, len(event_ids), AT_ONCE):
        yield event_ids[start : start + AT_ONCE]


def _among(event_ids: array[int], event_id: int) -> bool:
    position = bisect_left(event_ids, event_id)
    return position < len(event_ids) and event_ids[position] == event_id


def _print(stands: Standing) -> int:
    """A number that tells two standings apart."""
    return hash(stands)
