"""What the OpenAPI document says of an endpoint: decorators for the methods of views."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.serializers import Serializer

from events.api import problems
from events.api.negotiation import CSV, JSON, NDJSON, XML, Media
from events.api.pagination import PAGE_SIZE, PAGE_SIZE_MAX, Ordering
from events.filter_fields import ID_MAX
from events.filters import Vocabulary
from events.formats.serializers.problems import ProblemSerializer

_Method = TypeVar("_Method", bound=Callable[..., Any])
Kinds = Sequence[problems.Kind]
Parameters = Sequence[OpenApiParameter]


class Describe(Protocol):
    """A decorator that leaves a method's type as it is."""

    def __call__(self, method: _Method, /) -> _Method:
        """The same method, described."""
        ...


EXAMPLES: Final = Path(__file__).parent / "examples"
"""An answer to each operation, named by it; a test holds them against real ones."""
_ALWAYS: Final = (problems.NOT_ACCEPTABLE, problems.INTERNAL_ERROR)
_OF_STREAMS: Final = (problems.TOO_MANY_STREAMS, problems.VERSION_NOT_SUPPORTED)
REMOVABLE: Final = (problems.GONE, problems.LEGAL)
"""The problems of what may have been taken away."""
LIST_FORMATS: Final = (JSON, XML, CSV, NDJSON)


def query(
    name: str, schema: dict[str, Any], description: str, *, many: bool = False, required: bool = False
) -> OpenApiParameter:
    """A parameter of the query; *many*: it may be repeated."""
    if many:
        schema = {"type": "array", "items": schema}
    return OpenApiParameter(
        name, schema, OpenApiParameter.QUERY, required, description=description,
        explode=True if many else None,
    )  # fmt: skip


def path(name: str, schema: dict[str, Any]) -> OpenApiParameter:
    """A part of the address."""
    return OpenApiParameter(name, schema, OpenApiParameter.PATH, required=True)


def page_size(most: int) -> OpenApiParameter:
    """``page_size``, up to *most*."""
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": PAGE_SIZE}
    return query("page_size", schema, "How many results a page has.")


def fields_of(shape: type[Serializer[Any]]) -> OpenApiParameter:
    """``fields`` for answers, or for pages of results, of this *shape*: the keys there are to choose from."""
    keys = shape().fields
    if "results" in keys:
        results: Any = keys["results"]
        keys = results.child.fields
    names = list(keys)
    schema = {
        "type": "array",
        "items": {"type": "string", "enum": names},
        "minItems": 1,
        "examples": [names[:2]],
    }
    text = "Only these keys of each result, with commas between them. Answers then lack the other keys."
    return OpenApiParameter("fields", schema, OpenApiParameter.QUERY, description=text, explode=False)


SIZE: Final = page_size(PAGE_SIZE_MAX)
CURSOR: Final = query("cursor", {"type": "string", "minLength": 1}, "Opaque; from `next` or `previous`.")
ID: Final = path("id", {"type": "integer", "minimum": 1, "maximum": ID_MAX})
ETAG: Final = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200], description="Send it back as `If-None-Match`."
)
LINK: Final = OpenApiParameter(
    "Link", str, OpenApiParameter.HEADER, response=[200],
    description="`next`, `prev`, `first` and, for each other format, `alternate` (RFC 8288).",
)  # fmt: skip
_COUNT: Final = query(
    "count", {"type": "string", "enum": ["only"]}, "`only`: no results, but `count`, how many there are."
)
_FOR: Final = query(
    "for",
    {"type": "string", "enum": ["machines", "spreadsheets"], "default": "machines"},
    "Whom CSV is written for; other formats know no difference. `spreadsheets` have no formula in any "
    "cell, names for what is JSON otherwise, and a mark by which Excel knows UTF-8.",
)


def filters_of(filters: type[Vocabulary]) -> list[OpenApiParameter]:
    """What the query vocabulary says of itself."""
    return [
        query(name, rule.schema, rule.extra["help_text"], many=rule.many)
        for name, rule in filters.base_filters.items()
    ]


def ordering(orderings: Sequence[Ordering]) -> OpenApiParameter:
    """``ordering``, the first of *orderings* by default."""
    names = [one.name for one in orderings]
    return query("ordering", {"type": "string", "enum": names, "default": names[0]}, "In which order.")


def answers(
    operation: str, shape: Any, formats: Sequence[Media], kinds: Kinds, *, moves: bool
) -> dict[Any, Any]:
    """The responses of an operation: *shape* as JSON, text in the other formats, a problem for each kind."""
    found: dict[Any, Any] = {(200, JSON.type): OpenApiResponse(shape, examples=_example(operation))}
    for media in formats:
        if media is not JSON:
            found[200, media.type] = OpenApiTypes.STR
    found[304] = OpenApiResponse(description="You have it already.")
    if moves:
        found[301] = OpenApiResponse(description="It was merged; `Location` names what it became part of.")
    by_status: dict[int, list[problems.Kind]] = {}
    for kind in (problems.INVALID_PARAMETER, *kinds, problems.PRECONDITION_FAILED, *_ALWAYS):
        by_status.setdefault(kind.status, []).append(kind)
    for status, of_status in by_status.items():
        found[status, problems.CONTENT_TYPE] = OpenApiResponse(
            ProblemSerializer,
            description=". ".join(kind.title for kind in of_status) + ".",
            examples=[_example_of(kind) for kind in of_status],
        )
    return found


def _example(operation: str) -> list[OpenApiExample]:
    file = EXAMPLES / f"{operation}.json"
    if not file.exists():
        return []
    value = json.loads(file.read_text("utf-8"))
    return [OpenApiExample("A small archive", value=value, response_only=True)]


def _example_of(kind: problems.Kind) -> OpenApiExample:
    value = {"type": kind.type, "title": kind.title, "status": kind.status, "detail": kind.explanation}
    return OpenApiExample(kind.title, value=value, response_only=True)


def listing(
    operation: str,
    tag: str,
    shape: Any,
    filters: type[Vocabulary],
    orderings: Sequence[Ordering],
    text: str,
    *,
    more: Parameters = (),
    countable: bool = True,
    formats: Sequence[Media] = LIST_FORMATS,
) -> Describe:
    """A list with filters: in pages as JSON, XML or what else is no stream, whole as CSV or NDJSON."""
    return plain(
        operation,
        tag,
        shape,
        text,
        "JSON and XML in pages, by position: no page costs more than the first, and new rows shift nothing. "
        "CSV and NDJSON are the whole list, streamed; `page_size` and `cursor` are none of theirs.",
        [
            *filters_of(filters), *more, ordering(orderings), SIZE, CURSOR,
            fields_of(shape),
            *([_COUNT] if countable else []), _FOR, LINK,
        ],
        kinds=(problems.INVALID_CURSOR, *_OF_STREAMS),
        formats=formats,
    )  # fmt: skip


def single(
    operation: str,
    tag: str,
    shape: Any,
    text: str,
    *,
    formats: Sequence[Media] = (JSON,),
    fields: bool = True,
    moves: bool = True,
    at: OpenApiParameter = ID,
    more: Parameters = (),
    kinds: Kinds = (),
) -> Describe:
    """One thing. *moves*: it may redirect; *at*: what names it."""
    return plain(
        operation,
        tag,
        shape,
        text,
        "",
        [at, *more, *([fields_of(shape)] if fields else [])],
        kinds=(problems.NOT_FOUND, *kinds),
        formats=formats,
        moves=moves,
    )


def plain(
    operation: str,
    tag: str,
    shape: Any,
    text: str,
    description: str,
    parameters: Parameters,
    *,
    kinds: Kinds = (),
    formats: Sequence[Media] = (JSON,),
    moves: bool = False,
) -> Describe:
    """Any GET: its *parameters*, and the *kinds* of problems that it has besides those that all have."""
    others = ", ".join(f"`{media.type}` (`.{media.suffix}`)" for media in formats if media is not JSON)
    if others:
        description = f"{description} Also as {others}: by `Accept`, or by the suffix instead of the slash."
    said: Any = extend_schema(
        operation_id=operation,
        tags=[tag],
        summary=text,
        description=description.strip(),
        parameters=[*parameters, ETAG],
        auth=[],
        responses=answers(operation, shape, formats, (problems.UNKNOWN_PARAMETER, *kinds), moves=moves),
    )
    return cast("Describe", said)
