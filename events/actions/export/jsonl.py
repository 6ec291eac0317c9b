"""``export jsonl``: the whole archive as lines of JSON, streamed, as it stands at one moment.

Rows are read in the order of their keys, some hundred at a time, so that memory does not grow
with the archive.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from django.db import models

from events import catalogue, changes
from events.actions.editorials import announce_editorials
from events.actions.export.folder import ExportFolder
from events.actions.export.snapshot import snapshot
from events.editorials import editorial_document
from events.formats.jsonl import (
    CHILDREN,
    DOCUMENT,
    EVENT,
    FILES,
    event_line,
    line_bytes,
)
from events.formats.rows import Line, RowFormat
from events.models import (
    Address,
    Change,
    Citation,
    Context,
    Curation,
    Document,
    Event,
    Provenance,
    Tagging,
)
from events.slugs import Address as AddressValue
from events.vocabulary import EDITIONS

_AT_ONCE: Final = 500
_NAMES_AT_ONCE: Final = 500

Progress = Callable[[int, int], None]
"""Told how many lines are written, and of how many."""
_Chunk = list[tuple[Any, ...]]


def export_jsonl(
    destination: Path, *, public: bool = False, packed: bool = False, progress: Progress | None = None
) -> dict[str, Any]:
    """Write the archive into the folder *destination*; the manifest of what was written.

    It holds everything but users and what is computed (related links, stored documents), private
    things too; :func:`events.actions.restore.restore_export` makes the same archive of it. With
    *public* it holds what readers may see, in the form in which the API says it, and cannot be
    restored; editorials whose time has come are announced first. *packed*: files are gzipped. Raises
    ``InvalidAction`` where something else stands at the destination already; an earlier export is
    replaced when the new one is whole.
    """
    if public:
        announce_editorials.call()
    with ExportFolder(destination, packed=packed) as folder, snapshot() as sequence:
        sources = _public_sources() if public else _sources()
        total = sum(count() for count, _ in sources.values()) if progress is not None else 0
        done = 0
        for name, (_, lines) in sources.items():
            with folder.file(name) as out:
                for kind, line in lines():
                    out.write(line, kind)
                    done += 1
                    if progress is not None:
                        progress(done, total)
        return folder.finish(sequence=sequence, public=public)


_Lines = Iterator[tuple[str, bytes]]
_Source = tuple[Callable[[], int], Callable[[], _Lines]]


def _sources() -> dict[str, _Source]:
    """For each file how many lines it will have, and its lines."""
    return {name: _table_source(kinds) for name, kinds in FILES.items()}


def _table_source(kinds: tuple[RowFormat, ...]) -> _Source:
    def count() -> int:
        return sum(kind.model._base_manager.count() for kind in kinds)

    def lines() -> _Lines:
        for kind in kinds:
            rows = _event_lines() if kind is EVENT else _table_lines(kind)
            yield from ((kind.name, line_bytes(row)) for row in rows)

    return count, lines


def _chunks(rows: models.QuerySet[Any, Any], *columns: str, at_once: int = _AT_ONCE) -> Iterator[_Chunk]:
    """The rows by key, as ``(pk, *columns)``, so many at once."""
    ordered = rows.order_by("pk").values_list("pk", *columns)
    chunk = list(ordered[:at_once])
    while chunk:
        yield chunk
        if len(chunk) < at_once:
            return
        chunk = list(ordered.filter(pk__gt=chunk[-1][0])[:at_once])


def _table_lines(kind: RowFormat) -> Iterator[Line]:
    for chunk in _chunks(kind.model._base_manager.all(), *kind.columns):
        yield from (kind.line(row[1:]) for row in chunk)


# Events: each with what stands on it.


def _event_lines() -> Iterator[Line]:
    for chunk in _chunks(Event.objects.all(), *EVENT.columns, "lead__name"):
        first, last = chunk[0][0], chunk[-1][0]
        inner = {
            "addresses": _inner(Address.objects.order_by("pk"), "addresses", first, last),
            "taggings": _inner(Tagging.objects.order_by("pk"), "taggings", first, last, "context__name"),
            "citations": _inner(Citation.objects.order_by("position"), "citations", first, last),
            "provenance": _inner(Provenance.objects.order_by("pk"), "provenance", first, last),
        }
        merged = _addresses_of_merged(first, last)
        documents = _documents(first, last)
        for row in chunk:
            pk = row[0]
            children = {key: [CHILDREN[key].line(found) for found in rows[pk]] for key, rows in inner.items()}
            current = [_path(address) for address in children["addresses"] if address["current"]]
            former = [
                (address["id"], _path(address)) for address in children["addresses"] if not address["current"]
            ]
            words = {
                "address": current[0] if current else "",
                "former_addresses": [path for _, path in sorted([*former, *merged[pk]])],
                "lead_context": row[-1],
                "contexts": sorted(
                    found[-1]
                    for found, line in zip(inner["taggings"][pk], children["taggings"], strict=True)
                    if not line["removed"]
                ),
            }
            yield event_line(row[1:], words=words, children=children, document=documents.get(pk))


def _inner(rows: models.QuerySet[Any, Any], key: str, first: int, last: int, *more: str) -> dict[int, _Chunk]:
    """The rows on the events from *first* to *last*, by event."""
    found: dict[int, _Chunk] = defaultdict(list)
    columns = (*CHILDREN[key].columns, *more, "event_id")
    for row in rows.filter(event_id__gte=first, event_id__lte=last).values_list(*columns):
        found[row[-1]].append(row[:-1])
    return found


def _path(address: Line) -> str:
    return _path_of(address["edition"], dt.date.fromisoformat(address["date"]), address["slug"])


def _path_of(edition: str, date: dt.date, slug: str) -> str:
    return EDITIONS[edition].prefix + AddressValue(date, slug).path


def _addresses_of_merged(first: int, last: int) -> dict[int, list[tuple[int, str]]]:
    """The addresses that came to these events by merging: a harvest of this export must know them."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = Address.objects.filter(event__merged_into__gte=first, event__merged_into__lte=last)
    columns = ("event__merged_into", "pk", "edition", "date", "slug")
    for into, pk, edition, date, slug in rows.values_list(*columns):
        found[into].append((pk, _path_of(edition, date, slug)))
    return found


def _documents(first: int, last: int) -> dict[int, Line]:
    """The versions of these events' documents.

    A list that is still to be computed counts as computed: that is what a restored archive has.
    """
    found = {}
    rows = Document.objects.filter(event_id__gte=first, event_id__lte=last)
    for row in rows.values_list(*DOCUMENT.columns, "related_due", "event_id"):
        found[row[-1]] = DOCUMENT.line(row)
        found[row[-1]]["related_version"] += row[-2]
    return found


# What readers may see.


def _public_sources() -> dict[str, _Source]:
    published = Event.objects.published().filter(document__isnull=False)
    contexts = Context.objects.standing()
    sources = catalogue.cited_sources()
    editorials = changes.told_editorials()
    pins = Curation.objects.filter(**changes.VISIBLE_PIN)
    return {
        "events.jsonl": (published.count, lambda: _public_events(published)),
        "contexts.jsonl": (contexts.count, lambda: _heads("context", contexts, catalogue.context_heads)),
        "sources.jsonl": (sources.count, lambda: _heads("source", sources, catalogue.source_heads)),
        "editorials.jsonl": (
            editorials.count,
            lambda: _told("editorial", map(editorial_document, editorials.order_by("pk").iterator())),
        ),
        "curation.jsonl": (pins.count, lambda: _told("pin", _pins(pins))),
        "revisions.jsonl": (Change.objects.count, lambda: _told("change", _changes())),
    }


def _told(kind: str, lines: Iterator[Line]) -> _Lines:
    yield from ((kind, line_bytes({"type": kind, **line})) for line in lines)


def _public_events(published: models.QuerySet[Event]) -> _Lines:
    for chunk in _chunks(published, "document__body"):
        yield from (("event", f"{body}\n".encode()) for _, body in chunk)


def _heads(kind: str, rows: models.QuerySet[Any], heads: Callable[[list[int]], list[Line]]) -> _Lines:
    for chunk in _chunks(rows, at_once=_NAMES_AT_ONCE):
        yield from _told(kind, iter(heads([row[0] for row in chunk])))


def _pins(pins: models.QuerySet[Curation]) -> Iterator[Line]:
    for chunk in _chunks(Event.objects.published().filter(pk__in=pins.values("event"))):
        for event_id, rows in changes.pins_of([row[0] for row in chunk]).items():
            yield from ({"event": event_id, **row} for row in rows)


def _changes() -> Iterator[Line]:
    found = changes.changes_after(0, _AT_ONCE)
    while found:
        yield from found
        found = changes.changes_after(found[-1]["seq"], _AT_ONCE)
