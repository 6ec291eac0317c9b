"""``contexts/``: the list and one context."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from events import catalogue
from events.api import describe, problems
from events.api.answers import encode, moved
from events.api.base import storable
from events.api.listing import ListView
from events.api.negotiation import JSON, XML
from events.api.pagination import BY_ID
from events.api.single import SingleView, Writers
from events.filters import ContextFilter
from events.formats.serializers.contexts import (
    ContextDetailSerializer,
    ContextPageSerializer,
    ContextSerializer,
)
from events.formats.xml import context_xml
from events.models import Context


class ContextListView(ListView):
    """Contexts; merged ones are not among them."""

    name, member = "contexts", "context"
    filters = ContextFilter
    orderings = BY_ID
    fields = tuple(ContextSerializer().fields)

    @staticmethod
    def all_rows() -> QuerySet[Context]:
        """Those that were not merged."""
        return Context.objects.standing()

    def texts(self, rows: list[tuple[Any, ...]]) -> list[str]:
        """Three queries for any number."""
        return [encode(head) for head in catalogue.context_heads([pk for (pk,) in rows])]

    @describe.listing("contexts_list", "contexts", ContextPageSerializer, ContextFilter, BY_ID, "Contexts")
    def get(self, request: Request) -> HttpResponseBase:
        """A page of contexts, or all of them."""
        return self.listed(request)


class ContextView(SingleView):
    """One context."""

    fields = tuple(ContextDetailSerializer().fields)
    writers: ClassVar[Writers] = {JSON: encode, XML: context_xml}

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
        (head,) = catalogue.context_heads([pk])
        return self.single(request, catalogue.counted(head), fields, revision=head["revision"])
