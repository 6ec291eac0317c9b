"""Contexts as readers look at them (layer 4): their course over the years, their company, the most used."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count
from django.db.models.functions import ExtractYear

from events.models import Context, Event
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
    tagged = Event.objects.published().filter(taggings__context=context, taggings__removed=False)
    years = tagged.order_by().values_list(ExtractYear("date")).annotate(number=Count("pk"))
    counts: dict[int, int] = dict(years)
    return {year: counts.get(year, 0) for year in range(min(counts), max(counts) + 1)} if counts else {}


def appears_with(context: Context, *, limit: int) -> list[Json]:
    """The contexts that stand most often beside this one on its newest events; one query."""
    tagged = Event.objects.published().filter(taggings__context=context, taggings__removed=False)
    newest = tagged.order_by("-pk").values("pk")[:LOOKED_AT]
    return [row for row in _most_used(newest, limit + 1) if row["id"] != context.pk][:limit]


def most_used(edition: str, *, limit: int) -> list[Json]:
    """The contexts of most of an edition's newest events; one query, and callers keep it a while."""
    newest = Event.objects.published().of_edition(edition).newest_first().values("pk")[:COUNTED_MOST]
    return _most_used(newest, limit)


def standing_count(edition: str) -> int:
    """How many contexts an edition has; one query."""
    return Context.objects.standing().of_edition(edition).count()


def event_counts(context_ids: list[int]) -> dict[int, int]:
    """How many published events each of these contexts has; one query."""
    tagged = Event.objects.published().filter(taggings__context__in=context_ids, taggings__removed=False)
    return dict(tagged.order_by().values_list("taggings__context").annotate(number=Count("pk")))


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
