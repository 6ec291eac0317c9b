"""``export jsonl``: the whole archive as lines of JSON, streamed, as it stands at one moment.

Rows are read in the order of their keys, some hundred at a time, so that memory does not grow
with the archive.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.db import models

from events.actions.editorials import announce_editorials
from events.actions.export import public as readers
from events.actions.export.folder import PACKED, ExportFolder, Layout
from events.actions.export.public import chunks
from events.actions.export.snapshot import snapshot
from events.formats.jsonl import (
    CHILDREN,
    COUNTS,
    DOCUMENT,
    EVENT,
    FILES,
    FORMAT,
    SCHEMA,
    event_line,
    line_bytes,
)
from events.formats.packages import PACKAGE, data_package, file_resource
from events.formats.rows import Line, RowFormat
from events.models import Address, Citation, Document, Event, FeatureCounts, Provenance, Tagging
from events.related.statistics import SMALL
from events.slugs import Address as AddressValue
from events.vocabulary import EDITIONS

LAYOUT: Final = Layout(FORMAT, SCHEMA, frozenset({*FILES, PACKAGE}))
_WHOLE: Final = "Everything but accounts, private things too; restore makes an archive of it."
_PUBLIC: Final = "What readers may see, as the API says it."
_HELD: Final = {
    "events.jsonl": "Events.",
    "contexts.jsonl": "Contexts.",
    "sources.jsonl": "Sources.",
    "editorials.jsonl": "Opinion pieces.",
    "curation.jsonl": "What editors decided about related events; in a full export the counts behind these.",
    "revisions.jsonl": "The public sequence of changes; in a full export the history, too.",
}

Progress = Callable[[int, int], None]
"""Told how many lines are written, and of how many."""
_Chunk = list[tuple[Any, ...]]


def export_jsonl(
    destination: Path, *, public: bool = False, packed: bool = False, progress: Progress | None = None
) -> dict[str, Any]:
    """Write the archive into the folder *destination*; the manifest of what was written.

    It holds everything but users and what is computed (related links, stored documents), private
    things too, and the counts that links are computed by;
    :func:`events.actions.restore.restore_export` makes the same archive of it. With *public* it holds
    what readers may see, in the form in which the API says it, and cannot be restored; editorials whose
    time has come are announced first. *packed*: files are gzipped. Raises
    ``InvalidAction`` where something else stands at the destination already; an earlier export is
    replaced when the new one is whole.
    """
    if public:
        announce_editorials.call()
    with ExportFolder(destination, LAYOUT, packed=packed) as folder, snapshot() as sequence:
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
        resources = [
            file_resource(
                name.split(".")[0], name, entry, _HELD[name.removesuffix(PACKED)],
                kind="jsonl", media="application/gzip" if packed else "application/x-ndjson",
            )
            for name, entry in folder.files.items()
        ]  # fmt: skip
        package = data_package(
            name="newsarchive" if public else "newsarchive-full", about=_PUBLIC if public else _WHOLE,
            sequence=sequence, origins=readers.origins(), resources=resources,
        )  # fmt: skip
        folder.json(PACKAGE, package)
        return folder.finish(sequence=sequence, public=public)


_Lines = Iterator[tuple[str, bytes]]
_Source = tuple[Callable[[], int], Callable[[], _Lines]]


def _sources() -> dict[str, _Source]:
    """For each file how many lines it will have, and its lines."""
    return {name: _table_source(kinds) for name, kinds in FILES.items()}


def _table_source(kinds: tuple[RowFormat, ...]) -> _Source:
    def count() -> int:
        return sum(_kept(kind).count() for kind in kinds)

    def lines() -> _Lines:
        for kind in kinds:
            rows = _event_lines() if kind is EVENT else _table_lines(kind)
            yield from ((kind.name, line_bytes(row)) for row in rows)

    return count, lines


def _kept(kind: RowFormat) -> models.QuerySet[Any, Any]:
    """The rows of this kind; of counts those that a restored archive would not take anew at once."""
    if kind is COUNTS:
        return FeatureCounts.objects.filter(recount=False, present__gt=SMALL)
    return kind.model._base_manager.all()


def _table_lines(kind: RowFormat) -> Iterator[Line]:
    for chunk in chunks(_kept(kind), *kind.columns):
        yield from (kind.line(row[1:]) for row in chunk)


# Events: each with what stands on it.


def _event_lines() -> Iterator[Line]:
    for chunk in chunks(Event.objects.all(), *EVENT.columns, "lead__name"):
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
    told: dict[str, tuple[str, Callable[[], Iterator[Line]]]] = {
        "contexts.jsonl": ("context", readers.contexts),
        "sources.jsonl": ("source", readers.sources),
        "editorials.jsonl": ("editorial", readers.editorials),
        "curation.jsonl": ("pin", readers.pins),
        "revisions.jsonl": ("change", readers.sequence),
    }
    return {
        "events.jsonl": (readers.COUNTS[readers.bodies], _public_events),
        **{
            name: (readers.COUNTS[things], partial(_told, kind, things))
            for name, (kind, things) in told.items()
        },
    }


def _told(kind: str, things: Callable[[], Iterator[Line]]) -> _Lines:
    yield from ((kind, line_bytes({"type": kind, **thing})) for thing in things())


def _public_events() -> _Lines:
    yield from (("event", f"{body}\n".encode()) for body in readers.bodies())
