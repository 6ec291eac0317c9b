"""Harvests and origins in the admin: what robots did, and from where."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from events.actions.harvesting.undo import undo_of
from events.admin.base import ReadingAdmin, may, number_of
from events.models import Harvest, Origin
from events.vocabulary import HarvestState, Right


class HarvestAdmin(ReadingAdmin[Harvest]):
    """Each run of a reader: what it counted and what it could not read; from here it is undone."""

    change_form_template = "admin/events/harvest/change_form.html"
    actions: Any = ("undo_selected",)
    list_display = (
        "source_name",
        "origin",
        "reader",
        "edition",
        "state",
        "counted",
        "moment",
        "started_at",
        "finished_at",
    )
    list_filter = ("state", "reader", "edition", "origin")
    list_select_related = ("origin",)
    search_fields = ("source_name", "origin__name")
    date_hierarchy = "started_at"
    ordering = ("-id",)
    fields = (
        "origin", "reader", "edition", "source_name", "state", "moment", "counted", "errors", "cursor",
        "first_date", "last_date", "started_at", "finished_at",
    )  # fmt: skip

    @admin.display(description="counts")
    def counted(self, harvest: Harvest) -> str:
        """What it did, in figures."""
        return harvest.counts_in_words

    def has_undo_permission(self, request: HttpRequest) -> bool:
        """Whether a harvest may be undone."""
        return may(request, Right.BULK) and may(request, Right.HARVEST)

    @admin.action(description="Undo the selected harvest …", permissions=["undo"])
    def undo_selected(self, request: HttpRequest, queryset: QuerySet[Harvest]) -> HttpResponse | None:
        """Lead to the page that says what would happen; one harvest at a time."""
        chosen = list(queryset.values_list("pk", flat=True)[:2])
        if len(chosen) == 1:
            return HttpResponseRedirect(reverse("admin:harvest_undo", args=chosen))
        messages.error(request, "Undo one harvest at a time, the latest first.")
        return None

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        harvest = Harvest.objects.filter(pk=number_of(object_id)).first()
        shown = dict(extra_context or {})
        if harvest is not None and self.has_undo_permission(request):
            shown["undone"] = undo_of(harvest.pk)
            shown["may_undo"] = harvest.state != HarvestState.RUNNING
        return super().change_view(request, object_id, form_url, shown)


class OriginAdmin(ReadingAdmin[Origin]):
    """Where events come from, and under which licence."""

    list_display = ("name", "slug", "licence", "url")
    search_fields = ("name", "slug")
    ordering = ("name",)
    fields = ("name", "slug", "url", "licence", "licence_url", "attribution")
