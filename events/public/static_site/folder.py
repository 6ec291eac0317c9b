"""The folder of a static site: a manifest of what was written, and files that change only with their content.

``.newsarchive-manifest.jsonl`` has a line for each file, in the order of the units (a month, a few
hundred contexts) that the site is written in, so that it is read and written as a stream. Beside
it each worker keeps what it is about to write, *before* writing it: after a kill the next run
knows every file that may be there.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

FORMAT: Final = "newsarchive-site"
SCHEMA: Final = 1
MANIFEST: Final = ".newsarchive-manifest.jsonl"
_PARTIAL: Final = ".partial"
_NAME_MAX: Final = 255
"""Bytes that a file's name may have on common file systems."""
_NO_NAMES: Final = frozenset({"", ".", ".."})
_HEAD_MAX: Final = 4096
_encode: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


class UnfitFolderError(Exception):
    """The folder cannot hold the site; the message says why."""


class Entry(NamedTuple):
    """A file of the site. An empty *validator*: what it was made of is not known."""

    unit: str
    path: str
    size: int
    sha256: str
    validator: str

    @property
    def line(self) -> str:
        """Its line in the manifest."""
        return _encode(self._asdict()) + "\n"


def file_of(path: str) -> str | None:
    """The file that stands for the escaped public *path*; None where no file system could have it."""
    whole = path.removeprefix("/")
    if "%" in whole:
        whole = unquote(whole)
    if whole.endswith("/") or not whole:
        whole += "index.html"
    for name in whole.split("/"):
        # No character has more than four bytes.
        if name in _NO_NAMES or (
            len(name) > _NAME_MAX // 4 and len(name.encode("utf-8", "replace")) > _NAME_MAX
        ):
            return None
    if "\0" in whole:
        return None
    return None if whole.startswith(MANIFEST) else whole


def digest(data: bytes) -> str:
    """SHA-256, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def open_folder(root: Path, head: dict[str, Any]) -> None:
    """Make *root* ready for a run: an empty or new folder, or one that an earlier run wrote, killed or not.

    Raises ``UnfitFolderError`` for anything else.
    """
    if root.exists() and not root.is_dir():
        raise UnfitFolderError(f"{root} is no folder: name one that is empty or does not exist.")
    manifest = root / MANIFEST
    if not manifest.exists():
        if root.exists() and any(root.iterdir()):
            raise UnfitFolderError(
                f"{root} holds files and was not written by publish: name an empty folder or a new one."
            )
        root.mkdir(parents=True, exist_ok=True)
        manifest.write_text(_opening(head, complete=False), encoding="utf-8")
    if read_head(root).get("format") != FORMAT:
        raise UnfitFolderError(
            f"{manifest} is not the manifest of a site: name an empty folder or a new one."
        )
    left = sorted(root.glob(f"{MANIFEST}{_PARTIAL}-*"))
    if left:
        _take_over(root, left)


def read_head(root: Path) -> dict[str, Any]:
    """The manifest's first line; empty where there is none."""
    try:
        with (root / MANIFEST).open("rb") as file:
            found = json.loads(file.readline(_HEAD_MAX))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def entries(root: Path) -> Iterator[Entry]:
    """The manifest's files, in the order of their units."""
    return (entry for entry, _ in _lines(root / MANIFEST))


def _lines(path: Path) -> Iterator[tuple[Entry, bool]]:
    """The entries of a manifest, or those of a worker's file with its marks of finished units (True)."""
    with path.open("r", encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                found = json.loads(line)
                if found.get("unit"):
                    entry = Entry(*(found.get(name, "") for name in Entry._fields))
                    yield entry, "path" not in found
            except (ValueError, AttributeError):
                continue  # the line that a killed run was writing


def _take_over(root: Path, left: list[Path]) -> None:
    """Put what killed workers left behind into the manifest."""
    streams: list[Iterator[tuple[str, bool, Entry, bool]]] = [
        ((entry.unit, ours, entry, done) for entry, done in _lines(path))
        for ours, path in [(False, root / MANIFEST), *((True, path) for path in left)]
    ]
    head = read_head(root)
    fresh = root / f"{MANIFEST}.new"
    with fresh.open("w", encoding="utf-8") as file:
        file.write(_opening(head, complete=False))
        for _, group in groupby(heapq.merge(*streams, key=lambda row: row[:2]), key=lambda row: row[0]):
            rows = list(group)
            whole = any(done for _, _, _, done in rows)
            found: dict[str, Entry] = {}
            for _, ours, entry, done in rows:
                if not done:
                    known = entry if whole or not ours else entry._replace(size=-1, sha256="", validator="")
                    found[entry.path] = known
            file.writelines(entry.line for entry in found.values())
    fresh.replace(root / MANIFEST)
    for path in left:
        path.unlink()


def _opening(head: dict[str, Any], *, complete: bool) -> str:
    known = {key: value for key, value in head.items() if key not in {"format", "schema", "complete"}}
    return json.dumps({"format": FORMAT, "schema": SCHEMA, "complete": complete, **known}) + "\n"


class _Units:
    """A stream of entries, asked for unit by unit in ascending order."""

    def __init__(self, found: Iterator[Entry]) -> None:
        self._groups = groupby(found, key=lambda entry: entry.unit)
        self._name: str | None = ""
        self._ahead: dict[str, Entry] = {}

    def of(self, unit: str) -> dict[str, Entry]:
        """The entries of *unit*, by path."""
        while self._name is not None and self._name < unit:
            self._name, group = next(self._groups, (None, iter(())))
            self._ahead = {entry.path: entry for entry in group}
        return self._ahead if self._name == unit else {}


class Writer:
    """Writes the files of one worker, unit by unit in ascending order; a context manager.

    ``counts``: files ``written``, ``unchanged`` and ``foreign`` (not written, because a file
    of somebody else's stands there), and ``unfit`` (its address cannot be a file's name).
    """

    def __init__(self, root: Path, number: int) -> None:
        self.root = root
        self.counts: Counter[str] = Counter(written=0, unchanged=0, foreign=0, unfit=0, events=0)
        self.problems: list[str] = []
        self._manifest = _Units(entries(root))
        self._log = (root / f"{MANIFEST}{_PARTIAL}-{number}").open("w", encoding="utf-8")
        self._unit = ""
        self._old: dict[str, Entry] = {}
        self._top = f"{root}/"
        self._scratch = f"{self._top}{MANIFEST}.{number}.tmp"

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_error: object) -> None:
        self._log.close()
        Path(self._scratch).unlink(missing_ok=True)

    def begin(self, unit: str) -> None:
        """What follows belongs to *unit*."""
        self._old = self._manifest.of(unit)
        self._unit = unit

    def end(self) -> None:
        """All files of the unit are written."""
        self._log.write(json.dumps({"unit": self._unit}) + "\n")

    def known(self, path: str) -> Entry | None:
        """What the last run wrote at *path*, if it still stands there in its size."""
        old = self._old.get(path)
        if old is None or not old.validator:
            return None
        try:
            return old if os.stat(f"{self._top}{path}").st_size == old.size else None  # noqa: PTH116  a third faster
        except OSError:
            return None

    def keep(self, entry: Entry) -> None:
        """The file is as the last run left it."""
        self._log.write(entry.line)
        self.counts["unchanged"] += 1

    def write(self, path: str, validator: str, content: bytes) -> None:
        """Put *content* at *path*, unless the same stands there."""
        if self._is_foreign(path):
            return
        entry = Entry(self._unit, path, len(content), digest(content), validator)
        if not self._stands(entry):
            with open(self._scratch, "wb", buffering=0) as file:  # noqa: PTH123  a file a page: half the time
                file.write(content)
            self._place(path)

    def stream(self, path: str, chunks: Iterable[bytes]) -> None:
        """As :meth:`write`, for a file that is longer than memory should hold, without a validator."""
        if self._is_foreign(path):
            return
        sha = hashlib.sha256()
        with open(self._scratch, "wb") as file:  # noqa: PTH123  as above
            for chunk in chunks:
                sha.update(chunk)
                file.write(chunk)
            size = file.tell()
        if not self._stands(Entry(self._unit, path, size, sha.hexdigest(), "")):
            self._place(path)

    def _is_foreign(self, path: str) -> bool:
        """Whether somebody else's file stands there; then the path is named among the problems."""
        if path in self._old or not os.path.lexists(f"{self._top}{path}"):
            return False
        self.counts["foreign"] += 1
        self.problems.append(f"{path}: a file that publish did not write stands there; it is left alone")
        return True

    def _stands(self, entry: Entry) -> bool:
        """Take *entry* into the manifest; whether what it says stands there already.

        The file is read only where the last run did not say what it holds.
        """
        self._log.write(entry.line)
        old, place = self._old.get(entry.path), f"{self._top}{entry.path}"
        if old is None:
            return False
        try:
            if os.stat(place).st_size != entry.size:  # noqa: PTH116  as above
                return False
            if (old.sha256 or digest(Path(place).read_bytes())) != entry.sha256:
                return False
        except OSError:
            return False
        self.counts["unchanged"] += 1
        return True

    def _place(self, path: str) -> None:
        """Move what was written to where it belongs, once the manifest's line about it is safe."""
        self._log.flush()
        place = f"{self._top}{path}"
        try:
            os.replace(self._scratch, place)  # noqa: PTH105  as above
        except FileNotFoundError:
            Path(place).parent.mkdir(parents=True, exist_ok=True)
            os.replace(self._scratch, place)  # noqa: PTH105
        self.counts["written"] += 1


def close_folder(root: Path, head: dict[str, Any]) -> int:
    """Remove what this run did not write again, put the new manifest in its place; how many files went."""
    partials = sorted(root.glob(f"{MANIFEST}{_PARTIAL}-*"))
    fresh = root / f"{MANIFEST}.new"
    gone: set[str] = set()
    old = ((entry, False) for entry in entries(root))
    new = ((entry, True) for entry in _merged(partials))
    both = heapq.merge(old, new, key=lambda row: row[0].unit)
    with fresh.open("w", encoding="utf-8") as file:
        file.write(_opening(head, complete=True))
        for _, group in groupby(both, key=lambda row: row[0].unit):
            left: set[str] = set()
            stays: set[str] = set()
            for entry, ours in group:
                if ours:
                    file.write(entry.line)
                (stays if ours else left).add(entry.path)
            gone |= left - stays
    if gone:  # a file may have gone over to another unit
        gone -= {entry.path for entry, _ in _lines(fresh) if entry.path in gone}
    for path in sorted(gone):
        _remove(root, path)
    fresh.replace(root / MANIFEST)
    for partial in partials:
        partial.unlink()
    return len(gone)


def _merged(partials: list[Path]) -> Iterator[Entry]:
    streams = [(entry for entry, done in _lines(path) if not done) for path in partials]
    return heapq.merge(*streams, key=lambda entry: entry.unit)


def _remove(root: Path, path: str) -> None:
    """Take the file away, and the folders that it leaves empty. A path that leads elsewhere is ignored."""
    if path.startswith("/") or ".." in path.split("/"):
        return
    place = root / path
    with suppress(FileNotFoundError):
        place.unlink()
    for folder in place.parents:
        if folder == root:
            return
        try:
            folder.rmdir()
        except OSError:
            return
