"""Contexts as readers look at them (layer 4): one with its events, course and company; all by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import JSONObject

from events.breaks import page_break
from events.catalogue import timestamp
from events.keys import ID_MOST, key_of
from events.models import Alias, Broader, Context, ContextTally, Event, Tagging
from events.prepared import Prepared, Row
from events.queries import documents
from events.querysets import EventQuerySet
from events.slugs import Address
from events.vocabulary import DEFAULT_EDITION, EDITIONS

Json = dict[str, Any]
EVENTS_AT_ONCE: Final = 200
CONTEXTS_AT_ONCE: Final = 200
LOOKED_AT: Final = 500
"""How many of a context's newest events say what it appears with."""
COUNTED_MOST: Final = 10_000
"""How many of an edition's newest events say which contexts are used most; contexts are counted so far."""


@dataclass(frozen=True, slots=True)
class ContextState:
    """A context with everything around it but the texts of its events."""

    context: Context
    aliases: tuple[str, ...]
    broader: tuple[Context, ...]
    narrower: tuple[Context, ...]
    count: int
    rows: tuple[tuple[Any, ...], ...]
    limit: int

    @property
    def validator(self) -> tuple[Any, ...]:
        """What the context's page is validated by."""
        around = [(row.pk, row.name, row.slug) for row in (*self.broader, *self.narrower)]
        return (self.context.pk, self.context.version, self.aliases, around, self.count, self.rows)


def find_context(slug: str, edition: str | None) -> Context | None:
    """The context of this slug, merged or not; without an *edition*, the default one's comes first."""
    editions = [edition] if edition else list(EDITIONS)
    found = list(Context.objects.filter(edition__in=editions, slug=slug).select_related("merged_into"))
    return min(found, key=lambda context: context.edition != DEFAULT_EDITION, default=None)


def find_standing(slug: str, edition: str | None) -> Context | None:
    """The context that this slug leads to: what it was merged into (never a merged one), or itself."""
    context = find_context(slug, edition)
    return context and (context.merged_into or context)


def context_slugs(context_ids: Collection[int]) -> dict[int, str]:
    """The slugs of these contexts."""
    return dict(Context.objects.filter(pk__in=context_ids).values_list("pk", "slug"))


_STATE_COLUMNS: Final = ("id", "document__version", "document__written_at")


@cache
def _newest(limit: int) -> Prepared:
    return Prepared(lambda context: _events_of(context).values_list(*_STATE_COLUMNS)[:limit])


@cache
def _newest_before(limit: int) -> Prepared:
    return Prepared(lambda context, key: _events_of(context, key).values_list(*_STATE_COLUMNS)[:limit])


def _events_of(context: int, high: int | None = None) -> EventQuerySet:
    return Event.objects.published().of_context(context, high=high)


_tallies: Final = Prepared(
    lambda context: ContextTally.objects.filter(context=context, events__gt=0).values_list("year", "events")
)
_aliases: Final = Prepared(
    lambda context: Alias.objects.filter(context=context).order_by("name").values_list("name")
)
_steps: Final = Prepared(
    lambda context: (
        Broader.objects.filter(Q(narrower=context) | Q(broader=context))
        .order_by("id")
        .values_list("narrower_id", "broader_id")
    )
)


def context_state(
    context: Context,
    *,
    before: tuple[dt.date, int] | None = None,
    limit: int | None = None,
    count: int | None = None,
) -> ContextState:
    """Its *limit* (200) newest events, or those *before* a date and an id.

    Three queries, one more where it has neighbours, and one more to *count* all of its events.
    """
    limit = EVENTS_AT_ONCE if limit is None else limit
    if before is None:
        rows = _newest(limit + 1).rows(context=context.pk)
    else:
        key = key_of(before[0].isoformat(), min(before[1], ID_MOST))
        rows = _newest_before(limit + 1).rows(context=context.pk, key=key)
    if count is None:
        if len(rows) <= limit and before is None:
            count = len(rows)
        else:
            count = sum(number for _, number in _tallies.rows(context=context.pk))
    steps = _steps.rows(context=context.pk)
    around = Context.objects.standing().in_bulk({pk for step in steps for pk in step} - {context.pk})
    return ContextState(
        context,
        tuple(name for (name,) in _aliases.rows(context=context.pk)),
        _by_name(around[up] for low, up in steps if low == context.pk and up in around),
        _by_name(around[low] for low, up in steps if up == context.pk and low in around),
        count,
        tuple(rows),
        limit,
    )


def _by_name(contexts: Iterable[Context]) -> tuple[Context, ...]:
    return tuple(sorted(contexts, key=lambda row: row.name))


def context_page(state: ContextState) -> Json:
    """The context page made of its events' stored documents; one query."""
    context = state.context
    return {
        "id": context.pk,
        "edition": context.edition,
        "name": context.name,
        "slug": context.slug,
        "path": context.path,
        "aliases": list(state.aliases),
        "broader": [_neighbour(row) for row in state.broader],
        "narrower": [_neighbour(row) for row in state.narrower],
        "profile": context.profile,
        "wikidata": context.wikidata,
        "wikipedia": context.wikipedia,
        "generic": context.generic,
        "count": state.count,
        "revision": context.version,
        "updated": timestamp(context.updated_at),
        "events": documents([row[0] for row in state.rows[: state.limit]]),
        "more": len(state.rows) > state.limit,
    }


def _neighbour(context: Context) -> Json:
    return {"id": context.pk, "name": context.name, "slug": context.slug, "path": context.path}


def context_list(edition: str, start: str = "") -> tuple[list[Json], str | None]:
    """Contexts by name from *start* on, each with how many events it has; and where the next page starts.

    Two queries. Names are in the database's order.
    """
    standing = Context.objects.standing().of_edition(edition).filter(name__gte=start).order_by("name")
    rows = list(standing[: CONTEXTS_AT_ONCE + 1])
    following = None
    if len(rows) > CONTEXTS_AT_ONCE:
        shown = page_break([row.name for row in rows[:CONTEXTS_AT_ONCE]])
        rows, following = rows[:shown], rows[shown].name
    counts = event_counts([row.pk for row in rows])
    return [{**_neighbour(row), "count": counts.get(row.pk, 0)} for row in rows], following


def years_of(context: Context) -> dict[int, int]:
    """How many events each year of a context has, from its first to its last, years without any included.

    One query, of a row a year.
    """
    counts: dict[int, int] = dict(_tallies.rows(context=context.pk))
    return {year: counts.get(year, 0) for year in range(min(counts), max(counts) + 1)} if counts else {}


@cache
def _company(limit: int) -> Prepared:
    return Prepared(lambda context: _ranked(_events_of(context).values("pk")[:LOOKED_AT])[:limit])


def appears_with(context: Context, *, limit: int) -> list[Json]:
    """The contexts that stand most often beside this one on its newest events; one query."""
    rows = _company(limit + 1).rows(context=context.pk)
    return [_used(row) for row in rows if row[0] != context.pk][:limit]


def most_used(edition: str, *, limit: int) -> list[Json]:
    """The contexts of most of an edition's newest events; one query, and callers keep it a while."""
    newest = Event.objects.published().of_edition(edition).newest_first().values("pk")[:COUNTED_MOST]
    return [_used(row) for row in _ranked(newest)[:limit]]


def standing_count(edition: str) -> int:
    """How many contexts an edition has, counted up to :data:`COUNTED_MOST`; one query."""
    return Context.objects.standing().of_edition(edition)[:COUNTED_MOST].count()


def event_counts(context_ids: Collection[int]) -> dict[int, int]:
    """How many published events each of these contexts has, if any; one query, of a row a year."""
    tallies = ContextTally.objects.filter(context__in=context_ids, events__gt=0).order_by()
    return dict(tallies.values_list("context").annotate(number=Sum("events")))


class Beside(NamedTuple):
    """An event beside another: its id, its ISO date and its present address."""

    event_id: int
    date: str
    path: str


class Neighbours(NamedTuple):
    """The events before and after one in the order of a context's events, where there are any."""

    context_id: int
    previous: Beside | None
    following: Beside | None


def _beside(event_id: int) -> QuerySet[Tagging, tuple[Any, ...]]:
    public = Event.objects.published().filter(addresses__current=True)
    before = public.of_context(OuterRef("context"), high=OuterRef("key"))
    after = public.of_context(OuterRef("context"), low=OuterRef("key") + 1).reverse()
    place = JSONObject(
        id="pk", date="date", edition="edition", day="addresses__date", slug="addresses__slug"
    )  # fmt: skip
    own = Tagging.objects.in_order().filter(event=event_id).order_by("context__name", "context")
    return own.values_list(
        "context", Subquery(before.values(at=place)[:1]), Subquery(after.values(at=place)[:1])
    )


_neighbours: Final = Prepared(_beside)


def neighbours_in_contexts(event_id: int) -> list[Neighbours]:
    """For each context of a published event, by name, the events beside it; one query."""
    rows = _neighbours.rows(event_id=event_id)
    return [Neighbours(context_id, _read(before), _read(after)) for context_id, before, after in rows]


def _read(place: Json | None) -> Beside | None:
    if place is None:
        return None
    address = Address(dt.date.fromisoformat(place["day"]), place["slug"])
    return Beside(place["id"], place["date"], EDITIONS[place["edition"]].prefix + address.path)


def _ranked(events: QuerySet[Event, Any]) -> QuerySet[Event, Row]:
    """The contexts of *events*, those of most of them first: id, edition, slug, name, how many."""
    tagged = Event.objects.published().filter(
        pk__in=events, taggings__removed=False, taggings__context__merged_into=None
    )
    of = "taggings__context"
    counted = tagged.order_by().values_list(of, f"{of}__edition", f"{of}__slug", f"{of}__name")
    return counted.annotate(number=Count("pk")).order_by("-number", of)


def _used(row: Row) -> Json:
    pk, edition, slug, name, number = row
    path = f"{EDITIONS[edition].prefix}/contexts/{slug}/"
    return {"id": pk, "name": name, "path": path, "count": number}
