"""The one way to search: queries and filters in, hits, facets and a histogram out (layer 3).

Hits are keys of the index, which holds published events only; their texts are read from the
stored documents, again through ``Event.objects.published()``, by ``events.queries``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from events.keys import event_of
from events.models import Context, SearchEntry
from events.search import backends
from events.search.asking import Asked, Filters, ask
from events.search.backends import RANKED_MOST, Backend, Span
from events.search.language import Query
from events.search.rank import WINDOW, in_order
from events.search.tree import Tree
from events.search.widen import FEW, Wider, widened

Order = Literal["relevance", "date"]
LIMIT_MOST: Final = 500
DEEPEST: Final = 1_000
"""So many hits can be paged through by relevance; by date there is no end."""
FACETED_MOST: Final = 5_000
"""Facets count so many of the newest matches."""
COUNTED_MOST: Final = 20_000
"""Count and histogram count so many of the newest matches."""
FACET_VALUES: Final = 10

_KINDS: Final = {"c": "context", "k": "category", "p": "publisher"}


@dataclass(frozen=True, slots=True)
class Hit:
    """One event found; ``key`` is its place by date, ``score`` its relevance (0 where none was asked for).

    ``left_out``: words of the query that were not asked of it.
    """

    event_id: int
    key: int
    score: float = 0.0
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits. ``after``: what to ask the next page with, None on the last.

    ``wider``: what was asked where hardly any event has all the words; for :func:`facets` and
    :func:`histogram`, which count the same then.
    """

    hits: list[Hit] = field(default_factory=list)
    after: int | None = None
    wider: tuple[Tree, ...] = ()


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
    widen: bool = False,
) -> Results:
    """The hits of one page. A few queries, one more for each edition and one where the query names contexts.

    *after*: from the page before: the last key by date, how many there were by relevance.
    *widen*: where fewer than :data:`events.search.widen.FEW` events have all the words, also find
    those with most of them (``events.search.widen``).
    """
    asked = ask(query, filters)
    if asked is None:
        return Results()
    limit = max(1, min(limit, LIMIT_MOST))
    page = _by_date if order == "date" else _by_relevance
    backend = backends.current()
    whole = [[Wider(asked.tree)]]
    found = page(whole, asked.span, limit, after, backend)
    if not widen or (len(found.hits) >= FEW and after is None):
        return found
    strict = len(backend.newest(asked.tree, asked.span, FEW)) if after is not None else len(found.hits)
    if strict >= FEW:
        return found
    tiers = widened(asked.tree, asked.span, backend, found=strict > 0)
    return page(tiers, asked.span, limit, after, backend) if tiers else found


def _by_date(
    tiers: list[list[Wider]], span: Span, limit: int, after: int | None, backend: Backend
) -> Results:
    """The newest hits of all the trees together."""
    if after is not None:
        span = span._replace(high=min(span.high, after))
    found = [
        (key, one.left_out)
        for tier in tiers
        for one in tier
        for key in backend.newest(one.tree, span, limit + 1)
    ]
    found.sort(key=lambda row: -row[0])
    hits = [Hit(event_of(key), key, 0.0, left_out) for key, left_out in found[:limit]]
    return Results(hits, hits[-1].key if len(found) > limit else None, _wider(tiers))


def _by_relevance(
    tiers: list[list[Wider]], span: Span, limit: int, after: int | None, backend: Backend
) -> Results:
    """The best hits of each tier after those of the tier before."""
    start = after or 0
    limit = min(limit, DEEPEST - start)
    if limit <= 0 or start < 0:
        return Results()
    end = start + limit
    lone = len(tiers) == len(tiers[0]) == 1
    skipped = start if lone and start >= WINDOW else 0
    found: list[Hit] = []
    for tier in tiers:
        rows: list[tuple[int, float]] = []
        lacking: dict[int, tuple[str, ...]] = {}
        for one in tier:
            ranked = backend.ranked(one.tree, span, max(end + 1, WINDOW) - skipped, skipped)
            rows += [(key, score * one.share) for key, score in ranked]
            lacking |= dict.fromkeys((key for key, _ in ranked), one.left_out)
        rows.sort(key=lambda row: (-row[1], -row[0]))
        if not skipped:
            rows = in_order(rows, _together(tier), backend)
        found += [Hit(event_of(key), key, float(f"{score:.5g}"), lacking[key]) for key, score in rows]
    hits = found[start - skipped : end - skipped]
    more = len(found) > end - skipped and end < DEEPEST
    return Results(hits, end if more else None, _wider(tiers))


def _wider(tiers: list[list[Wider]]) -> tuple[Tree, ...]:
    trees = tuple(one.tree for tier in tiers for one in tier)
    return trees if len(trees) > 1 or tiers[0][0].left_out else ()


def _together(tier: list[Wider]) -> Tree:
    """All that is looked for in a tier."""
    return Tree(tuple(dict.fromkeys(clause for one in tier for clause in one.tree.clauses)))


def facets(
    query: Query, *, filters: Filters | None = None, wider: tuple[Tree, ...] = (), most: int = FACET_VALUES
) -> Facets:
    """The values that most hits of the whole result have. Two queries, more for contexts named as above.

    *wider*: what the search for the hits asked (``Results.wider``).
    """
    asked = ask(query, filters)
    rows: list[str] = []
    for tree, span in _trees(asked, wider):
        rows += backends.current().labels(tree, span, FACETED_MOST + 1)
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


def histogram(query: Query, *, filters: Filters | None = None, wider: tuple[Tree, ...] = ()) -> Histogram:
    """How many hits each month has. One query, more for contexts named; *wider* as above."""
    asked = ask(query, filters)
    counts: Counter[int] = Counter()
    for tree, span in _trees(asked, wider):
        counts.update(dict(backends.current().months(tree, span, COUNTED_MOST + 1)))
    total = sum(counts.values())
    excess = max(0, total - COUNTED_MOST)
    months = []
    for month, number in sorted(counts.items()):
        shown = max(0, number - excess)
        excess -= number - shown
        if shown:
            months.append((month // 100, month % 100, shown))
    return Histogram(months, min(total, COUNTED_MOST), more=total > COUNTED_MOST)


def _trees(asked: Asked | None, wider: tuple[Tree, ...]) -> Iterator[tuple[Tree, Span]]:
    if asked is not None:
        yield from ((tree, asked.span) for tree in wider or (asked.tree,))


def matching(query: Query, *, few: int) -> Q:
    """What an event must be to have all that *query* asks for: for lists in orders of their own.

    Up to *few* events are named by their ids; of more, the index says in the list's own query which they
    are. One query, more for contexts named as in :func:`search`.
    """
    asked = ask(query, None)
    if asked is None:
        return Q(pk__in=())
    backend = backends.current()
    found = backend.newest(asked.tree, asked.span, few + 1)
    if len(found) <= few:
        return Q(pk__in=[event_of(key) for key in found])
    matches = RawSQL(*backend.matching(asked.tree), BooleanField())  # noqa: S611  made by the backend
    entries = SearchEntry.objects.filter(matches, key__gte=asked.span.low, key__lt=asked.span.high)
    return Q(pk__in=entries.order_by().values("event"))


def is_ranked_whole(found: Histogram) -> bool:
    """Whether relevance compared all hits, not only the newest :data:`backends.RANKED_MOST`."""
    return found.count <= RANKED_MOST
