"""``events/``: the list, one event, and what it is related to."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from events import catalogue, queries
from events.api import describe, problems
from events.api.answers import encode, moved
from events.api.base import ArchiveView, storable
from events.api.listing import ListView
from events.api.negotiation import JSON, MARKDOWN, XML
from events.api.pagination import BY_DATE
from events.api.single import SingleView, Writers
from events.filters import EventFilter
from events.formats.document import detail, detail_json
from events.formats.markdown import event_markdown
from events.formats.serializers.events import (
    EventDetailSerializer,
    EventPageSerializer,
    EventSerializer,
    RelatedListSerializer,
)
from events.formats.xml import event_xml, related_xml
from events.models import Event
from events.vocabulary import State

_DETAIL_FIELDS: Final = tuple(EventDetailSerializer().fields)


class EventListView(ListView):
    """Published events, as they are stored."""

    name, member = "events", "event"
    filters = EventFilter
    orderings = BY_DATE
    fields = tuple(EventSerializer().fields)
    columns = ("document__body",)
    ready = True

    @staticmethod
    def all_rows() -> QuerySet[Event]:
        """What the public may see."""
        return Event.objects.published()

    def texts(self, rows: list[tuple[Any, ...]]) -> list[str]:
        """The stored documents: one query for a page, besides those of its filters."""
        return [body for (body,) in rows if body is not None]

    @describe.listing("events_list", "events", EventPageSerializer, EventFilter, BY_DATE, "Published events")
    def get(self, request: Request) -> HttpResponseBase:
        """A page of events, or all of them."""
        return self.listed(request)


class EventView(SingleView):
    """One event with its related events."""

    fields = _DETAIL_FIELDS
    writers: ClassVar[Writers] = {JSON: encode, XML: event_xml, MARKDOWN: event_markdown}

    @describe.single(
        "events_read",
        "events",
        EventDetailSerializer,
        "One event with its related events",
        formats=tuple(writers),
        kinds=describe.REMOVABLE,
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The stored document and, composed now, what it is related to."""
        fields = self.wanted(request)
        found = public_event(self, request, pk, "api:event")
        if isinstance(found, HttpResponse):
            return found
        revision, body = found
        related = queries.related_of([pk]).get(pk, [])
        if fields is None and self.media is JSON:
            return self.written(request, detail_json(body, related), revision=revision)
        return self.single(request, detail(body, related), fields, revision=revision)


class RelatedView(SingleView):
    """What one event is related to, and why."""

    parameters = ()
    writers: ClassVar[Writers] = {JSON: encode, XML: related_xml}

    @describe.single(
        "events_related",
        "events",
        RelatedListSerializer,
        "What an event is related to, and why",
        formats=tuple(writers),
        kinds=describe.REMOVABLE,
        fields=False,
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Pins first, then by rank."""
        self.wanted(request)
        found = public_event(self, request, pk, "api:related")
        if isinstance(found, HttpResponse):
            return found
        return self.single(request, {"results": queries.related_of([pk]).get(pk, [])})


def public_event(view: ArchiveView, request: Request, pk: int, name: str) -> tuple[int, str] | HttpResponse:
    """Revision and document of a published event, a redirect to what it was merged into, or ``Problem``.

    *name*: of the address that is asked, for the redirect.
    """
    found = catalogue.event_gate(storable(pk))
    if found is not None:
        survivor, state, revision, body = found
        if state == State.WITHDRAWN:
            raise problems.Problem(problems.GONE)
        if state == State.LEGAL:
            raise problems.Problem(problems.LEGAL)
        if state == State.PUBLISHED and body is not None:
            return (revision, body) if survivor == pk else moved(request, name, survivor, view.suffix)
    raise problems.Problem(problems.NOT_FOUND)
