"""The archive by years, months and days, in a plain form."""

from __future__ import annotations

import calendar
import datetime as dt
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events import timeline
from events.public.conditional import answer, etag_of
from events.public.errors import absolute, moved, not_found
from events.public.frame import FORMATS, render
from events.public.words import count_words, day_words, month_words
from events.slugs import day_path
from events.vocabulary import DEFAULT_EDITION, EDITIONS


@require_safe
def years_page(request: HttpRequest, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/news/``: the years that have events."""
    path = _path(edition)
    found = timeline.years(edition)
    page = {
        "canonical": absolute(path),
        "years": [{"href": f"{path}{year:04d}/", "label": str(year)} for year in reversed(found)],
    }
    return _answer(request, "public/years.html", edition, path, page)


@require_safe
def year_page(request: HttpRequest, year: str, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/news/2004/``: the months of a year with how many events each has."""
    number = int(year)
    if not dt.MINYEAR <= number <= dt.MAXYEAR:
        return not_found(request)
    first, last = dt.date(number, 1, 1), dt.date(number, 12, 31)
    counts = timeline.day_counts(edition, first, last)
    if not counts:
        return not_found(request)
    earlier, later = timeline.nearest_days(edition, first, last)
    months = {
        month: sum(counts[date] for date in days)
        for month, days in groupby(counts, key=lambda date: date.month)
    }
    path = f"{_path(edition)}{number:04d}/"
    page = {
        "canonical": absolute(path),
        "year": year,
        "count": count_words(edition, sum(counts.values())),
        "months": [
            {
                "href": f"{path}{month:02d}/",
                "label": month_words(edition, number, month, with_year=False),
                "count": count,
            }
            for month, count in months.items()
        ],
        "earlier": _year_link(edition, earlier),
        "later": _year_link(edition, later),
    }
    return _answer(request, "public/year.html", edition, path, page)


@require_safe
def month_page(request: HttpRequest, year: str, month: str, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/news/2004/02/``: the days of a month with how many events each has."""
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
        "days": [
            {
                "href": EDITIONS[edition].prefix + day_path(date),
                "iso": date.isoformat(),
                "label": day_words(edition, date),
                "count": count,
            }
            for date, count in counts.items()
        ],
        "earlier": _month_link(edition, earlier),
        "later": _month_link(edition, later),
    }
    return _answer(request, "public/month.html", edition, path, page)


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
