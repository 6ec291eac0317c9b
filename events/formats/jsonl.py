"""The lines of ``export jsonl`` (docs/formats.md): rows as JSON objects and back, exactly (layer 5).

A line holds every column of its row but those that name users of this installation
(``formats.rows``). Nothing here queries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.db import models

from events.formats.rows import Line, RowFormat
from events.harvest.files import Refused, printable
from events.models import (
    Address,
    Alias,
    BannedReason,
    Broader,
    BulkChange,
    Change,
    Citation,
    Context,
    Curation,
    Document,
    Editorial,
    Event,
    FeatureCounts,
    Harvest,
    HarvestFile,
    Origin,
    Provenance,
    Publisher,
    PublisherHost,
    ReviewItem,
    Revision,
    Source,
    Tagging,
)
from events.models import (
    Sequence as PublicSequence,
)

FORMAT: Final = "newsarchive-jsonl"
SCHEMA: Final = 2
"""Counts up whenever an older ``restore`` could not read what is written."""
READABLE: Final = (1, SCHEMA)
"""What ``restore`` reads; an export of 1 has no counts of features, which are then taken anew."""
_encode: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


EVENT: Final = RowFormat(Event, "event")
ADDRESS: Final = RowFormat(Address, without=["event"])
TAGGING: Final = RowFormat(Tagging, without=["event", "key"])
CITATION: Final = RowFormat(Citation, without=["event", "key"], keys={"raw_url": "url"})
PROVENANCE: Final = RowFormat(Provenance, without=["event"])
DOCUMENT: Final = RowFormat(Document, without=["event", "body", "related_due", "counted_on"])
COUNTS: Final = RowFormat(FeatureCounts, "counts", without=["present", "changes", "stale", "recount"])
CHILDREN: Final = {
    "addresses": ADDRESS, "taggings": TAGGING, "citations": CITATION, "provenance": PROVENANCE,
}  # fmt: skip
"""What stands inside an event's line, in lists."""
FOR_READERS: Final = ("address", "former_addresses", "lead_context", "contexts")
"""Keys of an event's line that repeat, in words, what its rows say: for ``harvest jsonl`` and people."""

FILES: Final[dict[str, tuple[RowFormat, ...]]] = {
    "events.jsonl": (EVENT,),
    "contexts.jsonl": (
        RowFormat(Context, "context"),
        RowFormat(Alias, "alias"),
        RowFormat(Broader, "broader"),
    ),
    "sources.jsonl": (
        RowFormat(Origin, "origin"),
        RowFormat(Publisher, "publisher"),
        RowFormat(PublisherHost, "host"),
        RowFormat(Source, "source"),
    ),
    "editorials.jsonl": (RowFormat(Editorial, "editorial"),),
    "curation.jsonl": (
        RowFormat(Curation, "curation"),
        RowFormat(BannedReason, "banned_reason"),
        RowFormat(ReviewItem, "review"),
        COUNTS,
    ),
    "revisions.jsonl": (
        RowFormat(Harvest, "harvest"),
        RowFormat(HarvestFile, "file"),
        RowFormat(BulkChange, "bulk"),
        RowFormat(Revision, "revision"),
        RowFormat(Change, "change"),
        RowFormat(PublicSequence, "sequence"),
    ),
}
"""The files of an export and the kinds of lines in each, in their order."""


def line_bytes(line: Line) -> bytes:
    """*line* as it stands in the file, its end included."""
    text = _encode(line)
    try:
        return f"{text}\n".encode()
    except UnicodeEncodeError:  # half a character, which only an escape can hold
        return f"{json.dumps(line, separators=(',', ':'))}\n".encode()


def event_line(
    row: Sequence[Any],
    *,
    words: Line,
    children: Mapping[str, list[Line]],
    document: Line | None,
) -> Line:
    """An event's line. *words*: the values of ``FOR_READERS``."""
    return {**EVENT.line(row), **words, **children, "document": document}


def event_rows(line: Line) -> Iterator[models.Model]:
    """The unsaved rows in an event's line: the event, what stands on it, and its document without body."""
    own = dict(line)
    for key in FOR_READERS:
        own.pop(key, None)
    inner = [_inner(own, key, list) for key in CHILDREN]
    document = _inner(own, "document", dict, null=True)
    event = EVENT.row(own)
    yield event
    for (key, kind), rows in zip(CHILDREN.items(), inner, strict=True):
        for at, row in enumerate(rows, start=1):
            if not isinstance(row, dict):
                raise Refused(f'"{key}" must hold objects')
            try:
                yield kind.row(row, event_id=event.pk)
            except Refused as refusal:
                raise Refused(f"{key}, number {at}: {refusal.reason}") from refusal
    if document is not None:
        try:
            yield DOCUMENT.row(document, event_id=event.pk, body="", related_due=True)
        except Refused as refusal:
            raise Refused(f"document: {refusal.reason}") from refusal


def rows_of(name: str, line: Line) -> Iterator[models.Model]:
    """The unsaved rows in a line of the file *name*. Refused: not a line of this file."""
    kinds = {kind.name: kind for kind in FILES[name]}
    said = line.get("type")
    kind = kinds.get(said) if isinstance(said, str) else None
    if kind is None:
        raise Refused(f'has the type "{printable(str(said), 40)}": this file holds {", ".join(kinds)}')
    if kind is EVENT:
        yield from event_rows(line)
    elif kind is COUNTS:
        yield _counts_row(line)
    else:
        yield kind.row(line)


def _counts_row(line: Line) -> models.Model:
    """How rare features are in an edition, as an archive counted it that goes on by these counts."""
    row: FeatureCounts = COUNTS.row(line, recount=False)
    if len(row.terms) % 8 or len(row.terms) != 2 * len(row.counts):
        raise Refused('"terms" must hold eight bytes, and "counts" four, for each feature')
    return row


def _inner(line: Line, key: str, wanted: type, *, null: bool = False) -> Any:
    if key not in line:
        raise Refused(f'has no "{key}", which every line of its kind has')
    found = line.pop(key)
    if not isinstance(found, wanted) and not (null and found is None):
        raise Refused(f'"{key}" must hold {"a list" if wanted is list else "an object or null"}')
    return found
