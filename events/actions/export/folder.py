"""The folder of an export: written beside its place, checksummed, and put there whole at the end."""

from __future__ import annotations

import ctypes
import errno
import gzip
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from events.actions.errors import InvalidAction
from events.harvest.spool import lock_folder, remove_unlocked

MANIFEST: Final = "manifest.json"
PACKED: Final = ".gz"
MANIFEST_MAX: Final = 64 * 1024
"""Bytes that the manifest of an export may have; its entries need some thousand."""
_PIECE: Final = 1024 * 1024
_AT_CURRENT_FOLDER, _EXCHANGE = -100, 2  # AT_FDCWD, RENAME_EXCHANGE (renameat2(2))


@dataclass(frozen=True, slots=True)
class Layout:
    """A sort of export: its name in the manifest, its version, and the files that it may have, unpacked.

    ``schema`` counts up when what reads an export could not read the next one's files.
    """

    format: str
    schema: int
    names: Collection[str]

    def owns(self, name: str) -> bool:
        """Whether a file of this name is part of such an export."""
        return name == MANIFEST or name.removesuffix(PACKED) in self.names


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

    def write(self, lines: bytes, kind: str, count: int = 1) -> None:
        """So many *lines*, with their ends."""
        self._out.write(lines)
        self.kinds[kind] += count


class ExportFolder:
    """Writes the files of an export for *destination*; a context manager.

    They stand in a hidden folder beside it until :meth:`finish`, which puts the whole in its place at
    once. A run that ends without it leaves an earlier export as it was and nothing behind; what a
    killed run left is removed by the next one. Raises ``InvalidAction`` for a destination that holds
    anything but an earlier export of the same layout.
    """

    def __init__(self, destination: Path, layout: Layout, *, packed: bool = False) -> None:
        self.destination = destination.resolve()
        self.layout = layout
        self.files: dict[str, dict[str, Any]] = {}
        self._packed = packed
        self._lock = -1
        check_destination(self.destination, layout)
        self._folder = self.destination.with_name(f"{_partial(self.destination)}{os.getpid()}")

    def __enter__(self) -> Self:
        self.destination.parent.mkdir(parents=True, exist_ok=True)
        _clear(self.destination)
        while self._lock < 0:
            self._folder.mkdir(exist_ok=True)
            self._lock = lock_folder(self._folder)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        os.close(self._lock)

    @contextmanager
    def file(self, name: str) -> Iterator[LineWriter]:
        """Write the file *name*, packed if the export is."""
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
        self.files[stored] = {
            "lines": writer.kinds.total(),
            "kinds": dict(writer.kinds),
            "bytes": digest.size,
            "sha256": digest.sha256.hexdigest(),
            "schema": self.layout.schema,
        }

    @contextmanager
    def path(self, name: str) -> Iterator[tuple[Path, Counter[str]]]:
        """Where something else may write the file *name*, and where it counts what it wrote, by kind."""
        path, kinds = self._folder / name, Counter[str]()
        yield path, kinds
        with path.open("rb") as file:
            os.fsync(file.fileno())
            digest = hashlib.sha256()
            while piece := file.read(_PIECE):
                digest.update(piece)
            size = file.tell()
        self.files[name] = {
            "kinds": dict(kinds),
            "bytes": size,
            "sha256": digest.hexdigest(),
            "schema": self.layout.schema,
        }

    def json(self, name: str, value: object) -> None:
        """Write *value* as the file *name*, for people to read, too; never packed."""
        with self.path(name) as (path, _):
            path.write_text(f"{json.dumps(value, indent=1, ensure_ascii=False)}\n", "utf-8")

    def finish(self, *, sequence: int, public: bool, **more: Any) -> dict[str, Any]:
        """Write the manifest and put the folder in its place; the manifest. *more*: what else it says."""
        manifest = {
            "format": self.layout.format,
            "schema": self.layout.schema,
            "public": public,
            "sequence": sequence,
            **more,
            "files": self.files,
        }
        with (self._folder / MANIFEST).open("w", encoding="utf-8") as file:
            file.write(json.dumps(manifest, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        check_destination(self.destination, self.layout)
        _put(self._folder, self.destination)
        return manifest


def check_destination(destination: Path, layout: Layout) -> None:
    """Raise ``InvalidAction`` unless nothing, an empty folder or an earlier export stands here."""
    if destination.exists() and not destination.is_dir():
        raise InvalidAction(f"{destination} is no folder: name one that is empty or does not exist.")
    held = [path.name for path in destination.iterdir()] if destination.exists() else []
    ours = all(map(layout.owns, held)) and read_manifest(destination).get("format") == layout.format
    if held and not ours:
        raise InvalidAction(
            f"{destination} holds files and is no earlier export of this sort: "
            "name an empty folder or a new one."
        )


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """The manifest in *folder*; empty where there is none or it is none."""
    try:
        with (folder / MANIFEST).open("rb") as file:
            found = json.loads(file.read(MANIFEST_MAX))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _partial(destination: Path) -> str:
    """How the names of folders begin in which exports for *destination* are written."""
    return f".{destination.name}.partial-"


def _aside(destination: Path) -> Path:
    """Where what stood at *destination* is for a moment, on systems that cannot exchange names."""
    return destination.with_name(f".{destination.name}.old")


def _clear(destination: Path) -> None:
    """Make good what killed runs left. A run at work holds a lock on its folder, which stays."""
    aside = _aside(destination)
    if aside.is_dir() and not destination.exists():
        aside.rename(destination)
    for path in destination.parent.iterdir():
        if path.name.startswith(_partial(destination)) and path.is_dir() and not path.is_symlink():
            remove_unlocked(path)


def _put(folder: Path, destination: Path) -> None:
    """Let *folder* stand at *destination*. At no moment is neither the old nor the new there.

    What stood there stands at *folder* then, to be removed.
    """
    with suppress(OSError):  # nothing is there, or an empty folder
        folder.rename(destination)
    if folder.exists():
        _exchange(folder, destination)
    parent = os.open(destination.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


def _exchange(one: Path, other: Path) -> None:
    """Exchange two folders' names in one step, or in three where the system knows no such step."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    here = ctypes.c_int(_AT_CURRENT_FOLDER)
    if rename is not None and not rename(here, bytes(one), here, bytes(other), ctypes.c_uint(_EXCHANGE)):
        return
    if rename is not None and ctypes.get_errno() not in (errno.EINVAL, errno.ENOSYS):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(other))
    aside = _aside(other)
    other.rename(aside)
    one.rename(other)
    aside.rename(one)
