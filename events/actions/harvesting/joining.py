"""Records of events that are known: what upstream says now joins what we have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from events.actions.harvesting.batch import Batch
from events.actions.harvesting.matching import Days, Found
from events.actions.harvesting.upstream import (
    Ask,
    Joined,
    Ours,
    Tags,
    decided_citations,
    join,
    join_contexts,
    names_said,
    settled,
    values_of,
)  # fmt: skip
from events.actions.rows import lock_events
from events.harvest.records import Record
from events.models import Address, Citation, Context, Event, Provenance, ReviewItem, Revision, Tagging
from events.slugs import Address as AddressValue
from events.vocabulary import Category, ChangeKind, ReviewKind, ReviewState, State


@dataclass(slots=True)
class _Stored:
    """What the database holds about the batch's known events.

    ``others``: what other origins say; ``cited``: changes that people made to the sources, oldest first.
    """

    events: dict[int, Event]
    rows: dict[int, Provenance]
    leaders: dict[int, Provenance]
    others: dict[int, list[dict[str, Any]]]
    tags: dict[int, dict[int, Tagging]]
    citations: dict[int, list[Citation]]
    cited: dict[int, list[dict[str, Any]]]


@dataclass(slots=True)
class _Writes:
    """What will be written when all records have been joined; each row once."""

    events: dict[int, Event] = field(default_factory=dict)
    rows: list[Provenance] = field(default_factory=list)
    new_rows: list[Provenance] = field(default_factory=list)
    followers: list[Provenance] = field(default_factory=list)
    addresses: dict[AddressValue, Address] = field(default_factory=dict)
    new_tags: list[Tagging] = field(default_factory=list)
    raised_tags: list[Tagging] = field(default_factory=list)
    dropped_tags: list[int] = field(default_factory=list)
    citations: dict[int, list[Citation]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    asks: list[tuple[Event, list[Ask]]] = field(default_factory=list)


def join_known(batch: Batch, found: Sequence[Found], days: Days) -> None:
    """Join every record of *found* (their events are known) with its event."""
    if not found:
        return
    stored = _load(batch, found)
    earlier = [leader.upstream for leader in stored.leaders.values()]
    earlier += [leader.base for leader in stored.leaders.values() if leader.base]
    earlier += [said for others in stored.others.values() for said in others]
    batch.learn((name for said in earlier for name in names_said(said)), ())
    writes = _Writes()
    for one in found:
        assert one.event is not None  # noqa: S101  the caller's promise
        one.event = stored.events[one.event.pk]
        if one.event.state == State.LEGAL:
            batch.count("unchanged")  # removed by law since the batch was sifted; nothing of it is kept
            continue
        _addresses(one, one.event, days, writes)
        _join(batch, one, one.event, stored, writes)
    _write(batch, writes)


def _load(batch: Batch, found: Sequence[Found]) -> _Stored:
    ids = {one.event.pk for one in found if one.event is not None}
    row_ids = {one.row.pk for one in found if one.row is not None}
    rows = Provenance.objects.filter(Q(pk__in=row_ids) | Q(event_id__in=ids, leading=True))
    by_id = {row.pk: row for row in rows}
    stored = _Stored(
        events=lock_events(dict.fromkeys(ids)),
        rows=by_id,
        leaders={row.event_id: row for row in by_id.values() if row.leading and _own(batch, row)},
        others=defaultdict(list),
        tags=defaultdict(dict),
        citations=defaultdict(list),
        cited=defaultdict(list),
    )
    for row in by_id.values():
        if not _own(batch, row):
            stored.others[row.event_id].append(row.upstream)
    for tag in Tagging.objects.filter(event_id__in=ids).select_related("context"):
        stored.tags[tag.event_id][tag.context_id] = tag
    for citation in Citation.objects.filter(event_id__in=ids).order_by("event_id", "position"):
        stored.citations[citation.event_id].append(citation)
    # Bulk changes are left out: undoing a harvest takes back what that brought, and decides nothing more.
    by_hand = Revision.objects.filter(event_id__in=ids, harvest__isnull=True, bulk__isnull=True)
    changes = by_hand.filter(fields__has_key="citations").order_by("event_id", "number")
    for event_id, fields in changes.values_list("event_id", "fields"):
        stored.cited[event_id or 0].append(fields["citations"])
    return stored


def _own(batch: Batch, row: Provenance) -> bool:
    return row.origin_id == batch.run.origin.pk


def _join(batch: Batch, one: Found, event: Event, stored: _Stored, writes: _Writes) -> None:
    record, run = one.record, batch.run
    row = stored.rows.get(one.row.pk) if one.row is not None else None
    leader = stored.leaders.get(event.pk)
    known_at = max((known.moment for known in (row, leader) if known is not None), default=None)
    said = values_of(record)
    if run.outdated(record.date, known_at) or not _leads(batch, one, row, leader):
        follows = row if row is not None or record.origin_id or record.address else leader
        if not run.outdated(record.date, known_at) or follows is None:
            _keep(batch, one, event, follows, said, writes, leading=False)
        batch.count("unchanged")
        return
    if leader is not None and record.evidence < leader.evidence:
        batch.count("unchanged")
        return
    ours = _ours(event, stored)
    before, base = _before(leader, ours, said, record)
    guarded = leader is not None and settled(event.date, run.moment) and event.state == State.PUBLISHED
    joined = join(
        ours, before, base, said, context_id=batch.context_id, guarded=guarded, cjk=run.cjk,
        refused=_refused(stored, event), vouched=stored.others[event.pk],
        decided=decided_citations(stored.cited[event.pk]),
    )  # fmt: skip
    tags = _join_tags(batch, event, stored, before if leader is not None else {}, said)
    asks = _questions(joined, tags)
    _apply(batch, one, event, joined, tags, stored, writes)
    kept = {**before, **said} if leader is not None else said
    target = row or (leader if not (record.origin_id or record.address) else None)
    if leader is not None and leader is not target and leader.leading:
        leader.leading = False
        if leader.pk:
            writes.followers.append(leader)
    stored.leaders[event.pk] = _keep(batch, one, event, target, kept, writes, leading=True, base=joined.base)
    writes.closed.update(f"{event.pk}:{name}" for name in joined.closed)
    if asks:
        writes.asks.append((event, asks))


def _leads(batch: Batch, one: Found, row: Provenance | None, leader: Provenance | None) -> bool:
    """Whether this record speaks for its event: not a left-over, and no other listed record does."""
    if leader is None or leader is row:
        return leader is not None or one.record.listed is not False or row is None
    if one.record.listed is False:
        return False
    assert one.event is not None  # noqa: S101
    return leader.key not in batch.run.claims.keys(one.record.date, one.event.pk) or leader.key == one.key


def _ours(event: Event, stored: _Stored) -> Ours:
    return Ours(
        text=event.text,
        summary=event.summary,
        date=event.date.isoformat(),
        category=event.category,
        lead=event.lead_id,
        citations=[[row.label, row.raw_url, row.picture] for row in stored.citations[event.pk]],
    )


def _before(
    leader: Provenance | None, ours: Ours, said: dict[str, Any], record: Record
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What upstream said before. At this origin's first sight of an event it only fills what is blank."""
    if leader is not None:
        return leader.upstream, leader.base
    filled = {"text", "date"}
    filled |= {"summary"} if ours.summary else set()
    filled |= {"category"} if ours.category != Category.OTHER else set()
    filled |= {"lead"} if ours.lead else set()
    return {name: said[name] for name in filled if name in said}, {}


def _join_tags(
    batch: Batch, event: Event, stored: _Stored, before: dict[str, Any], said: dict[str, Any]
) -> Tags:
    tags = stored.tags[event.pk]
    elsewhere = (batch.context_id(name) for other in stored.others[event.pk] for name in names_said(other))
    return join_contexts(
        {pk: tag.how for pk, tag in tags.items() if not tag.removed},
        _refused(stored, event),
        before,
        said,
        context_id=batch.context_id,
        vouched={pk for pk in elsewhere if pk is not None},
    )


def _refused(stored: _Stored, event: Event) -> set[int]:
    """The contexts that an editor removed from the event."""
    return {pk for pk, tag in stored.tags[event.pk].items() if tag.removed}


def _questions(joined: Joined, tags: Tags) -> list[Ask]:
    """The questions of one record; a replaced lead and a replaced context are one."""
    asks = list(joined.asks)
    if tags.replaced and not any(ask.kind is ReviewKind.CONTEXT_REPLACED for ask in asks):
        old = sorted({name for names, _ in tags.replaced for name in names})
        new = sorted({name for _, names in tags.replaced for name in names})
        asks.append(Ask(ReviewKind.CONTEXT_REPLACED, "contexts", {"old": old, "new": new}))
    return asks


def _apply(
    batch: Batch, one: Found, event: Event, joined: Joined, tags: Tags, stored: _Stored, writes: _Writes
) -> None:
    """Change the event as decided, and record it."""
    parts = dict(joined.parts)
    for name, value in joined.values.items():
        if name == "citations":
            batch.learn((), ((label, url) for label, url, _ in value if label or url))
            writes.citations[event.pk] = batch.citation_rows(event, value)
            stored.citations[event.pk] = writes.citations[event.pk]
        elif name == "lead":
            parts["lead"] = {
                "base": None, "old": _name(batch, stored, event, event.lead_id), "new": one.record.lead
            }  # fmt: skip
            event.lead_id = value
        elif name == "date":
            event.date = one.record.date
        else:
            setattr(event, name, value)
    if "category" in joined.values:
        parts["category"]["said"] = event.category_said
        event.category_said = (one.record.category or "").strip()[:200]
    retagged = _apply_tags(batch, event, tags, stored, writes)
    if retagged is not None:
        parts["contexts"] = retagged
    if not parts:
        batch.count("unchanged")
        return
    only_tags = not (parts.keys() - {"contexts", "lead"})
    batch.trace.revise_event(event, ChangeKind.RETAGGED if only_tags else ChangeKind.UPDATED, parts)
    writes.events[event.pk] = event
    if only_tags or "contexts" in parts or "date" in parts:
        batch.links_due.add(event.pk)
    said = parts.get("text", {}).get("new", ", ".join(parts))
    batch.count("updated", str(event), said, event=event)


def _name(batch: Batch, stored: _Stored, event: Event, context_id: int | None) -> str | None:
    if context_id is None:
        return None
    tag = stored.tags[event.pk].get(context_id)
    if tag is not None:
        return tag.context.name
    return Context.objects.values_list("name", flat=True).get(pk=context_id)


def _apply_tags(
    batch: Batch, event: Event, tags: Tags, stored: _Stored, writes: _Writes
) -> dict[str, Any] | None:
    """Queue the changed taggings; the revision's part, or ``None`` where the set stays the same."""
    present = stored.tags[event.pk]
    old = sorted(tag.context.name for tag in present.values() if not tag.removed)
    for context_id, how in tags.added.items():
        tag = present.get(context_id)
        if tag is None:
            tag = present[context_id] = Tagging(event=event, context=batch.context(context_id), how=how)
            writes.new_tags.append(tag)
        else:
            tag.how = how
            if tag.pk:
                writes.raised_tags.append(tag)
    for context_id in tags.removed:
        tag = present.pop(context_id)
        if tag.pk:
            writes.dropped_tags.append(tag.pk)
        else:
            writes.new_tags.remove(tag)
    if not tags.removed and all(tag in writes.raised_tags for tag in _touched(present, tags)):
        return None
    new = sorted(tag.context.name for tag in present.values() if not tag.removed)
    return {"base": None, "old": old, "new": new} if old != new else None


def _touched(present: dict[int, Tagging], tags: Tags) -> list[Tagging]:
    return [present[context_id] for context_id in tags.added if context_id in present]


def _addresses(one: Found, event: Event, days: Days, writes: _Writes) -> None:
    """Give the event every address the record names that nobody has yet; the current one stays."""
    named = [one.record.address, *(former.address for former in one.record.former)]
    for address in named:
        if address is None or address in days.addresses or address in writes.addresses:
            continue
        writes.addresses[address] = Address(
            event=event, edition=event.edition, date=address.date, slug=address.slug, current=False
        )
        days.addresses[address] = event.pk


def _keep(
    batch: Batch,
    one: Found,
    event: Event,
    row: Provenance | None,
    said: dict[str, Any],
    writes: _Writes,
    *,
    leading: bool,
    base: dict[str, Any] | None = None,
) -> Provenance:
    """Store what upstream says: in its own row, or a new one."""
    record, run = one.record, batch.run
    if row is None:
        row = Provenance(origin=run.origin, edition=run.edition)
        writes.new_rows.append(row)
    elif leading or row.leading is False or row.event_id == event.pk:
        writes.rows.append(row)
    if leading or row.pk is None:
        row.event, row.leading = event, leading
    row.key, row.external_id = one.key, record.origin_id
    if record.address is not None:
        row.date, row.slug = record.address.date, record.address.slug
    row.evidence, row.digest = int(record.evidence), one.digest
    row.moment, row.harvest = run.moment, run.harvest
    row.upstream = said
    if base is not None:
        row.base = base
    return row


def _write(batch: Batch, writes: _Writes) -> None:
    """Write what was queued: followers before leaders, since an origin has one leader an event."""
    Provenance.objects.bulk_update(writes.followers, ["leading"], batch_size=200)
    rows = list({id(row): row for row in writes.rows if row.pk}.values())
    Provenance.objects.bulk_update(
        rows,
        ["event", "leading", "key", "external_id", "date", "slug", "evidence", "digest", "moment", "harvest",
         "upstream", "base"],
        batch_size=100,
    )  # fmt: skip
    Provenance.objects.bulk_create(writes.new_rows, batch_size=500)
    Address.objects.bulk_create(writes.addresses.values(), batch_size=500)
    # Documents tell the addresses and where an event came from.
    batch.trace.touch(*(address.event_id for address in writes.addresses.values()))
    batch.trace.touch(*(row.event_id for row in (*rows, *writes.new_rows)))
    Event.objects.bulk_update(
        writes.events.values(),
        ["text", "summary", "date", "category", "category_said", "lead", "version", "updated_at"],
        batch_size=100,
    )
    Tagging.objects.filter(pk__in=writes.dropped_tags).delete()
    Tagging.objects.bulk_create(writes.new_tags, batch_size=500)
    Tagging.objects.bulk_update(writes.raised_tags, ["how"], batch_size=200)
    Citation.objects.filter(event_id__in=writes.citations).delete()
    Citation.objects.bulk_create([row for rows in writes.citations.values() for row in rows], batch_size=500)
    if writes.closed:
        ReviewItem.objects.filter(
            kind__in=(ReviewKind.CONFLICT, ReviewKind.HELD), key__in=writes.closed, state=ReviewState.OPEN
        ).update(state=ReviewState.OBSOLETE, decided_at=batch.trace.at)
    for event, asks in writes.asks:
        batch.ask(event, asks)
