"""The one way to search: queries and filters in, hits, facets and a histogram out (layer 3).

Hits are keys of the index, which holds published events only; their texts are read from the
stored documents, again through ``Event.objects.published()``, by ``events.queries``.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Literal

from django.db.models import Q

from events.models import Context
from events.search import backends
from events.search.backends import RANKED_MOST, Span
from events.search.index import day_of, event_of, key_of, label, label_token
from events.search.language import Field, Item, Query
from events.search.tree import Labels, Leaf, Tree, tree_of
from events.text.normalise import fold

Order = Literal["relevance", "date"]
LIMIT_MOST: Final = 500
DEEPEST: Final = 1_000
"""So many hits can be paged through by relevance; by date there is no end."""
FACETED_MOST: Final = 10_000
"""Facets count so many of the newest matches."""
COUNTED_MOST: Final = 100_000
"""Count and histogram count so many of the newest matches."""
FACET_VALUES: Final = 10

_KINDS: Final = {"c": "context", "k": "category", "p": "publisher"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What hits must have besides: of each list one at least. Days are inclusive.

    ``contexts``: ids; of each set one at least.
    """

    contexts: tuple[frozenset[int], ...] = ()
    categories: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One event found; ``key`` is its place by date, ``score`` its relevance (0 where none was asked for)."""

    event_id: int
    key: int
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits. ``after``: what to ask the next page with, None on the last."""

    hits: list[Hit] = field(default_factory=list)
    after: int | None = None


@dataclass(frozen=True, slots=True)
class FacetValue:
    """How many hits have a value: a context's id, a category, a publisher's name, a year."""

    value: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The values that most hits have. ``more``: only the newest ``counted`` hits were looked at."""

    values: dict[str, list[FacetValue]]
    counted: int
    more: bool


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many hits each month has, in order. ``more``: there are more hits, older ones, than ``count``."""

    months: list[tuple[int, int, int]]
    count: int
    more: bool

    def years(self) -> list[tuple[int, int]]:
        """How many hits each year has, those without any between them too."""
        found: Counter[int] = Counter()
        for year, _, number in self.months:
            found[year] += number
        return [(year, found[year]) for year in range(min(found), max(found) + 1)] if found else []


def search(
    query: Query,
    *,
    filters: Filters | None = None,
    order: Order = "relevance",
    limit: int = 20,
    after: int | None = None,
) -> Results:
    """The hits of one page. One query, one more where the query names contexts.

    *after*: from the page before: the last key by date, how many there were by relevance.
    """
    asked = ask(query, filters)
    if asked is None:
        return Results()
    limit = max(1, min(limit, LIMIT_MOST))
    backend = backends.current()
    if order == "date":
        span = asked.span if after is None else Span(asked.span.low, min(asked.span.high, after))
        keys = backend.newest(asked.tree, span, limit + 1)
        hits = [Hit(event_of(key), key) for key in keys[:limit]]
        return Results(hits, hits[-1].key if len(keys) > limit else None)
    start = after or 0
    limit = min(limit, DEEPEST - start)
    if limit <= 0 or start < 0:
        return Results()
    rows = backend.ranked(asked.tree, asked.span, limit + 1, start)
    hits = [Hit(event_of(key), key, float(f"{score:.5g}")) for key, score in rows[:limit]]
    return Results(hits, start + limit if len(rows) > limit and start + limit < DEEPEST else None)


def facets(query: Query, *, filters: Filters | None = None, most: int = FACET_VALUES) -> Facets:
    """The values that most hits of the whole result have. Two queries, one more for contexts named."""
    asked = ask(query, filters)
    rows = [] if asked is None else backends.current().labels(asked.tree, asked.span, FACETED_MOST + 1)
    counts = Counter("\n".join(rows[:FACETED_MOST]).split("\n"))
    values: dict[str, list[FacetValue]] = {kind: [] for kind in _KINDS.values()}
    for said, number in counts.most_common():
        kind = _KINDS.get(said[:1])
        if kind is not None and len(values[kind]) < most:
            values[kind].append(FacetValue(said[1:], said[1:], number))
    ids = [int(found.value) for found in values["context"]]
    names = dict(Context.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    values["context"] = [
        FacetValue(found.value, names[int(found.value)], found.count)
        for found in values["context"]
        if int(found.value) in names
    ]
    return Facets(values, min(len(rows), FACETED_MOST), len(rows) > FACETED_MOST)


def histogram(query: Query, *, filters: Filters | None = None) -> Histogram:
    """How many hits each month has. One query, one more where the query names contexts."""
    asked = ask(query, filters)
    if asked is None:
        return Histogram([], 0, more=False)
    rows = backends.current().months(asked.tree, asked.span, COUNTED_MOST + 1)
    total = sum(number for _, number in rows)
    if total > COUNTED_MOST:
        rows[0] = (rows[0][0], rows[0][1] - 1)
    return Histogram(
        [(month // 100, month % 100, number) for month, number in rows if number],
        min(total, COUNTED_MOST),
        more=total > COUNTED_MOST,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as a database is asked it."""

    tree: Tree
    span: Span


_EVER: Final = Span(0, 1 << 62)


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
    low, high = _EVER
    for day in (query.first, filters.first):
        if day is not None:
            low = max(low, key_of(day.isoformat(), 0))
    if query.until is not None:
        high = min(high, key_of(query.until.isoformat(), 0))
    if filters.last is not None:
        high = min(high, key_of(filters.last.isoformat(), 0) + key_of("1", 0))
    return Span(low, high)


def _labels(kind: str, values: list[int] | tuple[str, ...]) -> Labels:
    return Labels(tuple(label_token(label(kind, value)) for value in values))


def _leaf(item: Item, contexts: dict[str, list[int]]) -> Leaf:
    if not isinstance(item, Field):
        return item
    if item.name == "context":
        found = _labels("c", contexts.get(fold(item.value), []))
    else:
        found = _labels("k" if item.name == "category" else "p", (item.value,))
    return Labels(found.tokens, item.negated)


def _contexts_named(query: Query) -> dict[str, list[int]]:
    """The contexts that the query's ``context:`` fields name, by folded name: their names, slugs, aliases."""
    named = {
        item.value
        for clause in query.clauses
        for item in clause
        if isinstance(item, Field) and item.name == "context"
    }
    if not named:
        return {}
    wanted = Q()
    for name in sorted(named):
        slug = "-".join(name.split())
        wanted |= Q(name__iexact=name) | Q(slug__iexact=slug) | Q(aliases__name__iexact=name)
    rows = Context.objects.filter(wanted).values_list("pk", "merged_into", "name", "slug", "aliases__name")
    found: dict[str, set[int]] = {}
    spellings = {fold(name) for name in named}
    for pk, target, *names in rows[:LIMIT_MOST]:
        for name in names:
            if name and (said := fold(name)) in spellings:
                found.setdefault(said, set()).add(target or pk)
    return {said: sorted(ids) for said, ids in found.items()}


def date_of(hit: Hit) -> dt.date:
    """The day of a hit."""
    number = day_of(hit.key)
    return dt.date(number // 10_000, number // 100 % 100, number % 100)


def is_ranked_whole(found: Histogram) -> bool:
    """Whether relevance compared all hits, not only the newest :data:`backends.RANKED_MOST`."""
    return found.count <= RANKED_MOST
