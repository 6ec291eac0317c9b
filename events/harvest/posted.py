"""The reader of records that a robot delivered: JSON Lines in a file of ours, each fault with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from events.harvest.files import Refused
from events.harvest.jsonl import JsonlReader, parse_line, pointer_of
from events.harvest.records import BadRecord, FileRead, Item, Place, Record


class PostedReader(JsonlReader):
    """Reads the records in *path*; see :class:`~events.harvest.jsonl.JsonlReader`.

    *name*: what the harvest is called. *fingerprint*: what names the delivery, so that the same one is
    resumed and no other. Every record must be of the one *edition*.
    """

    def __init__(self, path: Path, *, edition: str, name: str, fingerprint: str) -> None:
        super().__init__(path, edition=edition)
        self.name = name
        self._fingerprint = fingerprint

    def fingerprint(self) -> str:
        """What it was given."""
        return self._fingerprint

    def items(self) -> Iterator[Item]:
        """Records and bad records; the file is nobody's to be remembered."""
        return (item for item in super().items() if not isinstance(item, FileRead))

    def _record(self, line: bytes, place: Place) -> Record | BadRecord | None:
        item = super()._record(line, place)
        if isinstance(item, BadRecord):
            return replace(item, pointer=_pointer(line, self.edition))
        if isinstance(item, Record) and item.edition != self.edition:
            reason = f"is of edition {item.edition}: deliver each edition by itself"
            return BadRecord(place, reason, "/edition")
        return item


def _pointer(line: bytes, edition: str) -> str:
    try:
        return pointer_of(parse_line(line), edition)
    except Refused:
        return ""
