"""Contexts as readers look at them (layer 4): their course over the years, their company, the most used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, Final, NamedTuple

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import ExtractYear, JSONObject

from events.models import Context, Event, Tagging
from events.prepared import Prepared
from events.slugs import Address
from events.vocabulary import EDITIONS

Json = dict[str, Any]
LOOKED_AT: Final = 500
"""How many of a context's newest events say what it appears with."""
COUNTED_MOST: Final = 10_000
"""How many of an edition's newest events say which contexts are used most."""


def years_of(context: Context) -> dict[int, int]:
    """How many events each year of a context has, from its first to its last, years without any included.

    One query. It reads all of the context's events, so callers keep it a while.
    """
    tagged = Event.objects.published().of_context(context)
    years = tagged.order_by().values_list(ExtractYear("date")).annotate(number=Count("pk"))
    counts: dict[int, int] = dict(years)
    return {year: counts.get(year, 0) for year in range(min(counts), max(counts) + 1)} if counts else {}


def appears_with(context: Context, *, limit: int) -> list[Json]:
    """The contexts that stand most often beside this one on its newest events; one query."""
    newest = Event.objects.published().of_context(context).values("pk")[:LOOKED_AT]
    return [row for row in _most_used(newest, limit + 1) if row["id"] != context.pk][:limit]


def most_used(edition: str, *, limit: int) -> list[Json]:
    """The contexts of most of an edition's newest events; one query, and callers keep it a while."""
    newest = Event.objects.published().of_edition(edition).newest_first().values("pk")[:COUNTED_MOST]
    return _most_used(newest, limit)


def standing_count(edition: str) -> int:
    """How many contexts an edition has; one query."""
    return Context.objects.standing().of_edition(edition).count()


def event_counts(context_ids: Collection[int]) -> dict[int, int]:
    """How many published events each of these contexts has; one query."""
    tagged = Event.objects.published().filter(taggings__context__in=context_ids, taggings__removed=False)
    return dict(tagged.order_by().values_list("taggings__context").annotate(number=Count("pk")))


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


def _most_used(events: Any, limit: int) -> list[Json]:
    tagged = Event.objects.published().filter(
        pk__in=events, taggings__removed=False, taggings__context__merged_into=None
    )
    of = "taggings__context"
    counted = tagged.order_by().values(of, f"{of}__edition", f"{of}__slug", f"{of}__name")
    return [
        {
            "id": row[of],
            "name": row[f"{of}__name"],
            "path": f"{EDITIONS[row[f'{of}__edition']].prefix}/contexts/{row[f'{of}__slug']}/",
            "count": row["number"],
        }
        for row in counted.annotate(number=Count("pk")).order_by("-number", of)[:limit]
    ]
