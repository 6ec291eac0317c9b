"""What related lists say of other events: contexts that both share, and events that have no page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from events.actions.arriving import create_arrivals
from events.actions.batch import Batch
from events.actions.matching import Days, Found, match
from events.actions.rows import lock_events
from events.actions.upstream import record_digest, record_key
from events.harvest.records import Evidence, Mention, Record
from events.models import HarvestFile, Provenance, Tagging
from events.slugs import Address
from events.vocabulary import ChangeKind, HarvestState, Tagged


def take_mentions(batch: Batch, mentions: Sequence[Mention]) -> None:
    """Tag the events that *mentions* name with the contexts they share; create those nobody knows.

    Lists of files that came unchanged since an earlier, whole harvest were taken then.
    """
    records = _gather(_fresh(batch, mentions))
    if not records:
        return
    batch.learn({name for record in records for _, names in record.inferred for name in names}, ())
    found = [Found(record, record_key(record), record_digest(record)) for record in records]
    rows = {
        row.key: row
        for row in Provenance.objects.filter(
            origin=batch.run.origin, edition=batch.run.edition, key__in=[one.key for one in found]
        ).defer("upstream", "base")
    }
    for one in found:
        one.row = rows.get(one.key)
    days = Days(batch.run.edition, found)
    known = [one for one in found if one.row is not None or days.at(one.record.address) is not None]
    unknown = [one for one in found if one not in known]
    create_arrivals(batch, match(unknown, days, batch.run.claims), days)
    for one in known:
        one.event = days.standing(one.row.event_id) if one.row else days.at(one.record.address)
    _tag(batch, [one for one in known if one.event is not None])


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


def _tag(batch: Batch, found: Sequence[Found]) -> None:
    """Add inferred contexts to known events, where no editor removed them."""
    wanted: dict[int, set[int]] = {}
    for one in found:
        assert one.event is not None  # noqa: S101  filtered by the caller
        if batch.run.outdated(one.record.date, None):
            continue
        named = (batch.context_id(name) for _, names in one.record.inferred for name in names)
        wanted.setdefault(one.event.pk, set()).update(pk for pk in named if pk is not None)
    present: dict[int, dict[int, Tagging]] = {event_id: {} for event_id in wanted}
    for tag in Tagging.objects.filter(event_id__in=wanted).select_related("context"):
        present[tag.event_id][tag.context_id] = tag
    missing = {pk: ids - present[pk].keys() for pk, ids in wanted.items() if ids - present[pk].keys()}
    if not missing:
        return
    names = {context.pk: context.name for context in batch.names.values()}
    new_tags = []
    events = lock_events(dict.fromkeys(missing))
    for event_id, ids in missing.items():
        event = events[event_id]
        old = sorted(tag.context.name for tag in present[event_id].values() if not tag.removed)
        new_tags += [Tagging(event=event, context_id=pk, how=Tagged.INFERRED) for pk in sorted(ids)]
        new = sorted({*old, *(names[pk] for pk in ids)})
        batch.trace.revise_event(
            event, ChangeKind.RETAGGED, {"contexts": {"base": None, "old": old, "new": new}}
        )
        batch.count("updated", str(event), "contexts")
    Tagging.objects.bulk_create(new_tags, batch_size=1000)
    type(event).objects.bulk_update(events.values(), ["version", "updated_at"], batch_size=200)
    batch.links_due.update(missing)
