"""``contexts/``: the list and one context."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from rest_framework.request import Request

from events import catalogue
from events.api import describe, problems
from events.api.answers import answer, encode, moved, page_answer, select
from events.api.base import ArchiveView, storable
from events.api.pagination import BY_ID, PARAMETERS, read_page
from events.filters import ContextFilter
from events.formats.serializers.contexts import (
    ContextDetailSerializer,
    ContextPageSerializer,
    ContextSerializer,
)
from events.models import Context

_FIELDS: Final = tuple(ContextSerializer().fields)
_DETAIL_FIELDS: Final = tuple(ContextDetailSerializer().fields)


class ContextListView(ArchiveView):
    """Contexts; merged ones are not among them."""

    filters = ContextFilter
    parameters = (*PARAMETERS, "fields")

    @describe.listing("contexts_list", "contexts", ContextPageSerializer, ContextFilter, BY_ID, "Contexts")
    def get(self, request: Request) -> HttpResponse:
        """One page, in four queries besides those of its filters."""
        self.require_known_parameters(request)
        fields = self.chosen_fields(request, _FIELDS)
        page = read_page(request.query_params, BY_ID)
        rows = page.rows(self.filtered(request, Context.objects.standing()), ("pk",))
        heads = catalogue.context_heads([pk for (pk,) in rows.rows])
        return page_answer(request, [encode(select(head, fields or _FIELDS)) for head in heads], rows)


class ContextView(ArchiveView):
    """One context."""

    parameters = ("fields",)

    @describe.single("contexts_read", "contexts", ContextDetailSerializer, "One context")
    def get(self, request: Request, pk: int) -> HttpResponse:
        """A merged one redirects."""
        self.require_known_parameters(request)
        fields = self.chosen_fields(request, _DETAIL_FIELDS) or _DETAIL_FIELDS
        survivor = catalogue.context_survivor(storable(pk))
        if survivor is None:
            raise problems.Problem(problems.NOT_FOUND)
        if survivor != pk:
            return moved(request, "api:context", survivor)
        (head,) = catalogue.context_heads([pk])
        head["count"] = catalogue.count_of_context(pk)
        return answer(request, encode(select(head, fields)), revision=head["revision"])
