"""What every write shares: token, right, body, precondition, key, one transaction, one answer.

The order in which a request is looked at is the order of what a stranger may learn: who sends it, whether
their role includes it, whether the thing is there, whether they saw its present state, what the body says.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, TypeVar

from django.db import OperationalError
from django.http import HttpResponse
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from events import catalogue, queries
from events.actions import rows
from events.actions.errors import ActionError, MissingRight, StaleVersion
from events.actions.programs.answered import (
    Answer,
    Claim,
    KeyInUse,
    KeyReused,
    carry_out,
    claim_key,
    stored_answer,
)
from events.actions.recording import Actor
from events.api import problems
from events.api.answers import encode, etag_of
from events.api.base import ArchiveView, storable
from events.api.writing.bodies import JSON, MERGE_PATCH, parse_object, read_body, require_media_type
from events.api.writing.preconditions import Seen, read_if_match
from events.api.writing.tokens import Writer, require_writer
from events.formats.document import detail_json
from events.vocabulary import Right, State, Subject

Json = dict[str, Any]
_KEY: Final = re.compile(r'"?([\x21\x23-\x5b\x5d-\x7e]{1,255})"?')
_log = logging.getLogger(__name__)
_Made = TypeVar("_Made")


class WritingView(ArchiveView):
    """A view with methods that write."""

    writer: Writer
    seen: Seen | None = None
    recalls: ClassVar[bool] = True
    """Whether a repeated request is known by its body as a whole."""
    _body: bytes | None = None

    @property
    def allowed_methods(self) -> list[str]:
        """An address with a suffix names one format of a thing; the thing itself is written."""
        methods = super().allowed_methods
        return methods if self.suffix is None else [name for name in methods if name in SAFE_METHODS]

    def begin(self, request: Request, *rights: Right) -> Actor:
        """Whoever writes, with one of *rights*; raises ``Problem`` (401, 403, 429)."""
        if self.suffix is not None:
            raise MethodNotAllowed(str(request.method))
        self.writer = require_writer(request)
        actor = self.writer.actor
        if not any(holds(actor, right) for right in rights):
            raise MissingRight(rights[0])
        if self.writer.token.origin and Right.DELIVER not in rights:
            raise bound(self.writer.token.origin, rights[0])
        self.require_known_parameters(request)
        if self.recalls:
            self._recall(request)
        return actor

    def _recall(self, request: Request) -> None:
        """Raise what the request was answered before, before anything that it changed is looked at."""
        key, user = key_of(request), self.writer.actor.user
        if key is None or user is None:
            return
        fingerprint = _fingerprint(request, self._read(request))
        answer = stored_answer(user=user, key=key, fingerprint=fingerprint)
        if answer is not None:
            raise _Answered(answer)

    def _read(self, request: Request) -> bytes:
        if self._body is None:
            self._body = read_body(request._request)
        return self._body

    def require_seen(
        self, request: Request, subject: Subject, pk: int, current: int, *, inside: bool = True
    ) -> int:
        """*current*, the thing's revision, if ``If-Match`` names it; raises ``Problem`` (400, 412, 428).

        *inside*: whether the caller may know what was not public.
        """
        self.seen = read_if_match(request, subject, pk, inside=inside)
        return self.seen.require(current)

    def body(self, request: Request, *, patch: bool = False, optional: bool = False) -> Json:
        """The object in the body; raises ``Problem`` (400, 411, 413, 415)."""
        raw = request._request
        if optional and raw.headers.get("Content-Length", "0") in {"", "0"} and not raw.content_type:
            return {}
        require_media_type(raw, *((MERGE_PATCH, JSON) if patch else (JSON,)))
        said = self._read(request)
        return {} if optional and not said else parse_object(said)

    def carry_out(
        self,
        request: Request,
        act: Callable[[], _Made],
        show: Callable[[_Made], Answer],
    ) -> HttpResponse:
        """Do *act* once, whatever is repeated, and answer with what *show* makes of it."""
        actor = self.writer.actor
        claim = self.claimed(request, self._body or b"")
        if isinstance(claim, Answer):
            return replayed(request, claim)
        return answered(request, carry_out(act, show, actor=actor, claim=claim))

    def claimed(self, request: Request, body: bytes) -> Claim | Answer | None:
        """The claim on the request's ``Idempotency-Key``, or its answer; None where it has no key."""
        key, user = key_of(request), self.writer.actor.user
        if key is None or user is None:
            return None
        return claim_key(user=user, key=key, fingerprint=_fingerprint(request, body))

    def handle_exception(self, exc: Exception) -> Any:
        """What actions raise, as problems."""
        if isinstance(exc, _Answered):
            return replayed(self.request, exc.answer)
        return super().handle_exception(self._as_problem(exc))

    def _as_problem(self, exc: Exception) -> Exception:
        found = exc
        if isinstance(exc, MissingRight):
            extra = {"right": exc.right.value}
            found = problems.Problem(problems.RIGHT_MISSING, str(exc), extra=extra)
        elif isinstance(exc, StaleVersion) and self.seen is not None:
            found = self.seen.failed(exc.current)
        elif isinstance(exc, KeyReused):
            found = problems.Problem(problems.KEY_REUSED, str(exc))
        elif isinstance(exc, KeyInUse):
            wait = {"Retry-After": str(exc.seconds)}
            found = problems.Problem(problems.REQUEST_AT_WORK, str(exc), headers=wait)
        elif isinstance(exc, ActionError):
            found = problems.Problem(problems.REFUSED, str(exc))
        elif isinstance(exc, OperationalError) and self.request.method not in SAFE_METHODS:
            _log.warning("The database was busy: %s", self.request.path, exc_info=exc)
            found = problems.Problem(problems.UNAVAILABLE, headers={"Retry-After": "2"})
        return found


class _Answered(Exception):  # noqa: N818  nothing went wrong
    """The request was answered before."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def key_of(request: Request) -> str | None:
    """What names this request, if anything does; raises ``Problem`` (400) for what is no key."""
    said = request._request.headers.get("Idempotency-Key")
    if said is None or request.method != "POST":
        return None
    match = _KEY.fullmatch(said.strip())
    if match is None:
        detail = "An `Idempotency-Key` is a string of 1 to 255 visible characters of ASCII."
        raise problems.Problem(problems.BAD_REQUEST, detail)
    return match[1]


def _fingerprint(request: Request, body: bytes) -> str:
    asked = [str(request.method), request._request.get_full_path()]
    asked += [request._request.headers.get(name, "") for name in ("Content-Type", "If-Match")]
    return hashlib.sha256("\0".join(asked).encode("utf-8", "replace") + b"\0" + body).hexdigest()


def bound(origin: str, right: Right) -> problems.Problem:
    """What is raised where a token that is bound to *origin* is used for anything but its records."""
    detail = f"This token delivers records of the origin {origin} only."
    return problems.Problem(problems.RIGHT_MISSING, detail, extra={"right": right.value})


def holds(actor: Actor, right: Right) -> bool:
    """Whether the actor's role includes *right*."""
    try:
        actor.require(right)
    except MissingRight:
        return False
    return True


def made_answer(
    body: str, *, revision: int | None = None, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """An answer to a write, with the validator that reading the thing next gives."""
    tag = {} if revision is None else {"ETag": etag_of(body.encode("utf-8", "replace"), revision)}
    return Answer(status, {**tag, **(headers or {})}, body)


def event_answer(pk: int, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """The event as reading gives it; of one that readers cannot have, its state only. Three queries."""
    gate = catalogue.event_gate(pk)
    if gate is not None and gate[0] == pk and gate[1] == State.PUBLISHED and gate[3] is not None:
        related = queries.related_of([pk]).get(pk, [])
        return made_answer(detail_json(gate[3], related), revision=gate[2], status=status, headers=headers)
    return state_answer(pk, status=status, headers=headers)


def state_answer(pk: int, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An event's state and revision."""
    state, revision, into = rows.event_standing(pk)
    said = {"id": pk, "state": state, "revision": revision, "merged_into": into}
    return made_answer(encode(said), revision=revision, status=status, headers=headers)


def event_standing(pk: int) -> tuple[str, int, int | None]:
    """State, revision and what it was merged into of the event *pk*.

    Raises ``Problem`` where there is none (404), or where it was removed by law (451).
    """
    try:
        standing = rows.event_standing(storable(pk))
    except LookupError:
        raise problems.Problem(problems.NOT_FOUND) from None
    if standing[0] == State.LEGAL:
        raise problems.Problem(problems.LEGAL)
    return standing


def replayed(request: Request, answer: Answer) -> HttpResponse:
    """An answer that was given before."""
    again = {**answer.headers, "Idempotent-Replayed": "true"}
    return answered(request, Answer(answer.status, again, answer.body))


def answered(request: Request, answer: Answer) -> HttpResponse:
    """*answer*, or of it the headers only where the caller prefers that (RFC 7240)."""
    wanted = request._request.headers.get("Prefer", "")
    if any(part.strip().lower() == "return=minimal" for part in wanted.split(",")):
        status = 204 if answer.status == 200 else answer.status
        return _response(Answer(status, {**answer.headers, "Preference-Applied": "return=minimal"}, ""))
    return _response(answer)


def _response(answer: Answer) -> HttpResponse:
    headers = {"Cache-Control": "no-store", **answer.headers}
    if not answer.body:
        response = HttpResponse(status=answer.status, headers=headers)
        del response.headers["Content-Type"]
        return response
    return HttpResponse(
        answer.body.encode("utf-8", "replace"), status=answer.status, content_type=JSON, headers=headers
    )
