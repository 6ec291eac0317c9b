"""The archive by years, months and days: histogram, heat map, calendar, and the way to any date."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from itertools import groupby, islice
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from events import queries, timeline
from events.breaks import page_break
from events.filter_fields import parse_id
from events.formats.charts import Point, columns
from events.public.conditional import answer, etag_of, remembered
from events.public.errors import absolute, moved, not_found
from events.public.frame import FORMATS, groups_by_day, render, versions
from events.public.words import count_words, day_of_year_words, day_words, month_words, weekday_words, words
from events.slugs import day_path
from events.vocabulary import DEFAULT_EDITION, EDITIONS

_COUNTED_FOR: Final = 60
"""Seconds for which the counts of all years may be older than the archive."""
_LEVELS: Final = 4
_LEAP_YEAR: Final = 2004
_BEFORE: Final = "before"
_YEARS_AT_ONCE: Final = 10
"""How many years a page of anniversaries looks at, at most."""
_A_DAY: Final = 20
"""How many events of one day an anniversary shows; the day's own page has them all."""
_weeks: Final = calendar.Calendar(firstweekday=calendar.MONDAY)


@require_safe
def years_page(request: HttpRequest, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/news/``: the whole archive as a histogram of its years; ``?on=2004-02-09`` leads to that day."""
    path = _path(edition)
    if "on" in request.GET:
        return _jump(request, edition, request.GET["on"])
    counts: dict[int, int] = remembered(
        f"years {edition}", lambda: timeline.year_counts(edition), seconds=_COUNTED_FOR
    )
    points = [
        Point(str(year), count, f"{year}: {count_words(edition, count)}", f"{path}{year:04d}/")
        for year, count in counts.items()
    ]
    page = {
        "canonical": absolute(path),
        "versions": versions(edition, "news/"),
        "chart": columns(words(edition)["years"], points),
        "years": [
            {"href": f"{path}{year:04d}/", "label": str(year), "count": count}
            for year, count in reversed(counts.items())
        ],
        "count": count_words(edition, sum(counts.values())),
    }
    return _answer(request, "public/years.html", edition, path, page)


def _jump(request: HttpRequest, edition: str, said: str) -> HttpResponse:
    """To the day that was asked for, or the nearest that has events; never kept, for days come and go."""
    try:
        date = parse_date(said.strip())
    except ValueError:
        date = None
    nearest = timeline.nearest_day(edition, date) if date else None
    if nearest is None:
        return not_found(request)
    response = HttpResponseRedirect(EDITIONS[edition].prefix + day_path(nearest))
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
def year_page(request: HttpRequest, year: str, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/news/2004/``: a year as twelve small calendars, each day as warm as it has events."""
    number = int(year)
    if not dt.MINYEAR <= number <= dt.MAXYEAR:
        return not_found(request)
    first, last = dt.date(number, 1, 1), dt.date(number, 12, 31)
    counts = timeline.day_counts(edition, first, last)
    if not counts:
        return not_found(request)
    earlier, later = timeline.nearest_days(edition, first, last)
    path = f"{_path(edition)}{number:04d}/"
    months = [dt.date(number, month, 1) for month in range(1, 13)]
    page = {
        "canonical": absolute(path),
        "year": year,
        "count": count_words(edition, sum(counts.values())),
        "weekdays": weekday_words(edition),
        "months": [_month(edition, month, counts, with_year=False) for month in months],
        "levels": range(1, _LEVELS + 1),
        "earlier": _year_link(edition, earlier),
        "later": _year_link(edition, later),
    }
    return _answer(request, "public/year.html", edition, path, page)


@require_safe
def month_page(request: HttpRequest, year: str, month: str, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/news/2004/02/``: a month as a calendar with how many events each day has."""
    try:
        first = dt.date(int(year), int(month), 1)
    except ValueError:
        return not_found(request)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    counts = timeline.day_counts(edition, first, last)
    if not counts:
        return not_found(request)
    path = _month_path(edition, first)
    if request.path_info != path:
        return moved(path)
    earlier, later = timeline.nearest_days(edition, first, last)
    page = {
        "canonical": absolute(path),
        "title": month_words(edition, first.year, first.month),
        "year_href": f"{_path(edition)}{first.year:04d}/",
        "year": f"{first.year}",
        "count": count_words(edition, sum(counts.values())),
        "weekdays": weekday_words(edition),
        "month": _month(edition, first, counts),
        "earlier": _month_link(edition, earlier),
        "later": _month_link(edition, later),
    }
    return _answer(request, "public/month.html", edition, path, page)


@require_safe
def same_day_page(request: HttpRequest, month: str, day: str, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/on-this-day/02/9/``: the same day in every year, newest first; ``?before=YEAR`` goes on."""
    try:
        date = dt.date(_LEAP_YEAR, int(month), int(day))
    except ValueError:
        return not_found(request)
    path = f"{EDITIONS[edition].prefix}/on-this-day/{date.month:02d}/{date.day}/"
    if request.path_info != path:
        return moved(path)
    until = parse_id(request.GET.get(_BEFORE, ""))
    every = timeline.same_days(edition, date.month, date.day)
    dates = [day for day in every if until is None or day.year < until]
    older = ""
    if len(dates) > _YEARS_AT_ONCE:
        dates = dates[: page_break([day.year for day in dates[:_YEARS_AT_ONCE]])]
        older = f"{path}?{_BEFORE}={dates[-1].year}"
    rows = timeline.on_days(edition, dates)
    shown = [row for _, of_day in groupby(rows, key=lambda row: row[1]) for row in islice(of_day, _A_DAY)]
    before, after = date - dt.timedelta(days=1), date + dt.timedelta(days=1)
    title = f"{words(edition)['on_this_day']}: {day_of_year_words(edition, date)}"
    return answer(
        request,
        etag=etag_of(path, rows, until, older),
        content_type=FORMATS["html"],
        make=lambda: render(
            "public/same_day.html",
            edition,
            {
                "canonical": absolute(path) + (f"?{_BEFORE}={until}" if until is not None else ""),
                "title": title,
                "count": count_words(edition, len(rows)),
                "days": groups_by_day(edition, queries.documents([row[0] for row in shown]), 0),
                "earlier": _anniversary(edition, before),
                "later": _anniversary(edition, after),
                "older_href": older,
                "first_href": path if until is not None else "",
            },
        ),
        key=f"calendar {path} {until is None}",
    )


def _anniversary(edition: str, date: dt.date) -> dict[str, str]:
    return {
        "href": f"{EDITIONS[edition].prefix}/on-this-day/{date.month:02d}/{date.day}/",
        "label": day_of_year_words(edition, date),
    }


def _month(
    edition: str, first: dt.date, counts: dict[dt.date, int], *, with_year: bool = True
) -> dict[str, Any]:
    """A month's weeks from Monday; a day of another month is None."""
    most = max(counts.values())
    weeks = [
        [_day(edition, first.replace(day=day), counts, most) if day else None for day in week]
        for week in _weeks.monthdayscalendar(first.year, first.month)
    ]
    events = sum(day["count"] for week in weeks for day in week if day)
    return {
        "label": month_words(edition, first.year, first.month, with_year=with_year),
        "href": _month_path(edition, first) if events else "",
        "weeks": weeks,
    }


def _day(edition: str, date: dt.date, counts: dict[dt.date, int], most: int) -> dict[str, Any]:
    count = counts.get(date, 0)
    said = f"{day_words(edition, date)}: {count_words(edition, count)}"
    return {
        "day": date.day,
        "iso": date.isoformat(),
        "count": count,
        "href": EDITIONS[edition].prefix + day_path(date) if count else "",
        "title": said,
        "level": _level(count, most),
    }


def _level(count: int, most: int) -> int:
    """How deep a day's colour is, up to that of the busiest (0: nothing happened).

    By ratios, not differences: one day of sixty events would else make all others look alike.
    """
    if count == 0 or most < 2:
        return 2 * min(count, 1)
    return 1 + int((_LEVELS - 1) * math.log(count) / math.log(most) + 1e-9)


def _path(edition: str) -> str:
    return f"{EDITIONS[edition].prefix}/news/"


def _month_path(edition: str, date: dt.date) -> str:
    return f"{_path(edition)}{date.year:04d}/{date.month:02d}/"


def _year_link(edition: str, date: dt.date | None) -> dict[str, str] | None:
    return None if date is None else {"href": f"{_path(edition)}{date.year:04d}/", "label": str(date.year)}


def _month_link(edition: str, date: dt.date | None) -> dict[str, str] | None:
    if date is None:
        return None
    return {"href": _month_path(edition, date), "label": month_words(edition, date.year, date.month)}


def _answer(
    request: HttpRequest, template: str, edition: str, path: str, page: dict[str, Any]
) -> HttpResponse:
    return answer(
        request,
        etag=etag_of(template, page),
        content_type=FORMATS["html"],
        make=lambda: render(template, edition, page),
        key=f"calendar {path}",
    )
