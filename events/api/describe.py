"""What the OpenAPI document says of an endpoint: decorators for the methods of views."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeVar, cast

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from events.api import problems
from events.api.pagination import PAGE_SIZE, PAGE_SIZE_MAX, Ordering
from events.filter_fields import ID_MAX
from events.filters import Vocabulary
from events.formats.serializers.problems import ProblemSerializer

_Method = TypeVar("_Method", bound=Callable[..., Any])


class Describe(Protocol):
    """A decorator that leaves a method's type as it is."""

    def __call__(self, method: _Method, /) -> _Method:
        """The same method, described."""
        ...


_ALWAYS: Final = (problems.NOT_ACCEPTABLE, problems.INTERNAL_ERROR)


def query(name: str, schema: dict[str, Any], description: str, *, many: bool = False) -> OpenApiParameter:
    """A parameter of the query; *many*: it may be repeated."""
    if many:
        schema = {"type": "array", "items": schema}
    return OpenApiParameter(
        name, schema, OpenApiParameter.QUERY, description=description, explode=True if many else None
    )


FIELDS: Final = query(
    "fields",
    {"type": "string", "pattern": "^[a-z_]+(,[a-z_]+)*$", "examples": ["id,date,text"]},
    "Only these keys of each result, with commas between them. Answers then lack the other keys.",
)
SIZE: Final = query(
    "page_size",
    {"type": "integer", "minimum": 1, "maximum": PAGE_SIZE_MAX, "default": PAGE_SIZE},
    "How many results a page has.",
)
ID: Final = OpenApiParameter(
    "id", {"type": "integer", "minimum": 1, "maximum": ID_MAX}, OpenApiParameter.PATH, required=True
)
ETAG: Final = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200], description="Send it back as `If-None-Match`."
)
LINK: Final = OpenApiParameter(
    "Link", str, OpenApiParameter.HEADER, response=[200], description="`next` and `prev` (RFC 8288)."
)


def filters_of(filters: type[Vocabulary]) -> list[OpenApiParameter]:
    """What the query vocabulary says of itself."""
    return [
        query(name, rule.schema, rule.extra["help_text"], many=rule.many)
        for name, rule in filters.base_filters.items()
    ]


def _paging(orderings: Sequence[Ordering]) -> list[OpenApiParameter]:
    names = [ordering.name for ordering in orderings]
    return [
        query("ordering", {"type": "string", "enum": names, "default": names[0]}, "In which order."),
        SIZE,
        query("cursor", {"type": "string", "minLength": 1}, "Opaque; from `next` or `previous`."),
        FIELDS,
        LINK,
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
            ProblemSerializer, description=". ".join(titles) + "."
        )
    return answers


def listing(
    operation: str, tag: str, shape: Any, filters: type[Vocabulary], orderings: Sequence[Ordering], text: str
) -> Describe:
    """A list with filters and paging."""
    return plain(
        operation,
        tag,
        shape,
        text,
        "Paged by position: no page costs more than the first, and new rows shift nothing.",
        [*filters_of(filters), *_paging(orderings)],
        problems.INVALID_CURSOR,
    )


def single(
    operation: str,
    tag: str,
    shape: Any,
    text: str,
    *,
    removable: bool = False,
    fields: bool = True,
    moves: bool = True,
) -> Describe:
    """One thing by its id. *removable*: it may answer 410 and 451; *moves*: it may redirect."""
    kinds = (problems.NOT_FOUND, problems.GONE, problems.LEGAL) if removable else (problems.NOT_FOUND,)
    return plain(operation, tag, shape, text, "", [ID, *([FIELDS] if fields else [])], *kinds, moves=moves)


def plain(
    operation: str,
    tag: str,
    shape: Any,
    text: str,
    description: str,
    parameters: Sequence[OpenApiParameter],
    *kinds: problems.Kind,
    moves: bool = False,
) -> Describe:
    """Any GET: its *parameters*, and the *kinds* of problems that it has besides those that all have."""
    said: Any = extend_schema(
        operation_id=operation,
        tags=[tag],
        summary=text,
        description=description,
        parameters=[*parameters, ETAG],
        responses=_answers(shape, problems.UNKNOWN_PARAMETER, *kinds, moved=moves),
    )
    return cast("Describe", said)
