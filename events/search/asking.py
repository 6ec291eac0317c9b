"""From a query and filters to what a database is asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from events.keys import key_of
from events.models import Event
from events.search.backends import EVER, Span
from events.search.index import label, label_token
from events.search.language import Field, Item, Query
from events.search.names import contexts_called
from events.search.tree import Labels, Leaf, Tree, tree_of
from events.text.beginnings import comparable


@dataclass(frozen=True, slots=True)
class Filters:
    """What hits must have besides: of each list one at least. Days are inclusive.

    ``contexts``: ids; of each set one at least. ``among``: what the index does not know is asked of
    each event that was found.
    """

    contexts: tuple[frozenset[int], ...] = ()
    categories: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    first: dt.date | None = None
    last: dt.date | None = None
    among: QuerySet[Event] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as a database is asked it."""

    tree: Tree
    span: Span


def ask(query: Query, filters: Filters | None) -> Asked | None:
    """What to ask the database; None where nothing can be found."""
    filters = filters or Filters()
    if query.said.strip() and query.is_empty:
        return None
    resolved = _contexts_named(query)
    clauses: list[tuple[Leaf, ...]] = [
        tuple(_leaf(item, resolved) for item in clause) for clause in query.clauses
    ]
    clauses += [(_labels("c", sorted(ids)),) for ids in filters.contexts]
    for kind, values in (
        ("k", filters.categories),
        ("p", filters.publishers),
        ("e", filters.editions),
    ):
        if values:
            clauses.append((_labels(kind, values),))
    return Asked(tree_of(clauses), _span(query, filters))


def _span(query: Query, filters: Filters) -> Span:
    low, high, _ = EVER
    for day in (query.first, filters.first):
        if day is not None:
            low = max(low, key_of(day.isoformat(), 0))
    if query.until is not None:
        high = min(high, key_of(query.until.isoformat(), 0))
    if filters.last is not None:
        high = min(high, key_of(filters.last.isoformat(), 0) + key_of("1", 0))
    return Span(low, high, filters.among)


def _labels(kind: str, values: list[int] | tuple[str, ...]) -> Labels:
    return Labels(tuple(label_token(label(kind, value)) for value in values))


def _leaf(item: Item, contexts: dict[str, list[int]]) -> Leaf:
    if not isinstance(item, Field):
        return item
    if item.name == "context":
        found = _labels("c", contexts.get(comparable(item.value), []))
    else:
        found = _labels("k" if item.name == "category" else "p", (item.value,))
    return Labels(found.tokens, item.negated)


def _contexts_named(query: Query) -> dict[str, list[int]]:
    """The contexts that the query's ``context:`` fields name."""
    named = {
        item.value
        for clause in query.clauses
        for item in clause
        if isinstance(item, Field) and item.name == "context"
    }
    return contexts_called(named) if named else {}
