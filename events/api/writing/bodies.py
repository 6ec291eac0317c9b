"""Bodies of requests: bounded in size and depth, one object of JSON, nothing in it twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.http import HttpRequest, UnreadablePostError

from events.api import problems
from events.harvest.files import Refused
from events.harvest.jsonl import parse_line
from events.harvest.limits import check_characters

JSON: Final = "application/json"
MERGE_PATCH: Final = "application/merge-patch+json"
BODY_MOST: Final = 1024 * 1024
"""Bytes of a body; the longest text with its sources has a tenth of that."""
DEPTH_MOST: Final = 8
_CHUNK: Final = 64 * 1024

Json = dict[str, Any]


def require_media_type(request: HttpRequest, *allowed: str) -> None:
    """Raise ``Problem`` (415) for a body in another format, packed, or not in UTF-8."""
    taken = {"Accept": ", ".join(allowed)}
    said = (request.content_type or "").lower()
    if said not in allowed:
        detail = f"Send {' or '.join(allowed)}, and say so in `Content-Type`."
        raise problems.Problem(problems.UNSUPPORTED_MEDIA_TYPE, detail, headers=taken)
    if (request.content_params or {}).get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise problems.Problem(problems.UNSUPPORTED_MEDIA_TYPE, "JSON is UTF-8.", headers=taken)
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise problems.Problem(
            problems.UNSUPPORTED_MEDIA_TYPE,
            "Send the body as it is, without `Content-Encoding`.",
            headers={"Accept-Encoding": "identity"},
        )


def chunks(request: HttpRequest, most: int) -> Iterator[bytes]:
    """The body, piece by piece; raises ``Problem`` where its length is not said (411) or too great (413)."""
    too_large = problems.Problem(problems.TOO_LARGE, f"At most {most:,} bytes are taken here.")
    said = request.headers.get("Content-Length", "")
    if request.headers.get("Transfer-Encoding") or not said:
        if not said and not request.headers.get("Transfer-Encoding"):
            return
        raise problems.Problem(problems.LENGTH_REQUIRED)
    if not (said.isascii() and said.isdigit()):
        raise problems.Problem(problems.BAD_REQUEST)
    if len(said) > 12 or int(said) > most:
        raise too_large
    taken = 0
    try:
        while chunk := request.read(_CHUNK):
            taken += len(chunk)
            if taken > most:
                raise too_large
            yield chunk
    except UnreadablePostError:
        raise problems.Problem(problems.BAD_REQUEST, "The body broke off.") from None
    if taken != int(said):
        raise problems.Problem(problems.BAD_REQUEST, "The body broke off.")


def read_body(request: HttpRequest) -> bytes:
    """The whole body of an ordinary request."""
    return b"".join(chunks(request, BODY_MOST))


def parse_object(body: bytes) -> Json:
    """The object in *body*; raises ``Problem`` (400) for what is no object, ambiguous or too deep."""
    if not body:
        raise problems.Problem(problems.INVALID_BODY, "The body is empty; send an object.")
    try:
        found = parse_line(body)
    except Refused as refused:
        raise problems.Problem(problems.INVALID_BODY, f"The body {refused.reason}.") from None
    _check(found, "", 1)
    return found


def _check(value: Any, pointer: str, depth: int) -> None:
    if isinstance(value, str):
        _check_string(value, pointer)
        return
    if not isinstance(value, dict | list):
        return
    if depth > DEPTH_MOST:
        fault = problems.Fault(f"Nested deeper than {DEPTH_MOST} steps.", pointer=pointer)
        raise problems.Problem(problems.INVALID_BODY, errors=[fault])
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in members:
        if isinstance(key, str):
            _check_string(key, pointer)
        _check(member, f"{pointer}/{escaped(key)}", depth + 1)


def _check_string(value: str, pointer: str) -> None:
    try:
        check_characters([value])
    except Refused as refused:
        fault = problems.Fault(f"It {refused.reason}.", pointer=pointer)
        raise problems.Problem(problems.INVALID_BODY, errors=[fault]) from None


def escaped(key: str | int) -> str:
    """*key* as a token of a JSON pointer (RFC 6901); what cannot be printed is left out of errors."""
    plain = str(key)[:100].encode("utf-8", "replace").decode().replace("\0", "?")
    return plain.replace("~", "~0").replace("/", "~1")


def merge_patch(target: Any, patch: Any) -> Any:
    """*target* with *patch* applied: RFC 7396, section 2. Neither is changed."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged
