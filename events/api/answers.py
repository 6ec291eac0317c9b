"""Answers in every format: validators, links to what lies beside them, redirects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, QueryDict
from django.urls import reverse
from django.utils.cache import get_conditional_response
from rest_framework.request import Request

from events.api import problems
from events.api.negotiation import JSON, Media

CACHE_CONTROL: Final = "public, max-age=0, must-revalidate"
Link = tuple[str, str | None, str]
"""Relation, address and media type ("" where it has none to say); None: there is no such thing."""


def select(answer: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """Of *answer* only these keys, in its own order."""
    chosen = set(fields)
    return {key: value for key, value in answer.items() if key in chosen}


def encode(answer: object) -> str:
    """Compact JSON, not escaped to ASCII."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def answer(
    request: Request,
    body: str | bytes,
    *,
    media: Media = JSON,
    revision: int | None = None,
    links: Sequence[Link] = (),
) -> HttpResponse:
    """*body* with its validator, or 304 where the caller has it already.

    The ETag is made of what is sent, so it changes with everything that shows in it: the stored
    document, the related events and their texts, the form of the answer. *revision* stands in
    front of it, for the callers that will write.
    """
    content = body if isinstance(body, bytes) else body.encode("utf-8", "replace")
    etag = etag_of(content, revision)
    headers = {"ETag": etag, "Cache-Control": CACHE_CONTROL}
    if said := link_header(links):
        headers["Link"] = said
    response = HttpResponse(content, content_type=media.content_type, headers=headers)
    chosen = get_conditional_response(request._request, etag=etag, response=response)
    if chosen is not None and chosen.status_code == 412:
        raise problems.Problem(problems.PRECONDITION_FAILED)
    return response if chosen is None else chosen


def link_header(links: Iterable[Link]) -> str:
    """The header ``Link`` (RFC 8288); "" for no links."""
    return ", ".join(
        f'<{url}>; rel="{rel}"' + (f'; type="{media_type}"' if media_type else "")
        for rel, url, media_type in links
        if url
    )


def alternates(
    request: HttpRequest, formats: Sequence[Media], shown: Media, *, query: str = ""
) -> list[Link]:
    """The same thing in its other formats, each under its own address, with *query* behind it."""
    if len(formats) == 1:
        return []
    path = request.path
    stem = path.removesuffix("/").removesuffix(f".{shown.suffix}")
    start = request.build_absolute_uri(stem)
    tail = f"?{query}" if query else ""
    return [("alternate", f"{start}.{one.suffix}{tail}", one.type) for one in formats if one is not shown]


def without(data: QueryDict, *names: str) -> str:
    """The query without these parameters, as it stands in an address."""
    if not data:
        return ""
    kept = data.copy()
    for name in names:
        kept.pop(name, None)
    return kept.urlencode()


def etag_of(content: bytes, revision: int | None) -> str:
    """The entity tag of *content*, with the revision of the thing in front, if it has one."""
    return f'"{"" if revision is None else f"{revision}-"}{blake2b(content, digest_size=12).hexdigest()}"'


def moved(request: Request, name: str, pk: int, suffix: str | None = None) -> HttpResponse:
    """301 to the address *name* of what this was merged into, with the same query and suffix."""
    query = request.query_params.urlencode()
    address = reverse(name, kwargs={"pk": pk})
    if suffix is not None:
        address = f"{address[:-1]}.{suffix}"
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
