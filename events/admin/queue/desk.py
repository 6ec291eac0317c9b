"""Review items have pages of their own (``queue``); Django's addresses of them lead there."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from events.admin.base import ReadingAdmin, number_of
from events.models import ReviewItem


class ReviewItemAdmin(ReadingAdmin[ReviewItem]):
    """Where the log and other pages link to an item in Django's way."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:queue"))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        item_id = number_of(object_id)
        if not item_id:
            raise Http404
        return HttpResponseRedirect(reverse("admin:queue_item", args=[item_id]))
