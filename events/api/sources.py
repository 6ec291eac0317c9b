"""``sources/``: the list and one source."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from rest_framework.request import Request

from events import catalogue
from events.api import describe, problems
from events.api.answers import answer, encode, page_answer, select
from events.api.base import ArchiveView, storable
from events.api.pagination import BY_ID, PARAMETERS, read_page
from events.filters import SourceFilter
from events.formats.serializers.sources import SourcePageSerializer, SourceSerializer

_FIELDS: Final = tuple(SourceSerializer().fields)


class SourceListView(ArchiveView):
    """Sources that published events cite."""

    filters = SourceFilter
    parameters = (*PARAMETERS, "fields")

    @describe.listing(
        "sources_list", "sources", SourcePageSerializer, SourceFilter, BY_ID, "Sources that events cite"
    )
    def get(self, request: Request) -> HttpResponse:
        """One page, in two queries besides those of its filters."""
        self.require_known_parameters(request)
        fields = self.chosen_fields(request, _FIELDS) or _FIELDS
        page = read_page(request.query_params, BY_ID)
        rows = page.rows(self.filtered(request, catalogue.cited_sources()), ("pk",))
        heads = catalogue.source_heads([pk for (pk,) in rows.rows])
        return page_answer(request, [encode(select(head, fields)) for head in heads], rows)


class SourceView(ArchiveView):
    """One source that a published event cites."""

    parameters = ("fields",)

    @describe.single("sources_read", "sources", SourceSerializer, "One source", moves=False)
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Its publisher and its own words."""
        self.require_known_parameters(request)
        fields = self.chosen_fields(request, _FIELDS) or _FIELDS
        if not catalogue.cited_sources().filter(pk=storable(pk)).exists():
            raise problems.Problem(problems.NOT_FOUND)
        (head,) = catalogue.source_heads([pk])
        return answer(request, encode(select(head, fields)))
