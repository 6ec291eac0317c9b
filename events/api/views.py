"""The endpoints under ``/api/v1/`` (interfaces.md, "REST")."""

from __future__ import annotations

import json
from typing import Final

from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from rest_framework.request import Request

from events import catalogue, queries
from events.api import describe, problems
from events.api.base import ArchiveView, answer, encode, page_answer, select
from events.api.pagination import (
    BY_DATE,
    BY_ID,
    PARAMETERS,
    address_with,
    read_page,
    read_page_size,
)
from events.filter_fields import ID_MAX
from events.filters import ContextFilter, EventFilter, SourceFilter
from events.formats.document import detail, detail_json
from events.formats.serializers import (
    ContextDetailSerializer,
    ContextSerializer,
    EventDetailSerializer,
    EventSerializer,
    SourceSerializer,
)
from events.models import Context, Event
from events.vocabulary import State

_EVENT_FIELDS: Final = tuple(EventSerializer().fields)
_DETAIL_FIELDS: Final = tuple(EventDetailSerializer().fields)
_CONTEXT_FIELDS: Final = tuple(ContextSerializer().fields)
_CONTEXT_DETAIL_FIELDS: Final = tuple(ContextDetailSerializer().fields)
_SOURCE_FIELDS: Final = tuple(SourceSerializer().fields)
_BODY: Final = ("document__body",)


class EventListView(ArchiveView):
    """Published events, as they are stored."""

    filters = EventFilter
    parameters = (*PARAMETERS, "fields")

    @describe.event_list
    def get(self, request: Request) -> HttpResponse:
        """One page, in one query besides those of its filters."""
        self.require_known_parameters(request)
        fields = self.chosen_fields(request, _EVENT_FIELDS)
        page = read_page(request.query_params, BY_DATE)
        rows = (
            page.rows(self.filtered(request, Event.objects.published()), _BODY)
            if self.narrowed(request)
            else page.rows_of_all(Event.objects.published, _BODY)
        )
        bodies = [body for (body,) in rows.rows if body is not None]
        if fields is not None:
            bodies = [encode(select(json.loads(body), fields)) for body in bodies]
        return page_answer(request, bodies, rows)


class EventView(ArchiveView):
    """One event with its related events."""

    parameters = ("fields",)

    @describe.event_detail
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The stored document and, composed now, what it is related to."""
        self.require_known_parameters(request)
        fields = self.chosen_fields(request, _DETAIL_FIELDS)
        found = _public_event(request, pk, "api:event")
        if isinstance(found, HttpResponse):
            return found
        revision, body = found
        related = queries.related_of([pk]).get(pk, [])
        text = detail_json(body, related) if fields is None else encode(select(detail(body, related), fields))
        return answer(request, text, revision=revision)


class RelatedView(ArchiveView):
    """What one event is related to, and why."""

    @describe.related_list
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Pins first, then by rank."""
        self.require_known_parameters(request)
        found = _public_event(request, pk, "api:related")
        if isinstance(found, HttpResponse):
            return found
        return answer(request, encode({"results": queries.related_of([pk]).get(pk, [])}))


class ContextListView(ArchiveView):
    """Contexts; merged ones are not among them."""

    filters = ContextFilter
    parameters = (*PARAMETERS, "fields")

    @describe.context_list
    def get(self, request: Request) -> HttpResponse:
        """One page, in four queries besides those of its filters."""
        self.require_known_parameters(request)
        fields = self.chosen_fields(request, _CONTEXT_FIELDS)
        page = read_page(request.query_params, BY_ID)
        rows = page.rows(self.filtered(request, Context.objects.standing()), ("pk",))
        heads = catalogue.context_heads([pk for (pk,) in rows.rows])
        return page_answer(request, [encode(select(head, fields or _CONTEXT_FIELDS)) for head in heads], rows)


class ContextView(ArchiveView):
    """One context."""

    parameters = ("fields",)

    @describe.context_detail
    def get(self, request: Request, pk: int) -> HttpResponse:
        """A merged one redirects."""
        self.require_known_parameters(request)
        fields = self.chosen_fields(request, _CONTEXT_DETAIL_FIELDS) or _CONTEXT_DETAIL_FIELDS
        survivor = catalogue.context_survivor(_storable(pk))
        if survivor is None:
            raise problems.Problem(problems.NOT_FOUND)
        if survivor != pk:
            return _moved(request, "api:context", survivor)
        (head,) = catalogue.context_heads([pk])
        head["count"] = catalogue.count_of_context(pk)
        return answer(request, encode(select(head, fields)), revision=head["revision"])


class SourceListView(ArchiveView):
    """Sources that published events cite."""

    filters = SourceFilter
    parameters = (*PARAMETERS, "fields")

    @describe.source_list
    def get(self, request: Request) -> HttpResponse:
        """One page, in two queries besides those of its filters."""
        self.require_known_parameters(request)
        fields = self.chosen_fields(request, _SOURCE_FIELDS) or _SOURCE_FIELDS
        page = read_page(request.query_params, BY_ID)
        rows = page.rows(self.filtered(request, catalogue.cited_sources()), ("pk",))
        heads = catalogue.source_heads([pk for (pk,) in rows.rows])
        return page_answer(request, [encode(select(head, fields)) for head in heads], rows)


class SourceView(ArchiveView):
    """One source that a published event cites."""

    parameters = ("fields",)

    @describe.source_detail
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Its publisher and its own words."""
        self.require_known_parameters(request)
        fields = self.chosen_fields(request, _SOURCE_FIELDS) or _SOURCE_FIELDS
        if not catalogue.cited_sources().filter(pk=_storable(pk)).exists():
            raise problems.Problem(problems.NOT_FOUND)
        (head,) = catalogue.source_heads([pk])
        return answer(request, encode(select(head, fields)))


class ChangeListView(ArchiveView):
    """The public sequence."""

    parameters = ("after", "page_size")

    @describe.change_list
    def get(self, request: Request) -> HttpResponse:
        """Every public change above ``after``, in commit order and without gaps."""
        self.require_known_parameters(request)
        size = read_page_size(request.query_params)
        after = str(request.query_params.get("after", "0"))
        if not (after.isascii() and after.isdigit() and len(after) <= 19 and int(after) <= ID_MAX):
            fault = problems.Fault("Write the `seq` of the last change you have, or 0.", parameter="after")
            raise problems.Problem(problems.INVALID_PARAMETER, errors=[fault])
        changes = catalogue.changes_after(int(after), size + 1)
        following = None
        if len(changes) > size:
            changes.pop()
            (following,) = address_with(request._request, "after", str(changes[-1]["seq"]))
        body = encode({"results": changes, "next": following})
        return answer(request, body, links={"next": following})


def _storable(pk: int) -> int:
    if pk > ID_MAX:
        raise problems.Problem(problems.NOT_FOUND)
    return pk


def _public_event(request: Request, pk: int, name: str) -> tuple[int, str] | HttpResponse:
    """Revision and document of a published event, a redirect to what it was merged into, or ``Problem``."""
    found = catalogue.event_gate(_storable(pk))
    if found is not None:
        survivor, state, revision, body = found
        if state == State.WITHDRAWN:
            raise problems.Problem(problems.GONE)
        if state == State.LEGAL:
            raise problems.Problem(problems.LEGAL)
        if state == State.PUBLISHED and body is not None:
            return (revision, body) if survivor == pk else _moved(request, name, survivor)
    raise problems.Problem(problems.NOT_FOUND)


def _moved(request: Request, name: str, pk: int) -> HttpResponse:
    query = request.query_params.urlencode()
    address = reverse(name, kwargs={"pk": pk})
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
