"""Answers: JSON that is spliced from stored rows, with validators and links."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, Final

from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from rest_framework.request import Request

from events.api import problems
from events.api.negotiation import MEDIA_TYPE
from events.api.pagination import Rows, address_with

_CACHE: Final = "public, max-age=0, must-revalidate"


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


def moved(request: Request, name: str, pk: int) -> HttpResponse:
    """301 to the address *name* of what this was merged into, with the same query."""
    query = request.query_params.urlencode()
    address = reverse(name, kwargs={"pk": pk})
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
