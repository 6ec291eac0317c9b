"""``events/``: the list, one event, and what it is related to."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from rest_framework.request import Request

from events import catalogue, queries, timeline
from events.api import describe, problems
from events.api.answers import encode, moved
from events.api.base import ArchiveView, storable
from events.api.describe import LIST_FORMATS
from events.api.listing import ListView
from events.api.negotiation import JSON, MARKDOWN, NINJS, XML
from events.api.pagination import BY_DATE, Page, Rows
from events.api.single import SingleView, Writers
from events.api.writing.events import EventCreating, EventPatching
from events.filters import EventFilter, Vocabulary, search_filters, whole_editions
from events.formats.document import detail, detail_json
from events.formats.markdown import event_markdown
from events.formats.ninjs import event_ninjs, events_ninjs
from events.formats.serializers.events import (
    EventDetailSerializer,
    EventPageSerializer,
    EventSerializer,
    RelatedListSerializer,
)
from events.formats.xml import event_xml, related_xml
from events.keyed import Kind, Under, events_under
from events.keys import ID_MOST, KEY_MOST, date_of, event_of, key_of
from events.models import Event
from events.search.find import LIMIT_MOST, search
from events.vocabulary import State

_DETAIL_FIELDS: Final = tuple(EventDetailSerializer().fields)
_UNDER: Final = ("context", "context_all", "publisher")
_IN_ORDER: Final = frozenset({*_UNDER, "edition", "category", "date_from", "date_to"})
"""Filters that are answered from the order kept of each context's and each publisher's events."""
_BY_DAY: Final = BY_DATE[:2]


def _newsroom(event: dict[str, Any]) -> bytes:
    return event_ninjs(event, base_url=settings.BASE_URL)


class EventListView(EventCreating, ListView):
    """Published events, as they are stored."""

    name, member = "events", "event"
    filters = EventFilter
    orderings = BY_DATE
    fields = tuple(EventSerializer().fields)
    columns = ("document__body",)
    formats = (*LIST_FORMATS, NINJS)
    ready = True

    @staticmethod
    def all_rows() -> QuerySet[Event]:
        """What the public may see."""
        return Event.objects.published()

    def texts(self, rows: list[tuple[Any, ...]]) -> list[str]:
        """The stored documents: one query for a page, besides those of its filters."""
        return [body for (body,) in rows if body is not None]

    def read(self, request: Request, page: Page) -> Rows:
        """The rows of a page; those of contexts, publishers or words from the order that is kept of them."""
        asked = self.filters.base_filters.keys() & request.query_params.keys()
        if "q" in asked and page.size < LIMIT_MOST and page.ordering in _BY_DAY and page.newest_first:
            return _with_words(self.checked(request, self.all_rows()), page)
        if asked.isdisjoint(_UNDER) or not asked <= _IN_ORDER or page.ordering not in _BY_DAY:
            return super().read(request, page)
        given = self.checked(request, self.all_rows()).form.cleaned_data
        return _under(_conditions(given), given.get("date_from"), given.get("date_to"), page)

    def count(self, request: Request) -> int:
        """From what is counted already where nothing narrows it but editions."""
        editions = whole_editions(self.checked(request, self.all_rows()))
        return super().count(request) if editions is None else timeline.event_count(editions)

    def page_body(self, request: Request, texts: Sequence[str], beside: Mapping[str, Any]) -> str | bytes:
        """In ninjs one composite object; the pages beside it are in the header ``Link`` only."""
        if self.media is not NINJS:
            return super().page_body(request, texts, beside)
        address = f"{reverse('api:events')[:-1]}.{NINJS.suffix}"
        query = request.query_params.urlencode()
        here = request.build_absolute_uri(f"{address}?{query}" if query else address)
        return events_ninjs(map(json.loads, texts), base_url=settings.BASE_URL, uri=here)

    def refuse_what_does_not_fit(self, request: Request) -> None:
        """Also what a standard's format has no place for."""
        super().refuse_what_does_not_fit(request)
        if self.media is NINJS:
            whole = "ninjs has all that the standard has a place for, and no numbers: ask for JSON or XML."
            refused = {name: whole for name in ("fields", "count") if name in request.query_params}
            if refused:
                raise problems.invalid_parameters(refused)

    @describe.listing(
        "events_list", "events", EventPageSerializer, EventFilter, BY_DATE, "Published events",
        formats=formats,
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponseBase:
        """A page of events, or all of them."""
        return self.listed(request)


def _with_words(asked: Vocabulary, page: Page) -> Rows:
    """The rows of a page that begins with the newest, as a search by date finds them."""
    after = None
    if page.cursor is not None:
        date, pk = page.cursor.values
        after = key_of(date.isoformat(), min(pk, ID_MOST))
    query, filters = asked.form.cleaned_data["q"], search_filters(asked)
    found = search(query, filters=filters, order="date", limit=page.size + 1, after=after)
    bodies = queries.bodies([hit.event_id for hit in found.hits])
    return page.cut(
        [
            (date_of(hit.key), hit.event_id, bodies[hit.event_id])
            for hit in found.hits
            if hit.event_id in bodies
        ]
    )


def _conditions(given: Mapping[str, Any]) -> list[Under]:
    """The contexts and publishers that are asked for, and what else is asked of their events."""
    contexts = [frozenset[int]().union(*given["context"])] if given.get("context") else []
    asked = [Under("context", tuple(sorted(ids))) for ids in (*contexts, *(given.get("context_all") or ()))]
    kinds: tuple[Kind, ...] = ("publisher", "edition", "category")
    asked += [Under(kind, tuple(sorted(set(given[kind])))) for kind in kinds if given.get(kind)]
    return list(dict.fromkeys(asked))


def _under(asked: list[Under], first: dt.date | None, last: dt.date | None, page: Page) -> Rows:
    low = 0 if first is None else key_of(first.isoformat(), 0)
    high = KEY_MOST if last is None else key_of(last.isoformat(), ID_MOST) + 1
    newest_first = page.newest_first
    if page.cursor is not None:
        date, pk = page.cursor.values
        beside = key_of(date.isoformat(), min(pk, ID_MOST))
        low, high = (low, min(high, beside)) if newest_first else (max(low, beside + 1), high)
    limit = page.size + 1
    if len(asked) == 1 and asked[0].kind == "context" and len(asked[0].values) == 1:
        return page.cut(
            catalogue.events_of_context(
                int(asked[0].values[0]), low=low, high=high, newest_first=newest_first, limit=limit
            )
        )
    found = events_under(asked, low=low, high=high, newest_first=newest_first, limit=limit)
    stopped = None if found.stopped is None else (date_of(found.stopped), event_of(found.stopped))
    return page.cut(found.events, stopped=stopped, before=_before(page, newest_first))


def _before(page: Page, newest_first: bool) -> tuple[Any, ...] | None:
    """A place from which the event that the page begins behind is the first on the way back."""
    if page.cursor is None:
        return None
    date, pk = page.cursor.values
    if not newest_first:
        return date, pk + 1
    return (date, pk - 1) if pk > 1 else (date - dt.timedelta(days=1), ID_MOST)


class EventView(EventPatching, SingleView):
    """One event with its related events."""

    fields = _DETAIL_FIELDS
    writers: ClassVar[Writers] = {JSON: encode, XML: event_xml, MARKDOWN: event_markdown, NINJS: _newsroom}

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
        results = queries.related_of([pk]).get(pk, [])
        return self.single(request, {"results": results}, revision=found[0])


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
