"""``contexts/``: the list and one context."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from events import catalogue
from events.api import describe, problems
from events.api.answers import encode, moved
from events.api.base import only, storable
from events.api.describe import LIST_FORMATS
from events.api.listing import ListView
from events.api.negotiation import JSON, JSON_LD, TURTLE, XML
from events.api.pagination import BY_ID, Page
from events.api.single import SingleView, Writers
from events.api.streams import ROWS_AT_ONCE, stream
from events.api.writing.contexts import ContextCreating, ContextPatching
from events.filters import ContextFilter
from events.formats.serializers.contexts import (
    ContextDetailSerializer,
    ContextPageSerializer,
    ContextSerializer,
)
from events.formats.skos import json_ld, json_ld_pieces, turtle, turtle_pieces
from events.formats.xml import context_xml
from events.models import Context

Json = dict[str, Any]
VOCABULARIES: Final = (TURTLE, JSON_LD)
"""The formats of a SKOS vocabulary."""


class ContextListView(ContextCreating, ListView):
    """Contexts; merged ones are not among them."""

    name, member = "contexts", "context"
    filters = ContextFilter
    orderings = BY_ID
    fields = tuple(ContextSerializer().fields)
    formats = (*LIST_FORMATS, *VOCABULARIES)

    @staticmethod
    def all_rows() -> QuerySet[Context]:
        """Those that were not merged."""
        return Context.objects.standing()

    def texts(self, rows: list[tuple[Any, ...]]) -> list[str]:
        """Three queries for any number."""
        return [encode(head) for head in catalogue.context_heads([pk for (pk,) in rows])]

    @describe.listing(
        "contexts_list", "contexts", ContextPageSerializer, ContextFilter, BY_ID, "Contexts", formats=formats
    )
    def get(self, request: Request) -> HttpResponseBase:
        """A page of contexts, or all of them; as a SKOS vocabulary with those that were merged."""
        return self._vocabulary(request) if self.media in VOCABULARIES else self.listed(request)

    def _vocabulary(self, request: Request) -> HttpResponseBase:
        """The contexts that the filters leave, streamed."""
        self.require_known_parameters(request)
        whole = "A vocabulary is whole and in one order: leave it out, or ask for JSON or XML."
        if refused := {name: whole for name in ListView.parameters if name in request.query_params}:
            raise problems.invalid_parameters(refused)
        found = self.filtered(request, Context.objects.all())
        write = turtle_pieces if self.media is TURTLE else json_ld_pieces
        pieces = write(_all_concepts(found), base_url=settings.BASE_URL)
        name = f"contexts.{self.media.suffix}"
        return stream(request, pieces, media=self.media, filename=name, links=self.other_formats(request))


def _all_concepts(found: QuerySet[Context]) -> Iterator[list[Json]]:
    page = Page(ROWS_AT_ONCE, BY_ID[0], None)
    while True:
        rows = page.rows(found, ("pk",))
        yield catalogue.concepts([pk for (pk,) in rows.rows])
        if not rows.has_next:
            return
        page = page.behind(rows)


class ContextView(ContextPatching, SingleView):
    """One context."""

    fields = tuple(ContextDetailSerializer().fields)
    writers: ClassVar[Writers] = {
        JSON: encode,
        XML: context_xml,
        TURTLE: lambda concept: turtle([concept], base_url=settings.BASE_URL),
        JSON_LD: lambda concept: json_ld([concept], base_url=settings.BASE_URL),
    }

    @describe.single(
        "contexts_read", "contexts", ContextDetailSerializer, "One context", formats=tuple(writers)
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """A merged one redirects."""
        fields = self.wanted(request)
        survivor = catalogue.context_survivor(storable(pk))
        if survivor is None:
            raise problems.Problem(problems.NOT_FOUND)
        if survivor != pk:
            return moved(request, "api:context", survivor, self.suffix)
        if self.media in VOCABULARIES:
            concept = only(catalogue.concepts([pk]))
            return self.single(request, concept, revision=concept["revision"])
        head = only(catalogue.context_heads([pk]))
        return self.single(request, catalogue.counted(head), fields, revision=head["revision"])
