"""Editorials in the admin: found and read."""

from __future__ import annotations

from events.admin.base import ReadingAdmin
from events.models import Editorial


class EditorialAdmin(ReadingAdmin[Editorial]):
    """Opinion pieces."""

    list_display = ("title", "author", "date", "edition", "state", "publish_at")
    list_filter = ("state", "edition")
    list_select_related = ("origin",)
    search_fields = ("title", "author")
    date_hierarchy = "date"
    ordering = ("-date", "-id")
    fields = ("title", "author", "date", "edition", "slug", "state", "publish_at", "body", "origin")
