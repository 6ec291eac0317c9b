"""The pages of the Markdown layout, parsed: event, day and opinion pages (docs/archive-layout.md).

Pure functions from text to what stands in it. A page that cannot be used as a whole raises
:class:`~events.harvest.files.Refused`; a line that cannot is named in ``problems`` and left out.
Every function is linear in the length of its input, whatever it holds.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from events.harvest.citations import NO_SOURCE, read_citations
from events.harvest.files import Refused, printable, split_lines
from events.harvest.limits import (
    CITATIONS_MAX,
    FORMER_MAX,
    RELATED_MAX,
    read_address,
    read_date,
)
from events.harvest.records import CitedSource, FormerText
from events.slugs import Address
from events.vocabulary import EDITIONS

_NUMBERED = re.compile(r"[0-9]{1,6}\.\s+")
_DAY_LINK = re.compile(r"/(?:([a-z]{2,3})/)?news/")
_COLONS: Final = ":："


@dataclass(frozen=True, slots=True)
class Problem:
    """One line that was left out, and what to do about it."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class RelatedLine:
    """One line of a related list; ``names`` are the shared contexts, not yet split."""

    line: int
    address: Address
    text: str
    names: str


@dataclass(slots=True)
class EventPage:
    """An event page. ``lead`` is "" where its heading is there but empty, ``None`` without a heading.

    ``names`` is a line of contexts below the text, not yet split. ``address`` is what the page's
    own links say (its formats, or the current version among its changes).
    """

    date: dt.date
    text: str = ""
    text_line: int = 1
    lead: str | None = None
    summary: str | None = None
    names: str | None = None
    citations: tuple[CitedSource, ...] | None = None
    former: tuple[FormerText, ...] = ()
    related: list[RelatedLine] = field(default_factory=list)
    address: Address | None = None
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class DayEntry:
    """One event as its day page lists it; ``names`` are its contexts, not yet split."""

    line: int
    address: Address
    text: str
    lead: str | None = None
    names: str | None = None
    summary: str | None = None


@dataclass(slots=True)
class DayPage:
    """A day page: its events in the listed order."""

    date: dt.date
    entries: list[DayEntry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OpinionPage:
    """An opinion piece: title, author ("" where unnamed) and the Markdown below them."""

    title: str
    author: str
    body: str


@lru_cache
def _section_names(edition: str) -> dict[str, str]:
    labels = EDITIONS[edition].labels
    sections = (("sources", labels.sources), ("changes", labels.changes), ("related", labels.related))
    return {label: kind for kind, words in sections for label in words}


def parse_event_page(text: str, edition: str) -> EventPage:
    """The event on the page *text*. Refused: no date line, an impossible date, no text."""
    lines = split_lines(text)
    page, start = _event_head(lines, edition)
    body: list[str] = []
    end = start
    while end < len(lines) and not lines[end].startswith("### "):
        body.append(lines[end])
        end += 1
    page.names, page.summary = _names_and_summary(body, edition)
    while end < len(lines):
        start, end = end, end + 1
        while end < len(lines) and not lines[end].startswith("### "):
            end += 1
        _section(page, lines, start, end, edition)
    return page


def _event_head(lines: list[str], edition: str) -> tuple[EventPage, int]:
    """The page down to its text, and the index of the line after it."""
    formats: Address | None = None
    page: EventPage | None = None
    lead: str | None = None
    for index, line in enumerate(lines):
        if line.startswith("# ") or line == "#":
            if page is None:
                break
            page.text, page.text_line, page.lead, page.address = line[2:], index + 1, lead, formats
            return page, index + 1
        if line.startswith("#####"):
            lead = line[5:].strip()
        elif page is None and line.startswith("### ["):
            page = EventPage(_date_line(line[4:], index + 1, edition))
        elif page is None and line and formats is None:
            formats = _formats_address(line, edition)
    if page is None:
        raise Refused("has no date line: put ### [YYYY-MM-D](/news/YYYY/MM/D/index.md) above the text")
    raise Refused("has no text: put the event's text in a line # TEXT", len(lines))


def _date_line(link: str, line: int, edition: str) -> dt.date:
    """The date in ``[2004-02-9](/news/2004/02/9/index.md)``."""
    said, _, target = link[1:].partition("]")
    prefix = _DAY_LINK.match(target.removeprefix("("))
    if prefix and prefix[1] is not None and prefix[1] != edition:
        other = prefix[1]
        raise Refused(f"the page belongs to edition {other}: harvest it with --edition {other}", line)
    try:
        return read_date(said)
    except Refused as refusal:
        raise Refused(refusal.reason, line) from refusal


def _formats_address(line: str, edition: str) -> Address | None:
    """The event's address in a ``Formats: [HTML](…) …`` line; ``None`` in any other line."""
    if not line.startswith(EDITIONS[edition].labels.formats):
        return None
    start = line.find("](/")
    end = line.find(")", start)
    if start < 0 or end < 0:
        return None
    try:
        return read_address(line[start + 2 : end], edition)
    except Refused:
        return None


def _names_and_summary(body: list[str], edition: str) -> tuple[str | None, str | None]:
    """The context line (the last one) and the summary among the lines below a text."""
    names: str | None = None
    kept: list[str] = []
    for line in body:
        found = context_names(line, edition)
        if found is None:
            kept.append(line.rstrip())
        else:
            names = found
    summary = "\n".join(kept).strip()
    return names, summary or None


def context_names(line: str, edition: str) -> str | None:
    """The names in ``_Context: A, B_``, not yet split; ``None`` where *line* is no context line."""
    line = line.strip()
    if len(line) < 3 or line[0] != "_" or line[-1] != "_":
        return None
    for label in EDITIONS[edition].labels.context:
        if line.startswith(label, 1) and line[1 + len(label)] in _COLONS:
            return line[2 + len(label) : -1].strip()
    return None


def _section(page: EventPage, lines: list[str], start: int, end: int, edition: str) -> None:
    """Read the section whose heading is ``lines[start]`` and whose last line is before *end*."""
    label = lines[start][4:].strip().rstrip(_COLONS)
    kind = _section_names(edition).get(label)
    numbered = [(number, rest) for number in range(start + 1, end) if (rest := lines[number].strip())]
    if kind is None:
        reason = (
            f'unknown section "{printable(label, 40)}": harvest the page with the edition of its language'
        )
        page.problems.append(Problem(start + 1, reason))
    elif kind == "sources":
        _refuse_more(numbered, CITATIONS_MAX, "sources")
        page.citations, bad = read_citations([(index, _without_number(line)) for index, line in numbered])
        page.problems.extend(Problem(index + 1, NO_SOURCE) for index in bad)
    elif kind == "changes":
        _refuse_more(numbered, FORMER_MAX, "former texts")
        page.former, current = _changes(numbered, edition, page.problems)
        page.address = page.address or current
    else:
        _refuse_more(numbered, RELATED_MAX, "related events")
        page.related.extend(_related(numbered, edition, page.problems))


def _refuse_more(lines: list[tuple[int, str]], limit: int, what: str) -> None:
    if len(lines) > limit:
        reason = f"has {len(lines):,} {what}, more than {limit:,}: remove what does not belong to it"
        raise Refused(reason, lines[limit][0] + 1)


def _without_number(line: str) -> str:
    match = _NUMBERED.match(line)
    return line[match.end() :] if match else line


def _linked(line: str, edition: str) -> tuple[str, Address, str]:
    """Text, address and what follows in ``[text](/news/…) rest``; the text is kept as it stands."""
    middle = line.rfind("](/")
    end = line.find(")", middle)
    if not line.startswith("[") or middle < 0 or end < 0:
        raise Refused("is no link to an event: write [TEXT](/news/YYYY/MM/D/SLUG.md)")
    return line[1:middle], read_address(line[middle + 2 : end], edition), line[end + 1 :].strip()


def _related(lines: list[tuple[int, str]], edition: str, problems: list[Problem]) -> list[RelatedLine]:
    found = []
    for index, line in lines:
        try:
            text, address, rest = _linked(_without_number(line), edition)
        except Refused as refusal:
            problems.append(Problem(index + 1, refusal.reason))
            continue
        names = context_names(rest, edition)
        if names is None and rest:
            reason = f'"{printable(rest, 40)}" is no context line of edition {edition}: write _Context: A, B_'
            problems.append(Problem(index + 1, reason))
        found.append(RelatedLine(index + 1, address, text, names or ""))
    return found


def _changes(
    lines: list[tuple[int, str]], edition: str, problems: list[Problem]
) -> tuple[tuple[FormerText, ...], Address | None]:
    """The former texts, and the address of the current version: the line whose mark has no time."""
    former, current = [], None
    for index, line in lines:
        try:
            text, address, rest = _linked(_without_number(line), edition)
        except Refused as refusal:
            problems.append(Problem(index + 1, refusal.reason))
            continue
        when = rest.strip("_").partition("(")[0].strip()
        if rest and not when:
            current = address
        else:
            former.append(FormerText(text, address, printable(when, 40)))
    return tuple(former), current


def parse_day_page(text: str, edition: str) -> DayPage:
    """The events that the day page *text* lists. Refused: no heading with the date."""
    page: DayPage | None = None
    entry: DayEntry | None = None
    lead: str | None = None
    body: list[str] = []
    for index, line in enumerate(split_lines(text)):
        if page is None:
            if line.startswith("## ["):
                page = DayPage(_date_line(line[3:], index + 1, edition))
            continue
        if not line.startswith(("##### ", "### ", "## ")) and line != "#####":
            body.append(line)
            continue
        _finish(entry, body, edition)
        entry, body = None, []
        if line.startswith("#####"):
            lead = line[5:].strip() or None
        elif line.startswith("### "):
            entry = _entry(page, index + 1, line[4:], lead, edition)
        else:
            lead = None
    if page is None:
        raise Refused("has no date line: put ## [YYYY-MM-D](/news/YYYY/MM/D/index.md) above the events")
    _finish(entry, body, edition)
    return page


def _entry(page: DayPage, line: int, link: str, lead: str | None, edition: str) -> DayEntry | None:
    try:
        text, address, _ = _linked(link, edition)
    except Refused as refusal:
        page.problems.append(Problem(line, refusal.reason))
        return None
    if address.date != page.date:
        return None  # its date was corrected: the page lies in the folder of its address and says more
    entry = DayEntry(line, address, text, lead)
    page.entries.append(entry)
    return entry


def _finish(entry: DayEntry | None, body: list[str], edition: str) -> None:
    if entry is not None:
        entry.names, entry.summary = _names_and_summary(body, edition)


def parse_opinion_page(text: str, edition: str) -> OpinionPage:
    """The opinion piece on the page *text*. Refused: no title."""
    lines = split_lines(text)
    at = 0
    while at < len(lines) and not lines[at].startswith("# "):
        at += 1
    if at == len(lines):
        raise Refused("has no title: begin it with a line # TITLE")
    title, author = lines[at][2:].strip(), ""
    at += 1
    while at < len(lines) and not lines[at].strip():
        at += 1
    if at < len(lines) and lines[at].startswith("#### "):
        author = lines[at][5:].strip()
        author = author[3:].strip() if author[:3].lower() == "by " else author
        at += 1
    return OpinionPage(title, author, "\n".join(lines[at:]).strip("\n"))
