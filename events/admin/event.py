"""Events in the admin: found, created, corrected, curated."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.dateparse import parse_date
from django.utils.text import Truncator

from events.actions.correct import correct_event, create_event
from events.admin.base import ActingAdmin, actor_of, may
from events.admin.event_acts import ACTS, act_view, bulk_act
from events.admin.event_filters import MonthFilter, YearFilter
from events.admin.event_form import EventForm, NewEventForm
from events.admin.event_panel import panel
from events.admin.event_related import CurateForm, curate_view
from events.models import Event
from events.slugs import read_path
from events.vocabulary import Right

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_VALUES: Final = ("text", "summary", "date", "category", "lead", "contexts", "new_contexts", "sources")
_READ: Final = ("text", "summary", "date", "category", "lead", "state", "version", "created_at", "updated_at")


def _day(term: str) -> dt.date | None:
    try:
        return parse_date(term) if _DATE.fullmatch(term) else None
    except ValueError:
        return None


class EventAdmin(ActingAdmin[Event]):
    """Correcting, creating, curating; withdrawing in place of deleting."""

    right = Right.CORRECT
    change_form_template = "admin/events/event/change_form.html"
    list_display = ("beginning", "date", "lead", "category", "state", "edition", "version", "updated_at")
    list_display_links = ("beginning",)
    list_filter = ("state", "edition", "category", YearFilter, MonthFilter)
    list_select_related = ("lead",)
    search_fields = ("text",)
    search_help_text = "Words of the text, a date (2004-02-09), an id, or an address."
    ordering = ("-updated_at", "-id")
    actions: Any = ("release_events", "reject_events", "withdraw_events")

    @admin.display(description="text")
    def beginning(self, event: Event) -> str:
        """The text's first words."""
        return Truncator(event.text).chars(120)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, Right.CORRECT)

    def has_review_permission(self, request: HttpRequest) -> bool:
        """Whether the list offers to release and reject."""
        return may(request, Right.REVIEW)

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        """Whether the list offers to withdraw."""
        return may(request, Right.WITHDRAW)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        """By id (digits), by date, by address (a path or the whole URL), else by words."""
        term = search_term.strip()
        if term.isdecimal() and len(term) < 19:
            return queryset.filter(pk=int(term)), False
        if (day := _day(term)) is not None:
            return queryset.filter(date=day), False
        found = read_path(term[term.index("/news/") :]) if "/news/" in term else None
        if found is not None:
            address = found[1]
            held = Event.objects.filter(addresses__date=address.date, addresses__slug=address.slug)
            return queryset.filter(pk__in=held), False
        return super().get_search_results(request, queryset, search_term)

    def get_form(
        self, request: HttpRequest, obj: Event | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if self.has_change_permission(request, obj):
            kwargs["form"] = EventForm if obj is not None else NewEventForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Event | None = None) -> Any:
        if not self.has_change_permission(request, obj):
            return ((None, {"fields": _READ}),)
        if obj is None:
            return ((None, {"fields": ("edition", "slug", *_VALUES, "note")}),)
        return (
            (None, {"fields": _VALUES}),
            ("This correction", {"fields": ("grade", "note", "version")}),
        )

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:
        actor, values = actor_of(request), form.values()
        if change:
            correct_event(
                actor=actor, event_id=obj.pk, version=form.cleaned_data["version"] or 0, values=values,
                grade=form.chosen_grade(), note=form.cleaned_data["note"],
            )  # fmt: skip
            return
        made = create_event(
            actor=actor, edition=form.cleaned_data["edition"], slug=form.cleaned_data["slug"],
            note=form.cleaned_data["note"], **values,
        )  # fmt: skip
        obj.pk, obj.version = made.pk, made.version
        obj._state.adding = False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {**(extra_context or {}), "show_save_and_add_another": False}
        event = self._found(object_id) if object_id else None
        if event is not None:
            context["panel"] = panel(event)
            context["acts"] = [
                {"name": name, "act": act} for name, act in ACTS.items() if act.offered(event, request)
            ]
            context["may_curate"] = may(request, Right.CURATE)
            context["curate_form"] = CurateForm()
        return super().changeform_view(request, object_id, form_url, context)

    def _found(self, object_id: str) -> Event | None:
        if not object_id.isdecimal() or len(object_id) > 18:
            return None
        return Event.objects.select_related("lead", "merged_into").filter(pk=int(object_id)).first()

    def get_urls(self) -> list[URLPattern]:
        def wrapped(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(view)

        own = [
            path(
                "<int:event_id>/curate/",
                wrapped(curate_view),
                name="events_event_curate",
            ),
            path(
                "<int:event_id>/act/<slug:name>/",
                wrapped(lambda request, event_id, name: act_view(self, request, event_id, name)),
                name="events_event_act",
            ),
        ]
        return own + super().get_urls()

    @admin.action(description="Release the selected held events", permissions=["review"])
    def release_events(self, request: HttpRequest, queryset: QuerySet[Event]) -> HttpResponse | None:
        return bulk_act(self, request, queryset, "release")

    @admin.action(description="Reject the selected held events", permissions=["review"])
    def reject_events(self, request: HttpRequest, queryset: QuerySet[Event]) -> HttpResponse | None:
        return bulk_act(self, request, queryset, "reject")

    @admin.action(description="Withdraw the selected events", permissions=["withdraw"])
    def withdraw_events(self, request: HttpRequest, queryset: QuerySet[Event]) -> HttpResponse | None:
        return bulk_act(self, request, queryset, "withdraw")
