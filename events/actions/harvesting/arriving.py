"""Records of events that nobody knows yet: events are born, many at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from events.actions.harvesting.batch import Batch
from events.actions.harvesting.matching import Arrival, Days
from events.actions.harvesting.upstream import join_contexts, values_of
from events.actions.merge import merge_events
from events.actions.values import citations_json
from events.formats.document import EventRows
from events.harvest.records import CitedSource
from events.inserting import insert_rows, new_row
from events.models import Address, Citation, Event, Provenance, Tagging
from events.slugs import SLUG_MAX, free_slug, make_slug, removed_slug
from events.slugs import Address as AddressValue
from events.text.normalise import published
from events.vocabulary import Category, category_of


def create_arrivals(batch: Batch, arrivals: Sequence[Arrival], days: Days) -> None:
    """Create the events of *arrivals* with all that belongs to them; left-overs are merged at once."""
    if not arrivals:
        return
    said = [values_of(arrival.found.record) for arrival in arrivals]
    for arrival, values in zip(arrivals, said, strict=True):
        _fill(batch, arrival.event, values)
    insert_rows([arrival.event for arrival in arrivals], keys=True)
    addresses = _create_addresses(batch, arrivals, days)
    rows: list[Provenance] = []
    tags: list[Tagging] = []
    citations: list[Citation] = []
    for arrival, values in zip(arrivals, said, strict=True):
        event = arrival.event
        born = _taggings(batch, event, values)
        cited = batch.citation_rows(event, values.get("citations", ()))
        row = _provenance(batch, arrival, values)
        for tag in born:
            tag.key = tag.key_on(event)
        for citation in cited:
            citation.key = citation.key_on(event)
        whole = EventRows(event, addresses[event.pk], (), born, cited, [row])
        batch.trace.created_event(event, _first_fields(event, values, born), rows=whole)
        rows.append(row)
        tags += born
        citations += cited
    insert_rows(rows)
    insert_rows(tags)
    insert_rows(citations)
    for arrival in arrivals:
        _settle(batch, arrival)


def _taggings(batch: Batch, event: Event, values: dict[str, Any]) -> list[Tagging]:
    ways = join_contexts({}, set(), {}, values, context_id=batch.context_id).added
    return [
        new_row(
            Tagging,
            {"event_id": event.pk, "context_id": pk, "how": how},
            context=batch.context(pk),
        )
        for pk, how in ways.items()
    ]


def _fill(batch: Batch, event: Event, values: dict[str, Any]) -> None:
    event.summary = published(values.get("summary", ""))
    event.category_said = values.get("category", "")
    event.category = category_of(event.category_said) if event.category_said else Category.OTHER
    lead = batch.context_id(values.get("lead"))
    if lead is not None:
        event.lead = batch.context(lead)
    event.created_at = event.updated_at = batch.trace.at


def _create_addresses(
    batch: Batch, arrivals: Sequence[Arrival], days: Days
) -> defaultdict[int, list[Address]]:
    """The addresses of each event; the current one is the record's own, or made from its text."""
    taken: defaultdict[dt.date, set[str]] = defaultdict(set)
    for address in days.addresses:
        taken[address.date].add(address.slug)
    rows = []
    for arrival in arrivals:
        given = arrival.slug
        if given is not None and given not in days.addresses:
            address = given
        else:
            date = arrival.event.date
            wanted = make_slug(arrival.found.record.text, batch.run.edition)[:SLUG_MAX]
            address = AddressValue(date, _free(date, wanted, taken[date]))
        taken[address.date].add(address.slug)
        days.addresses[address] = arrival.event.pk
        rows.append(_address(batch, arrival.event, address, current=True))
        for former in arrival.found.record.former:
            if former.address is not None and former.address not in days.addresses:
                taken[former.address.date].add(former.address.slug)
                days.addresses[former.address] = arrival.event.pk
                rows.append(_address(batch, arrival.event, former.address, current=False))
    insert_rows(rows)
    of_event: defaultdict[int, list[Address]] = defaultdict(list)
    for row in rows:
        of_event[row.event_id].append(row)
    return of_event


def _free(date: dt.date, wanted: str, taken: set[str]) -> str:
    return free_slug(wanted, lambda slug: slug in taken or removed_slug(date, slug) in taken)


def _address(batch: Batch, event: Event, value: AddressValue, *, current: bool) -> Address:
    columns = {
        "event_id": event.pk, "edition": event.edition, "date": value.date, "slug": value.slug,
        "current": current, "created_at": batch.trace.at,
    }  # fmt: skip
    return new_row(Address, columns)


def _provenance(batch: Batch, arrival: Arrival, values: dict[str, Any]) -> Provenance:
    found = arrival.found
    address = found.record.address
    run = batch.run
    columns = {
        "event_id": arrival.event.pk,
        "origin_id": run.origin.pk,
        "edition": run.edition,
        "key": found.key,
        "external_id": found.record.origin_id,
        "date": address.date if address else None,
        "slug": address.slug if address else "",
        "evidence": int(found.record.evidence),
        "digest": found.digest,
        "moment": run.moment,
        "harvest_id": run.harvest.pk,
        "upstream": values,
        "created_at": batch.trace.at,
    }
    return new_row(Provenance, columns, origin=run.origin)


def _first_fields(event: Event, values: dict[str, Any], tags: Sequence[Tagging]) -> dict[str, Any]:
    """The first revision: all that the event was born with."""
    fields: dict[str, Any] = {"text": {"new": event.text}, "date": {"new": event.date.isoformat()}}
    if event.summary:
        fields["summary"] = {"new": event.summary}
    if event.category != Category.OTHER:
        fields["category"] = {"new": str(event.category)}
    if event.lead is not None:
        fields["lead"] = {"new": event.lead.name}
    if tags:
        fields["contexts"] = {"new": sorted(tag.context.name for tag in tags)}
    if values.get("citations"):
        fields["citations"] = {"new": citations_json([CitedSource(*row) for row in values["citations"]])}
    return fields


def _settle(batch: Batch, arrival: Arrival) -> None:
    """Merge a left-over into the event it is a version of; ask about what is doubtful."""
    into = arrival.into.event if isinstance(arrival.into, Arrival) else arrival.into
    if into is not None:
        merge_events(actor=batch.trace.actor, event_id=arrival.event.pk, into_id=into.pk, absorb=False)
        batch.count("merged", str(arrival.event), into.text, event=arrival.event)
        return
    batch.count("created", str(arrival.event), arrival.event.text, event=arrival.event)
    for other in arrival.doubtful:
        batch.ask_duplicate(arrival.event, other.event if isinstance(other, Arrival) else other)
