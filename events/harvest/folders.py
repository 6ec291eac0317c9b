"""The walk over a folder in the Markdown layout: which files are pages, in an order that never varies.

No symbolic link is followed below the folder that was named. A name that cannot be a page's is
a :class:`~events.harvest.records.BadRecord`; what is no page (``.html``, ``.json``, pictures) is passed over.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from events.harvest.files import Refused, printable
from events.harvest.limits import read_address
from events.harvest.records import BadRecord, Place
from events.slugs import Address

_NUMBER = re.compile(r"[0-9]{1,4}")
_LINK: Final = "is a symbolic link: put a copy of what it points to in its place"
_COPY: Final = "README.md"
_INDEX: Final = "index.md"


@dataclass(slots=True)
class DayFolder:
    """One day's folder: its path in the input, its day page (a file name) and its events by slug."""

    name: str
    date: dt.date
    index: str | None = None
    pages: dict[str, int] = field(default_factory=dict)
    """Slug → size in bytes, sorted by slug."""
    index_size: int = 0
    bad: list[BadRecord] = field(default_factory=list)

    def files(self) -> Iterator[tuple[str, int]]:
        """Name in the input and size of every page that is read, the day page first."""
        if self.index is not None:
            yield f"{self.name}/{self.index}", self.index_size
        for slug, size in self.pages.items():
            yield f"{self.name}/{slug}.md", size


@dataclass(frozen=True, slots=True)
class OpinionFile:
    """One opinion piece's file: its path in the input, its address and its size."""

    name: str
    address: Address
    size: int


@dataclass(frozen=True, slots=True)
class _Dated:
    """A folder ``…/YYYY/MM/D``, or what is wrong with one."""

    name: str
    date: dt.date | None
    bad: BadRecord | None = None


def walk_days(root: Path, edition: str) -> Iterator[DayFolder | BadRecord]:
    """The day folders below ``news/`` by date, empty ones left out."""
    for dated in _dated_folders(root, "news"):
        if dated.date is None:
            if dated.bad is not None:
                yield dated.bad
            continue
        day = _day_folder(root, dated.name, dated.date, edition)
        if day.index is not None or day.pages or day.bad:
            yield day


def walk_opinion(root: Path, edition: str) -> Iterator[OpinionFile | BadRecord]:
    """The opinion pieces by date and slug."""
    for dated in _dated_folders(root, "opinion"):
        if dated.date is None:
            if dated.bad is not None:
                yield dated.bad
            continue
        try:
            entries = _entries(root, dated.name)
        except Refused as refusal:
            yield _bad(dated.name, refusal.reason)
            continue
        for slug, entry in entries:
            name = f"{dated.name}/{slug}"
            if entry.is_symlink():
                yield _bad(name, _LINK)
            elif entry.is_dir(follow_symlinks=False):
                yield from _opinion_file(root, name, slug, dated.date, edition)


def _opinion_file(
    root: Path, name: str, slug: str, date: dt.date, edition: str
) -> Iterator[OpinionFile | BadRecord]:
    try:
        files = dict(_entries(root, name))
        page = _INDEX if _INDEX in files else _COPY
        if page not in files:
            return
        address = _address(date, slug, edition)
    except Refused as refusal:
        yield _bad(name, refusal.reason)
        return
    yield OpinionFile(f"{name}/{page}", address, _size(files[page]))


def _day_folder(root: Path, name: str, date: dt.date, edition: str) -> DayFolder:
    day = DayFolder(name, date)
    try:
        entries = _entries(root, name)
    except Refused as refusal:
        day.bad.append(_bad(name, refusal.reason))
        return day
    for file, entry in entries:
        if not file.endswith(".md"):
            continue
        path = f"{name}/{file}"
        if entry.is_symlink():
            day.bad.append(_bad(path, _LINK))
        elif not entry.is_file(follow_symlinks=False):
            day.bad.append(_bad(path, "is not a regular file: put a plain text file in its place"))
        elif file == _INDEX or (file == _COPY and day.index is None):
            day.index, day.index_size = file, _size(entry)
        elif file != _COPY:
            try:
                day.pages[_address(date, file[:-3], edition).slug] = _size(entry)
            except Refused as refusal:
                day.bad.append(_bad(path, refusal.reason))
    day.pages = dict(sorted(day.pages.items()))
    return day


def _address(date: dt.date, slug: str, edition: str) -> Address:
    """The address of a page called *slug*; refuses a name that no link can have."""
    address = read_address(f"/news/{date.year:04d}/{date.month:02d}/{date.day}/{slug}.md", edition)
    try:
        address.slug.encode()
    except UnicodeEncodeError as error:
        raise Refused("has a name that is not UTF-8: rename it") from error
    if address.slug != slug:
        raise Refused("has a name that no link can have: rename it")
    return address


def _dated_folders(root: Path, top: str) -> Iterator[_Dated]:
    """Every ``top/YYYY/MM/D`` by date; impossible dates and links as what is wrong with them."""
    if (root / top).is_symlink():
        yield _Dated(top, None, _bad(top, _LINK))
        return
    for year, month, day, name in _numbered(root, top, ()):
        if isinstance(name, BadRecord):
            yield _Dated(top, None, name)
            continue
        try:
            yield _Dated(name, dt.date(year, month, day))
        except ValueError:
            yield _Dated(name, None, _bad(name, "there is no such day: rename the folder"))


def _numbered(
    root: Path, name: str, above: tuple[int, ...]
) -> Iterator[tuple[int, int, int, str | BadRecord]]:
    """Folders whose names are numbers, three deep, sorted by number and then by name ("9" and "09")."""
    try:
        entries = _entries(root, name)
    except Refused as refusal:
        yield 0, 0, 0, _bad(name, refusal.reason)
        return
    found = [(int(part), part, entry) for part, entry in entries if _NUMBER.fullmatch(part)]
    for number, part, entry in sorted(found, key=lambda item: item[:2]):
        path = f"{name}/{part}"
        if entry.is_symlink():
            yield 0, 0, 0, _bad(path, _LINK)
        elif not entry.is_dir(follow_symlinks=False):
            continue
        elif len(above) == 2:
            yield above[0], above[1], number, path
        else:
            yield from _numbered(root, path, (*above, number))


def _entries(root: Path, name: str) -> list[tuple[str, os.DirEntry[str]]]:
    """What a folder holds, sorted by name; nothing where there is none. Refused: no right to list it."""
    try:
        with os.scandir(root / name) as entries:
            return sorted(((entry.name, entry) for entry in entries), key=lambda item: item[0])
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise Refused(f"cannot be listed ({error.strerror}): check the folder and its rights") from error


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except OSError:
        return 0


def _bad(name: str, reason: str) -> BadRecord:
    return BadRecord(Place(printable(name, 1000)), reason)
