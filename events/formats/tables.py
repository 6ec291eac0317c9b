"""The public archive as tables that join: for CSV files and for a SQLite file (docs/formats.md; layer 5).

A table's rows are made of what the API says (an event's document, the heads of contexts and sources), so
nothing can stand in a table that the API does not tell everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

Row = dict[str, Any]
Rows = Iterator[tuple[str, Row]]
"""Rows, each behind the name of its table."""


class Column(NamedTuple):
    """A column. *kind*: a type of Table Schema; *to*: the table whose key it holds; *sought*: indexed."""

    name: str
    kind: str
    about: str
    to: str = ""
    sought: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the first *keys* columns together name a row."""

    name: str
    about: str
    columns: tuple[Column, ...]
    keys: int = 1

    @property
    def names(self) -> list[str]:
        """The columns' names, in order."""
        return [column.name for column in self.columns]

    @property
    def key(self) -> list[str]:
        """The names of the columns that name a row."""
        return self.names[: self.keys]

    @property
    def references(self) -> list[Column]:
        """The columns that hold another table's key."""
        return [column for column in self.columns if column.to]


def _text(name: str, about: str, **more: Any) -> Column:
    return Column(name, "string", about, **more)


def _number(name: str, about: str, **more: Any) -> Column:
    return Column(name, "integer", about, **more)


_ID: Final = _number("id", "Permanent.")
_EDITION: Final = _text("edition", "The language it is published in: en, zh.")
_EVENT: Final = _number("event_id", "The event.", to="events")
_CONTEXT: Final = _number("context_id", "The context.", to="contexts", sought=True)
_POSITION: Final = _number("position", "Its place on the event, from 1.")
_REVISION: Final = _number("revision", "Counts up with every change.")
_CREATED: Final = Column("created", "datetime", "When we recorded it, UTC.")
_UPDATED: Final = Column("updated", "datetime", "When it last changed, UTC.")

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "origins",
        "The archives that events were harvested from, and what they ask for.",
        (
            _text("slug", "Its name in addresses."),
            _text("name", "Its name."),
            _text("url", "Its web address."),
            _text("licence", "The licence of its texts."),
            _text("licence_url", "The licence's words."),
            _text("attribution", "How it wants to be named."),
        ),
    ),
    Table(
        "contexts",
        "People, places, organisations, treaties and ongoing stories: what events are tagged with.",
        (
            _ID,
            _EDITION,
            _text("name", "Its name.", sought=True),
            _text("slug", "The end of its address."),
            _text("path", "Its page on the site."),
            _text("profile", "What it is, Markdown."),
            _text("wikidata", "The same thing in Wikidata, or empty."),
            _text("wikipedia", "The same thing in Wikipedia, or empty."),
            Column("generic", "boolean", "Too generic to relate events."),
            _REVISION,
            _UPDATED,
        ),
    ),
    Table(
        "context_aliases",
        "Other names of contexts.",
        (_number("context_id", "The context.", to="contexts"), _text("name", "The other name.", sought=True)),
        keys=2,
    ),
    Table(
        "context_broader",
        "Which context is part of which.",
        (
            _number("narrower_id", "The part.", to="contexts"),
            _number("broader_id", "What it is part of.", to="contexts", sought=True),
        ),
        keys=2,
    ),
    Table(
        "sources",
        "Web documents that events cite.",
        (
            _ID,
            _text("url", "Its address, normalised."),
            _text("publisher", "Who published it.", sought=True),
            _text("title", "Its title, in the publisher's words; not under our licence."),
            _text("description", "What it is about, in the publisher's words; not under our licence."),
            _CREATED,
            _UPDATED,
        ),
    ),
    Table(
        "events",
        "Dated paragraphs of news, the published ones.",
        (
            _ID,
            _EDITION,
            Column("date", "date", "The day of the event.", sought=True),
            _text("address", "Its page on the site, without suffix."),
            _text("text", "What happened."),
            _text("summary", "The first source's own words; not under our licence."),
            _text("summary_by", "Whose words the summary is."),
            _text("category", "One of a short fixed list.", sought=True),
            _text("category_said", "The category in the origin's words."),
            _number(
                "lead_context_id", "The context that it stands under on its day.", to="contexts", sought=True
            ),
            _REVISION,
            _CREATED,
            Column("updated", "datetime", "When it last changed, UTC.", sought=True),
        ),
    ),
    Table(
        "event_addresses",
        "Former addresses of events, oldest first; they redirect.",
        (_EVENT, _POSITION, _text("address", "The path.", sought=True)),
        keys=2,
    ),
    Table(
        "event_contexts",
        "Which event has which context.",
        (_EVENT, _CONTEXT, _text("how", "How it came there: text, inferred, day, origin, person.")),
        keys=2,
    ),
    Table(
        "citations",
        "What events cite, in order.",
        (
            _EVENT,
            _POSITION,
            _text("label", "How the event calls it."),
            _text("url", "Its address as it came, or empty for a bare name."),
            _number("source_id", "The web document, or empty.", to="sources", sought=True),
            _text("publisher", "Who published it.", sought=True),
            _text("picture", "Address of a picture there, or empty; not ours."),
        ),
        keys=2,
    ),
    Table(
        "corrections",
        "What people corrected on events, and why.",
        (
            _EVENT,
            _number("revision", "The event's revision that the correction made."),
            Column("at", "datetime", "When, UTC.", sought=True),
            _text("grade", "typo, correction, clarification, update, retraction, legal."),
            _text("note", "Why."),
            _text("by", "Who."),
        ),
        keys=2,
    ),
    Table(
        "event_origins",
        "Where events were harvested from.",
        (
            _EVENT,
            _POSITION,
            _text("origin", "The archive.", to="origins", sought=True),
            _text("origin_id", "Its id there, or empty."),
            _text("address", "Its path there, or empty."),
            Column("harvested", "datetime", "When what is known of it was true, UTC."),
        ),
        keys=2,
    ),
    Table(
        "pins",
        "Related events that editors chose. Computed related links are not part of a dump.",
        (
            _EVENT,
            _number("target_id", "The related event.", to="events", sought=True),
            _number("position", "Its place among the pins, from 1."),
            _text("note", "Why, for readers."),
        ),
        keys=2,
    ),
    Table(
        "editorials",
        "Opinion pieces.",
        (
            _ID,
            _EDITION,
            Column("date", "date", "Its day.", sought=True),
            _text("path", "Its page on the site."),
            _text("title", "Its title."),
            _text("author", "Who wrote it."),
            _text("body", "The piece, Markdown."),
            _REVISION,
            _UPDATED,
        ),
    ),
)  # fmt: skip
BY_NAME: Final = {table.name: table for table in TABLES}


def context_rows(head: Row) -> Rows:
    """The rows of a context, as lists have it."""
    yield "contexts", head
    pk = head["id"]
    yield from (("context_aliases", {"context_id": pk, "name": name}) for name in head["aliases"])
    for other in head["broader"]:
        yield "context_broader", {"narrower_id": pk, "broader_id": other["id"]}


def event_rows(document: Row, standing: Mapping[int, int]) -> Rows:
    """The rows of an event, by its document.

    *standing*: contexts that were merged and what they are part of now: a merge goes through the documents a
    batch at a time, so that one may still name what went.
    """
    pk, lead = document["id"], document["lead_context"]
    lead_id = lead and standing.get(lead["id"], lead["id"])
    yield "events", {**document, "lead_context_id": lead_id}
    for position, address in enumerate(document["former_addresses"], start=1):
        yield "event_addresses", {"event_id": pk, "position": position, "address": address}
    ways: dict[int, str] = {}
    for one in document["contexts"]:
        ways.setdefault(standing.get(one["id"], one["id"]), one["how"])
    for context_id, how in ways.items():
        yield "event_contexts", {"event_id": pk, "context_id": context_id, "how": how}
    for position, one in enumerate(document["citations"], start=1):
        yield "citations", {**one, "event_id": pk, "position": position, "source_id": one["source"]}
    yield from (("corrections", {**one, "event_id": pk}) for one in document["corrections"])
    for position, one in enumerate(document["provenance"], start=1):
        yield "event_origins", {**one, "event_id": pk, "position": position, "origin_id": one["id"]}


def pin_row(pin: Row) -> Row:
    """The row of a pin, as a dump has it."""
    return {**pin, "event_id": pin["event"], "target_id": pin["target"]}
