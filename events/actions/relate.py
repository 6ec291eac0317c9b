"""Keeping the computed related links true (architecture.md, decision 12): derived data, no revisions.

Who changes an event's text, contexts, date or state marks it due (``rows.links_due``) and calls
:func:`relate_soon`. :func:`relate_due` then works in two steps. It reads what due events are compared by
(``relate_features``), and in the same transaction takes their marks away and notes every list that may
change: their own, those that have them, and those that they may enter. Then it computes the lists
noted, and writes those that differ. A list follows from the features of two events at a time and from
counts that stay as they are, so what is stored always ends as a rebuild would have it.

**How that stays true while others write.** Marks and notes go only in transactions that no other run of
this module overlaps, so a killed run leaves them and loses nothing. Lists are computed outside of
these; what is stored counts its changes, and a list computed before the latest one is computed again.
On PostgreSQL this side never waits long for a row: it gives way before a deadlock could
cost an editor or a harvest its work.

Where much is due, all lists of the edition are noted without looking for those that may change. Where an
edition has more than doubled since its features were counted, or is small, they are counted anew first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django_tasks import task

from events.actions.relate_features import count_anew, post_rare, refresh_features
from events.actions.relate_parallel import Computed, compute, computing
from events.inserting import insert_values
from events.models import Document, Event, EventFeatures, FeatureCounts, RelatedLink
from events.related import picking
from events.related.neighbourhoods import Neighbourhood, blocks, changes_of, statistics_of
from events.related.picking import Link
from events.related.rankings import RANKINGS, Ranking
from events.related.statistics import SMALL
from events.vocabulary import EDITIONS

AT_ONCE: Final = 50
"""How many due events one transaction takes where the lists that they may enter are looked for,"""
MANY_AT_ONCE: Final = 1_000
"""and how many where all lists are computed anyway."""
_ALL_FROM: Final = 20
"""Lists that may change are not looked for when one event in so many is due: all are computed."""
_TURN_LOCK: Final = 7_265_001
_GIVE_WAY: Final = "100ms"
_TRIES: Final = 50
_ROWS_AT_ONCE: Final = 500
_INSERT: Final = "INSERT INTO events_relatedlink (event_id, target_id, rank, score, reason)"
_CLEAR: Final = "UPDATE events_eventfeatures SET last = %s, pending = %s WHERE event_id = %s"

Step = Callable[[int, int], None]


def ranking_in_use() -> Ranking:
    """The ranking by which links are stored: the setting ``RELATED_RANKING``."""
    name = settings.RELATED_RANKING
    if name not in RANKINGS:
        raise ImproperlyConfigured(f"RELATED_RANKING is {name!r}; there are {', '.join(RANKINGS)}.")
    return RANKINGS[name]


def relate_due(*, progress: Step | None = None, processes: int = 1) -> int:
    """Compute the links of all that is due, and of what that changes; how many lists were computed.

    Must not be called inside a transaction. *progress* is told how many steps are done, of how many.
    *processes*: so many compute at once, where all links of an edition are computed. An event
    whose document another transaction holds is left to the next run.
    """
    return sum(_Run(edition, progress, processes).run() for edition in EDITIONS)


def relate_now(event_id: int) -> None:
    """Compute the links of one event at once, for who has just changed what they are computed by.

    Other lists that this may change are noted for the next run. Where another run holds the rows (on
    PostgreSQL), nothing is done but by that run.
    """
    found = EventFeatures.objects.filter(pk=event_id).values_list("edition", flat=True).first()
    if found is None:
        return
    try:
        with _turn():
            FeatureCounts.objects.filter(edition=found).update(changes=F("changes") + 1)
            _Run(found, None, 1).read([event_id], look=True)
            _store(compute(found, [event_id], ranking_in_use()))
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


def mark_all_due(*, recount: bool = False) -> int:
    """Have the links of all events computed again, in short transactions; how many events there are.

    *recount*: count anew before how rare features are. Without it what is stored already is confirmed.
    """
    marked = 0
    for ids in _ids_of(Event.objects.all()):
        Document.objects.filter(pk__in=ids, related_due=False).update(related_due=True)
        marked += len(ids)
    if recount:
        FeatureCounts.objects.update(recount=True, stale=True)
    return marked


def recount_after(edition: str, created: int) -> None:
    """Have features counted anew where a harvest *created* more events than were counted the last time.

    Most of the archive has come by it, and somebody may have had links computed while it was under way: by
    counts of a part.
    """
    FeatureCounts.objects.filter(edition=edition, events__lt=created).update(recount=True, stale=True)


def _enqueue() -> None:
    relate_links.enqueue()


class _Run:
    """One pass over an edition: read what is due, then compute what that may change."""

    def __init__(self, edition: str, progress: Step | None, processes: int) -> None:
        self._edition = edition
        self._progress = progress
        self._processes = processes
        self._ranking = ranking_in_use()
        self._done = self._total = 0

    def run(self) -> int:
        """How many lists were computed."""
        computed = 0
        while True:
            due = self._due()
            found = FeatureCounts.objects.filter(edition=self._edition).first()
            if due and found is None:
                found = FeatureCounts.objects.get_or_create(edition=self._edition)[0]
            if found is None:
                return computed
            self._total += len(due)
            grown = statistics_of(self._edition)[0].outgrown_by(found.present)
            many = found.recount or found.present <= SMALL or len(due) * _ALL_FROM >= found.present
            everything = found.stale or grown or (bool(due) and many)
            read = self._read_all(due) if everything else self._read_some(due)
            lists = self._compute()
            computed += lists
            # What is due and could not be read is another transaction's just now: it is the next run's.
            if not read and (due or not lists):
                return computed

    def _read_some(self, due: Sequence[int]) -> int:
        """Read due events, a few at a time, and note the lists that they change."""
        read = 0
        for start in range(0, len(due), AT_ONCE):
            read += self._in_turn(self.read, due[start : start + AT_ONCE], True)
        return read

    def _read_all(self, due: Sequence[int]) -> int:
        """Read due events and note all lists of the edition; a run after a kill goes on from here."""
        mine = FeatureCounts.objects.filter(edition=self._edition)
        mine.update(stale=True)
        read = 0
        for start in range(0, len(due), MANY_AT_ONCE):
            read += self._in_turn(self.read, due[start : start + MANY_AT_ONCE], False)
        counts = mine.get()
        outgrown = statistics_of(self._edition)[0].outgrown_by(counts.present)
        if counts.recount or outgrown or counts.present <= SMALL:
            self._in_turn(count_anew, self._edition)
        statistics, _ = statistics_of(self._edition)
        features = EventFeatures.objects.filter(edition=self._edition)
        for ids in _ids_of(features):
            self._in_turn(post_rare, ids, statistics)
        for ids in _ids_of(features):
            features.filter(pk__in=ids, pending=False).update(pending=True)
        mine.update(stale=False, changes=F("changes") + 1)
        return read

    def read(self, event_ids: Sequence[int], look: bool) -> int:
        """Take the marks of these events away; with *look* note the lists that may change."""
        held = Document.objects.filter(pk__in=event_ids, related_due=True).order_by("pk")
        ids = list(held.select_for_update(skip_locked=_skips_locked()).values_list("pk", flat=True))
        changed = refresh_features(self._edition, ids)
        if look:
            statistics, _ = statistics_of(self._edition)
            post_rare(ids, statistics)
            noted = set(ids)
            for chunk in _chunks(sorted(changed)):
                linking = RelatedLink.objects.filter(target__in=chunk).order_by()
                noted.update(linking.values_list("event", flat=True))
            for block in blocks(_places(changed), statistics.window):
                events = Neighbourhood.around(self._edition, block, statistics, self._ranking)
                noted |= events.entered(block)
            for chunk in _chunks(sorted(noted)):
                EventFeatures.objects.filter(pk__in=chunk, pending=False).update(pending=True)
        gone = set(ids).difference(EventFeatures.objects.filter(pk__in=ids).values_list("pk", flat=True))
        _count_up(_write({pk: [] for pk in gone}))
        Document.objects.filter(pk__in=ids).update(related_due=False)
        self._step(len(ids))
        return len(ids)

    def _compute(self) -> int:
        """Compute the lists that are noted, and store those that differ; how many were computed."""
        waiting = EventFeatures.objects.filter(edition=self._edition, pending=True).order_by(
            "day", "event_id"
        )
        stands = list(waiting.values_list("day", "event_id").iterator(20_000))
        self._total += len(stands)
        statistics, _ = statistics_of(self._edition)
        parts = list(blocks(stands, statistics.window))
        for found in computing(self._edition, parts, self._ranking, self._processes):
            self._in_turn(_store, found)
            self._step(len(found.ids))
        return len(stands)

    def _due(self) -> list[int]:
        rows = Document.objects.filter(related_due=True, event__edition=self._edition).order_by("event_id")
        return list(rows.values_list("event_id", flat=True).iterator(20_000))

    def _in_turn(self, handle: Callable[..., Any], *args: Any) -> Any:
        """Do it in a transaction of its own; on PostgreSQL again where others held a row too long."""
        for tries in range(1, _TRIES + 1):
            try:
                with _turn():
                    return handle(*args)
            except OperationalError:
                if connection.vendor != "postgresql" or tries == _TRIES:
                    raise
        return None

    def _step(self, count: int) -> None:
        self._done += count
        if self._progress is not None:
            self._progress(self._done, max(self._total, self._done))


def _store(found: Computed) -> None:
    """Store lists where they differ from what is there; computed again if something changed meanwhile."""
    if changes_of(found.edition) != found.changes:
        found = compute(found.edition, found.ids, found.ranking)
    changed = _write(found.links)
    with connection.cursor() as cursor:
        cursor.executemany(
            _CLEAR,
            [(_last(links), False, pk) for pk, links in found.links.items()],
        )
    _count_up(changed)


def _last(links: Sequence[Link]) -> float:
    """The score that an event needs to enter a list; 0 while there is room."""
    return links[-1].score if len(links) == picking.LINKS else 0.0


def _count_up(event_ids: Sequence[int]) -> None:
    for chunk in _chunks(event_ids):
        Document.objects.filter(pk__in=chunk).update(related_version=F("related_version") + 1)


def _write(links: dict[int, list[Link]]) -> list[int]:
    """Write the lists that differ from those stored; whose did."""
    stored = _stored(links)
    changed = [pk for pk, found in links.items() if found != stored.get(pk, [])]
    _delete([pk for pk in changed if pk in stored])
    insert_values(
        _INSERT,
        [
            (pk, link.target, rank, link.score, json.dumps(link.reason, ensure_ascii=False))
            for pk in changed
            for rank, link in enumerate(links[pk], start=1)
        ],
    )
    return changed


def _stored(event_ids: Collection[int]) -> dict[int, list[Link]]:
    """The stored links by event, in the order of their ranks."""
    stored: dict[int, list[Link]] = {}
    for chunk in _chunks(list(event_ids)):
        rows = RelatedLink.objects.filter(event__in=chunk).order_by("event_id", "rank")
        for event_id, *link in rows.values_list("event_id", "target_id", "score", "reason"):
            stored.setdefault(event_id, []).append(Link(*link))
    return stored


def _delete(event_ids: Sequence[int]) -> None:
    for chunk in _chunks(event_ids):
        RelatedLink.objects.filter(event__in=chunk).delete()


def _places(event_ids: Collection[int]) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    for chunk in _chunks(sorted(event_ids)):
        places += EventFeatures.objects.filter(pk__in=chunk).values_list("day", "event_id")
    return sorted(places)


@contextmanager
def _turn() -> Iterator[None]:
    """A transaction that no other run of this module overlaps."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN_LOCK])
                cursor.execute(f"SET LOCAL lock_timeout = '{_GIVE_WAY}'")
        yield


def _skips_locked() -> bool:
    return connection.features.has_select_for_update_skip_locked


def _ids_of(rows: QuerySet[Any, Any]) -> Iterator[list[int]]:
    """The keys of all these rows, :data:`MANY_AT_ONCE` at a time; each part is read when it is asked for."""
    after = 0
    while ids := list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:MANY_AT_ONCE]):
        yield ids
        after = ids[-1]


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _ROWS_AT_ONCE):
        yield values[start : start + _ROWS_AT_ONCE]
