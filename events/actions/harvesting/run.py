"""Running a harvest: from a reader's items to the archive, in batches that each stand alone.

A batch is one transaction with its events, revisions and the harvest's cursor, so that a killed
harvest resumes where it stopped, and short, so that no editor waits long.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from events.actions.contexts.tagging import tag_from_texts, touched_by
from events.actions.harvesting.batch import COUNTED, Batch, Listen, Report, Run
from events.actions.harvesting.reconcile import reconcile, remember
from events.actions.recording import Actor, recording
from events.actions.relate import recount_after, relate_due
from events.harvest.records import BadRecord, FileRead, Item, Mention, Reader, Record
from events.models import Harvest, Origin
from events.vocabulary import HarvestState

BATCH_MOST: Final = 1_000
BATCH_SECONDS: Final = 0.25
_WORK_SECONDS: Final = 0.1
_BATCH_FIRST: Final = 100
_BATCH_LEAST: Final = 10
_ERRORS_KEPT: Final = 200
_ATTEMPTS: Final = 5

Progress = Callable[[int, int], None]
"""Told how much of the input is done, and of how much (0 where that cannot be known)."""


def run_harvest(
    reader: Reader,
    *,
    origin: Origin,
    moment: dt.datetime | None = None,
    dry_run: bool = False,
    relate: bool = True,
    tags: bool = False,
    progress: Progress | None = None,
    report: Report | None = None,
    on_bad: Callable[[BadRecord], None] | None = None,
    listen: Listen | None = None,
) -> Harvest:
    """Read everything *reader* yields into the archive; the finished harvest.

    *moment*: when the input was true (now, unless given); what an older input says overwrites
    nothing. A harvest of the same input that was killed is resumed. *report* is told of every
    change, *on_bad* of every record that could not be read, *listen* of what became of each record, in
    their order. The harvest's state is ``FAILED`` where
    there was one. With *tags* the texts it brought are searched for the names of contexts before it
    counts as finished; related links are computed at the end unless *relate* is off. With *dry_run*
    everything is decided as it would be, and nothing stays written; on SQLite other writers wait
    for it meanwhile.
    """
    if not dry_run:
        harvest = _run(reader, origin, moment, progress, report, on_bad, listen, tags=tags)
        if relate:
            _take_stock(harvest)
            recount_after(harvest.edition, harvest.counts["created"])
            relate_due()
        return harvest
    with transaction.atomic():
        harvest = _run(reader, origin, moment, progress, report, on_bad, listen, dry=True)
        transaction.set_rollback(True)
    return harvest


def _take_stock(harvest: Harvest) -> None:
    """Have PostgreSQL count the tables that a large harvest filled.

    It does so by itself only a minute later, or never; until then it plans as if they were empty, and
    computing links takes minutes instead of seconds; search takes the rarity of frequent words from there.
    """
    if connection.vendor == "postgresql" and harvest.counts["created"] >= BATCH_MOST:
        with connection.cursor() as cursor:
            cursor.execute(
                "ANALYZE events_event, events_address, events_tagging, events_context, events_document, "
                "events_searchentry"
            )


def _run(
    reader: Reader,
    origin: Origin,
    moment: dt.datetime | None,
    progress: Progress | None,
    report: Report | None,
    on_bad: Callable[[BadRecord], None] | None,
    listen: Listen | None,
    *,
    dry: bool = False,
    tags: bool = False,
) -> Harvest:
    harvest = _open(reader, origin, moment)
    run = Run(
        harvest=harvest,
        origin=origin,
        edition=reader.edition,
        moment=harvest.moment,
        newer=_newer(harvest),
        counts=Counter(harvest.counts),
        report=report,
        listen=listen,
    )
    total = reader.total() if progress is not None else 0
    pace = _Pace()
    done = 0
    for items in _batches(reader, pace):
        known = min(max(0, harvest.cursor - done), len(items))
        done += len(items)
        if known:
            _remember(run, items[:known])
        if items[known:]:
            _take(run, items[known:], done, pace, on_bad, dry=dry)
        if progress is not None:
            progress(reader.position, total)
    if tags:
        # While the harvest is open: one that is killed here is resumed, and finds them then.
        tag_from_texts(actor=Actor.robot(harvest), edition=harvest.edition, event_ids=touched_by(harvest))
    _close(run)
    return harvest


def _open(reader: Reader, origin: Origin, moment: dt.datetime | None) -> Harvest:
    """The harvest to run: the one that was killed over the same input, else a new one."""
    fingerprint = reader.fingerprint()
    unfinished = Harvest.objects.filter(
        origin=origin, edition=reader.edition, fingerprint=fingerprint, state=HarvestState.RUNNING
    )
    if moment is not None:
        unfinished = unfinished.filter(moment=moment)
    return unfinished.order_by("-id").first() or Harvest.objects.create(
        origin=origin,
        reader=type(reader).__name__.removesuffix("Reader").lower(),
        edition=reader.edition,
        source_name=reader.name[:500],
        fingerprint=fingerprint,
        moment=moment or timezone.now(),
        counts=dict.fromkeys(COUNTED, 0),
    )


def _newer(harvest: Harvest) -> list[tuple[dt.date, dt.date]]:
    """The spans of dates that finished harvests of later inputs told about."""
    later = Harvest.objects.filter(
        origin=harvest.origin, edition=harvest.edition, moment__gt=harvest.moment, first_date__isnull=False
    ).exclude(state=HarvestState.RUNNING)
    return [
        (first, last)
        for first, last in later.values_list("first_date", "last_date")
        if first is not None and last is not None
    ]


class _Pace:
    """How many items a batch may have for its transaction to end within a quarter of a second.

    Where the machine is busy with other things, shorter batches end no sooner by as much as they cost more:
    one that takes less than a tenth of a second of the processor is not made shorter.
    """

    size = _BATCH_FIRST

    def took(self, seconds: float, worked: float) -> None:
        """The last batch *took* so many seconds, and *worked* so many of them in this thread."""
        if worked < _WORK_SECONDS:
            seconds = min(seconds, worked * BATCH_SECONDS / _WORK_SECONDS)
        if seconds > BATCH_SECONDS:
            self.size = max(_BATCH_LEAST, int(self.size * max(0.3, 0.8 * BATCH_SECONDS / seconds)))
        elif seconds < BATCH_SECONDS * 0.6:
            self.size = min(BATCH_MOST, int(self.size * 1.5))


def _batches(reader: Reader, pace: _Pace) -> Iterator[list[Item]]:
    """The reader's items in batches; a day's records, or what is said of one event, stay together."""
    batch: list[Item] = []
    last: Record | Mention | None = None
    for item in reader.items():
        if len(batch) >= BATCH_MOST or (len(batch) >= pace.size and not _together(last, item)):
            yield batch
            batch = []
        batch.append(item)
        if isinstance(item, Record | Mention):
            last = item
    if batch:
        yield batch


def _together(last: Record | Mention | None, item: Item) -> bool:
    """Whether *item* is to be judged with what came last: of the same day, or naming the same event."""
    if isinstance(item, Record):
        return isinstance(last, Record) and item.date == last.date
    if isinstance(item, Mention):
        return isinstance(last, Mention) and item.address == last.address
    return isinstance(item, FileRead | BadRecord)


def _remember(run: Run, items: list[Item]) -> None:
    """Meet items again that were committed before the harvest was killed."""
    with recording(Actor.robot(run.harvest)) as trace:
        batch = Batch(run, trace)
        remember(batch, items)
    run.claims.settle()
    _tell(batch, items)


def _tell(batch: Batch, items: list[Item]) -> None:
    """Say what became of each record, now that it is committed."""
    if batch.run.listen is not None:
        for item in items:
            if isinstance(item, Record | BadRecord):
                batch.run.listen(batch.outcome(item))


def _take(
    run: Run,
    items: list[Item],
    cursor: int,
    pace: _Pace,
    on_bad: Callable[[BadRecord], None] | None,
    *,
    dry: bool,
) -> None:
    """Bring one batch into the archive; once more where another writer was in its way."""
    for attempt in range(1, _ATTEMPTS + 1):
        started, worked = time.monotonic(), time.thread_time()
        try:
            batch = _commit(run, items, cursor, dry=dry)
            break
        except (IntegrityError, OperationalError):
            if attempt == _ATTEMPTS or dry:
                raise
            run.claims.forget()
            run.names.forget()
            run.harvest.refresh_from_db()
    pace.took(time.monotonic() - started, time.thread_time() - worked)
    run.claims.settle()
    run.counts += batch.counts
    if run.report is not None:
        for told in batch.reports:
            run.report(*told)
    _tell(batch, items)
    if on_bad is not None:
        for item in items:
            if isinstance(item, BadRecord):
                on_bad(item)


def _commit(run: Run, items: list[Item], cursor: int, *, dry: bool) -> Batch:
    with recording(Actor.robot(run.harvest), sequenced=not dry) as trace:
        # One batch of an origin at a time; this also orders the locks that batches take.
        Origin.objects.select_for_update(no_key=True).get(pk=run.origin.pk)
        last = run.names.begin()
        run.tombstones.begin(run.edition, run.origin.pk, last)
        batch = Batch(run, trace)
        items = reconcile(batch, items)
        bad = [item for item in items if isinstance(item, BadRecord)]
        batch.counts["bad"] += len(bad)
        harvest = run.harvest
        harvest.cursor = cursor
        harvest.counts = dict(run.counts + batch.counts)
        harvest.errors = [
            *harvest.errors,
            *([item.place.file, item.place.line, item.reason] for item in bad),
        ][:_ERRORS_KEPT]
        dates = [item.date for item in items if isinstance(item, Record)]
        if dates:
            harvest.first_date = min([*dates, *([harvest.first_date] if harvest.first_date else [])])
            harvest.last_date = max([*dates, *([harvest.last_date] if harvest.last_date else [])])
        harvest.save()
    run.names.end([change.seq for change in trace.changes] if not dry else [])
    return batch


def _close(run: Run) -> None:
    harvest = run.harvest
    harvest.counts = {name: run.counts[name] for name in COUNTED}
    harvest.state = HarvestState.FAILED if run.counts["bad"] else HarvestState.FINISHED
    harvest.finished_at = timezone.now()
    harvest.save()
