"""A day's page: events under their lead contexts."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events import queries
from events.formats.document import day_json
from events.formats.markdown import day_markdown
from events.formats.xml import day_xml
from events.public.addresses import read_date
from events.public.conditional import answer, etag_of
from events.public.errors import absolute, moved, not_found
from events.public.feeds import feed_links
from events.public.frame import FORMATS, Writer, alternates, date_link, groups_by_lead, render
from events.public.memento import links_of
from events.public.ready import href
from events.public.words import count_words, day_words, month_words, words
from events.slugs import day_path
from events.vocabulary import DEFAULT_EDITION, EDITIONS

_DAY_FORMATS: Final[dict[str, Writer]] = {"md": day_markdown, "json": day_json, "xml": day_xml}


@require_safe
def day_page(
    request: HttpRequest, year: str, month: str, day: str, file: str = "", edition: str = DEFAULT_EDITION
) -> HttpResponse:
    """``/news/2004/02/9/`` and its ``index`` files; padded days and ``README.md`` lead there."""
    date = read_date(year, month, day)
    if date is None:
        return not_found(request)
    path = EDITIONS[edition].prefix + day_path(date)
    name = "index.md" if file == "README.md" else file
    state = queries.day_state(edition, date)
    if not state.rows:
        return not_found(request)
    if request.path_info != path + name:
        return moved(path + name)
    return show_day(request, state, name.partition(".")[2] or "html")


def show_day(request: HttpRequest, state: queries.DayState, suffix: str) -> HttpResponse:
    """The page of the day in *state*, in the format *suffix*."""
    edition, date = state.edition, state.date
    return answer(
        request,
        etag=etag_of(edition, date, suffix, state.rows, state.previous, state.next),
        content_type=FORMATS[suffix],
        make=lambda: _make_day(state, suffix),
        key=f"day {edition} {date} {suffix}",
        headers=_links(EDITIONS[edition].prefix + day_path(date), suffix),
    )


def _make_day(state: queries.DayState, suffix: str) -> str | bytes:
    page = queries.day_page(state)
    if suffix != "html":
        return _DAY_FORMATS[suffix](page)
    return render("public/day.html", state.edition, day_context(page))


def day_context(page: dict[str, Any]) -> dict[str, Any]:
    """What the template prints of a day page: ready words and links only."""
    edition = page["edition"]
    date = dt.date.fromisoformat(page["date"])
    return {
        "canonical": absolute(page["path"]),
        "alternates": alternates(f"{page['path']}index"),
        "feeds": feed_links(
            day_words(edition, date), f"{page['path']}index.atom", f"{page['path']}index.rss"
        ),
        "anniversary_href": f"{EDITIONS[edition].prefix}/on-this-day/{date.month:02d}/{date.day}/",
        "date": date_link(edition, page["date"]),
        "month_href": f"{page['path'].rsplit('/', 2)[0]}/",
        "month": month_words(edition, int(page["date"][:4]), int(page["date"][5:7])),
        "previous": date_link(edition, page["previous"]),
        "next": date_link(edition, page["next"]),
        "count": count_words(edition, len(page["events"])),
        "groups": groups_by_lead(page["events"], words(edition)["other_events"]),
    }


def _links(path: str, suffix: str) -> dict[str, str]:
    return {"Link": links_of(path) if suffix == "html" else f'<{absolute(href(path))}>; rel="canonical"'}
