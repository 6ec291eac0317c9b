"""Search and suggestions (``/api/v1/search/``, ``/api/v1/suggest/``)."""

from __future__ import annotations

import json
from typing import Any, Final

from django.http import HttpResponse
from rest_framework.request import Request

from events import queries
from events.api import describe, problems
from events.api.answers import answer, encode, select
from events.api.base import ArchiveView
from events.api.pagination import (
    PARAMETERS,
    address_with,
    no_cursor,
    pack,
    read_page_size,
    scope_of,
    unpack,
)
from events.filters import SearchFilter, search_filters
from events.formats.hits import facets_json, histogram_json, hit_json, parts_json
from events.formats.serializers.search import HitSerializer, SearchPageSerializer, SuggestionsSerializer
from events.models import Event
from events.search.asking import Filters
from events.search.find import Hit, Order, facets, histogram, search
from events.search.language import Query, parse
from events.search.suggest import did_you_mean, suggest
from events.search.tree import Tree
from events.search.widen import FEW
from events.vocabulary import EDITIONS

_FIELDS: Final = tuple(HitSerializer().fields)
_ORDERS: Final[dict[str, Order]] = {"relevance": "relevance", "-date": "date"}
_Q: Final = describe.query(
    "q",
    {"type": "string", "minLength": 1, "examples": ['treaty -trade context:"United Nations" after:2004']},
    "Words, phrases in quotes, -not, OR, prefix*, context:, publisher:, category:, after:, before:.",
)
_PARAMETERS: Final = [
    _Q,
    *describe.filters_of(SearchFilter),
    describe.query(
        "ordering",
        {"type": "string", "enum": ["relevance", "-date"], "default": "relevance"},
        "In which order.",
    ),
    describe.SIZE,
    describe.query("cursor", {"type": "string", "minLength": 1}, "Opaque; from `next`."),
    describe.fields_of(HitSerializer),
    describe.query(
        "facets",
        {"type": "boolean", "default": False},
        "Whether to count facets and a histogram over all hits, not only this page.",
    ),
    describe.query(
        "words",
        {"type": "string", "enum": ["most", "all"], "default": "most"},
        "Where fewer than five events have all the words: `most` also finds those with most of them.",
    ),
    describe.LINK,
]


class SearchView(ArchiveView):
    """Published events by the words in them."""

    filters = SearchFilter
    parameters = (*PARAMETERS, "q", "fields", "facets", "words")

    @describe.plain(
        "search",
        "search",
        SearchPageSerializer,
        "Published events by the words in them",
        "By relevance, with a pull to what is new, the first 1,000 hits; by date all of them.",
        _PARAMETERS,
        kinds=(problems.INVALID_CURSOR,),
    )
    def get(self, request: Request) -> HttpResponse:
        """One page of hits; facets and histogram only for those who ask, as they cost more than the page."""
        self.require_known_parameters(request)
        data = request.query_params
        fields = self.chosen_fields(request, _FIELDS)
        size = read_page_size(data)
        order = _ORDERS[self.choice(request, "ordering", tuple(_ORDERS))]
        scope = scope_of("search", data, ("q", "words", *self.filters.base_filters))
        after = _read_cursor(data.get("cursor"), order, scope)
        wants_facets = self.choice(request, "facets", ("false", "true")) == "true"
        widen = self.choice(request, "words", ("most", "all")) == "most"
        filters = search_filters(self.checked(request, Event.objects.published()))
        query = parse(str(data.get("q", "")))
        found = search(query, filters=filters, order=order, limit=size, after=after, widen=widen)
        hits = _bodies(found.hits, query, fields)
        following = None
        if found.after is not None:
            (following,) = address_with(request._request, "cursor", pack(scope, order, found.after))
        mistyped = after is None and (len(found.hits) < FEW or bool(found.wider))
        rest = {
            "next": following,
            "all_words": not found.wider,
            "cut": query.cut,
            "did_you_mean": did_you_mean(query) if mistyped else None,
            **(_whole(query, filters, found.wider) if wants_facets else {"facets": None, "histogram": None}),
        }
        body = f'{{"results":[{",".join(hits)}],{encode(rest)[1:]}'
        return answer(request, body, links=[("next", following, "")])


class SuggestView(ArchiveView):
    """What the beginning of a query may become."""

    parameters = ("q", "edition")

    @describe.plain(
        "suggest",
        "search",
        SuggestionsSerializer,
        "Contexts and events while a query is typed",
        "",
        [
            describe.query("q", {"type": "string", "minLength": 1}, "What was typed so far."),
            describe.query("edition", {"type": "string", "enum": list(EDITIONS)}, "Only of this edition."),
        ],
    )
    def get(self, request: Request) -> HttpResponse:
        """Contexts and events."""
        self.require_known_parameters(request)
        said = str(request.query_params.get("q", ""))
        edition = request.query_params.get("edition")
        if edition is not None:
            edition = self.choice(request, "edition", tuple(EDITIONS))
        found = suggest(said, edition=edition)
        documents = queries.documents([hit.event_id for hit in found.events])
        query = parse(f"{said}*")
        body = {
            "contexts": [{"id": pk, "name": name, "path": path} for pk, name, path in found.contexts],
            "events": [
                {
                    "id": document["id"],
                    "address": document["address"],
                    "date": document["date"],
                    "highlight": parts_json(document, query),
                }
                for document in documents
            ],
        }
        return answer(request, encode(body))


def _bodies(hits: list[Hit], query: Query, fields: list[str] | None) -> list[str]:
    bodies = queries.bodies([hit.event_id for hit in hits])
    made = [hit_json(bodies[hit.event_id], hit, query) for hit in hits if hit.event_id in bodies]
    return made if fields is None else [encode(select(json.loads(body), fields)) for body in made]


def _whole(query: Query, filters: Filters, wider: tuple[Tree, ...]) -> dict[str, Any]:
    return {
        "facets": facets_json(facets(query, filters=filters, wider=wider)),
        "histogram": histogram_json(histogram(query, filters=filters, wider=wider)),
    }


def _read_cursor(said: str | None, order: Order, scope: str) -> int | None:
    """Where the page begins, after what the one before ended with; raises ``Problem`` for no cursor of it."""
    if said is None:
        return None
    of, kind, after, *more = unpack(said, least=3)
    if (of, kind) != (scope, order) or more or type(after) is not int or not 0 < after < 1 << 62:
        raise no_cursor()
    return after
