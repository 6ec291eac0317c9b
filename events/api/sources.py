"""``sources/`` and ``publishers/``: the lists and one of each."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from events import catalogue, publishers
from events.api import describe, problems
from events.api.answers import encode, moved
from events.api.base import only, storable
from events.api.listing import ListView
from events.api.negotiation import JSON, XML
from events.api.pagination import BY_ID
from events.api.single import SingleView, Writers
from events.filters import PublisherFilter, SourceFilter
from events.formats.serializers.sources import (
    PublisherPageSerializer,
    PublisherSerializer,
    SourcePageSerializer,
    SourceSerializer,
)
from events.formats.xml import publisher_xml, source_xml
from events.models import Publisher, Source


class SourceListView(ListView):
    """Sources that published events cite."""

    name, member = "sources", "source"
    filters = SourceFilter
    orderings = BY_ID
    fields = tuple(SourceSerializer().fields)

    @staticmethod
    def all_rows() -> QuerySet[Source]:
        """Those that a published event cites."""
        return catalogue.cited_sources()

    def texts(self, rows: list[tuple[Any, ...]]) -> list[str]:
        """One query for any number."""
        return [encode(head) for head in catalogue.source_heads([pk for (pk,) in rows])]

    def count(self, request: Request) -> int:
        """Of all of them in the quickest way."""
        return super().count(request) if self.narrowed(request) else catalogue.source_count()

    @describe.listing(
        "sources_list", "sources", SourcePageSerializer, SourceFilter, BY_ID, "Sources that events cite"
    )
    def get(self, request: Request) -> HttpResponseBase:
        """A page of sources, or all of them."""
        return self.listed(request)


class SourceView(SingleView):
    """One source that a published event cites."""

    fields = SourceListView.fields
    writers: ClassVar[Writers] = {JSON: encode, XML: source_xml}

    @describe.single(
        "sources_read", "sources", SourceSerializer, "One source", formats=tuple(writers), moves=False
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Its publisher and its own words."""
        fields = self.wanted(request)
        if not catalogue.cited_sources().filter(pk=storable(pk)).exists():
            raise problems.Problem(problems.NOT_FOUND)
        head = only(catalogue.source_heads([pk]))
        return self.single(request, head, fields)


class PublisherListView(ListView):
    """Publishers that published events cite; merged ones are not among them."""

    name, member = "publishers", "publisher"
    filters = PublisherFilter
    orderings = BY_ID
    fields = tuple(PublisherSerializer().fields)

    @staticmethod
    def all_rows() -> QuerySet[Publisher]:
        """Those that a published event cites."""
        return publishers.public_publishers()

    def texts(self, rows: list[tuple[Any, ...]]) -> list[str]:
        """Three queries for any number."""
        return [encode(head) for head in publishers.publisher_heads([pk for (pk,) in rows])]

    @describe.listing(
        "publishers_list",
        "publishers",
        PublisherPageSerializer,
        PublisherFilter,
        BY_ID,
        "Publishers that events cite",
    )
    def get(self, request: Request) -> HttpResponseBase:
        """A page of publishers, or all of them."""
        return self.listed(request)


class PublisherView(SingleView):
    """One publisher that a published event cites."""

    fields = PublisherListView.fields
    writers: ClassVar[Writers] = {JSON: encode, XML: publisher_xml}

    @describe.single(
        "publishers_read", "publishers", PublisherSerializer, "One publisher", formats=tuple(writers)
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Its names and hosts. A merged one redirects."""
        fields = self.wanted(request)
        found = publishers.find_publisher(storable(pk))
        if found is None or not publishers.public_publishers().filter(pk=found.pk).exists():
            raise problems.Problem(problems.NOT_FOUND)
        if found.pk != pk:
            return moved(request, "api:publisher", found.pk, self.suffix)
        head = only(publishers.publisher_heads([pk]))
        return self.single(request, head, fields)
