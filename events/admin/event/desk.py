"""Events in the admin: found, created, corrected, curated."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from copy import copy
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.dateparse import parse_date
from django.utils.text import Truncator

from events.actions.correct import create_event
from events.actions.errors import InvalidAction
from events.actions.plan import values_json
from events.admin.base import ActingAdmin, actor_of, may, number_of
from events.admin.event.acts import ACTS, act_view, bulk_act, event_url
from events.admin.event.form import EventForm, NewEventForm
from events.admin.event.list_filters import MonthFilter, StateFilter, YearFilter
from events.admin.event.panel import head, panel
from events.admin.event.preview import preview_of
from events.admin.event.related import curate_view, find_view, generic_view, related_links, related_view
from events.admin.event.revert import revert_view
from events.admin.event.saving import save_form
from events.admin.event.sources import suggest_sources
from events.admin.history import HistoryMixin
from events.models import Event, Revision
from events.search.find import LIMIT_MOST, search
from events.search.language import parse
from events.slugs import read_path
from events.vocabulary import Right, State

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_READ: Final = ("text", "summary", "date", "category", "lead", "state", "version", "created_at", "updated_at")


def _day(term: str) -> dt.date | None:
    try:
        return parse_date(term) if _DATE.fullmatch(term) else None
    except ValueError:
        return None


class EventAdmin(HistoryMixin, ActingAdmin[Event]):
    """Correcting, creating, curating; withdrawing in place of deleting."""

    right = Right.CORRECT
    change_form_template = "admin/events/event/change_form.html"
    history_subject = "event"
    list_display = ("beginning", "date", "lead", "category", "state", "edition", "version", "updated_at")
    list_display_links = ("beginning",)
    list_filter = (("state", StateFilter), "edition", "category", YearFilter, MonthFilter)
    sortable_by = ("updated_at",)  # in another order every event would be sorted
    list_select_related = ("lead",)
    search_fields = ("text",)
    search_help_text = "Words (the newest 500 events that have them), a date (2004-02-09), an id, an address."
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
        """By id (digits), by date, by address (a path or the whole URL), else by words as readers search."""
        term = search_term.strip()
        if number := number_of(term):
            return queryset.filter(pk=number), False
        if (day := _day(term)) is not None:
            return queryset.filter(date=day), False
        found = read_path(term[term.index("/news/") :]) if "/news/" in term else None
        if found is not None:
            address = found[1]
            held = Event.objects.filter(addresses__date=address.date, addresses__slug=address.slug)
            return queryset.filter(pk__in=held), False
        if not term:
            return queryset, False
        # What readers see is in the index; of the rest, which is not much, each text is looked at.
        hits = search(parse(f"{term}*" if term[-1].isalnum() else term), order="date", limit=LIMIT_MOST).hits
        hidden = Event.objects.hidden().filter(text__icontains=term).order_by("-pk")
        found_ids = {hit.event_id for hit in hits} | set(hidden.values_list("pk", flat=True)[:LIMIT_MOST])
        return queryset.filter(pk__in=found_ids), False

    def get_form(
        self, request: HttpRequest, obj: Event | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if self.has_change_permission(request, obj):
            kwargs["form"] = EventForm if obj is not None else NewEventForm
        form = super().get_form(request, obj, change, **kwargs)
        form.stay = getattr(request, "stay", False)
        form.hands = getattr(request, "hands", {})
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Event | None = None) -> Any:
        """For those who may write, the form's template lays its fields out itself."""
        fields = ("category",) if self.has_change_permission(request, obj) else _READ
        return ((None, {"fields": fields}),)

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:
        """Create the event; corrections go through ``saving``."""
        made = create_event(
            actor=actor_of(request), edition=form.cleaned_data["edition"], slug=form.cleaned_data["slug"],
            note=form.cleaned_data["note"], **form.values(),
        )  # fmt: skip
        obj.pk, obj.version, obj.date = made.pk, made.version, made.date
        obj._state.adding = False

    def response_add(
        self, request: HttpRequest, obj: Event, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, "Published." if obj.is_public else "Saved.")
        return HttpResponseRedirect(event_url(obj.pk))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        event = self._found(object_id) if object_id else None
        request.event = event  # type: ignore[attr-defined]
        context = dict(extra_context or {})
        show = super().changeform_view
        if event is None or request.method != "POST":
            context |= self._beside(request, event)
            if "_preview" in request.POST and event is None:
                request.stay = True  # type: ignore[attr-defined]
                context["preview"] = self._preview(request)
            return show(request, object_id, form_url, context)
        if not self.has_change_permission(request, event):
            raise PermissionDenied

        def again(event: Event, **more: Any) -> HttpResponse:
            request.stay, request.event = True, event  # type: ignore[attr-defined]
            beside = self._above(request, event, head(event, more["present"])) if "present" in more else {}
            return show(
                request, object_id, form_url, {**context, **(beside or self._beside(request, event)), **more}
            )

        return save_form(self, request, event, again)

    def _beside(self, request: HttpRequest, event: Event | None) -> dict[str, Any]:
        """What the page shows around the form."""
        if event is None:
            return {}
        shown = panel(event)
        request.hands = shown["hands"]  # type: ignore[attr-defined]
        return {**self._above(request, event, shown), **related_links(request, event)}

    def _above(self, request: HttpRequest, event: Event, shown: dict[str, Any]) -> dict[str, Any]:
        """What the page shows above the form: all there is around it where a conflict is to be settled."""
        return {
            "panel": shown,
            "closed": event.state in (State.MERGED, State.LEGAL),
            "acts": [{"name": name, "act": act} for name, act in ACTS.items() if act.offered(event, request)],
        }

    def _preview(self, request: HttpRequest) -> dict[str, Any] | None:
        """How readers would see the event that is about to be created, where the form holds one."""
        form = self.get_form(request)(request.POST)
        form.stay = False
        try:
            return (
                preview_of(form.cleaned_data["edition"], values_json(form.values()), {})
                if form.is_valid()
                else None
            )
        except InvalidAction as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            return None

    def revert_url(self, request: HttpRequest, obj: Event, revision: Revision) -> str:
        """Where one goes back to *revision*, for those who may correct."""
        if revision.number == obj.version or not may(request, Right.CORRECT):
            return ""
        return f"{reverse('admin:events_event_revert', args=[obj.pk])}?revision={revision.number}"

    def _found(self, object_id: str) -> Event | None:
        found = Event.objects.select_related("lead", "merged_into").prefetch_related("citations")
        return found.filter(pk=number_of(object_id)).first()

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Event | None:
        """A copy of the event that the page has loaded already, for the form to work on."""
        event = getattr(request, "event", None)
        return copy(event) if event is not None else super().get_object(request, object_id, from_field)

    def get_urls(self) -> list[URLPattern]:
        def wrapped(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(view)

        own = [
            path("sources/", wrapped(suggest_sources), name="events_event_sources"),
            path(
                "<int:event_id>/act/revert/",
                wrapped(lambda request, event_id: revert_view(self, request, event_id)),
                name="events_event_revert",
            ),
            path("<int:event_id>/related/", wrapped(related_view), name="events_event_related"),
            path("<int:event_id>/related/find/", wrapped(find_view), name="events_event_related_find"),
            path(
                "<int:event_id>/related/generic/<int:context_id>/",
                wrapped(generic_view),
                name="events_event_related_generic",
            ),
            path("<int:event_id>/curate/", wrapped(curate_view), name="events_event_curate"),
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
