"""What readers may see of the archive, thing by thing, for exports; some hundred in memory at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet

from events import catalogue, changes
from events.editorials import editorial_document
from events.models import Change, Context, Curation, Event, Origin, Provenance
from events.vocabulary import State

Json = dict[str, Any]
AT_ONCE: Final = 500
_Chunk = list[tuple[Any, ...]]


def chunks(rows: QuerySet[Any, Any], *columns: str, at_once: int = AT_ONCE) -> Iterator[_Chunk]:
    """The rows by key, as ``(pk, *columns)``, so many at once."""
    ordered = rows.order_by("pk").values_list("pk", *columns)
    chunk = list(ordered[:at_once])
    while chunk:
        yield chunk
        if len(chunk) < at_once:
            return
        chunk = list(ordered.filter(pk__gt=chunk[-1][0])[:at_once])


def bodies() -> Iterator[str]:
    """The stored documents of the published events."""
    for chunk in chunks(_events(), "document__body"):
        yield from (body for _, body in chunk)


def documents() -> Iterator[tuple[list[Json], dict[int, int]]]:
    """The documents of the published events, some at once, and the contexts in them that were merged since.

    A merge goes through documents a batch at a time; until it is through, some name what is merged into what
    the mapping says.
    """
    for chunk in chunks(_events(), "document__body"):
        found = [json.loads(body) for _, body in chunk]
        named = {one["id"] for document in found for one in document["contexts"]}
        named |= {document["lead_context"]["id"] for document in found if document["lead_context"]}
        merged = Context.objects.filter(pk__in=named, merged_into__isnull=False)
        yield found, {pk: into or pk for pk, into in merged.values_list("pk", "merged_into")}


def contexts() -> Iterator[Json]:
    """The contexts, as their list has them."""
    return _heads(Context.objects.standing(), catalogue.context_heads)


def sources() -> Iterator[Json]:
    """The sources, as their list has them."""
    return _heads(catalogue.cited_sources(), catalogue.source_heads)


def editorials() -> Iterator[Json]:
    """The opinion pieces that the public sequence tells of."""
    return map(editorial_document, changes.told_editorials().order_by("pk").iterator(chunk_size=AT_ONCE))


def pins() -> Iterator[Json]:
    """What editors pinned, by event."""
    for chunk in chunks(Event.objects.published().filter(pk__in=_pins().values("event"))):
        for event_id, rows in changes.pins_of([row[0] for row in chunk]).items():
            yield from ({"event": event_id, **row} for row in rows)


def sequence() -> Iterator[Json]:
    """The entries of the public sequence."""
    found = changes.changes_after(0, AT_ONCE)
    while found:
        yield from found
        found = changes.changes_after(found[-1]["seq"], AT_ONCE)


def origins() -> list[Json]:
    """Where the published events were harvested from, by slug."""
    names = ("slug", "name", "url", "licence", "licence_url", "attribution")
    told = Provenance.objects.filter(origin=OuterRef("pk"), event__state=State.PUBLISHED)
    return list(Origin.objects.filter(Exists(told)).order_by("slug").values(*names))


COUNTS: Final[dict[Callable[[], Any], Callable[[], int]]] = {
    bodies: lambda: _events().count(),
    documents: lambda: _events().count(),
    contexts: lambda: Context.objects.standing().count(),
    sources: catalogue.source_count,
    editorials: lambda: changes.told_editorials().count(),
    pins: lambda: _pins().count(),
    sequence: Change.objects.count,
}
"""How many there are of each."""


def _events() -> QuerySet[Event]:
    return Event.objects.published().filter(document__isnull=False)


def _pins() -> QuerySet[Curation]:
    return Curation.objects.filter(**changes.VISIBLE_PIN)


def _heads(rows: QuerySet[Any], heads: Callable[[list[int]], list[Json]]) -> Iterator[Json]:
    for chunk in chunks(rows):
        yield from heads([row[0] for row in chunk])
