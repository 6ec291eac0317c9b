"""What related lists say of other events: contexts that both share, and events that have no page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from events.actions.harvesting.arriving import create_arrivals
from events.actions.harvesting.batch import Batch
from events.actions.harvesting.matching import Days, Found, match
from events.actions.harvesting.upstream import record_digest, record_key
from events.actions.rows import lock_events
from events.harvest.records import Evidence, Mention, Record
from events.inserting import insert_rows
from events.models import Address as AddressRow
from events.models import Event, HarvestFile, Tagging
from events.slugs import Address
from events.vocabulary import ChangeKind, HarvestState, State, Tagged


def take_mentions(batch: Batch, mentions: Sequence[Mention]) -> None:
    """Tag the events that *mentions* name with the contexts they share; create those nobody knows.

    Lists of files that came unchanged since an earlier, whole harvest were taken then.
    """
    records = _gather(_fresh(batch, mentions))
    if not records:
        return
    batch.learn({name for record in records for _, names in record.inferred for name in names}, ())
    known = _known_events(batch, records)
    unknown = [
        Found(record, record_key(record), record_digest(record))
        for record in records
        if record.address not in known
    ]
    if unknown:
        days = Days(batch.run.edition, unknown)
        create_arrivals(batch, match(unknown, days, batch.run.claims), days)
    _tag(batch, [(record, known[record.address]) for record in records if record.address in known])


def _known_events(batch: Batch, records: Sequence[Record]) -> dict[Address | None, int]:
    """The events that have, or had, the addresses of *records*; merged ones followed."""
    wanted = {record.address for record in records if record.address is not None}
    rows = AddressRow.objects.filter(
        edition=batch.run.edition,
        date__in={address.date for address in wanted},
        slug__in={address.slug for address in wanted},
    )
    found = {}
    for date, slug, event_id, into_id in rows.values_list(
        "date", "slug", "event_id", "event__merged_into_id"
    ):
        found[Address(date, slug)] = into_id or event_id
    return {address: found[address] for address in wanted if address in found}


def _fresh(batch: Batch, mentions: Sequence[Mention]) -> list[Mention]:
    names = {mention.place.file for mention in mentions}
    done = set(
        HarvestFile.objects.filter(origin=batch.run.origin, edition=batch.run.edition, name__in=names)
        .exclude(harvest=batch.run.harvest)
        .exclude(harvest__state=HarvestState.RUNNING)
        .values_list("name", flat=True)
    )
    return [mention for mention in mentions if mention.place.file not in done]


def _gather(mentions: Iterable[Mention]) -> list[Record]:
    """One record for each event that is named, with all that names it. It stands on no day page."""
    texts: dict[Address, Mention] = {}
    shared: dict[Address, dict[Address, tuple[str, ...]]] = {}
    for mention in mentions:
        texts.setdefault(mention.address, mention)
        shared.setdefault(mention.address, {})[mention.by] = mention.contexts
    return [
        Record(
            edition=mention.edition,
            date=address.date,
            text=mention.text,
            place=mention.place,
            address=address,
            inferred=tuple(shared[address].items()),
            evidence=Evidence.RELATED,
            listed=False,
        )
        for address, mention in texts.items()
    ]


def _tag(batch: Batch, known: Sequence[tuple[Record, int]]) -> None:
    """Add inferred contexts to known events, where no editor removed them."""
    wanted: dict[int, set[int]] = {}
    for record, event_id in known:
        if batch.run.outdated(record.date, None):
            continue
        named = (batch.context_id(name) for _, names in record.inferred for name in names)
        wanted.setdefault(event_id, set()).update(pk for pk in named if pk is not None)
    present: dict[int, set[int]] = {event_id: set() for event_id in wanted}
    weaker: list[Tagging] = []
    for tag in Tagging.objects.filter(event_id__in=wanted):
        present[tag.event_id].add(tag.context_id)
        if tag.how == Tagged.TEXT and tag.context_id in wanted[tag.event_id]:
            weaker.append(tag)
    # What was only found in the text now also stands in a related list, and stays when the text changes.
    Tagging.objects.filter(pk__in=[tag.pk for tag in weaker]).update(how=Tagged.INFERRED)
    batch.trace.touch(*(tag.event_id for tag in weaker))
    missing = {pk: ids - present[pk] for pk, ids in wanted.items() if ids - present[pk]}
    if not missing:
        return
    old: dict[int, list[str]] = {event_id: [] for event_id in missing}
    active = Tagging.objects.active().filter(event_id__in=missing)
    for event_id, name in active.values_list("event_id", "context__name"):
        old[event_id].append(name)
    events = lock_events(dict.fromkeys(missing))
    new_tags = []
    for event_id, ids in missing.items():
        event = events[event_id]
        if event.state == State.LEGAL:
            continue
        new_tags += [Tagging(event=event, context_id=pk, how=Tagged.INFERRED) for pk in sorted(ids)]
        before = sorted(old[event_id])
        after = sorted({*before, *(batch.context(pk).name for pk in ids)})
        batch.trace.revise_event(
            event, ChangeKind.RETAGGED, {"contexts": {"base": None, "old": before, "new": after}}
        )
        batch.count("updated", str(event), "contexts")
    insert_rows(new_tags)
    Event.objects.bulk_update(events.values(), ["version", "updated_at"], batch_size=200)
    batch.links_due.update(missing)
