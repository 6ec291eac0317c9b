"""The reader of the Markdown layout (docs/archive-layout.md): a whole folder, or one event page as a file.

Order: the days by date; within a day the events in the order its page lists them, then the left-overs by
name; then opinion pieces; then what related lists say about other events. Memory holds one day at a time,
and of the whole input only the context names with commas inside.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

from events.harvest.files import Refused, decode_text, printable, read_bounded
from events.harvest.folders import DayFolder, OpinionFile, walk_days, walk_opinion
from events.harvest.gathering import by_target
from events.harvest.known import KnownNames, learn_names
from events.harvest.layout import (
    DayEntry,
    DayPage,
    EventPage,
    Problem,
    parse_day_page,
    parse_event_page,
    parse_opinion_page,
)
from events.harvest.limits import check_editorial, check_mention, check_record, read_address
from events.harvest.names import split_names
from events.harvest.records import (
    BadRecord,
    EditorialRecord,
    Evidence,
    FileRead,
    Item,
    Mention,
    Place,
    Record,
)
from events.slugs import SLUG_MAX, Address, make_slug
from events.text.normalise import published


class MarkdownReader:
    """Reads *path*, a folder that holds ``news/`` and ``opinion/`` or a single event page, as *edition*.

    Links with the edition's prefix and without any mean the same. ``known_names`` are context names that
    the archive has and this input may not tell. See :class:`~events.harvest.records.Reader`.
    """

    unit = "files"

    def __init__(self, path: Path, *, edition: str, known_names: KnownNames = ()) -> None:
        self.path = path.resolve()
        self.name = printable(self.path.name or str(self.path), 500)
        self.edition = edition
        self.position = 0
        self._asked = known_names
        self._known: frozenset[str] | None = None

    def items(self) -> Iterator[Item]:
        """Everything in the input, from the start."""
        self.position = 0
        if self.path.is_file():
            yield from self._single_page()
            return
        if not any((self.path / top).is_dir() for top in ("news", "opinion")):
            reason = "holds neither news/ nor opinion/: name the folder in which they are"
            yield BadRecord(Place(printable(self.name, 1000)), reason)
            return
        for found in walk_days(self.path, self.edition):
            if isinstance(found, BadRecord):
                yield found
            else:
                yield from self._day(found)
        for piece in walk_opinion(self.path, self.edition):
            yield from (piece,) if isinstance(piece, BadRecord) else self._editorial(piece)
        yield from by_target(self._all_mentions())

    def total(self) -> int:
        """Files to be read; an event page counts twice, for its record and for its related list."""
        if self.path.is_file():
            return 1
        days = (day for day in walk_days(self.path, self.edition) if isinstance(day, DayFolder))
        pieces = (piece for piece in walk_opinion(self.path, self.edition) if isinstance(piece, OpinionFile))
        return sum((day.index is not None) + 2 * len(day.pages) for day in days) + sum(1 for _ in pieces)

    def fingerprint(self) -> str:
        """SHA-256 over the names and sizes of the pages (not their times, which a copy changes)."""
        digest = hashlib.sha256()
        for name, size in self._files():
            digest.update(f"{name}\0{size}\n".encode())
        return digest.hexdigest()

    def _files(self) -> Iterator[tuple[str, int]]:
        if self.path.is_file():
            yield self.name, self.path.stat().st_size
            return
        for day in walk_days(self.path, self.edition):
            if isinstance(day, DayFolder):
                yield from day.files()
        for piece in walk_opinion(self.path, self.edition):
            if isinstance(piece, OpinionFile):
                yield piece.name, piece.size

    @property
    def _names(self) -> frozenset[str]:
        """Context names with ", " inside: those of the whole input and the archive's."""
        if self._known is None:
            self._known = learn_names(self._texts(), self.edition, self._asked)
        return self._known

    def _texts(self) -> Iterator[str]:
        for name, _ in self._files():
            with contextlib.suppress(Refused):  # reported when its record is read
                yield self._read(name)[0]

    def _split(self, names: str) -> tuple[str, ...]:
        return split_names(names, self._names)

    # Pass one: records.

    def _read(self, name: str) -> tuple[str, str]:
        """Text and SHA-256 of the page *name*."""
        data = read_bounded(self._location(name))
        return decode_text(data), hashlib.sha256(data).hexdigest()

    def _location(self, name: str) -> str:
        return str(self.path) if name == self.name else f"{self.path}/{name}"

    def _day(self, day: DayFolder) -> Iterator[Item]:
        yield from day.bad
        listing: DayPage | None = None
        index = f"{day.name}/{day.index}"
        digest, bad = "", False
        if day.index is not None:
            self.position += 1
            try:
                text, digest = self._read(index)
                listing = parse_day_page(text, self.edition)
                if listing.date != day.date:
                    listing = None
                    raise Refused(f"is not the page of {day.date}: put it into its own day's folder")
            except Refused as refusal:
                bad = True
                yield _refused(index, refusal)
        left = dict(day.pages)
        for slug, entries in _by_slug(listing).items():
            if left.pop(slug, None) is not None:
                yield from self._page(day, entries[0].address, entries, listed=True)
            else:
                for item in self._checked(self._record_of_entry(entries[0], index)):
                    bad = bad or isinstance(item, BadRecord)
                    yield item
        # A day page with unreadable lines does not tell what it leaves out.
        listed = None if listing is None or listing.problems else False
        for slug in left:
            yield from self._page(day, Address(day.date, slug), [], listed=listed)
        if listing:
            yield from _problems(index, listing.problems)
            bad = bad or bool(listing.problems)
        if day.index is not None:
            yield FileRead(index, digest, bad)

    def _page(
        self, day: DayFolder, address: Address, entries: list[DayEntry], *, listed: bool | None
    ) -> Iterator[Item]:
        """One event page's record; where it cannot be read, what its day page says of the event."""
        name = f"{day.name}/{address.slug}.md"
        self.position += 1
        digest, bad = "", False
        try:
            text, digest = self._read(name)
            page = parse_event_page(text, self.edition)
            if page.date != day.date:
                # A corrected date: its address stays, and the page itself says so.
                if page.address != address:
                    raise Refused(
                        f"says {page.date}, but lies in the folder of {day.date}: correct one of them"
                    )
                listed = None
            entry = _entry_of(page, entries)
            record = self._record(page, Place(name, page.text_line), address, entry, listed)
            check_record(record)
        except Refused as refusal:
            bad = True
            yield _refused(name, refusal)
            for entry in entries[:1]:
                yield from self._checked(self._record_of_entry(entry, f"{day.name}/{day.index}"))
        else:
            yield record
            yield from _problems(name, page.problems)
            bad = bool(page.problems)
        yield FileRead(name, digest, bad)

    def _record(
        self,
        page: EventPage,
        place: Place,
        address: Address | None,
        entry: DayEntry | None,
        listed: bool | None,
    ) -> Record:
        lead = page.lead or (entry.lead if entry else None) or None
        contexts: tuple[str, ...] | None = (lead,) if lead else None
        from_day = False
        if page.names:
            contexts = _with_lead(lead, self._split(page.names))
        elif entry is not None and entry.names:
            contexts, from_day = _with_lead(lead, self._split(entry.names)), True
        return Record(
            edition=self.edition,
            date=page.date,
            text=page.text,
            place=place,
            address=address,
            lead=lead,
            contexts=contexts,
            contexts_from_day=from_day,
            inferred=self._inferred(page, address),
            summary=page.summary or (entry.summary if entry else None),
            citations=page.citations,
            former=page.former,
            evidence=Evidence.PAGE,
            listed=listed,
        )

    def _inferred(self, page: EventPage, own: Address | None) -> tuple[tuple[Address, tuple[str, ...]], ...]:
        """What the related list says of this event; lines that hold too much become problems of the page."""
        shared: dict[Address, tuple[str, ...]] = {}
        for line in page.related:
            names = self._split(line.names)
            try:
                check_mention(line.text, names)
            except Refused as refusal:
                page.problems.append(Problem(line.line, refusal.reason))
                continue
            if names and line.address != own:
                shared[line.address] = tuple(dict.fromkeys((*shared.get(line.address, ()), *names)))
        return tuple(shared.items())

    def _record_of_entry(self, entry: DayEntry, index: str) -> Record:
        """An event of which only its day page is known."""
        contexts: tuple[str, ...] | None = (entry.lead,) if entry.lead else None
        if entry.names:
            contexts = _with_lead(entry.lead, self._split(entry.names))
        return Record(
            edition=self.edition,
            date=entry.address.date,
            text=entry.text,
            place=Place(index, entry.line),
            address=entry.address,
            lead=entry.lead,
            contexts=contexts,
            contexts_from_day=contexts is not None,
            summary=entry.summary,
            evidence=Evidence.DAY,
            listed=True,
        )

    def _checked(self, record: Record) -> Iterator[Record | BadRecord]:
        try:
            check_record(record)
        except Refused as refusal:
            yield BadRecord(record.place, refusal.reason)
        else:
            yield record

    def _editorial(self, piece: OpinionFile) -> Iterator[Item]:
        self.position += 1
        digest, bad = "", False
        place = Place(piece.name)
        try:
            text, digest = self._read(piece.name)
            page = parse_opinion_page(text, self.edition)
            record = EditorialRecord(self.edition, piece.address, page.title, page.author, page.body, place)
            check_editorial(record)
            yield record
        except Refused as refusal:
            bad = True
            yield _refused(piece.name, refusal)
        yield FileRead(piece.name, digest, bad)

    # Pass two: what related lists say about other events.

    def _all_mentions(self) -> Iterator[Mention]:
        for day in walk_days(self.path, self.edition):
            if isinstance(day, DayFolder):
                yield from self._mentions_of_day(day)

    def _mentions_of_day(self, day: DayFolder) -> Iterator[Mention]:
        for slug in day.pages:
            self.position += 1
            name = f"{day.name}/{slug}.md"
            try:
                page = parse_event_page(self._read(name)[0], self.edition)
            except Refused:
                continue  # reported in pass one
            if day.date in (page.date, page.address.date if page.address else None):
                yield from self._mentions(page, name, Address(day.date, slug))

    def _mentions(self, page: EventPage, name: str, by: Address) -> Iterator[Mention]:
        for line in page.related:
            contexts = self._split(line.names)
            if not contexts or not published(line.text) or line.address == by:
                continue
            try:
                check_mention(line.text, contexts)
            except Refused:
                continue  # reported in pass one
            yield Mention(self.edition, line.address, line.text, contexts, by, Place(name, line.line))

    # One page as a file.

    def _single_page(self) -> Iterator[Item]:
        digest, bad = "", False
        mentions: list[Mention] = []
        try:
            text, digest = self._read(self.name)
            page = parse_event_page(text, self.edition)
            address = page.address or self._address_by_folder(page)
            record = self._record(page, Place(self.name, page.text_line), address, None, None)
            check_record(record)
            # An event without an address gets the one that its text makes; that is where it can be found.
            slug = make_slug(page.text, self.edition)[:SLUG_MAX]
            mentions = list(self._mentions(page, self.name, address or Address(page.date, slug)))
            yield record
            yield from _problems(self.name, page.problems)
            bad = bool(page.problems)
        except Refused as refusal:
            bad = True
            yield _refused(self.name, refusal)
        self.position += 1
        yield FileRead(self.name, digest, bad)
        yield from mentions

    def _address_by_folder(self, page: EventPage) -> Address | None:
        """The address that the file's own path ends with, when it lies in its day's folder."""
        try:
            address = read_address("/".join(("", *self.path.parts[-5:])), self.edition)
        except Refused:
            return None
        return address if address.date == page.date and self.path.suffix == ".md" else None


def _by_slug(listing: DayPage | None) -> dict[str, list[DayEntry]]:
    """The entries of a day page by slug, in the listed order.

    Upstream, texts that began alike had one address; a day lists it once for each of them.
    """
    found: dict[str, list[DayEntry]] = {}
    for entry in listing.entries if listing else ():
        found.setdefault(entry.address.slug, []).append(entry)
    return found


def _entry_of(page: EventPage, entries: list[DayEntry]) -> DayEntry | None:
    """Of the *entries* with the page's address the one with its text, else the first."""
    same = (entry for entry in entries if published(entry.text) == published(page.text))
    return next(same, entries[0] if entries else None)


def _with_lead(lead: str | None, names: tuple[str, ...]) -> tuple[str, ...]:
    """*names* with *lead* among them: an event always has the context it stands under."""
    return names if lead is None or lead in names else (lead, *names)


def _refused(name: str, refusal: Refused) -> BadRecord:
    return BadRecord(Place(name, refusal.line), refusal.reason)


def _problems(name: str, problems: list[Problem]) -> Iterator[BadRecord]:
    for problem in problems:
        yield BadRecord(Place(name, problem.line), problem.reason)
