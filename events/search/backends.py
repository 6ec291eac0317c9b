"""Which database's full text is at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from events.models import Event
    from events.search.index import Entry
    from events.search.language import Terms
    from events.search.tree import Tree

RANKED_MOST: Final = 5_000
"""Of more matches only so many, the newest, are ranked: no query costs more than that."""
RECENCY: Final = 0.3
"""How much more a hit of the archive's newest month counts than an old one."""
RECENCY_MONTHS: Final = 24
"""After so many months half of that is left."""


class Span(NamedTuple):
    """Keys from ``low`` to below ``high``; where it is given, of events that are ``among`` these only."""

    low: int
    high: int
    among: QuerySet[Event] | None = None

    def condition(self, key: str, event_id: str) -> tuple[str, list[Any]]:
        """It in SQL after an AND, with its values; *key* and *event_id* as the statement calls them."""
        sql, values = f"{key} >= %s AND {key} < %s", [self.low, self.high]
        if self.among is not None:
            one = self.among.filter(pk=RawSQL(event_id, [])).order_by().values("pk")  # noqa: S611  names of ours
            try:
                inner, more = one.query.sql_with_params()
            except EmptyResultSet:
                return f"{sql} AND 1 = 0", values
            return f"{sql} AND EXISTS ({inner})", [*values, *more]
        return sql, values


EVER: Final = Span(0, 1 << 62)
"""All days."""


class Backend(Protocol):
    """What a database does for search. Keys are those of ``events.keys``."""

    def write(self, entries: Sequence[Entry], *, new: bool) -> None:
        """Insert or replace these entries."""

    def ranked(self, tree: Tree, span: Span, limit: int, offset: int) -> list[tuple[int, float]]:
        """Keys and scores (greater is better) of the best matches."""

    def newest(self, tree: Tree, span: Span, limit: int) -> list[int]:
        """The greatest keys that match."""

    def matching(self, tree: Tree) -> tuple[str, list[Any]]:
        """A condition on a row of ``SearchEntry`` in SQL, with its values: that it matches."""

    def frequencies(self, words: Sequence[Terms], most: int) -> list[int]:
        """How many events have each of these; counted up to *most*."""

    def places(self, keys: Sequence[int], starts: Sequence[str]) -> list[tuple[int, str, int]]:
        """The words of these entries' texts that begin so: key, word, and which it is, from 1."""

    def labels(self, tree: Tree, span: Span, limit: int) -> list[str]:
        """The labels of the newest matches."""

    def months(self, tree: Tree, span: Span, limit: int) -> list[tuple[int, int]]:
        """How many of the newest matches each month (200402) has, in order."""

    def unknown(self, words: Sequence[str]) -> list[str]:
        """Those of *words* that the vocabulary lacks."""

    def differing(self, entries: Sequence[Entry]) -> list[int]:
        """The events of those *entries* that do not stand in the index just so."""

    def faults(self) -> list[str]:
        """What the database itself finds wrong with its index."""


def current() -> Backend:
    """The one of the default database."""
    return _backend(connection.vendor)


def _backend(vendor: str) -> Backend:
    # Each imports this module's figures.
    from events.search import fts5, tsearch  # noqa: PLC0415

    found: dict[str, Any] = {"sqlite": fts5.Fts5(), "postgresql": tsearch.TextSearch()}
    backend: Backend = found[vendor]
    return backend
