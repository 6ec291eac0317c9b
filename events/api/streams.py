"""Whole lists in one answer, row by row, in the memory of a few hundred rows.

A stream reads its list in pieces by position, a query each, and holds no transaction between them:
however long a client takes, no snapshot stays open and no write-ahead log grows. It occupies a
thread of the server while it runs, so at most half of a process's threads may be streams
(``settings.STREAMS_AT_ONCE``); further ones are told to come back.

A broken stream must not look like a whole one. HTTP/1.1 ends an answer of unknown length with an
empty chunk, which is not sent where something broke: clients report an error. HTTP/1.0 ends it by
closing the connection, whatever happened, so it is refused.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from rest_framework.request import Request

from events.api import problems
from events.api.answers import Link, link_header
from events.api.negotiation import Media

ROWS_AT_ONCE: Final = 500
_COME_BACK: Final = 5
"""Seconds."""
_BYTES_AT_ONCE: Final = 65_536
_PATIENCE: Final = 60.0
"""Seconds in which a client must take so many bytes; one that is gone without a word frees its place then."""
_log: Final = logging.getLogger(__name__)


class _Places:
    """The places for streams of this process."""

    def __init__(self, number: int) -> None:
        self._free = threading.BoundedSemaphore(number)

    def take(self) -> bool:
        """Whether there was a free place, which is taken now."""
        return self._free.acquire(blocking=False)

    def leave(self) -> None:
        """Give one back."""
        self._free.release()


places: Final = _Places(settings.STREAMS_AT_ONCE)


class _Stream:
    """The pieces of an answer. Holds a place until it is closed, which every server does in the end."""

    def __init__(self, pieces: Iterator[str], path: str) -> None:
        self._pieces = pieces
        self._path = path
        self._first = ""
        self._place = threading.Lock()

    def begin(self) -> None:
        """Read the first piece, while what goes wrong can still be said."""
        try:
            self._first = next(self._pieces, "")
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        """UTF-8; what breaks is logged and raised again, so that the server breaks the answer off."""
        try:
            for piece in chain([self._first], self._pieces):
                said = piece.encode("utf-8", "replace")
                for start in range(0, len(said), _BYTES_AT_ONCE):
                    yield said[start : start + _BYTES_AT_ONCE]
        except Exception:
            _log.exception("A stream of %s broke.", self._path)
            raise

    def close(self) -> None:
        """Give the place back, once."""
        if self._place.acquire(blocking=False):
            places.leave()

    def __del__(self) -> None:
        """For the answer that no server ever got to see."""
        self.close()


def stream(
    request: Request,
    pieces: Iterator[str],
    *,
    media: Media,
    filename: str = "",
    links: list[Link] | None = None,
) -> HttpResponse | StreamingHttpResponse:
    """*pieces* as one answer. To a HEAD only its headers; raises ``Problem`` where no place is free.

    *filename*: what a browser shall save it as.
    """
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    if said := link_header(links or []):
        headers["Link"] = said
    if filename:
        headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    if request.method == "HEAD":
        return HttpResponse(content_type=media.content_type, headers=headers)
    if request.META.get("SERVER_PROTOCOL") == "HTTP/1.0":
        raise problems.Problem(problems.VERSION_NOT_SUPPORTED)
    if not places.take():
        raise problems.Problem(problems.TOO_MANY_STREAMS, headers={"Retry-After": str(_COME_BACK)})
    made = _Stream(pieces, request.path)
    made.begin()
    _be_patient(request._request)
    return StreamingHttpResponse(made, content_type=media.content_type, headers=headers)


def _be_patient(request: HttpRequest) -> None:
    """Have the socket give up on a client that takes nothing for a while, where the server shows it."""
    socket: Any = request.META.get("gunicorn.socket")
    if socket is not None:
        with contextlib.suppress(OSError):
            socket.settimeout(_PATIENCE)
