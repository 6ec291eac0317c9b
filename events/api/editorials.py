"""``editorials/``: the list and one piece."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from events.api import describe, problems
from events.api.answers import encode
from events.api.base import storable
from events.api.listing import ListView
from events.api.negotiation import JSON, MARKDOWN, XML
from events.api.pagination import BY_DATE
from events.api.single import SingleView, Writers
from events.api.writing.editorials import EditorialCreating, EditorialPatching
from events.editorials import editorial_document, editorial_documents
from events.filters import EditorialFilter
from events.formats.markdown import editorial_markdown
from events.formats.serializers.editorials import EditorialPageSerializer, EditorialSerializer
from events.formats.xml import editorial_xml
from events.models import Editorial
from events.vocabulary import State


class EditorialListView(EditorialCreating, ListView):
    """Published opinion pieces."""

    name, member = "editorials", "editorial"
    filters = EditorialFilter
    orderings = BY_DATE
    fields = tuple(EditorialSerializer().fields)

    @staticmethod
    def all_rows() -> QuerySet[Editorial]:
        """Those whose time has come."""
        return Editorial.objects.published()

    def texts(self, rows: list[tuple[Any, ...]]) -> list[str]:
        """One query for any number."""
        return [encode(piece) for piece in editorial_documents([pk for (pk,) in rows])]

    @describe.listing(
        "editorials_list",
        "editorials",
        EditorialPageSerializer,
        EditorialFilter,
        BY_DATE,
        "Published opinion pieces",
    )
    def get(self, request: Request) -> HttpResponseBase:
        """A page of pieces, or all of them."""
        return self.listed(request)


class EditorialView(EditorialPatching, SingleView):
    """One opinion piece."""

    fields = EditorialListView.fields
    writers: ClassVar[Writers] = {JSON: encode, XML: editorial_xml, MARKDOWN: editorial_markdown}

    @describe.single(
        "editorials_read",
        "editorials",
        EditorialSerializer,
        "One opinion piece",
        formats=tuple(writers),
        kinds=(problems.GONE,),
        moves=False,
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Its words as Markdown. A withdrawn one is gone."""
        fields = self.wanted(request)
        piece = Editorial.objects.filter(pk=storable(pk)).first()
        if piece is not None and piece.state == State.WITHDRAWN:
            raise problems.Problem(problems.GONE)
        if piece is None or not piece.is_public:
            raise problems.Problem(problems.NOT_FOUND)
        return self.single(request, editorial_document(piece), fields, revision=piece.version)
