"""Errors as RFC 9457 problem details: every error under ``/api/`` is one of these."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import DisallowedHost, SuspiciousOperation, TooManyFieldsSent
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.views import set_rollback

CONTENT_TYPE: Final = "application/problem+json"
TYPE_PATH: Final = "/api/problems/"

_logger: Final = logging.getLogger("django.request")


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of error. ``slug`` ends its ``type``, a promise like any other address."""

    slug: str
    status: int
    title: str
    explanation: str

    @property
    def type(self) -> str:
        """The problem's ``type``: the path of the page that explains it."""
        return f"{TYPE_PATH}{self.slug}"


BAD_REQUEST = Kind("bad-request", 400, "The request cannot be read", "The request is malformed.")
UNKNOWN_PARAMETER = Kind(
    "unknown-parameter", 400, "Unknown parameter",
    "The query has a parameter that this address does not know. `errors` names it, `allowed` lists those "
    "that it knows. Nothing is ignored, so that a misspelt filter never looks like an answer.",
)  # fmt: skip
INVALID_PARAMETER = Kind(
    "invalid-parameter", 400, "A parameter's value cannot be used",
    "`errors` names each such parameter and says what it takes.",
)  # fmt: skip
INVALID_CURSOR = Kind(
    "invalid-cursor", 400, "The cursor cannot be used",
    "Cursors are opaque: take them from `next` and `previous` and change nothing, `ordering` included. "
    "Leave the parameter out to start again from the first page.",
)  # fmt: skip
INVALID_BODY = Kind(
    "invalid-body", 400, "The body cannot be read",
    "It must be one object of JSON in UTF-8, with no member twice and none nested too deeply.",
)  # fmt: skip
TOKEN_REQUIRED = Kind(
    "token-required", 401, "A valid token is needed",
    "Writing needs a token in the header `Authorization: Token …`. People make theirs on the desk under "
    "“API tokens”, operators with `manage.py make_token`.",
)  # fmt: skip
RIGHT_MISSING = Kind(
    "right-missing", 403, "Your role does not include this",
    "`right` names what is needed. An administrator gives roles.",
)  # fmt: skip
NOT_FOUND = Kind(
    "not-found", 404, "Nothing here", "No such address, or nothing that the public may see has this id."
)
METHOD_NOT_ALLOWED = Kind(
    "method-not-allowed", 405, "Method not allowed", "The header `Allow` lists the methods of this address."
)
NOT_ACCEPTABLE = Kind(
    "not-acceptable", 406, "No such format",
    "The header `Accept` asks for formats that this address does not have. `application/json` always works.",
)  # fmt: skip
GONE = Kind(
    "withdrawn", 410, "Withdrawn",
    "The event was published and has been withdrawn. Remove your copy; the change stream says when.",
)  # fmt: skip
REQUEST_AT_WORK = Kind(
    "request-at-work", 409, "The request is at work",
    "Another request with this `Idempotency-Key` has not ended yet. Ask again after `Retry-After`.",
)  # fmt: skip
LENGTH_REQUIRED = Kind(
    "length-required", 411, "Say how long the body is", "Send `Content-Length`; chunked bodies are not taken."
)
PRECONDITION_FAILED = Kind(
    "precondition-failed", 412, "It has changed",
    "The state that `If-Match` names is not the present one. `revision` is the present one, `differs` what "
    "changed since yours. Read it anew, and decide again.",
)  # fmt: skip
TOO_LARGE = Kind("too-large", 413, "The body is too large", "`detail` says how much is taken.")
UNSUPPORTED_MEDIA_TYPE = Kind(
    "unsupported-media-type", 415, "Unsupported format", "The body's format cannot be read here."
)
INVALID_MEMBER = Kind(
    "invalid-member", 422, "A member of the body cannot be used",
    "`errors` points at each (JSON pointers, RFC 6901) and says what it takes. Nothing is ignored.",
)  # fmt: skip
REFUSED = Kind(
    "refused", 422, "This cannot be done",
    "The request is well made, but the thing as it stands does not allow it; `detail` says why.",
)  # fmt: skip
KEY_REUSED = Kind(
    "idempotency-key-reused", 422, "The Idempotency-Key stands for another request",
    "A key names one request for 24 hours. Make a new one for every request that is not a repetition.",
)  # fmt: skip
PRECONDITION_REQUIRED = Kind(
    "precondition-required", 428, "Say which state you change",
    "Send `If-Match` with the `ETag` that you read, so that nothing of others is overwritten unseen.",
)  # fmt: skip
TOO_MANY_REQUESTS = Kind(
    "too-many-requests", 429, "Too many requests",
    "Writing and failed tokens are limited, reading never is. Ask again after `Retry-After` seconds.",
)  # fmt: skip
LEGAL = Kind(
    "unavailable-for-legal-reasons", 451, "Unavailable for legal reasons",
    "The event was removed because the law requires it. Remove your copy.",
)  # fmt: skip
ADDRESS_TOO_LONG = Kind(
    "address-too-long", 414, "The address is too long",
    "A request's first line has 8,190 bytes at most. Ask for fewer values at once.",
)  # fmt: skip
HEADERS_TOO_LARGE = Kind(
    "headers-too-large", 431, "The headers are too large", "Each has 8,190 bytes at most, and there are 100."
)
UNAVAILABLE = Kind(
    "unavailable", 503, "Not now",
    "The archive cannot answer at this moment. Ask again after the seconds that `Retry-After` names.",
)  # fmt: skip
TOO_MANY_STREAMS = Kind(
    "too-many-streams", 503, "Too many streams",
    "Whole lists are sent to a few callers at once, so that there is room for everybody else. Ask again "
    "after the seconds that `Retry-After` names, or read the list in pages, as JSON.",
)  # fmt: skip
VERSION_NOT_SUPPORTED = Kind(
    "http-1-0-stream", 505, "No streams over HTTP/1.0",
    "In HTTP/1.0 nobody could tell a stream that broke off from a whole one. Ask by HTTP/1.1 or newer; "
    "a proxy in between must do so too (nginx: `proxy_http_version 1.1`). Pages, as JSON, work by any.",
)  # fmt: skip
INTERNAL_ERROR = Kind(
    "internal-error", 500, "Our error", "Something broke here. It is on our record; try again later."
)

_EXPECTED: Final = (TOO_MANY_STREAMS, VERSION_NOT_SUPPORTED)
"""Answers above 499 that are no failure of ours."""
KINDS: Final = {
    kind.slug: kind
    for kind in (
        BAD_REQUEST, UNKNOWN_PARAMETER, INVALID_PARAMETER, INVALID_CURSOR, INVALID_BODY, TOKEN_REQUIRED,
        RIGHT_MISSING, NOT_FOUND, METHOD_NOT_ALLOWED, NOT_ACCEPTABLE, REQUEST_AT_WORK, GONE, LENGTH_REQUIRED,
        PRECONDITION_FAILED, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, INVALID_MEMBER, REFUSED, KEY_REUSED,
        PRECONDITION_REQUIRED, TOO_MANY_REQUESTS, LEGAL, INTERNAL_ERROR, ADDRESS_TOO_LONG, HEADERS_TOO_LARGE,
        UNAVAILABLE, TOO_MANY_STREAMS,
        VERSION_NOT_SUPPORTED,
    )
}  # fmt: skip

_BY_STATUS: Final = {
    kind.status: kind
    for kind in KINDS.values()
    if kind
    not in {
        UNKNOWN_PARAMETER,
        INVALID_PARAMETER,
        INVALID_CURSOR,
        INVALID_BODY,
        REFUSED,
        KEY_REUSED,
        TOO_MANY_STREAMS,
    }
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong thing: a query parameter, or a place in the body (``pointer``, RFC 6901)."""

    detail: str
    parameter: str = ""
    pointer: str | None = None

    def as_json(self) -> dict[str, str]:
        """The entry of ``errors``."""
        place = {"parameter": self.parameter} if self.pointer is None else {"pointer": self.pointer}
        return {**place, "detail": self.detail}


@dataclass
class Problem(Exception):  # noqa: N818  RFC 9457 calls it so
    """Raise it anywhere in a view; the caller is answered with it."""

    kind: Kind
    detail: str = ""
    errors: Sequence[Fault] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> HttpResponse:
        """The answer."""
        body: dict[str, Any] = {"type": self.kind.type, "title": self.kind.title, "status": self.kind.status}
        body["detail"] = self.detail or self.kind.explanation
        if self.errors:
            body["errors"] = [fault.as_json() for fault in self.errors]
        made = HttpResponse(
            json.dumps({**body, **self.extra}, ensure_ascii=False),
            status=self.kind.status,
            content_type=CONTENT_TYPE,
            headers={"Cache-Control": "no-store" if self.kind.status >= 500 else "no-cache", **self.headers},
        )
        if self.kind in _EXPECTED:
            # Django's log would call it an error that somebody must look at.
            made._has_been_logged = True  # type: ignore[attr-defined]
        return made


def invalid_parameters(reasons: Mapping[str, str]) -> Problem:
    """What is raised where values of parameters cannot be used: the reason for each."""
    return Problem(
        INVALID_PARAMETER, errors=[Fault(reason, parameter=name) for name, reason in reasons.items()]
    )


def answer_exception(exc: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """DRF's exception handler of all views here; what nobody foresaw is logged and answered with 500."""
    set_rollback()
    if isinstance(exc, Problem):
        return exc.response()
    if isinstance(exc, Http404):
        return Problem(NOT_FOUND).response()
    if isinstance(exc, SuspiciousOperation):
        return rejected(exc).response()
    if isinstance(exc, exceptions.APIException):
        return _of_framework(exc).response()
    request = context["request"]._request
    if isinstance(exc, (OperationalError, InterfaceError)):
        _logger.error("The database did not answer %s", request.path, exc_info=exc)
        return Problem(UNAVAILABLE, headers={"Retry-After": "10"}).response()
    got_request_exception.send(sender=type(context["view"]), request=request)
    _logger.error("Internal Server Error: %s", request.path, exc_info=exc, extra={"request": request})
    return Problem(INTERNAL_ERROR).response()


def rejected(exc: Exception) -> Problem:
    """What to say of a request that Django itself takes for malformed."""
    if isinstance(exc, DisallowedHost):
        return Problem(BAD_REQUEST, "The header `Host` names no host of this archive.")
    if isinstance(exc, TooManyFieldsSent):
        return Problem(BAD_REQUEST, "The query has too many parameters.")
    return Problem(BAD_REQUEST)


def of_status(status: int) -> Problem:
    """What to say where nothing but the status is known."""
    return Problem(_BY_STATUS.get(status, BAD_REQUEST if status < 500 else INTERNAL_ERROR))


def _of_framework(exc: exceptions.APIException) -> Problem:
    return of_status(exc.status_code)
