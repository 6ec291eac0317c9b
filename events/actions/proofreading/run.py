"""Proofreading the whole archive: the rules over every text, their findings into the review queue.

A run reads events in the order of their ids, a few hundred at a time, and writes only what differs: a
second run over unchanged texts writes nothing. How far it came is on record, one row an edition, so a
run that was killed goes on where it stopped, and the next one reads only what changed since.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from events.actions.contexts.tagging import names_of
from events.actions.proofreading.findings import Named, named, same_words
from events.models import Event, Harvest, Origin, ReviewItem, Tagging
from events.text.proofreading import RULES, RULES_VERSION, KnownNames, find
from events.vocabulary import EDITIONS, HarvestState, ReviewKind, ReviewState, State

READER: Final = "proofreading"
ORIGIN: Final = "proofreading"
_ORIGIN_NAME: Final = "Proofreading of this archive"
NAME_LEAST: Final = 5
"""How many events carry a context before texts are held against its name."""
_READ_AT_ONCE: Final = 500
_LEFT_OUT: Final = (State.MERGED, State.LEGAL, State.WITHDRAWN)
# A change is dated when its transaction begins, and seen when it ends.
_OVERLAP: Final = dt.timedelta(minutes=10)

Report = Callable[[int, Named], None]
"""Told of every finding and the id of its event."""


@dataclass(slots=True)
class RunCounts:
    """What a run did: events read; findings by rule in these; items asked, asked again and closed.

    ``ignored``: findings that an editor said are no errors.
    """

    read: int = 0
    found: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    ignored: int = 0
    obsolete: int = 0


def proofread(
    *,
    edition: str | None = None,
    rules: Collection[str] | None = None,
    since: dt.datetime | None = None,
    whole: bool = False,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
    report: Report | None = None,
) -> RunCounts:
    """Run the rules over every text that changed since the last run, and bring the queue up to date.

    *edition*: one only; *rules*: these only; *since*: events that changed since then; *whole*: read every
    event again. A run that is narrowed by *rules* or *since* leaves no mark of how far it came. With
    *dry_run* nothing is written; *report* is told of every finding. Raises ``KeyError`` for an unknown
    rule or edition. Must not be called inside a transaction.
    """
    chosen = frozenset(RULES if rules is None else rules)
    if unknown := chosen - RULES.keys():
        raise KeyError(min(unknown))
    narrowed = rules is not None or since is not None
    counts = RunCounts()
    passes = []
    for code in [EDITIONS[edition].code] if edition is not None else EDITIONS:
        mark, back_to = (None, since) if narrowed or dry_run else _opened(code, whole=whole)
        one = _Pass(code, chosen, counts, mark)
        one.changed_since(back_to)
        passes.append(one)
    total = sum(one.size for one in passes)
    for one in passes:
        for _ in one.run(dry_run=dry_run, report=report):
            if progress is not None:
                progress(counts.read, total)
    return counts


class _Pass:
    """One pass over the events of an edition."""

    def __init__(self, edition: str, rules: frozenset[str], counts: RunCounts, mark: Harvest | None) -> None:
        self._edition = edition
        self._rules = rules
        self._counts = counts
        self._mark = mark
        self._events = Event.objects.of_edition(edition).exclude(state__in=_LEFT_OUT)
        self.size = 0

    def changed_since(self, since: dt.datetime | None) -> None:
        """Read only the events that changed since then, behind those that a killed run came to."""
        if since is not None:
            self._events = self._events.filter(updated_at__gte=since)
        if self._mark is not None:
            self._events = self._events.filter(pk__gt=self._mark.cursor)
        self.size = self._events.count()

    def run(self, *, dry_run: bool, report: Report | None) -> Iterator[None]:
        """Read the events; yields after each part."""
        names = _known_names(self._edition) if self.size else None
        last = 0
        rows = self._events.order_by("pk").values_list("pk", "version", "text")
        while chunk := list(rows.filter(pk__gt=last)[:_READ_AT_ONCE]):
            found = {}
            for pk, _, text in chunk:
                findings = [one for one in find(text, self._edition, names=names) if one.rule in self._rules]
                found[pk] = named(pk, text, findings)
                for one in found[pk]:
                    self._counts.found[one.data["rule"]] += 1
                    if report is not None:
                        report(pk, one)
            last = chunk[-1][0]
            if not dry_run:
                self._settle({pk: version for pk, version, _ in chunk}, found)
            self._counts.read += len(chunk)
            yield
        if not dry_run:
            self._end()

    def _settle(self, versions: dict[int, int], found: dict[int, list[Named]]) -> None:
        """Bring the items of these events up to date, and note how far the pass is."""
        items = _items(versions)
        differing = [pk for pk in versions if self._differences(found[pk], items.get(pk, ()), count=True)]
        with transaction.atomic() if differing else nullcontext():
            if differing:
                # Whoever removes an event for good waits, or was here before.
                locked = Event.objects.select_for_update(no_key=True).filter(pk__in=differing).order_by("pk")
                present = locked.values_list("pk", "version")
                self._write([pk for pk, version in present if versions[pk] == version], found)
            if self._mark is not None:
                Harvest.objects.filter(pk=self._mark.pk).update(cursor=max(versions))

    def _write(self, event_ids: Sequence[int], found: dict[int, list[Named]]) -> None:
        items = _items(event_ids)
        changes = [one for pk in event_ids for one in self._differences(found[pk], items.get(pk, ()))]
        # Another run may ask the same at the same time.
        ReviewItem.objects.bulk_create((one for one in changes if one.pk is None), ignore_conflicts=True)
        kept = [one for one in changes if one.pk is not None]
        ReviewItem.objects.bulk_update(kept, ["state", "key", "data", "decided_at"], batch_size=200)
        self._counts.asked += sum(one.state == ReviewState.OPEN for one in changes)
        self._counts.obsolete += sum(one.state == ReviewState.OBSOLETE for one in changes)

    def _differences(
        self, found: Sequence[Named], items: Sequence[ReviewItem], *, count: bool = False
    ) -> list[ReviewItem]:
        """The items to write so that the queue says what was *found* in one event."""
        changes = []
        pairs, left = _paired(found, items)
        for one, item in pairs:
            if item is None or item.state == ReviewState.ACCEPTED:
                changes.append(_asked(one))
                continue
            refused = item.state == ReviewState.REJECTED
            self._counts.ignored += count and refused
            differs = (item.key, item.data.get("fix")) != (one.key, one.data["fix"])
            if differs or item.state == ReviewState.OBSOLETE:
                item.key, item.data = one.key, item.data | one.data
                if not refused:
                    item.state, item.decided_at = ReviewState.OPEN, None
                changes.append(item)
        for item in left:
            rule = item.data.get("rule")
            if item.state == ReviewState.OPEN and (rule in self._rules or rule not in RULES):
                item.state, item.decided_at = ReviewState.OBSOLETE, timezone.now()
                changes.append(item)
        return changes

    def _end(self) -> None:
        """Close what is asked about events that nobody corrects any more, and the record of the run."""
        left = ReviewItem.objects.open().filter(
            kind=ReviewKind.PROOFREADING, event__edition=self._edition, event__state__in=_LEFT_OUT
        )
        self._counts.obsolete += left.update(state=ReviewState.OBSOLETE, decided_at=timezone.now())
        if self._mark is not None:
            self._mark.state, self._mark.finished_at = HarvestState.FINISHED, timezone.now()
            self._mark.counts = {"read": self.size}
            self._mark.save(update_fields=["state", "finished_at", "counts"])


_HEAVIEST_LAST: Final = (
    ReviewState.OBSOLETE, ReviewState.ACCEPTED, ReviewState.REJECTED, ReviewState.OPEN
)  # fmt: skip
"""Of several items with one key an open one speaks, else a refusal, which stands for ever."""


def _paired(
    found: Sequence[Named], items: Sequence[ReviewItem]
) -> tuple[list[tuple[Named, ReviewItem | None]], list[ReviewItem]]:
    """Each finding of an event with the item that is about it, and the items that are about none."""
    known = {
        item.key: item for item in sorted(items, key=lambda one: _HEAVIEST_LAST.index(ReviewState(one.state)))
    }
    pairs = [(one, known.get(one.key)) for one in found]
    paired = {one.key for one in found}
    # What stands beside the words may have been corrected meanwhile.
    moved = [
        item for item in items
        if item.key not in paired and item.state in (ReviewState.OPEN, ReviewState.REJECTED) and item.data
    ]  # fmt: skip
    for at, (one, item) in enumerate(pairs):
        if item is not None:
            continue
        same = next((item for item in moved if same_words(one.data, item.data)), None)
        if same is not None:
            moved.remove(same)
            pairs[at] = (one, same)
    taken = {item.pk for _, item in pairs if item is not None}
    return pairs, [item for item in items if item.pk not in taken and item.key not in paired]


def _asked(one: Named) -> ReviewItem:
    return ReviewItem(
        kind=ReviewKind.PROOFREADING, key=one.key, field="text", data=one.data,
        event_id=int(one.key.partition(":")[0]),
    )  # fmt: skip


def _items(event_ids: Collection[int]) -> dict[int, list[ReviewItem]]:
    items: dict[int, list[ReviewItem]] = {}
    rows = ReviewItem.objects.filter(kind=ReviewKind.PROOFREADING, event_id__in=list(event_ids))
    for item in rows.order_by("pk"):
        items.setdefault(item.event_id or 0, []).append(item)
    return items


def _known_names(edition: str) -> KnownNames:
    """The names of contexts that many events carry, and all the other names there are."""
    used = Tagging.objects.active().order_by().values("context").annotate(count=Count("pk"))
    often = set(used.filter(count__gte=NAME_LEAST).values_list("context", flat=True))
    all_names = list(names_of(edition))
    return KnownNames((name for name, pk in all_names if pk in often), others=(name for name, _ in all_names))


def _fingerprint() -> str:
    return sha256(f"{RULES_VERSION} {' '.join(sorted(RULES))}".encode()).hexdigest()


def _opened(edition: str, *, whole: bool) -> tuple[Harvest, dt.datetime | None]:
    """The record of this edition's runs, open, and since when events are to be read; ``None``: all of them.

    A run that was killed is taken up where it stopped, unless the rules are others now or all is to be read.
    """
    origin, _ = Origin.objects.get_or_create(slug=ORIGIN, defaults={"name": _ORIGIN_NAME})
    now = timezone.now()
    mark, created = Harvest.objects.get_or_create(
        origin=origin, reader=READER, edition=edition,
        defaults={"source_name": "texts", "moment": now, "fingerprint": _fingerprint()},
    )  # fmt: skip
    same = mark.fingerprint == _fingerprint() and not whole
    if same and mark.state == HarvestState.RUNNING:
        told = mark.counts.get("since")
        return mark, dt.datetime.fromisoformat(told) if told else None
    since = mark.moment - _OVERLAP if same and not created else None
    mark.state, mark.finished_at, mark.cursor, mark.fingerprint = (
        HarvestState.RUNNING,
        None,
        0,
        _fingerprint(),
    )
    mark.moment = mark.started_at = now
    mark.counts = {"since": since.isoformat()} if since is not None else {}
    mark.save()
    return mark, since
