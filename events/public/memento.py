"""Memento (RFC 7089): how an archive's client finds what an address said at a moment.

The TimeGate answers with the version that stood then, the TimeMap lists the moments at which an event,
a day or a context changed, and both, the page itself and every page of the past name each other in their
``Link`` headers.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import http_date, parse_http_date_safe
from django.views.decorators.http import require_safe

from events import contexts, history, past
from events.public.addresses import Place, read_date
from events.public.conditional import CACHE_CONTROL, answer, etag_of
from events.public.errors import absolute, moved, not_found
from events.public.ready import href
from events.public.standing import standing_place
from events.slugs import day_path
from events.vocabulary import DEFAULT_EDITION, EDITIONS

LINK_FORMAT: Final = "application/link-format"
_AT_ONCE: Final = 500
_EVENT: Final = re.compile(
    r"^(?:(?P<edition>[a-z]{2,3})/)?news/(?P<year>[0-9]{4})/(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/"
    r"(?P<slug>[^/]+?)(?:\.html)?$"
)
_DAY: Final = re.compile(
    r"^(?:(?P<edition>[a-z]{2,3})/)?news/(?P<year>[0-9]{4})/(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/$"
)
_CONTEXT: Final = re.compile(r"^(?:(?P<edition>[a-z]{2,3})/)?contexts/(?P<slug>[^/]+)/$")
CONTEXT_EVENTS: Final = 100
"""So many of a context's events, the newest, its pages of the past and its TimeMap know."""


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


def links_of(path: str, *, original: bool = False) -> str:
    """The ``Link`` header of the page at *path* (escaped); *original*: for a page of its past."""
    parts = [f'<{absolute(path)}>; rel="original"'] if original else []
    parts.append(f'<{absolute(f"/timegate{path}")}>; rel="timegate"')
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
    if found := _matched(_EVENT, path):
        place = _place(request, found)
        if isinstance(place, HttpResponse):
            return place
        at = history.moment_at(history.chronicle(place.event_id), wanted + dt.timedelta(seconds=1))
        return _redirect(at or wanted, href(place.path, ".html"))
    day = _matched(_DAY, path)
    if (day and read_date(day["year"], day["month"], day["day"])) or _matched(_CONTEXT, path):
        return _redirect(wanted, href(f"/{path}"))
    return not_found(request)


def _matched(pattern: re.Pattern[str], path: str) -> re.Match[str] | None:
    """The match of a path whose edition, if it names one, is ours."""
    found = pattern.match(path)
    return None if found is None or (found["edition"] or DEFAULT_EDITION) not in EDITIONS else found


def _wanted(request: HttpRequest, now: dt.datetime) -> dt.datetime | None:
    said = request.headers.get("Accept-Datetime")
    if said is None:
        return now
    seconds = parse_http_date_safe(said)
    return None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC)


def _redirect(at: dt.datetime, path: str) -> HttpResponse:
    response = HttpResponseRedirect(past_path(at, path))
    response.headers["Link"] = links_of(path, original=True)
    response.headers["Content-Length"] = "0"
    response.headers["Cache-Control"] = CACHE_CONTROL
    return response


def _place(request: HttpRequest, found: re.Match[str]) -> Place | HttpResponse:
    day = (found["year"], found["month"], found["day"])
    return standing_place(request, day, found["slug"], found["edition"])


@require_safe
def timemap(request: HttpRequest, path: str) -> HttpResponse:
    """``/timemap/PATH`` of an event, a day or a context: its versions in link format.

    ``?after=20200131123000`` goes on behind a moment.
    """
    if found := _matched(_EVENT, path):
        return _timemap_of_event(request, found)
    if found := _matched(_DAY, path):
        return _timemap_of_day(request, found)
    if found := _matched(_CONTEXT, path):
        return _timemap_of_context(request, found)
    return not_found(request)


def _timemap_of_event(request: HttpRequest, found: re.Match[str]) -> HttpResponse:
    place = _place(request, found)
    if isinstance(place, HttpResponse):
        return place
    return _listed(
        request,
        f"{place.path}.html",
        ("event", place.event_id, place.version),
        lambda after: history.moments(history.chronicle(place.event_id), after=after, limit=_AT_ONCE + 1),
    )


def _timemap_of_day(request: HttpRequest, found: re.Match[str]) -> HttpResponse:
    date = read_date(found["year"], found["month"], found["day"])
    edition = found["edition"] or DEFAULT_EDITION
    rows = past.day_candidates(edition, date) if date else []
    if date is None or not rows:
        return not_found(request)
    ids = [row[0] for row in rows]
    return _listed(
        request,
        EDITIONS[edition].prefix + day_path(date),
        ("day", rows),
        lambda after: _behind(after, history.moments_of_many(ids, date)),
    )


def _timemap_of_context(request: HttpRequest, found: re.Match[str]) -> HttpResponse:
    standing = contexts.find_standing(found["slug"], found["edition"])
    if standing is None:
        return not_found(request)
    rows = past.context_candidates(standing, dt.datetime.now(dt.UTC), CONTEXT_EVENTS)

    def moments(after: dt.datetime | None) -> list[dt.datetime]:
        of_events = history.moments_of_many([row[0] for row in rows])
        born = standing.created_at.replace(microsecond=0)
        both = {born, *history.moments_of_context(standing.pk), *of_events}
        return _behind(after, sorted(at for at in both if at >= born))

    return _listed(request, standing.path, ("context", standing.pk, standing.version, rows), moments)


def _behind(after: dt.datetime | None, moments: list[dt.datetime]) -> list[dt.datetime]:
    return [at for at in moments if after is None or at >= after]


def _listed(
    request: HttpRequest,
    path: str,
    version: tuple[Any, ...],
    moments: Callable[[dt.datetime | None], list[dt.datetime]],
) -> HttpResponse:
    """The TimeMap of the page at *path* (not escaped), of the *moments* from one on, or of all (None)."""
    original = href(path)
    if request.path_info != f"/timemap{path}":
        return moved(f"/timemap{original}")
    said = request.GET.get("after", "")
    after = read_stamp(said) if len(said) == 14 else None
    after = after and min(after, dt.datetime.now(dt.UTC).replace(microsecond=0))

    def lines() -> str:
        return _lines(original, after, moments(after and after + dt.timedelta(seconds=1)))

    return answer(
        request,
        etag=etag_of("timemap", version, after),
        content_type=LINK_FORMAT,
        make=lines,
        key=f"timemap {path} {after is None}",
    )


def _lines(original: str, after: dt.datetime | None, times: list[dt.datetime]) -> str:
    shown, more = times[:_AT_ONCE], len(times) > _AT_ONCE
    own = absolute(f"/timemap{original}")
    span = f'; from="{_http(shown[0])}"; until="{_http(shown[-1])}"' if shown else ""
    lines = [
        f'<{absolute(original)}>; rel="original"',
        f'<{absolute(f"/timegate{original}")}>; rel="timegate"',
        f'<{own}{f"?after={stamp(after)}" if after else ""}>; rel="self"; type="{LINK_FORMAT}"{span}',
    ]
    if more:
        lines.append(f'<{own}?after={stamp(shown[-1])}>; rel="timemap"; type="{LINK_FORMAT}"')
    for place, at in enumerate(shown):
        marks = ["first"] if not (place or after) else []
        marks += ["last"] if at == shown[-1] and not more else []
        rel = " ".join([*marks, "memento"])
        lines.append(f'<{absolute(past_path(at, original))}>; rel="{rel}"; datetime="{_http(at)}"')
    return ",\n".join(lines) + "\n"


def _http(at: dt.datetime) -> str:
    return http_date(at.timestamp())
