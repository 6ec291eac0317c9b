"""The stored document of an event, and the detail answer made of it (layer 5).

The document is the event's JSON as ``models.Document`` keeps it; with the related links, which
are read anew each time, it is the detail answer: what the API's detail endpoint and the page
with the suffix ``.json`` return, and what all other formats are written from.
"""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from events.slugs import day_path
from events.vocabulary import EDITIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from events.models import Address, Citation, Context, Event, Provenance, Revision, Tagging

_encode: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
_AFTER_RELATED: Final = "provenance"
# No string value can hold this: a quote inside one is stored as \", and no inner key has the name.
_SEAM: Final = f',"{_AFTER_RELATED}":['
_by_name: Final = attrgetter("context.name")
_by_id: Final = attrgetter("pk")


class EventRows(NamedTuple):
    """An event with the rows that its document is made of, in the order in which they came.

    ``merged``: the addresses of events that were merged into it. ``taggings`` have their contexts,
    ``citations`` their sources and publishers at hand, ``provenances`` their origins.
    """

    event: Event
    addresses: Sequence[Address]
    merged: Sequence[Address]
    taggings: Sequence[Tagging]
    citations: Sequence[Citation]
    provenances: Sequence[Provenance]
    corrections: Sequence[Revision] = ()


def event_document(event: Event, corrections: Sequence[Revision]) -> dict[str, Any]:
    """The document of *event*, loaded by ``EventQuerySet.for_detail()``; runs no query.

    *corrections*: its revisions with a grade, newest first.
    """
    return document_of(
        EventRows(
            event,
            sorted(event.addresses.all(), key=_by_id),
            [row for other in event.merged_events.all() for row in other.addresses.all()],
            list(event.taggings.all()),
            list(event.citations.all()),
            sorted(event.provenances.all(), key=_by_id),
            corrections,
        )
    )


def document_of(rows: EventRows) -> dict[str, Any]:
    """The document of an event, made of its rows; runs no query.

    A context that was merged has no taggings any more (the merge moves them to its target), so none is
    looked for here.
    """
    event, corrections = rows.event, rows.corrections
    address, former = "", []
    addresses = sorted((*rows.addresses, *rows.merged), key=_by_id) if rows.merged else rows.addresses
    for row in addresses:
        if row.current and row.event_id == event.pk:
            address = row.path
        else:
            former.append(row.path)
    citations, provenances = rows.citations, rows.provenances
    taggings = sorted((row for row in rows.taggings if not row.removed), key=_by_name)
    return {
        "id": event.pk,
        "edition": event.edition,
        "address": address,
        "former_addresses": former,
        "date": event.date.isoformat(),
        "text": event.text,
        "summary": event.summary,
        "summary_by": _publisher(citations[0]) if event.summary and citations else "",
        "category": str(event.category),
        "category_said": event.category_said,
        "lead_context": None if event.lead is None else _context(event.lead),
        "contexts": [{**_context(row.context), "how": str(row.how)} for row in taggings],
        "citations": [
            {
                "label": row.label,
                "url": row.raw_url,
                "publisher": _publisher(row),
                "source": row.source_id,
                "picture": row.picture,
                "title": "" if row.source is None else row.source.title,
                "description": "" if row.source is None else row.source.description,
            }
            for row in citations
        ],
        "corrections": [
            {
                "revision": row.number,
                "at": timestamp(row.at),
                "grade": str(row.grade),
                "note": row.note,
                "by": row.actor_name,
            }
            for row in corrections
        ],
        _AFTER_RELATED: [_provenance(row) for row in provenances],
        "licence": _licences(provenances),
        "revision": event.version,
        "created": timestamp(event.created_at),
        "updated": timestamp(event.updated_at),
    }


def stored_json(document: dict[str, Any]) -> str:
    """The document as ``models.Document.body`` keeps it: compact, not escaped to ASCII, keys in order."""
    return _encode(document)


def detail(body: str, related: list[dict[str, Any]]) -> dict[str, Any]:
    """The detail answer: the stored document *body* with *related* after its corrections."""
    answer: dict[str, Any] = {}
    for key, value in json.loads(body).items():
        if key == _AFTER_RELATED:
            answer["related"] = related
        answer[key] = value
    return answer


def detail_json(body: str, related: list[dict[str, Any]]) -> str:
    """:func:`detail` as JSON, put together without reading *body*."""
    head, _, tail = body.rpartition(_SEAM)
    return f'{head},"related":{_encode(related)}{_SEAM}{tail}'


def day_json(day: dict[str, Any]) -> bytes:
    """A day page as JSON."""
    return _page_json(day)


def context_json(context: dict[str, Any]) -> bytes:
    """A context page as JSON."""
    return _page_json(context)


def front_json(front: dict[str, Any]) -> bytes:
    """The front page as JSON."""
    return _page_json(front)


def editorial_json(editorial: dict[str, Any]) -> bytes:
    """An opinion piece as JSON."""
    return _page_json(editorial)


@lru_cache(maxsize=256)
def timestamp(at: dt.datetime) -> str:
    """An aware time in UTC, always with microseconds: ``2004-02-09T12:30:00.000000Z``."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def _page_json(page: dict[str, Any]) -> bytes:
    """UTF-8; halves of surrogate pairs, which no encoding has, become "?"."""
    return _encode(page).encode("utf-8", "replace")


def _context(context: Context) -> dict[str, Any]:
    return {"id": context.pk, "name": context.name, "slug": context.slug, "path": context.path}


def _publisher(citation: Citation) -> str:
    source = citation.source
    publisher = citation.publisher if source is None else source.publisher
    return "" if publisher is None else publisher.name


def _provenance(row: Provenance) -> dict[str, Any]:
    address = ""
    if row.date is not None and row.slug:
        address = f"{EDITIONS[row.edition].prefix}{day_path(row.date)}{row.slug}"
    return {
        "origin": row.origin.slug,
        "name": row.origin.name,
        "id": row.external_id,
        "address": address,
        "harvested": timestamp(row.moment),
    }


def _licences(provenances: Sequence[Provenance]) -> list[dict[str, Any]]:
    """What each origin asks for, once an origin; origins that ask for nothing are left out."""
    origins = {row.origin_id: row.origin for row in provenances}
    return [
        {
            "origin": origin.slug,
            "name": origin.licence,
            "url": origin.licence_url,
            "attribution": origin.attribution,
        }
        for origin in origins.values()
        if origin.licence or origin.attribution
    ]
