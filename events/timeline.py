"""When there are events (layer 4): the years and days that have any, and how many."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db.models import Count, Exists

from events.models import Event

_YEARS_AT_ONCE: Final = 200


def nearest_days(edition: str, date: dt.date, until: dt.date | None = None) -> tuple[dt.date | None, ...]:
    """The nearest days with events before *date* and after *until* (*date* if not given); two queries."""
    days = Event.objects.published().of_edition(edition)
    return (
        days.filter(date__lt=date).order_by("-date").values_list("date", flat=True).first(),
        days.filter(date__gt=until or date).order_by("date").values_list("date", flat=True).first(),
    )


def day_counts(edition: str, first: dt.date, last: dt.date) -> dict[dt.date, int]:
    """How many events each day from *first* to *last* has; days without events are missing."""
    days = Event.objects.published().of_edition(edition).filter(date__range=(first, last))
    return dict(days.order_by("date").values_list("date").annotate(count=Count("pk")))


def years(edition: str) -> list[int]:
    """The years that have events, oldest first; found by steps through an index, no row is counted."""
    days = Event.objects.published().of_edition(edition)
    first = days.order_by("date").values_list("pk", "date").first()
    last = days.order_by("-date").values_list("date", flat=True).first()
    if first is None or last is None:
        return []
    found: list[int] = []
    for start in range(first[1].year, last.year + 1, _YEARS_AT_ONCE):
        span = range(start, min(start + _YEARS_AT_ONCE, last.year + 1))
        there = [
            Exists(days.filter(date__range=(dt.date(year, 1, 1), dt.date(year, 12, 31)))) for year in span
        ]
        row = days.filter(pk=first[0]).values_list(*there).first() or ()
        found += [year for year, has in zip(span, row, strict=False) if has]
    return found
