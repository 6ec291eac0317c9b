"""What every endpoint shares: strict parameters, spliced JSON, validators, problems."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Any, ClassVar, Final

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.api import problems
from events.api.negotiation import MEDIA_TYPE, JsonNegotiation
from events.api.pagination import Rows, address_with
from events.filters import Vocabulary, refused_parameters

_CACHE: Final = "public, max-age=0, must-revalidate"


class NoFilter(Vocabulary):
    """For addresses that have no filters."""


class ArchiveView(APIView):
    """A read-only endpoint. ``parameters``: what its query may hold besides ``filters``."""

    content_negotiation_class = JsonNegotiation
    filters: ClassVar[type[Vocabulary]] = NoFilter
    parameters: ClassVar[tuple[str, ...]] = ()

    def get_exception_handler(self) -> Callable[[Exception, Mapping[str, Any]], HttpResponse]:
        """Problem details for every error."""
        return problems.answer_exception

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Every answer says what it depends on."""
        return {"Allow": ", ".join(self.allowed_methods), "Vary": "Accept"}

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        """The allowed methods, in the headers."""
        return Response(status=204)

    def require_known_parameters(self, request: Request) -> None:
        """Raise ``Problem`` where the query holds anything that would be overlooked."""
        refused = refused_parameters(request.query_params, self.filters, self.parameters)
        if not refused:
            return
        allowed = sorted([*self.filters.base_filters, *self.parameters])
        unknown = [name for name, reason in refused.items() if reason == "unknown"]
        if unknown:
            raise problems.Problem(
                problems.UNKNOWN_PARAMETER,
                f"Allowed here: {', '.join(allowed) or 'none'}.",
                errors=[problems.Fault("This address does not know it.", parameter=name) for name in unknown],
                extra={"allowed": allowed},
            )
        faults = [problems.Fault(reason, parameter=name) for name, reason in refused.items()]
        raise problems.Problem(problems.INVALID_PARAMETER, errors=faults)

    def filtered(self, request: Request, rows: Any) -> Any:
        """*rows* as the query's filters select them; raises ``Problem`` that names each bad value."""
        return self.checked(request, rows).qs

    def checked(self, request: Request, rows: Any) -> Vocabulary:
        """The query's filters with good values; raises ``Problem`` that names each bad one."""
        asked = self.filters.asked(request.query_params, rows)
        if not asked.is_valid():
            faults = [
                problems.Fault(str(message), parameter=name)
                for name, messages in asked.form.errors.items()
                for message in messages
            ]
            raise problems.Problem(problems.INVALID_PARAMETER, errors=faults)
        return asked

    def narrowed(self, request: Request) -> bool:
        """Whether the query names any filter."""
        return any(name in self.filters.base_filters for name in request.query_params)

    def chosen_fields(self, request: Request, known: Iterable[str]) -> list[str] | None:
        """The keys that ``fields`` names, None if it is not given; raises ``Problem`` for unknown ones."""
        if "fields" not in request.query_params:
            return None
        chosen, known = request.query_params["fields"].split(","), list(known)
        if unknown := [name for name in chosen if name not in known]:
            detail = f"Unknown: {', '.join(unknown)}. Known: {', '.join(known)}."
            fault = problems.Fault(detail, parameter="fields")
            raise problems.Problem(problems.INVALID_PARAMETER, errors=[fault])
        return chosen


def select(answer: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """Of *answer* only these keys, in its own order."""
    chosen = set(fields)
    return {key: value for key, value in answer.items() if key in chosen}


def encode(answer: object) -> str:
    """Compact JSON, not escaped to ASCII."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def page_answer(request: Request, bodies: Iterable[str], rows: Rows) -> HttpResponse:
    """One page of a list, put together from the JSON of its rows without reading it."""
    following, preceding = address_with(request._request, "cursor", *rows.cursors())
    links = {"next": following, "prev": preceding}
    body = f'{{"results":[{",".join(bodies)}],"next":{encode(following)},"previous":{encode(preceding)}}}'
    return answer(request, body, links=links)


def answer(
    request: Request, body: str, *, revision: int | None = None, links: Mapping[str, str | None] | None = None
) -> HttpResponse:
    """*body* with its validator, or 304 where the caller has it already.

    The ETag is made of what is sent, so it changes with everything that shows in it: the stored
    document, the related events and their texts, the form of the answer. *revision* stands in
    front of it, for the callers that will write.
    """
    content = body.encode()
    etag = f'"{"" if revision is None else f"{revision}-"}{blake2b(content, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": _CACHE}
    if link := ", ".join(f'<{url}>; rel="{rel}"' for rel, url in (links or {}).items() if url):
        headers["Link"] = link
    response = HttpResponse(content, content_type=MEDIA_TYPE, headers=headers)
    chosen = get_conditional_response(request._request, etag=etag, response=response)
    if chosen is not None and chosen.status_code == 412:
        raise problems.Problem(problems.PRECONDITION_FAILED)
    return response if chosen is None else chosen
