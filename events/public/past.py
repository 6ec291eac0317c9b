"""``/as-of/YYYYMMDDhhmmss/…``: an event, a day or a context as it stood at a moment by our clock."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from events import contexts, past, queries
from events.formats.prose import clean_html
from events.models import Context
from events.public.addresses import Place, read_date
from events.public.conditional import CACHE_CONTROL, answer, etag_of
from events.public.day import day_context
from events.public.errors import moved, not_found
from events.public.event import event_context
from events.public.frame import FORMATS, groups_by_day, render
from events.public.memento import CONTEXT_EVENTS, links_of, past_path, read_stamp, stamp
from events.public.ready import href
from events.public.standing import standing_place
from events.public.words import day_words
from events.slugs import day_path
from events.vocabulary import DEFAULT_EDITION, EDITIONS

_SECOND: Final = dt.timedelta(seconds=1)


class NotYetError(Exception):
    """Readers could not have it at that moment; ``since``: when they first could, as far as is known."""

    def __init__(self, since: dt.datetime | None) -> None:
        super().__init__(since)
        self.since = since


@require_safe
def past_event(
    request: HttpRequest, moment: str, year: str, month: str, day: str, slug: str, edition: str | None = None
) -> HttpResponse:
    """``/as-of/…/news/2004/02/9/SLUG.html``; any address that the event has, or had, leads here."""
    at = read_stamp(moment)
    if at is None:
        return not_found(request)
    place = standing_place(request, (year, month, day), slug, edition)
    if isinstance(place, HttpResponse):
        return place
    path = href(place.path, ".html")
    if request.path_info != f"/as-of/{stamp(at)}{place.path}.html":
        return moved(past_path(at, path))
    return _to_come(at, path) or _answer(
        request,
        at,
        path,
        place.edition,
        version=("event", place.event_id, place.version),
        make=lambda: _event(place, at, path),
    )


def _event(place: Place, at: dt.datetime, path: str) -> str:
    bodies = queries.bodies([place.event_id])
    if not bodies:
        raise Http404  # withdrawn since its state was read
    document = past.documents_then(bodies, at + _SECOND).get(place.event_id)
    if document is None:
        raise NotYetError(past.public_since(json.loads(bodies[place.event_id])))
    event = past.completed(document, at + _SECOND)
    shown = event_context(_linked(event, at, to_past=False), None, None)
    shown |= {"ld": "", "alternates": []}
    shown["date"]["href"] = past_path(at, shown["date"]["href"])
    return _rendered("public/event.html", place.edition, at, path, shown)


@require_safe
def past_day(
    request: HttpRequest, moment: str, year: str, month: str, day: str, edition: str = DEFAULT_EDITION
) -> HttpResponse:
    """``/as-of/…/news/2004/02/9/``: the events that stood on the day, with what they said."""
    at, date = read_stamp(moment), read_date(year, month, day)
    if at is None or date is None:
        return not_found(request)
    path = EDITIONS[edition].prefix + day_path(date)
    if request.path_info != f"/as-of/{stamp(at)}{path}":
        return moved(past_path(at, path))
    if later := _to_come(at, path):
        return later
    rows = past.day_candidates(edition, date)
    if not rows:
        return not_found(request)

    def make() -> str:
        found = past.documents_then(queries.bodies([row[0] for row in rows]), at + _SECOND)
        of_day = [found[pk] for pk in sorted(found) if found[pk]["date"] == date.isoformat()]
        events = [_linked(document, at) for document in of_day]
        if not events:
            raise NotYetError(min(row[2] for row in rows))
        page = {
            "edition": edition,
            "date": date.isoformat(),
            "path": path,
            "previous": None,
            "next": None,
            "events": events,
        }
        return _rendered("public/day.html", edition, at, path, day_context(page) | {"alternates": []})

    return _answer(request, at, path, edition, version=("day", date, rows), make=make)


@require_safe
def past_context(request: HttpRequest, moment: str, slug: str, edition: str | None = None) -> HttpResponse:
    """``/as-of/…/contexts/SLUG/``: what it was called and said to be, and its newest events then."""
    at = read_stamp(moment)
    context = contexts.find_standing(slug, edition)
    if at is None or context is None:
        return not_found(request)
    if request.path_info != f"/as-of/{stamp(at)}{context.path}":
        return moved(past_path(at, href(context.path)))
    if later := _to_come(at, href(context.path)):
        return later
    rows = past.context_candidates(context, at + _SECOND, CONTEXT_EVENTS + 1)
    return _answer(
        request,
        at,
        href(context.path),
        context.edition,
        version=("context", context.pk, context.version, rows),
        make=lambda: _context(context, rows, at),
    )


def _context(context: Context, rows: list[tuple[int, int]], at: dt.datetime) -> str:
    aliases = list(context.aliases.values_list("name", flat=True))
    values = past.context_values(context, aliases, at + _SECOND)
    if values is None:
        raise NotYetError(context.created_at)
    names = past.context_names(context, aliases) | {values["name"]}
    ids = [row[0] for row in rows[:CONTEXT_EVENTS]]
    found = past.documents_then(queries.bodies(ids), at + _SECOND)
    events = [
        _linked(document, at)
        for document in (found[pk] for pk in ids if pk in found)
        if any(row["id"] == context.pk or row["name"] in names for row in document["contexts"])
    ]
    events.sort(key=lambda document: (document["date"], document["id"]), reverse=True)
    shown: dict[str, Any] = {
        "name": values["name"],
        "aliases": values["aliases"],
        "profile": clean_html(values["profile"]) if values["profile"] else "",
        "groups": groups_by_day(context.edition, events, context.pk),
        "more": len(rows) > CONTEXT_EVENTS,
    }
    return _rendered("public/past_context.html", context.edition, at, href(context.path), shown)


def _linked(document: dict[str, Any], at: dt.datetime, *, to_past: bool = True) -> dict[str, Any]:
    """*document* with links that stay in the past: those of its contexts and, *to_past*, its own."""

    def moved_back(row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "path": past_path(at, row["path"])}

    lead = document["lead_context"]
    return {
        **document,
        "address": past_path(at, document["address"]) if to_past else document["address"],
        "lead_context": lead and moved_back(lead),
        "contexts": [moved_back(row) for row in document["contexts"]],
    }


def _to_come(at: dt.datetime, path: str) -> HttpResponse | None:
    """What a moment that has not come is answered: 302 to the present."""
    if at <= dt.datetime.now(dt.UTC):
        return None
    response = HttpResponseRedirect(path)
    response.headers["Content-Length"] = "0"
    response.headers["Cache-Control"] = CACHE_CONTROL
    return response


def _rendered(template: str, edition: str, at: dt.datetime, path: str, shown: dict[str, Any]) -> str:
    """A page of the past: its present counterpart's template under a banner, without canonical address."""
    banner = {
        "at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "on": day_words(edition, at.date()),
        "time": f"{at:%H:%M:%S} UTC",
        "href": path,
    }
    return render(template, edition, shown | {"canonical": "", "feeds": [], "past": banner})


def _answer(
    request: HttpRequest,
    at: dt.datetime,
    path: str,
    edition: str,
    *,
    version: tuple[Any, ...],
    make: Callable[[], str],
) -> HttpResponse:
    """A page of the past with Memento's headers, or 404 that says since when there is one."""
    headers = {
        "Link": links_of(path, original=True),
        "X-Robots-Tag": "noindex",
    }
    try:
        response = answer(
            request,
            etag=etag_of("as-of", at, version),
            content_type=FORMATS["html"],
            make=make,
            key=f"as-of {path}",
            headers=headers | {"Memento-Datetime": http_date(at.timestamp())},
        )
    except NotYetError as error:
        since = error.since
        shown = {
            "present_href": path,
            "since": since and {"at": f"{since:%Y-%m-%dT%H:%M:%SZ}", "on": day_words(edition, since.date())},
            "since_time": since and f"{since:%H:%M:%S} UTC",
        }
        response = HttpResponse(render("public/not_yet.html", edition, shown), status=404)
        response.headers["Cache-Control"] = CACHE_CONTROL
        for name, value in headers.items():
            response.headers[name] = value
    return response
