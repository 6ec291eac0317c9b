"""What a reader yields: plain records, no database (layer 2).

A reader (:class:`Reader`) takes a file or a folder and yields :class:`Record`,
:class:`Mention`, :class:`EditorialRecord`, :class:`BadRecord` and :class:`FileRead` in an order
of its own that is the same for the same input. ``actions.reconcile`` decides what they mean.

``None`` in a field always means "the input does not say"; it never blanks a stored value.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from events.slugs import Address


class Evidence(enum.IntEnum):
    """What kind of page a record was read from; a weaker one never changes a stronger one's text."""

    RELATED = 1
    DAY = 2
    PAGE = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the input a record stood: file name relative to the input, line from 1."""

    file: str
    line: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class CitedSource:
    """One source as the origin lists it: label, raw URL ("" for a bare name), picture URL or ""."""

    label: str
    url: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class FormerText:
    """One line of a ``### Changes:`` section: a former text and the address it had."""

    text: str
    address: Address | None = None
    when: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One event as one origin has it.

    ``text`` is exactly what came, outer blanks included. ``contexts`` are those the event's
    own record or its day page names (see ``contexts_from_day``); ``inferred`` come from its
    related list: the other event's address → the contexts both share. ``topics`` are headings
    above the event, outermost first, each a broader context of the next, all of them contexts.
    ``listed``: whether its day page lists it (``False`` makes it a left-over, ``None``: no day
    page was there to tell).
    """

    edition: str
    date: dt.date
    text: str
    place: Place
    address: Address | None = None
    origin_id: str = ""
    lead: str | None = None
    contexts: tuple[str, ...] | None = None
    contexts_from_day: bool = False
    inferred: tuple[tuple[Address, tuple[str, ...]], ...] = ()
    topics: tuple[str, ...] = ()
    summary: str | None = None
    category: str | None = None
    citations: tuple[CitedSource, ...] | None = None
    former: tuple[FormerText, ...] = ()
    evidence: Evidence = Evidence.PAGE
    listed: bool | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """An event as another event's related list names it: enough to create and to tag it.

    Readers yield mentions after every record of the same input, so that the order of files
    does not matter. ``by`` is the address of the event whose list it stood in.
    """

    edition: str
    address: Address
    text: str
    contexts: tuple[str, ...]
    by: Address
    place: Place


@dataclass(frozen=True, slots=True)
class EditorialRecord:
    """One opinion piece: Markdown ``body`` without its title and author lines."""

    edition: str
    address: Address
    title: str
    author: str
    body: str
    place: Place


@dataclass(frozen=True, slots=True)
class BadRecord:
    """Input that could not be read: where, and a reason that says what to do.

    ``pointer``: the place in a record of JSON (RFC 6901), where the reader looked for it.
    """

    place: Place
    reason: str
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class FileRead:
    """A reader is done with one file: its name relative to the input and what its bytes were.

    It follows the last record that the file gives (not the mentions, which come at the end of the input).
    ``sha256`` is "" where the file could not be read whole. ``bad``: at least one
    :class:`BadRecord` was yielded for it.
    """

    name: str
    sha256: str
    bad: bool


Item = Record | Mention | EditorialRecord | BadRecord | FileRead


class Reader(Protocol):
    """What ``actions`` may ask of any reader. Reading never raises for bad input; it yields a BadRecord.

    ``position`` counts what is done of ``total()`` in ``unit`` while :meth:`items` runs.
    ``fingerprint`` is a SHA-256 over the names and sizes of the input's files: a killed harvest
    resumes only over an input with the same one, and then meets the same items in the same order.
    """

    name: str
    edition: str
    unit: str
    position: int

    def items(self) -> Iterator[Item]: ...

    def total(self) -> int: ...

    def fingerprint(self) -> str: ...
