"""Narrowing the list of events by state, year and month.

Django's ``date_hierarchy`` asks every row for its year, which takes longer than all the rest of
the page together in an archive of some size; the years between the first and the last are known.
"""

from __future__ import annotations

import calendar
from datetime import MAXYEAR
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from events.admin.base import number_of
from events.models import Event
from events.vocabulary import State


class StateFilter(admin.ChoicesFieldListFilter):
    """The states. What readers do not see is found by the index of it."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        rows = super().queryset(request, queryset)
        chosen: Any = self.used_parameters.get(self.lookup_kwarg)
        if rows is None or not chosen or State.PUBLISHED in chosen:
            return rows
        return rows.filter(pk__in=Event.objects.hidden().values("pk"))


class YearFilter(admin.SimpleListFilter):
    """The years from the first to the last published event, newest first."""

    title = "year"
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        dates = Event.objects.published().order_by("-date", "-id").values_list("date", flat=True)
        last, first = dates.first(), dates.reverse().first()
        if last is None or first is None:
            return []
        return [(str(year), str(year)) for year in range(last.year, first.year - 1, -1)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        chosen = number_of(self.value())
        return queryset.filter(date__year=chosen) if 0 < chosen <= MAXYEAR else queryset


class MonthFilter(admin.SimpleListFilter):
    """The months of the year that was chosen."""

    title = "month"
    parameter_name = "month"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        if "year" not in request.GET:
            return []
        return [(str(number), calendar.month_name[number]) for number in range(1, 13)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        chosen = number_of(self.value())
        return queryset.filter(date__month=chosen) if chosen else queryset
