"""Sources in the admin: found and read. They come and go with citations."""

from __future__ import annotations

from events.admin.base import ReadingAdmin
from events.models import Source


class SourceAdmin(ReadingAdmin[Source]):
    """Web documents, by address, title or publisher."""

    list_display = ("url", "publisher", "title", "created_at")
    list_select_related = ("publisher",)
    search_fields = ("url", "title", "publisher__name")
    date_hierarchy = "created_at"
    ordering = ("-id",)
    fields = ("url", "publisher", "title", "description", "created_at", "updated_at")
