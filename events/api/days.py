"""``days/``: how many events each day, month or year has; and the events of one day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar, Final, NamedTuple, get_args

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from events import queries, timeline
from events.api import describe, problems
from events.api.answers import encode
from events.api.listing import STREAMED, ManyView, chosen
from events.api.negotiation import JSON, MARKDOWN, XML
from events.api.pagination import (
    PARAMETERS,
    Key,
    Ordering,
    Page,
    Rows,
    address_with,
    read_ordering,
    read_page,
    scope_of,
)
from events.api.single import SingleView, Writers
from events.api.streams import ROWS_AT_ONCE
from events.filters import EventFilter, whole_editions
from events.formats.markdown import day_markdown
from events.formats.serializers.days import DaySerializer, PeriodPageSerializer, PeriodSerializer
from events.formats.xml import day_xml
from events.models import Event
from events.timeline import Unit
from events.vocabulary import DEFAULT_EDITION, EDITIONS

_UNITS: Final[tuple[Unit, ...]] = get_args(Unit)
_PERIOD: Final = re.compile(r"\d{4}(-\d{2}){0,2}", re.ASCII)


def _read_period(value: str) -> str:
    if not _PERIOD.fullmatch(value):
        raise ValueError(value)
    dt.date.fromisoformat(f"{value}-01-01"[:10])
    return value


_PERIODS: Final = Key("period", _read_period)
_ORDERINGS: Final = (Ordering("-date", (_PERIODS,)), Ordering("date", (_PERIODS,)))


class DayListView(ManyView):
    """How many published events each day, month or year has."""

    name, member = "days", "entry"
    filters = EventFilter
    parameters = (*PARAMETERS, "by", "fields", "for")
    fields = tuple(PeriodSerializer().fields)

    @describe.listing(
        "days_list",
        "days",
        PeriodPageSerializer,
        EventFilter,
        _ORDERINGS,
        "How many events each day, month or year has",
        more=(
            describe.query(
                "by", {"type": "string", "enum": list(_UNITS), "default": _UNITS[0]}, "What is counted by."
            ),
        ),
        countable=False,
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Of all events that the filters leave; days without any are left out."""
        self.require_known_parameters(request)
        self.refuse_what_does_not_fit(request)
        fields = self.chosen_fields(request, self.fields)
        unit: Unit = self.choice(request, "by", _UNITS)  # type: ignore[assignment]
        asked = self.checked(request, Event.objects.published())
        counted = _Asked(asked.qs, whole_editions(asked) if unit != _UNITS[0] else None)
        if self.media in STREAMED:
            ordering = read_ordering(request.query_params, _ORDERINGS)
            pieces = (chosen(texts, fields) for texts in _all_periods(counted, unit, ordering))
            return self.stream_answer(request, pieces, fields or self.fields)
        scope = scope_of(self.name, request.query_params, ("by", *self.filters.base_filters))
        page = read_page(request.query_params, _ORDERINGS, scope)
        found = _counted(counted, unit, page)
        following, preceding = address_with(request._request, "cursor", *found.cursors())
        return self.page_answer(
            request,
            chosen(_texts(found), fields),
            {"next": following, "previous": preceding},
            [("next", following, ""), ("prev", preceding, "")],
        )


class _Asked(NamedTuple):
    """The events that are counted; *editions*: those whose events these all are."""

    rows: QuerySet[Event]
    editions: tuple[str, ...] | None


def _counted(asked: _Asked, unit: Unit, page: Page) -> Rows:
    counts = (
        partial(timeline.period_counts, asked.rows)
        if asked.editions is None
        else partial(timeline.tallied_counts, asked.editions)
    )
    found = counts(
        unit,
        newest_first=page.newest_first,
        beyond=None if page.cursor is None else page.cursor.values[0],
        limit=page.size + 1,
    )
    return page.cut([(period, period, count) for period, count in found])


def _texts(found: Rows) -> list[str]:
    return [encode({"period": period, "count": count}) for period, count in found.rows]


def _all_periods(asked: _Asked, unit: Unit, ordering: Ordering) -> Iterator[list[str]]:
    page = Page(ROWS_AT_ONCE, ordering, None)
    while True:
        found = _counted(asked, unit, page)
        yield _texts(found)
        if not found.has_next:
            return
        page = page.behind(found)


class DayView(SingleView):
    """The events of one day."""

    parameters = ("fields", "edition")
    fields = tuple(DaySerializer().fields)
    writers: ClassVar[Writers] = {JSON: encode, XML: day_xml, MARKDOWN: day_markdown}

    @describe.single(
        "days_read",
        "days",
        DaySerializer,
        "The events of one day",
        formats=tuple(writers),
        moves=False,
        at=describe.path("date", {"type": "string", "format": "date"}),
        more=(
            describe.query(
                "edition",
                {"type": "string", "enum": list(EDITIONS), "default": DEFAULT_EDITION},
                "The language it is published in.",
            ),
        ),
    )
    def get(self, request: Request, date: str) -> HttpResponse:
        """In the order in which they came; a day without events has none, and neighbours all the same."""
        fields = self.wanted(request)
        edition = self.choice(request, "edition", tuple(sorted(EDITIONS, key=DEFAULT_EDITION.__ne__)))
        try:
            day = dt.date.fromisoformat(date)
        except ValueError:
            raise problems.Problem(problems.NOT_FOUND, f"No calendar has {date}.") from None
        return self.single(request, _day(edition, day), fields)


def _day(edition: str, date: dt.date) -> dict[str, Any]:
    state = queries.day_state(edition, date)
    if not state.rows:
        previous, following = timeline.nearest_days(edition, date)
        state = queries.DayState(edition, date, (), previous, following)
    return queries.day_page(state)
