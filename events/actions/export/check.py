"""Whether the folder of an export is whole and unchanged, before anything of it is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from events.actions.errors import InvalidAction
from events.actions.export.folder import MANIFEST, PACKED, read_manifest
from events.formats.jsonl import FILES, FORMAT, READABLE
from events.harvest.files import Refused, printable
from events.harvest.streams import LineStream

_LINE_MAX: Final = 32 * 1024 * 1024
"""Bytes that a line may have; an event with all its provenance stays far below."""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """One file of an export: *name* without the suffix of its packing."""

    name: str
    path: Path
    lines: int
    sha256: str

    def read(self) -> Iterator[tuple[int, bytes]]:
        """The lines with their numbers, from 1. Raises ``InvalidAction`` where the file is not as it was."""
        number = 0
        try:
            with LineStream(self.path, _LINE_MAX) as stream:
                for number, line in enumerate(stream.lines(), start=1):
                    if line is None:
                        raise self.refused(number, f"has more than {_LINE_MAX:,} bytes")
                    yield number, line
                stream.finish()
                digest = stream.digest
        except Refused as refusal:
            raise self.refused(refusal.line, refusal.reason) from refusal
        except OSError as error:
            raise self.refused(number + 1, f"cannot be read ({error.strerror})") from error
        if digest != self.sha256:
            raise InvalidAction(
                f"{self.path.name} is not what {MANIFEST} says (its SHA-256 is {digest}): get it again."
            )
        if number != self.lines:
            raise InvalidAction(
                f"{self.path.name} has {number:,} lines, {MANIFEST} says {self.lines:,}: get it again."
            )

    def refused(self, number: int, reason: str) -> InvalidAction:
        """The error for line *number*."""
        return InvalidAction(f"{self.path.name}:{number}: {reason}")


def check_export(folder: Path) -> list[CheckedFile]:
    """The files of the export in *folder*, each read once and found to be what its manifest says.

    Raises ``InvalidAction``: no export, one that cannot be restored, a file missing or changed.
    """
    if not folder.is_dir():
        raise InvalidAction(f"{folder} is no folder: name the one that export jsonl wrote.")
    manifest = read_manifest(folder)
    if manifest.get("format") != FORMAT:
        raise InvalidAction(
            f"{folder} holds no {MANIFEST} of an export or a backup, or a damaged one: name a folder that "
            "export jsonl or backup wrote, or copy it again."
        )
    if manifest.get("schema") not in READABLE:
        said, read = printable(str(manifest.get("schema")), 20), " and ".join(map(str, READABLE))
        raise InvalidAction(
            f"{MANIFEST}: the export has schema {said}, this version reads {read}: use the version that "
            "wrote it."
        )
    if manifest.get("public") is not False:
        raise InvalidAction(
            f"{MANIFEST}: this is an export of what is public only; harvest it, or restore a full export."
        )
    entries = manifest.get("files")
    files = [_file(folder, name, entries if isinstance(entries, dict) else {}) for name in FILES]
    for file in files:
        for _ in file.read():
            pass
    return files


def _file(folder: Path, name: str, entries: dict[str, Any]) -> CheckedFile:
    stored = name if name in entries else name + PACKED
    entry = entries.get(stored)
    if not isinstance(entry, dict):
        raise InvalidAction(f"{MANIFEST} names no {name}: get the export again.")
    lines, digest = entry.get("lines"), entry.get("sha256")
    if type(lines) is not int or not isinstance(digest, str):
        raise InvalidAction(
            f"{MANIFEST} does not say the lines and the sha256 of {stored}: get the export again."
        )
    path = folder / stored
    if path.is_symlink() or not path.is_file():
        raise InvalidAction(f"{stored} is missing in {folder}: get the export again.")
    return CheckedFile(name, path, lines, digest)
