"""The folder of a ``jsonl`` export: written beside its place, checksummed, and put there at the end."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from events.actions.errors import InvalidAction
from events.formats.jsonl import FILES, FORMAT, SCHEMA

MANIFEST: Final = "manifest.json"
PACKED: Final = ".gz"
MANIFEST_MAX: Final = 64 * 1024
"""Bytes that the manifest of an export may have; its six entries need about a thousand."""
_OURS: Final = frozenset({MANIFEST, *FILES, *(name + PACKED for name in FILES)})


class _Digest:
    """A file that digests and counts what is written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        self.size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        """For gzip; the file itself is flushed when it is whole."""


@dataclass(slots=True)
class LineWriter:
    """Takes the lines of one file; ``kinds`` counts them by what they hold."""

    _out: Any
    kinds: Counter[str] = field(default_factory=Counter)

    def write(self, line: bytes, kind: str) -> None:
        """*line* with its end."""
        self._out.write(line)
        self.kinds[kind] += 1


class ExportFolder:
    """Writes the files of an export for *destination*; a context manager.

    They stand in a hidden folder beside it until :meth:`finish`; a run that ends without it
    leaves nothing behind and an earlier export as it was. Raises ``InvalidAction`` for a
    destination that holds anything but an earlier export.
    """

    def __init__(self, destination: Path, *, packed: bool = False) -> None:
        self.destination = destination.resolve()
        self._packed = packed
        self._files: dict[str, dict[str, Any]] = {}
        check_destination(self.destination)
        self._folder = self.destination.with_name(f".{self.destination.name}.{os.getpid()}.partial")

    def __enter__(self) -> Self:
        self.destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def file(self, name: str) -> Iterator[LineWriter]:
        """Write the file *name* (a key of ``formats.jsonl.FILES``)."""
        stored = name + PACKED if self._packed else name
        with (self._folder / stored).open("wb") as file:
            digest = _Digest(file)
            if self._packed:  # without name and time, which would make other bytes of the same rows
                with gzip.GzipFile("", "wb", 6, digest, mtime=0) as out:
                    writer = LineWriter(out)
                    yield writer
            else:
                writer = LineWriter(digest)
                yield writer
            file.flush()
            os.fsync(file.fileno())
        self._files[stored] = {
            "lines": writer.kinds.total(),
            "kinds": dict(writer.kinds),
            "bytes": digest.size,
            "sha256": digest.sha256.hexdigest(),
            "schema": SCHEMA,
        }

    def finish(self, *, sequence: int, public: bool) -> dict[str, Any]:
        """Write the manifest and put the folder in its place; the manifest."""
        manifest = {
            "format": FORMAT,
            "schema": SCHEMA,
            "public": public,
            "sequence": sequence,
            "files": self._files,
        }
        with (self._folder / MANIFEST).open("w", encoding="utf-8") as file:
            file.write(json.dumps(manifest, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        check_destination(self.destination)
        old = self._folder.with_suffix(".old")
        if self.destination.exists():
            self.destination.rename(old)
        self._folder.rename(self.destination)
        shutil.rmtree(old, ignore_errors=True)
        return manifest


def check_destination(destination: Path) -> None:
    """Raise ``InvalidAction`` unless nothing, an empty folder or an earlier export stands here."""
    if destination.exists() and not destination.is_dir():
        raise InvalidAction(f"{destination} is no folder: name one that is empty or does not exist.")
    held = {path.name for path in destination.iterdir()} if destination.exists() else set()
    if held and not (held <= _OURS and read_manifest(destination).get("format") == FORMAT):
        raise InvalidAction(
            f"{destination} holds files and is no earlier export: name an empty folder or a new one."
        )


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """The manifest in *folder*; empty where there is none or it is none."""
    try:
        with (folder / MANIFEST).open("rb") as file:
            found = json.loads(file.read(MANIFEST_MAX))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
