"""``/api/v1/``: where everything is."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request

from events.api.answers import Link, answer, encode
from events.api.base import ArchiveView

_LISTS: Final = (
    "events", "contexts", "sources", "publishers", "editorials", "corrections", "days", "search", "suggest",
    "changes", "stats",
)  # fmt: skip


class IndexView(ArchiveView):
    """The addresses of all lists, for whoever begins here."""

    schema = None

    def get(self, request: Request) -> HttpResponse:
        """Name of the site, lists, description."""
        self.require_known_parameters(request)
        described = request.build_absolute_uri(reverse("api:openapi"))
        docs = request.build_absolute_uri(reverse("api:docs"))
        body = {
            "name": settings.SITE_NAME,
            "lists": {name: request.build_absolute_uri(reverse(f"api:{name}")) for name in _LISTS},
            "openapi": described,
            "docs": docs,
        }
        links: list[Link] = [
            ("service-desc", described, "application/json"),
            ("service-doc", docs, "text/html"),
        ]
        return answer(request, encode(body), links=links)
