"""``events/``: the list, one event, and what it is related to."""

from __future__ import annotations

import json
from typing import Final

from django.http import HttpResponse
from rest_framework.request import Request

from events import catalogue, queries
from events.api import describe, problems
from events.api.answers import answer, encode, moved, page_answer, select
from events.api.base import ArchiveView, storable
from events.api.pagination import BY_DATE, PARAMETERS, read_page
from events.filters import EventFilter
from events.formats.document import detail, detail_json
from events.formats.serializers.events import (
    EventDetailSerializer,
    EventPageSerializer,
    EventSerializer,
    RelatedListSerializer,
)
from events.models import Event
from events.vocabulary import State

_FIELDS: Final = tuple(EventSerializer().fields)
_DETAIL_FIELDS: Final = tuple(EventDetailSerializer().fields)
_BODY: Final = ("document__body",)


class EventListView(ArchiveView):
    """Published events, as they are stored."""

    filters = EventFilter
    parameters = (*PARAMETERS, "fields")

    @describe.listing("events_list", "events", EventPageSerializer, EventFilter, BY_DATE, "Published events")
    def get(self, request: Request) -> HttpResponse:
        """One page, in one query besides those of its filters."""
        self.require_known_parameters(request)
        fields = self.chosen_fields(request, _FIELDS)
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

    @describe.single(
        "events_read", "events", EventDetailSerializer, "One event with its related events", removable=True
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The stored document and, composed now, what it is related to."""
        self.require_known_parameters(request)
        fields = self.chosen_fields(request, _DETAIL_FIELDS)
        found = public_event(request, pk, "api:event")
        if isinstance(found, HttpResponse):
            return found
        revision, body = found
        related = queries.related_of([pk]).get(pk, [])
        text = detail_json(body, related) if fields is None else encode(select(detail(body, related), fields))
        return answer(request, text, revision=revision)


class RelatedView(ArchiveView):
    """What one event is related to, and why."""

    @describe.single(
        "events_related",
        "events",
        RelatedListSerializer,
        "What an event is related to, and why",
        removable=True,
        fields=False,
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Pins first, then by rank."""
        self.require_known_parameters(request)
        found = public_event(request, pk, "api:related")
        if isinstance(found, HttpResponse):
            return found
        return answer(request, encode({"results": queries.related_of([pk]).get(pk, [])}))


def public_event(request: Request, pk: int, name: str) -> tuple[int, str] | HttpResponse:
    """Revision and document of a published event, a redirect to what it was merged into, or ``Problem``."""
    found = catalogue.event_gate(storable(pk))
    if found is not None:
        survivor, state, revision, body = found
        if state == State.WITHDRAWN:
            raise problems.Problem(problems.GONE)
        if state == State.LEGAL:
            raise problems.Problem(problems.LEGAL)
        if state == State.PUBLISHED and body is not None:
            return (revision, body) if survivor == pk else moved(request, name, survivor)
    raise problems.Problem(problems.NOT_FOUND)
