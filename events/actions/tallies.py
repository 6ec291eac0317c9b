"""Keeping count: how many published events a context has in a year, an edition in a month and of those
of an edition cite a publisher.

``actions.documents`` says here what it replaces: an event counts as its stored document says, while
the search index has it. So the counts are true whatever was written, tags deleted and contexts merged.

Counts that many events share are changed by one writer at a time: whoever changes one holds the row of
the public sequence until the commit, as every public change does at its end, so that no two writers
wait for each other.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from django.db import connection, transaction

_HOLD: Final = "UPDATE events_sequence SET last = last WHERE id = 1"
_CONTEXT_MORE: Final = (
    "INSERT INTO events_contexttally (events, context_id, year) VALUES (%s, %s, %s) "
    "ON CONFLICT (context_id, year) DO UPDATE SET events = events_contexttally.events + excluded.events"
)
# A context that was deleted has no row, and must not get one.
_CONTEXT_LESS: Final = (
    "UPDATE events_contexttally SET events = events + %s WHERE context_id = %s AND year = %s"
)
_PUBLISHER: Final = (
    "INSERT INTO events_publishertally (events, name, edition) VALUES (%s, %s, %s) "
    "ON CONFLICT (name, edition) DO UPDATE SET events = events_publishertally.events + excluded.events"
)
# A name that no public event has any more is not kept: it may be that of what was removed.
_PUBLISHER_GONE: Final = "DELETE FROM events_publishertally WHERE name = %s AND edition = %s AND events <= 0"
_MONTH: Final = (
    "INSERT INTO events_monthtally (events, edition, month, changed_at) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT (edition, month) DO UPDATE SET events = events_monthtally.events + excluded.events, "
    "changed_at = CASE WHEN excluded.changed_at > events_monthtally.changed_at "
    "THEN excluded.changed_at ELSE events_monthtally.changed_at END"
)
_YEAR: Final = 10_000 << 36
"""What the key of an event (``events.keys``) is divided by for its year."""
_MONTH_OF: Final = {
    "sqlite": "date(event.date, 'start of month')",
    "postgresql": "CAST(date_trunc('month', event.date) AS date)",
}
_CONTEXTS: Final = (
    "INSERT INTO events_contexttally (context_id, year, events) "  # noqa: S608  a figure of ours
    f"SELECT context_id, key / {_YEAR}, count(*) FROM events_tagging "
    "WHERE key IS NOT NULL AND NOT removed GROUP BY 1, 2"
)
_MONTHS: Final = (
    "INSERT INTO events_monthtally (edition, month, events, changed_at) "
    "SELECT edition, {month}, count(*), max(updated_at) FROM events_event event "
    "WHERE state = 'published' GROUP BY 1, 2"
)
# As documents have it: who is cited twice in an event counts once.
_PUBLISHERS: Final = (
    "INSERT INTO events_publishertally (name, edition, events) "
    "SELECT publisher.name, event.edition, count(DISTINCT event.id) FROM events_citation citation "
    "JOIN events_publisher publisher ON publisher.id = citation.publisher_id "
    "JOIN events_event event ON event.id = citation.event_id "
    "WHERE citation.key IS NOT NULL GROUP BY publisher.name, event.edition"
)
_ANEW: Final = (
    "DELETE FROM events_contexttally", "DELETE FROM events_monthtally", "DELETE FROM events_publishertally",
    _CONTEXTS, _MONTHS, _PUBLISHERS,
)  # fmt: skip


class Tallies:
    """What a write changes of the counts."""

    def __init__(self) -> None:
        self._contexts = Counter[tuple[int, int]]()
        self._publishers = Counter[tuple[str, str]]()
        self._months: dict[tuple[str, str], list[Any]] = {}

    def add(self, document: Mapping[str, Any], number: int, at: dt.datetime) -> None:
        """*number* more (or less, if below 0) of the event in *document*, which changed *at* this time."""
        date = document["date"]
        for context in document["contexts"]:
            self._contexts[context["id"], int(date[:4])] += number
        for name in {citation["publisher"] for citation in document["citations"]} - {""}:
            self._publishers[name, document["edition"]] += number
        month = self._months.setdefault((document["edition"], f"{date[:7]}-01"), [0, at])
        month[0] += number
        month[1] = max(month[1], at)

    def write(self) -> None:
        """Bring the counts up to date; in the caller's transaction, whose last writes these should be."""
        more = [(number, *key) for key, number in sorted(self._contexts.items()) if number > 0]
        less = [(number, *key) for key, number in sorted(self._contexts.items()) if number < 0]
        publishers = [(number, *key) for key, number in sorted(self._publishers.items()) if number]
        gone = [key for key, number in sorted(self._publishers.items()) if number < 0]
        time = connection.ops.adapt_datetimefield_value
        months = [(number, *key, time(at)) for key, (number, at) in sorted(self._months.items())]
        if not months:
            return
        with connection.cursor() as cursor:
            cursor.execute(_HOLD)
            for statement, rows in (
                (_CONTEXT_LESS, less), (_CONTEXT_MORE, more), (_PUBLISHER, publishers),
                (_PUBLISHER_GONE, gone), (_MONTH, months),
            ):  # fmt: skip
                if rows:
                    cursor.executemany(statement, rows)


def count_anew() -> None:
    """Make all counts anew from what is stored, in one transaction; others' public changes wait for it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_HOLD)
        for statement in _ANEW:
            cursor.execute(statement.format(month=_MONTH_OF[connection.vendor]))
