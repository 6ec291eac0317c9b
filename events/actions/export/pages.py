"""A folder of pages that is brought up to date: only what changed is written, what is gone is removed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

from events.actions.errors import InvalidAction

FORMAT: Final = "newsarchive-markdown"
SCHEMA: Final = 1
MANIFEST: Final = "manifest.json"
_HEAD_MAX: Final = 4096
_FILES: Final = ', "files": {'
_PARTIAL: Final = ".partial"


class PageFolder:
    """The pages of one edition at *destination*; a context manager.

    In the folders *owned* every ``.md`` file is ours: one that is not written again is removed.
    The manifest's first line says whether the run that wrote it was ended ("complete").
    ``counts``: files ``written``, ``unchanged`` and ``removed``. Raises ``InvalidAction`` for a
    destination that holds anything but an earlier export of the same edition.
    """

    def __init__(self, destination: Path, *, edition: str, sequence: int, owned: tuple[str, ...]) -> None:
        self._root = destination
        self._owned = owned
        self._seen: set[str] = set()
        self._first = True
        self.counts: Counter[str] = Counter(written=0, unchanged=0, removed=0)
        self._head: dict[str, Any] = {
            "format": FORMAT,
            "schema": SCHEMA,
            "edition": edition,
            "sequence": sequence,
        }
        check_destination(destination, edition)

    def __enter__(self) -> Self:
        self._root.mkdir(parents=True, exist_ok=True)
        manifest = self._root / MANIFEST
        if not manifest.exists():  # so that a run that was killed can be repeated
            manifest.write_text(self._opening(complete=False) + "\n}}\n", encoding="utf-8")
        self._manifest: IO[str] = (self._root / f".{MANIFEST}{_PARTIAL}").open("w", encoding="utf-8")
        self._manifest.write(self._opening(complete=True))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._manifest.close()
        Path(self._manifest.name).unlink(missing_ok=True)

    def write(self, folder: str, pages: dict[str, str]) -> None:
        """Write the pages of *folder* ("" for the top), by file name; others of ours in it are removed."""
        self._seen.add(folder)
        place = self._root / folder
        place.mkdir(parents=True, exist_ok=True)
        if folder:
            self._remove(path for path in place.glob("*.md") if path.name not in pages)
        for name, page in pages.items():
            data = page.encode()
            self._note(f"{folder}/{name}" if folder else name, data)
            if _same(place / name, data):
                self.counts["unchanged"] += 1
                continue
            partial = place / _PARTIAL
            partial.write_bytes(data)
            partial.replace(place / name)
            self.counts["written"] += 1

    def finish(self) -> None:
        """Remove the folders that were not written this time, and put the manifest in its place."""
        for top in self._owned:
            for place in sorted([self._root / top, *(self._root / top).rglob("*/")], reverse=True):
                if place.is_symlink() or not place.is_dir():
                    continue
                if place.relative_to(self._root).as_posix() not in self._seen:
                    self._remove(place.glob("*.md"))
                    if not any(place.iterdir()):
                        place.rmdir()
        self._manifest.write("\n}}\n")
        self._manifest.close()
        Path(self._manifest.name).replace(self._root / MANIFEST)

    def _opening(self, *, complete: bool) -> str:
        return json.dumps({**self._head, "complete": complete})[:-1] + _FILES

    def _note(self, name: str, data: bytes) -> None:
        entry = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        comma = "" if self._first else ","
        self._manifest.write(f"{comma}\n{json.dumps(name, ensure_ascii=False)}: {json.dumps(entry)}")
        self._first = False

    def _remove(self, paths: Iterator[Path]) -> None:
        for path in list(paths):
            path.unlink()
            self.counts["removed"] += 1


def check_destination(destination: Path, edition: str) -> None:
    """Raise ``InvalidAction`` unless nothing, an empty folder or an export of this edition stands here."""
    if destination.exists() and not destination.is_dir():
        raise InvalidAction(f"{destination} is no folder: name one that is empty or does not exist.")
    if not destination.exists() or not any(destination.iterdir()):
        return
    head = read_head(destination)
    if head.get("format") != FORMAT:
        raise InvalidAction(
            f"{destination} holds files and is no earlier export: name an empty folder or a new one."
        )
    if head.get("edition") != edition:
        raise InvalidAction(f"{destination} holds edition {head.get('edition')}: name another folder.")


def read_head(folder: Path) -> dict[str, Any]:
    """What the manifest says of the export as a whole; empty where there is none. The list is not read."""
    try:
        with (folder / MANIFEST).open("rb") as file:
            line = file.readline(_HEAD_MAX).decode()
        found = json.loads(line.rstrip().removesuffix(_FILES) + "}")
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _same(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False
