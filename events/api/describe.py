"""What the OpenAPI document says of each endpoint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeVar

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from events.api import problems
from events.api.pagination import BY_DATE, BY_ID, PAGE_SIZE, PAGE_SIZE_MAX, Ordering
from events.filter_fields import ID_MAX
from events.filters import ContextFilter, EventFilter, SearchFilter, SourceFilter, Vocabulary
from events.formats import serializers as shapes
from events.vocabulary import EDITIONS

_Method = TypeVar("_Method", bound=Callable[..., Any])


class Describe(Protocol):
    """A decorator that leaves a method's type as it is."""

    def __call__(self, method: _Method, /) -> _Method:
        """The same method, described."""
        ...


_ALWAYS: Final = (problems.NOT_ACCEPTABLE, problems.INTERNAL_ERROR)


def _query(name: str, schema: dict[str, Any], description: str, *, many: bool = False) -> OpenApiParameter:
    if many:
        schema = {"type": "array", "items": schema}
    return OpenApiParameter(
        name, schema, OpenApiParameter.QUERY, description=description, explode=True if many else None
    )


_FIELDS: Final = _query(
    "fields",
    {"type": "string", "pattern": "^[a-z_]+(,[a-z_]+)*$", "examples": ["id,date,text"]},
    "Only these keys of each result, with commas between them. Answers then lack the other keys.",
)
_SIZE: Final = _query(
    "page_size",
    {"type": "integer", "minimum": 1, "maximum": PAGE_SIZE_MAX, "default": PAGE_SIZE},
    "How many results a page has.",
)
_AFTER: Final = _query(
    "after",
    {"type": "integer", "minimum": 0, "maximum": ID_MAX, "default": 0},
    "The `seq` of the last change you have; 0 for everything from the beginning.",
)
_ID: Final = OpenApiParameter(
    "id", {"type": "integer", "minimum": 1, "maximum": ID_MAX}, OpenApiParameter.PATH, required=True
)
_ETAG: Final = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200], description="Send it back as `If-None-Match`."
)
_LINK: Final = OpenApiParameter(
    "Link", str, OpenApiParameter.HEADER, response=[200], description="`next` and `prev` (RFC 8288)."
)


def _filters(filters: type[Vocabulary]) -> list[OpenApiParameter]:
    return [
        _query(name, rule.schema, rule.extra["help_text"], many=rule.many)
        for name, rule in filters.base_filters.items()
    ]


def _paging(orderings: Sequence[Ordering]) -> list[OpenApiParameter]:
    names = [ordering.name for ordering in orderings]
    return [
        _query("ordering", {"type": "string", "enum": names, "default": names[0]}, "In which order."),
        _SIZE,
        _query("cursor", {"type": "string", "minLength": 1}, "Opaque; from `next` or `previous`."),
        _FIELDS,
        _LINK,
    ]


def _answers(shape: Any, *kinds: problems.Kind, moved: bool = False) -> dict[Any, Any]:
    answers: dict[Any, Any] = {200: shape, 304: OpenApiResponse(description="You have it already.")}
    if moved:
        answers[301] = OpenApiResponse(description="It was merged; `Location` names what it became part of.")
    by_status: dict[int, list[str]] = {}
    for kind in (problems.INVALID_PARAMETER, *kinds, problems.PRECONDITION_FAILED, *_ALWAYS):
        by_status.setdefault(kind.status, []).append(kind.title)
    for status, titles in by_status.items():
        answers[status, problems.CONTENT_TYPE] = OpenApiResponse(
            shapes.ProblemSerializer, description=". ".join(titles) + "."
        )
    return answers


def _list(
    operation: str, tag: str, shape: Any, filters: type[Vocabulary], orderings: Sequence[Ordering], text: str
) -> Describe:
    return _describe(
        operation_id=operation,
        tags=[tag],
        summary=text,
        description="Paged by position: no page costs more than the first, and new rows shift nothing.",
        parameters=[*_filters(filters), *_paging(orderings), _ETAG],
        responses=_answers(shape, problems.UNKNOWN_PARAMETER, problems.INVALID_CURSOR),
    )


def _detail(
    operation: str, tag: str, shape: Any, text: str, *, removable: bool = False, fields: bool = True
) -> Describe:
    kinds = (problems.NOT_FOUND, problems.GONE, problems.LEGAL) if removable else (problems.NOT_FOUND,)
    return _describe(
        operation_id=operation,
        tags=[tag],
        summary=text,
        description="",
        parameters=[_ID, *([_FIELDS] if fields else []), _ETAG],
        responses=_answers(shape, problems.UNKNOWN_PARAMETER, *kinds, moved=tag != "sources"),
    )


def _describe(**said: Any) -> Describe:
    return extend_schema(**said)


event_list: Final = _list(
    "events_list", "events", shapes.EventPageSerializer, EventFilter, BY_DATE, "Published events"
)
event_detail: Final = _detail(
    "events_read", "events", shapes.EventDetailSerializer, "One event with its related events", removable=True
)
related_list: Final = _detail(
    "events_related", "events", shapes.RelatedListSerializer, "What an event is related to, and why",
    removable=True, fields=False,
)  # fmt: skip
context_list: Final = _list(
    "contexts_list", "contexts", shapes.ContextPageSerializer, ContextFilter, BY_ID, "Contexts"
)
context_detail: Final = _detail("contexts_read", "contexts", shapes.ContextDetailSerializer, "One context")
source_list: Final = _list(
    "sources_list", "sources", shapes.SourcePageSerializer, SourceFilter, BY_ID, "Sources that events cite"
)
source_detail: Final = _detail("sources_read", "sources", shapes.SourceSerializer, "One source")
change_list: Final = _describe(
    operation_id="changes_list",
    tags=["changes"],
    summary="Every public change, in commit order and without gaps",
    description="Keep the last `seq` and ask again with it as `after`. `next` is null at the end.",
    parameters=[_AFTER, _SIZE, _LINK, _ETAG],
    responses=_answers(shapes.ChangePageSerializer, problems.UNKNOWN_PARAMETER),
)
_Q: Final = _query(
    "q",
    {"type": "string", "minLength": 1, "examples": ['treaty -trade context:"United Nations" after:2004']},
    "Words, phrases in quotes, -not, OR, prefix*, context:, publisher:, category:, after:, before:.",
)
search: Final = _describe(
    operation_id="search",
    tags=["search"],
    summary="Published events by the words in them",
    description="By relevance, with a pull to what is new, the first 1,000 hits; by date all of them.",
    parameters=[
        _Q,
        *_filters(SearchFilter),
        _query(
            "ordering",
            {"type": "string", "enum": ["relevance", "-date"], "default": "relevance"},
            "In which order.",
        ),
        _SIZE,
        _query("cursor", {"type": "string", "minLength": 1}, "Opaque; from `next`."),
        _FIELDS,
        _query(
            "facets",
            {"type": "boolean", "default": False},
            "Whether to count facets and a histogram over all hits, not only this page.",
        ),
        _query(
            "words",
            {"type": "string", "enum": ["most", "all"], "default": "most"},
            "Where fewer than five events have all the words: `most` also finds those with most of them.",
        ),
        _LINK,
        _ETAG,
    ],
    responses=_answers(shapes.SearchPageSerializer, problems.UNKNOWN_PARAMETER, problems.INVALID_CURSOR),
)
suggest: Final = _describe(
    operation_id="suggest",
    tags=["search"],
    summary="Contexts and events while a query is typed",
    description="",
    parameters=[
        _query("q", {"type": "string", "minLength": 1}, "What was typed so far."),
        _query("edition", {"type": "string", "enum": list(EDITIONS)}, "Only of this edition."),
        _ETAG,
    ],
    responses=_answers(shapes.SuggestionsSerializer, problems.UNKNOWN_PARAMETER),
)
