"""When there are events (layer 4): the years and days that have any, and how many."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection
from typing import Final, Literal

from django.db.models import Count, Min, QuerySet, Sum

from events.models import Event, MonthTally

Unit = Literal["day", "month", "year"]
_UNITS: Final[dict[Unit, tuple[int, int]]] = {"day": (10, 1), "month": (7, 31), "year": (4, 366)}
"""How many characters of a date name a period, and how many days it has at most."""
_YEARS_BACK: Final = 100


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


def period_counts(
    rows: QuerySet[Event], unit: Unit, *, newest_first: bool, beyond: str | None, limit: int
) -> list[tuple[str, int]]:
    """How many of *rows* each day, month or year has that has any, from *beyond* (exclusive) on.

    A period is written as far as its *unit* goes: ``2004-02-09``, ``2004-02``, ``2004``. One query, which
    counts no further than the *limit* asks: days are counted in the order of their index, and then
    put together.
    """
    size, days = _UNITS[unit]
    if beyond is not None:
        first, last = _ends(beyond)
        rows = rows.filter(date__lt=first) if newest_first else rows.filter(date__gt=last)
    counted = rows.order_by("-date" if newest_first else "date").values_list("date")
    found: dict[str, int] = {}
    for date, count in counted.annotate(count=Count("pk"))[: limit * days + 1]:
        period = date.isoformat()[:size]
        if period not in found and len(found) == limit:
            break
        found[period] = found.get(period, 0) + count
    return list(found.items())


def tallied_counts(
    editions: Collection[str], unit: Unit, *, newest_first: bool, beyond: str | None, limit: int
) -> list[tuple[str, int]]:
    """As :func:`period_counts`, of all published events of these editions by months or years.

    From what is counted already: one query of a row for each month of the answer and edition.
    """
    size = _UNITS[unit][0]
    rows = MonthTally.objects.filter(edition__in=editions, events__gt=0)
    if beyond is not None:
        first, last = _ends(beyond)
        rows = rows.filter(month__lt=first) if newest_first else rows.filter(month__gt=last)
    found: dict[str, int] = {}
    most = (limit + 1) * len(editions) * (12 if unit == "year" else 1)
    ordered = rows.order_by("-month" if newest_first else "month").values_list("month", "events")
    for month, number in ordered[:most]:
        period = month.isoformat()[:size]
        if period not in found and len(found) == limit:
            break
        found[period] = found.get(period, 0) + number
    return list(found.items())


def event_count(editions: Collection[str]) -> int:
    """How many published events these editions have; one query, of a row a month."""
    tallies = MonthTally.objects.filter(edition__in=editions)
    return tallies.aggregate(number=Sum("events"))["number"] or 0


def _ends(period: str) -> tuple[dt.date, dt.date]:
    """The first and the last day of a period."""
    year, month, day = (int(part) for part in (*period.split("-"), *("0", "0"))[:3])
    if day:
        return dt.date(year, month, day), dt.date(year, month, day)
    if month:
        return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
    return _bounds(year)


def years(edition: str) -> list[int]:
    """The years that have events, oldest first; one query, of a row a month."""
    return list(year_counts(edition))


def year_counts(edition: str) -> dict[int, int]:
    """How many events each year that has any holds, oldest first; one query, of a row a month."""
    tallies = MonthTally.objects.filter(edition=edition, events__gt=0).order_by("month")
    counts: dict[int, int] = {}
    for month, number in tallies.values_list("month", "events"):
        counts[month.year] = counts.get(month.year, 0) + number
    return counts


def _bounds(year: int) -> tuple[dt.date, dt.date]:
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def same_days(edition: str, month: int, day: int) -> list[dt.date]:
    """This day of the month in every year of the archive, newest first; no more than one a year."""
    found = []
    for year in reversed(years(edition)):
        try:
            found.append(dt.date(year, month, day))
        except ValueError:  # 29 February
            continue
    return found


def anniversaries(edition: str, date: dt.date, *, limit: int) -> list[tuple[int, int, dt.datetime]]:
    """An event each of *date*'s days in the newest *limit* of the hundred years before it; one query.

    ``(id, document's version, when written)`` each, newest first.
    """
    days = [same for past in range(1, _YEARS_BACK + 1) if (same := _years_before(date, past))]
    of_days = Event.objects.published().of_edition(edition).filter(date__in=days).order_by("-date")
    firsts = of_days.values("date").annotate(first=Min("pk")).values("first")[:limit]
    rows = Event.objects.published().filter(pk__in=firsts).newest_first()
    return list(rows.values_list("id", "document__version", "document__written_at"))


def _years_before(date: dt.date, years: int) -> dt.date | None:
    try:
        return date.replace(year=date.year - years)
    except ValueError:  # 29 February, or before the calendar began
        return None


def on_days(edition: str, dates: list[dt.date]) -> list[tuple[int, dt.date, int, dt.datetime]]:
    """The events of these days, newest first: ``(id, date, document's version, when written)``; one query."""
    of_edition = Event.objects.published().of_edition(edition).filter(date__in=dates).order_by("-date", "id")
    rows = of_edition.values_list("id", "date", "document__version", "document__written_at")
    return [row for row in rows if row[2] is not None]


def nearest_day(edition: str, date: dt.date) -> dt.date | None:
    """The day with events that is nearest to *date*: itself, else the nearer neighbour, else None."""
    if Event.objects.published().of_edition(edition).on_day(date).exists():
        return date
    there = [day for day in nearest_days(edition, date) if day is not None]
    return min(there, key=lambda day: abs(day - date), default=None)


def months_changed() -> list[tuple[str, dt.date, dt.datetime]]:
    """Each month of each edition that has events, and when one of them last changed; one query."""
    tallies = MonthTally.objects.filter(events__gt=0).order_by("edition", "month")
    return list(tallies.values_list("edition", "month", "changed_at"))


def month_events(edition: str, first: dt.date, last: dt.date) -> list[tuple[int, dt.datetime]]:
    """The events from *first* to *last*, and when each last changed; one query."""
    days = Event.objects.published().of_edition(edition).filter(date__range=(first, last))
    return list(days.order_by("date", "id").values_list("id", "updated_at"))


def added_since(moment: dt.datetime, *, limit: int) -> list[int]:
    """The events of recent days that were added after *moment*, newest first; one query."""
    recent = Event.objects.published().filter(date__gte=moment.date(), created_at__gt=moment)
    return list(recent.newest_first().values_list("id", flat=True)[:limit])
