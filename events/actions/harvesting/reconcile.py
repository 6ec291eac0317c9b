"""Reconciling what a reader yields with the archive, a batch at a time (issue: the harvest).

A batch runs in one transaction (``run``). Records that came unchanged cost one look-up.
"""

from __future__ import annotations

from collections.abc import Sequence

from events.actions.harvesting.arriving import create_arrivals
from events.actions.harvesting.batch import Batch
from events.actions.harvesting.joining import join_known
from events.actions.harvesting.matching import Days, Found, match
from events.actions.harvesting.mentions import take_mentions
from events.actions.harvesting.opinions import take_editorial
from events.actions.harvesting.upstream import names_said, record_digest, record_key, values_of
from events.actions.merge import merge_events
from events.actions.rows import links_due
from events.harvest.records import EditorialRecord, FileRead, Item, Mention, Record
from events.models import Event, HarvestFile, Provenance, Revision
from events.vocabulary import State


def reconcile(batch: Batch, items: Sequence[Item]) -> list[Item]:
    """Bring *items* into the archive; runs inside the caller's recording.

    The items that were taken are returned: all but those of events that were removed by law.
    """
    items, removed = batch.run.tombstones.sift(items, lambda record: record_key(record)[:300])
    batch.counts["unchanged"] += removed
    _records(batch, [item for item in items if isinstance(item, Record)])
    # Before the mentions: those of files that changed are heard.
    _files(batch, [item for item in items if isinstance(item, FileRead)])
    take_mentions(batch, [item for item in items if isinstance(item, Mention)])
    for item in items:
        if isinstance(item, EditorialRecord):
            take_editorial(batch, item)
    if batch.links_due:
        links_due(batch.links_due)
    return items


def remember(batch: Batch, items: Sequence[Item]) -> None:
    """Take up again which events the records of a resumed harvest were, without writing anything."""
    for one in _look_up(batch, [item for item in items if isinstance(item, Record)]):
        if one.row is not None:
            batch.know(one.record, one.row.event_id, same=True)
        if one.row is not None and one.record.listed is not False:
            batch.run.claims.take(one.record.date, one.row.event_id, one.key)


def _look_up(batch: Batch, records: Sequence[Record]) -> list[Found]:
    found = [Found(record, record_key(record)[:300], record_digest(record)) for record in records]
    rows = Provenance.objects.filter(
        origin=batch.run.origin, edition=batch.run.edition, key__in=[one.key for one in found]
    )
    by_key = {row.key: row for row in rows.defer("upstream", "base")}
    for one in found:
        one.row = by_key.get(one.key)
    return found


def _records(batch: Batch, records: Sequence[Record]) -> None:
    claims = batch.run.claims
    changed: list[Found] = []
    seen: set[str] = set()
    for one in _look_up(batch, records):
        again = one.key in seen or (
            one.row is not None and one.key in claims.keys(one.record.date, one.row.event_id)
        )
        seen.add(one.key)
        if again:
            batch.count("unchanged")  # the same record twice in one input: the first counts
            batch.know(one.record, one.row.event_id if one.row is not None else None, same=True)
        elif one.row is not None and one.row.digest == one.digest:
            batch.count("unchanged")
            batch.know(one.record, one.row.event_id, same=True)
            if one.record.listed is not False:
                claims.take(one.record.date, one.row.event_id, one.key)
        else:
            changed.append(one)
    if not changed:
        return
    days = Days(batch.run.edition, changed)
    arrivals = match(changed, days, claims)
    said = [values_of(one.record) for one in changed]
    batch.learn(
        (name for values in said for name in names_said(values)),
        ((label, url) for values in said for label, url, _ in values.get("citations", ()) if label or url),
    )
    join_known(batch, [one for one in changed if one.event is not None], days)
    create_arrivals(batch, arrivals, days)
    late = []
    for one in changed:
        if one.arrival is not None and one.arrival.found is not one:
            one.event = one.arrival.event
            late.append(one)
        elif one.arrival is not None and one.record.listed is not False:
            claims.take(one.record.date, one.arrival.event.pk, one.key)
        _swallow(batch, one)
    join_known(batch, late, days)
    for one in changed:
        event = one.event or (one.arrival.event if one.arrival is not None else None)
        batch.know(one.record, event.pk if event is not None else None)


def _swallow(batch: Batch, one: Found) -> None:
    """Merge events that proved to be former versions of this one, unless a person worked on them."""
    into = one.event or (one.arrival.event if one.arrival is not None else None)
    for event in {event.pk: event for event in one.swallows}.values():
        if into is None or event.pk == into.pk:
            continue
        states = dict(Event.objects.filter(pk__in=(event.pk, into.pk)).values_list("pk", "state"))
        if states[event.pk] == State.MERGED:
            continue  # another record of this batch did it
        person = Revision.objects.filter(event=event, harvest__isnull=True).exists()
        if person or states[into.pk] != State.PUBLISHED:
            batch.ask_duplicate(into, event)
        else:
            merge_events(actor=batch.trace.actor, event_id=event.pk, into_id=into.pk, absorb=False)
            batch.count("merged", str(event), into.text, event=into)


def _files(batch: Batch, files: Sequence[FileRead]) -> None:
    """Remember what each file was; unchanged ones stay as they are noted."""
    if not files:
        return
    run = batch.run
    names = [file.name for file in files]
    known = {
        row.name: row
        for row in HarvestFile.objects.filter(origin=run.origin, edition=run.edition, name__in=names)
    }
    fresh, changed = [], []
    for file in files:
        row = known.get(file.name)
        if row is None:
            fresh.append(
                HarvestFile(
                    origin=run.origin, edition=run.edition, name=file.name[:1000], digest=file.sha256,
                    bad=file.bad, harvest=run.harvest,
                )
            )  # fmt: skip
        elif (row.digest, row.bad) != (file.sha256, file.bad):
            row.digest, row.bad, row.harvest = file.sha256, file.bad, run.harvest
            changed.append(row)
    HarvestFile.objects.bulk_create(fresh, batch_size=500)
    HarvestFile.objects.bulk_update(changed, ["digest", "bad", "harvest"], batch_size=200)
