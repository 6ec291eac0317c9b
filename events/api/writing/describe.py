"""What the OpenAPI document says of the methods that write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
)

from events.api import problems
from events.api.describe import ID, Describe
from events.api.writing.bodies import JSON, MERGE_PATCH
from events.filter_fields import ID_MAX
from events.formats.serializers import writing as shapes
from events.formats.serializers.editorials import EditorialSerializer
from events.formats.serializers.events import EventDetailSerializer
from events.formats.serializers.problems import ProblemSerializer
from events.vocabulary import Right

AUTH: Final[Any] = [{"token": []}]
IF_MATCH: Final = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The `ETag` that was read. Its revision, the number in front, decides.",
)
KEY: Final = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255},
    OpenApiParameter.HEADER,
    description="Names this request for 24 hours: who repeats it is given the same answer, and nothing is "
    "done twice.",
)
PREFER: Final = OpenApiParameter(
    "Prefer", str, OpenApiParameter.HEADER, description="`return=minimal`: headers only (RFC 7240)."
)
_TARGET: Final = OpenApiParameter(
    "target", {"type": "integer", "minimum": 1, "maximum": ID_MAX}, OpenApiParameter.PATH, required=True,
    description="The id of the event that the link leads to.",
)  # fmt: skip
_TOKEN_KINDS: Final = (
    problems.TOKEN_REQUIRED, problems.RIGHT_MISSING, problems.TOO_MANY_REQUESTS,
    problems.UNKNOWN_PARAMETER, problems.NOT_ACCEPTABLE, problems.INTERNAL_ERROR,
)  # fmt: skip
_BODY_KINDS: Final = (
    problems.INVALID_BODY, problems.LENGTH_REQUIRED, problems.TOO_LARGE, problems.UNSUPPORTED_MEDIA_TYPE,
    problems.INVALID_MEMBER, problems.REFUSED, problems.UNAVAILABLE,
)  # fmt: skip
DELIVERY_KINDS: Final = (
    *_TOKEN_KINDS, problems.BAD_REQUEST, problems.INVALID_PARAMETER, problems.LENGTH_REQUIRED,
    problems.TOO_LARGE, problems.UNSUPPORTED_MEDIA_TYPE, problems.REFUSED, problems.UNAVAILABLE,
    problems.REQUEST_AT_WORK, problems.KEY_REUSED,
)  # fmt: skip


def problem_answers(*kinds: problems.Kind) -> dict[Any, OpenApiResponse]:
    """A response for each status among *kinds*."""
    by_status: dict[int, list[str]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind.title)
    return {
        (status, problems.CONTENT_TYPE): OpenApiResponse(
            ProblemSerializer, description=". ".join(dict.fromkeys(titles)) + "."
        )
        for status, titles in sorted(by_status.items())
    }


def _example(value: Any) -> OpenApiExample:
    return OpenApiExample("An example", value=value, request_only=True)


def _etag(*statuses: int) -> OpenApiParameter:
    return OpenApiParameter(
        "ETag", str, OpenApiParameter.HEADER, response=list(statuses), description="The next `If-Match`."
    )


def _location(status: int) -> OpenApiParameter:
    return OpenApiParameter(
        "Location", str, OpenApiParameter.HEADER, response=[status], description="Where it is."
    )


def write(  # noqa: PLR0913  keyword-only, one for each thing that is said
    operation: str,
    summary: str,
    *,
    right: Right,
    answers: Mapping[int, Any],
    shape: Any = None,
    patch: bool = False,
    example: Any = None,
    description: str = "",
    creates: bool = False,
    post: bool = True,
    target: bool = False,
) -> Describe:
    """A method that writes: what it *answers* by status, and the *shape* of its body.

    *creates*: it makes something, so that there is no id and nothing that was seen. *post*: it takes keys.
    """
    tag = operation.partition("_")[0]
    kinds = [*_TOKEN_KINDS, *(_BODY_KINDS if shape else (problems.REFUSED, problems.UNAVAILABLE))]
    if not creates:
        kinds += [problems.PRECONDITION_FAILED, problems.PRECONDITION_REQUIRED, problems.NOT_FOUND]
        kinds += [problems.LEGAL] if tag == "events" else []
        kinds += [problems.GONE] if operation == "events_patch" else []
    kinds += [problems.REQUEST_AT_WORK, problems.KEY_REUSED, problems.BAD_REQUEST] if post else []
    tagged = [status for status in answers if status != 204]
    parameters = [
        *([] if creates else [ID]), *([_TARGET] if target else []), *([] if creates else [IF_MATCH]),
        *([KEY] if post else []), PREFER, _etag(*tagged),
        *(_location(status) for status in answers if status == 201 or (patch and status == 202)),
    ]  # fmt: skip
    said: Any = extend_schema(
        operation_id=operation,
        tags=[tag],
        summary=summary,
        description=f"Needs the right `{right.value}` ({right.label.lower()}). {description}".strip(),
        parameters=parameters,
        request={MERGE_PATCH if patch else JSON: shape} if shape else None,
        responses={
            **answers,
            204: OpenApiResponse(description="Done; only headers were preferred."),
            **problem_answers(*kinds),
        },
        examples=[_example(example)] if example is not None else [],
        auth=AUTH,
    )
    return cast("Describe", said)


def own(operation: str, summary: str, answers: Mapping[int, Any], *, item: bool = False) -> Describe:
    """What a writer reads of their own, or does with their token."""
    kinds = [*_TOKEN_KINDS, *([problems.NOT_FOUND] if item else [])]
    said: Any = extend_schema(
        operation_id=operation,
        tags=[operation.partition("_")[0]],
        summary=summary,
        description="For the token that is sent only.",
        parameters=[ID] if item else [],
        request=None,
        responses={**answers, **problem_answers(*kinds)},
        auth=AUTH,
    )
    return cast("Describe", said)


EVENT: Final = PolymorphicProxySerializer(
    "EventOrState", [EventDetailSerializer, shapes.EventStateSerializer], None
)
EVENT_OR_PROPOSAL: Final = {
    200: EVENT,
    202: OpenApiResponse(shapes.ProposalSerializer, description="A proposal was made of it."),
}
EDITORIAL: Final = PolymorphicProxySerializer(
    "EditorialOrDraft", [EditorialSerializer, shapes.UnpublishedEditorialSerializer], None
)
