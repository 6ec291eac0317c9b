"""Memento (RFC 7089): how an archive's client finds what an address said at a moment.

The TimeGate answers with the version that stood then, the TimeMap lists all versions of an event,
and both, the event's page and every page of the past name each other in their ``Link`` headers.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import http_date, parse_http_date_safe
from django.views.decorators.http import require_safe

from events import history
from events.public.addresses import Place
from events.public.conditional import CACHE_CONTROL, answer, etag_of
from events.public.errors import absolute, moved, not_found
from events.public.ready import href
from events.public.standing import standing_place
from events.vocabulary import EDITIONS

LINK_FORMAT: Final = "application/link-format"
_AT_ONCE: Final = 500
_EVENT: Final = re.compile(
    r"^(?:(?P<edition>[a-z]{2,3})/)?news/(?P<year>[0-9]{4})/(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/"
    r"(?P<slug>[^/]+?)(?:\.html)?$"
)
_OTHER: Final = re.compile(
    r"^(?:(?P<edition>[a-z]{2,3})/)?(?:news/[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}|contexts/[^/]+)/$"
)


def stamp(at: dt.datetime) -> str:
    """A moment as the addresses of the past have it: ``20040209123000``, in UTC."""
    return at.astimezone(dt.UTC).strftime("%Y%m%d%H%M%S").zfill(14)


def read_stamp(said: str) -> dt.datetime | None:
    """The moment that fourteen digits name; None for one that no clock shows."""
    try:
        return dt.datetime.strptime(said, "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def past_path(at: dt.datetime, path: str) -> str:
    """Where *path* (escaped) is shown as it stood at a moment, its whole second included."""
    return f"/as-of/{stamp(at)}{path}"


def links_of(path: str, *, original: bool = False, timemap: bool = True) -> str:
    """The ``Link`` header of the page at *path* (escaped); *original*: for a page of its past."""
    parts = [f'<{absolute(path)}>; rel="original"'] if original else []
    parts.append(f'<{absolute(f"/timegate{path}")}>; rel="timegate"')
    if timemap:
        parts.append(f'<{absolute(f"/timemap{path}")}>; rel="timemap"; type="{LINK_FORMAT}"')
    return ", ".join(parts)


@require_safe
def timegate(request: HttpRequest, path: str) -> HttpResponse:
    """``/timegate/PATH``: 302 to PATH as it stood at ``Accept-Datetime``; without one, as it stands now.

    400 for a time that is none (RFC 7089, 4.5.3). What a page of the past would say of PATH (404, 410,
    451) is said for an event here already.
    """
    response = _timegate(request, path)
    response.headers["Vary"] = "accept-datetime"
    return response


def _timegate(request: HttpRequest, path: str) -> HttpResponse:
    now = dt.datetime.now(dt.UTC)
    wanted = _wanted(request, now)
    if wanted is None:
        return HttpResponse(
            "Accept-Datetime takes a date as HTTP writes it: Mon, 09 Feb 2004 12:30:00 GMT\n",
            status=400,
            content_type="text/plain; charset=utf-8",
        )
    wanted = min(wanted, now)
    found = _EVENT.match(path)
    if found is None or (found["edition"] and found["edition"] not in EDITIONS):
        other = _OTHER.match(path)
        if other is None or (other["edition"] and other["edition"] not in EDITIONS):
            return not_found(request)
        return _redirect(wanted, href(f"/{path}"), timemap=False)
    place = _place(request, found)
    if isinstance(place, HttpResponse):
        return place
    at = history.moment_at(history.chronicle(place.event_id), wanted + dt.timedelta(seconds=1))
    return _redirect(at or wanted, href(place.path, ".html"), timemap=True)


def _wanted(request: HttpRequest, now: dt.datetime) -> dt.datetime | None:
    said = request.headers.get("Accept-Datetime")
    if said is None:
        return now
    seconds = parse_http_date_safe(said)
    return None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC)


def _redirect(at: dt.datetime, path: str, *, timemap: bool) -> HttpResponse:
    response = HttpResponseRedirect(past_path(at, path))
    response.headers["Link"] = links_of(path, original=True, timemap=timemap)
    response.headers["Content-Length"] = "0"
    response.headers["Cache-Control"] = CACHE_CONTROL
    return response


def _place(request: HttpRequest, found: re.Match[str]) -> Place | HttpResponse:
    day = (found["year"], found["month"], found["day"])
    return standing_place(request, day, found["slug"], found["edition"])


@require_safe
def timemap(request: HttpRequest, path: str) -> HttpResponse:
    """``/timemap/PATH`` of an event: its versions in link format; ``?after=REVISION`` goes on behind one."""
    found = _EVENT.match(path)
    if found is None or (found["edition"] and found["edition"] not in EDITIONS):
        return not_found(request)
    place = _place(request, found)
    if isinstance(place, HttpResponse):
        return place
    original = href(place.path, ".html")
    if request.path_info != f"/timemap{place.path}.html":
        return moved(f"/timemap{original}")
    said = request.GET.get("after", "")
    after = int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0
    return answer(
        request,
        etag=etag_of("timemap", place.event_id, place.version, after),
        content_type=LINK_FORMAT,
        make=lambda: _lines(place.event_id, original, after),
        key=f"timemap {place.event_id} {after}",
    )


def _lines(event_id: int, original: str, after: int) -> str:
    rows = history.moments(history.chronicle(event_id), after=after, limit=_AT_ONCE + 1)
    shown, more = rows[:_AT_ONCE], len(rows) > _AT_ONCE
    own = absolute(f"/timemap{original}")
    span = f'; from="{_http(shown[0][1])}"; until="{_http(shown[-1][1])}"' if shown else ""
    lines = [
        f'<{absolute(original)}>; rel="original"',
        f'<{absolute(f"/timegate{original}")}>; rel="timegate"',
        f'<{own}{f"?after={after}" if after else ""}>; rel="self"; type="{LINK_FORMAT}"{span}',
    ]
    if more:
        lines.append(f'<{own}?after={shown[-1][0]}>; rel="timemap"; type="{LINK_FORMAT}"')
    times = list(dict.fromkeys(at.replace(microsecond=0) for _, at in shown))
    for place, at in enumerate(times):
        marks = ["first"] if not (place or after) else []
        marks += ["last"] if at == times[-1] and not more else []
        rel = " ".join([*marks, "memento"])
        lines.append(f'<{absolute(past_path(at, original))}>; rel="{rel}"; datetime="{_http(at)}"')
    return ",\n".join(lines) + "\n"


def _http(at: dt.datetime) -> str:
    return http_date(at.timestamp())
