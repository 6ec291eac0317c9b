"""Harvests and origins in the admin: what robots did, and from where."""

from __future__ import annotations

from django.contrib import admin

from events.admin.base import ReadingAdmin
from events.models import Harvest, Origin


class HarvestAdmin(ReadingAdmin[Harvest]):
    """Each run of a reader: what it counted and what it could not read."""

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


class OriginAdmin(ReadingAdmin[Origin]):
    """Where events come from, and under which licence."""

    list_display = ("name", "slug", "licence", "url")
    search_fields = ("name", "slug")
    ordering = ("name",)
    fields = ("name", "slug", "url", "licence", "licence_url", "attribution")
