"""What a reader yields: plain records, no database (layer 2).

A reader is a callable that takes an open input and yields :class:`Record`,
:class:`Mention`, :class:`EditorialRecord` and :class:`BadRecord` in an order of its own
that is the same for the same input. ``actions.reconcile`` decides what they mean.

``None`` in a field always means "the input does not say"; it never blanks a stored value.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field

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
    """Input that could not be read: where, and a reason that says what to do."""

    place: Place
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reader is: units done of ``total`` (0 where it cannot be known), for the progress bar."""

    done: int
    total: int = 0
    unit: str = "files"


Item = Record | Mention | EditorialRecord | BadRecord


@dataclass(slots=True)
class Input:
    """An opened input: what to call it, how much there is, and the items themselves.

    ``digest`` maps a file's name to the SHA-256 of its bytes once it has been read; the
    harvest keeps it per file.
    """

    name: str
    edition: str
    total: int = 0
    digests: dict[str, str] = field(default_factory=dict)
