"""Sources and publishers in the admin: found and read. They come and go with citations."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from events.admin.base import ReadingAdmin
from events.models import Publisher, PublisherHost, Source


class SourceAdmin(ReadingAdmin[Source]):
    """Web documents, by address, title or publisher."""

    list_display = ("url", "publisher", "title", "created_at")
    list_select_related = ("publisher",)
    search_fields = ("url", "title", "publisher__name")
    date_hierarchy = "created_at"
    ordering = ("-id",)
    fields = ("url", "publisher", "title", "description", "created_at", "updated_at")


class HostInline(admin.TabularInline):  # type: ignore[type-arg]
    """The hosts that a publisher is known by."""

    model = PublisherHost
    fields = ("host",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Publisher | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Publisher | None = None) -> bool:
        return False


class PublisherAdmin(ReadingAdmin[Publisher]):
    """Who publishes, with their hosts and how many sources they have."""

    list_display = ("name", "sources_counted", "created_at")
    search_fields = ("name", "hosts__host")
    ordering = ("name",)
    fields = ("name", "created_at")
    inlines: ClassVar = [HostInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Publisher]:
        return super().get_queryset(request).annotate(source_count=Count("sources"))

    @admin.display(description="sources", ordering="source_count")
    def sources_counted(self, publisher: Publisher) -> int:
        """How many of its documents are cited."""
        return int(getattr(publisher, "source_count", 0))
