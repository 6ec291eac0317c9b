"""One context with its course, its company and its events, and all contexts by name."""

from __future__ import annotations

import datetime as dt
import string
from dataclasses import replace
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events import catalogue, contexts
from events.breaks import page_break
from events.filter_fields import parse_id
from events.formats.charts import Chart, Point, columns, spans
from events.formats.document import context_json
from events.formats.markdown import context_markdown
from events.formats.prose import clean_html
from events.formats.skos import json_ld, turtle
from events.formats.xml import context_xml
from events.models import Context
from events.models.context import NAME_MAX
from events.public.conditional import answer, etag_of, remembered
from events.public.errors import absolute, moved, not_found
from events.public.feeds import feed_links
from events.public.frame import FORMATS, Writer, alternates, card, date_link, render, versions
from events.public.memento import links_of
from events.public.ready import href
from events.public.words import count_words, day_of_year_words, words
from events.search.names import PREFIX_MAX, contexts_named
from events.vocabulary import DEFAULT_EDITION, EDITIONS

_FORMATS: Final[dict[str, Writer]] = {"md": context_markdown, "json": context_json, "xml": context_xml}
_CONCEPTS: Final = {"ttl": turtle, "jsonld": json_ld}
_CONCEPT_TYPES: Final = {"ttl": "text/turtle; charset=utf-8", "jsonld": "application/ld+json"}
_START: Final = "from"
AT_ONCE: Final = 40
"""How many events a page of a context shows at most: what fits into 15 kB with the style sheet."""
_NEIGHBOURS: Final = 12
_MOST_USED: Final = 24
_FOUND_MOST: Final = 60
_COUNTED_FOR: Final = 60
"""Seconds for which a context's course of years may be older than the archive."""
_RANKED_FOR: Final = 600
"""Seconds for which company and ranks may be older than the archive."""


@require_safe
def context_page(request: HttpRequest, slug: str, file: str = "", edition: str | None = None) -> HttpResponse:
    """``/contexts/SLUG/`` and its ``index`` files; a merged context leads to its target."""
    context = contexts.find_standing(slug, edition)
    if context is None:
        return not_found(request)
    name = "index.md" if file == "README.md" else file
    if request.path_info != context.path + name:
        return moved(href(context.path) + name)
    suffix = name.partition(".")[2] or "html"
    if suffix != "html":
        return show_context(request, contexts.context_state(context), suffix)
    before = _read_place(request.GET.get("before", ""))
    count = sum(_years(context).values()) if before is None else 0
    return _page(request, contexts.context_state(context, before=before, limit=AT_ONCE, count=count), before)


@require_safe
def concept_file(request: HttpRequest, slug: str, file: str, edition: str | None = None) -> HttpResponse:
    """``/contexts/SLUG/index.ttl`` and ``.jsonld``: the context in the terms of SKOS; on the live site only.

    Of a merged one it says what replaced it.
    """
    context = contexts.find_context(slug, edition)
    if context is None:
        return not_found(request)
    if request.path_info != context.path + file:
        return moved(href(context.path) + file)
    suffix = file.partition(".")[2]
    (concept,) = catalogue.concepts([context.pk])
    return answer(
        request,
        etag=etag_of("concept", suffix, concept),
        content_type=_CONCEPT_TYPES[suffix],
        make=lambda: _CONCEPTS[suffix]([concept], base_url=settings.BASE_URL),
        key=f"concept {context.pk} {suffix}",
        headers={"Link": f'<{absolute(href(context.path))}>; rel="canonical"'},
    )


def show_context(request: HttpRequest, state: contexts.ContextState, suffix: str) -> HttpResponse:
    """The page of the context in *state*, in the format *suffix*; in HTML its newest events only."""
    if suffix == "html":
        return _page(request, replace(state, rows=state.rows[: AT_ONCE + 1], limit=AT_ONCE), None)
    context = state.context
    return answer(
        request,
        etag=etag_of("context", suffix, state.validator),
        content_type=FORMATS[suffix],
        make=lambda: _FORMATS[suffix](contexts.context_page(state)),
        key=f"context {context.pk} {suffix}",
        headers={"Link": f'<{absolute(href(context.path))}>; rel="canonical"'},
    )


def _page(
    request: HttpRequest, state: contexts.ContextState, before: tuple[dt.date, int] | None
) -> HttpResponse:
    """The page for readers; ``?before=2004-02-09.17`` goes on behind an event."""
    if len(state.rows) > state.limit:
        state = replace(state, limit=page_break([row[0] for row in state.rows[: state.limit]]))
    context = state.context
    years = _years(context) if before is None else {}
    company: list[dict[str, Any]] = [] if before else remembered(
        f"company of context {context.pk}",
        lambda: contexts.appears_with(context, limit=_NEIGHBOURS),
        seconds=_RANKED_FOR,
    )  # fmt: skip
    # A further page shows the context's name and its own events.
    shown_by = state.validator if before is None else (context.pk, context.version, state.rows)
    return answer(
        request,
        etag=etag_of("context", before, shown_by, years, company),
        content_type=FORMATS["html"],
        make=lambda: render(
            "public/context.html",
            context.edition,
            _shown(contexts.context_page(state), years, company, before),
        ),
        key=f"context {context.pk} html {before is None}",
        headers={} if before else {"Link": ", ".join([links_of(href(context.path)), *_statements(context)])},
    )


def _statements(context: Context) -> list[str]:
    """Links to the context in the terms of SKOS, for machines."""
    return [
        f'<{absolute(href(context.path))}index.{suffix}>; rel="alternate"; type="{said.partition(";")[0]}"'
        for suffix, said in _CONCEPT_TYPES.items()
    ]


def _years(context: Context) -> dict[int, int]:
    """How many events each of its years has, as it was counted within the last minute."""
    counted: dict[int, int] = remembered(
        f"years of context {context.pk}", lambda: contexts.years_of(context), seconds=_COUNTED_FOR
    )
    return counted


def _read_place(said: str) -> tuple[dt.date, int] | None:
    """The date and the id behind which a page begins; None for the first page, and for what is no place."""
    day, _, number = said.partition(".")
    event_id = parse_id(number)
    if event_id is None:
        return None
    try:
        return dt.date.fromisoformat(day), event_id
    except ValueError:
        return None


def _shown(
    page: dict[str, Any],
    years: dict[int, int],
    company: list[dict[str, Any]],
    before: tuple[dt.date, int] | None,
) -> dict[str, Any]:
    path, edition = href(page["path"]), page["edition"]
    elsewhere = []
    if page["wikipedia"].startswith("https://"):
        elsewhere.append({"href": page["wikipedia"], "name": "Wikipedia"})
    if page["wikidata"]:
        elsewhere.append(
            {"href": f"https://www.wikidata.org/wiki/{href(page['wikidata'])}", "name": "Wikidata"}
        )
    last = page["events"][-1] if page["more"] and page["events"] else None
    return {
        "name": page["name"],
        "canonical": absolute(path) + (f"?before={before[0]}.{before[1]}" if before else ""),
        "alternates": alternates(f"{path}index"),
        "feeds": feed_links(page["name"], f"{path}index.atom", f"{path}index.rss", f"{path}feed.json"),
        "count": count_words(edition, page["count"]) if before is None else "",
        "span": _span(years),
        "first": before is None,
        "aliases": page["aliases"],
        "profile": clean_html(page["profile"]) if page["profile"] else "",
        "broader": [{"href": href(row["path"]), "name": row["name"]} for row in page["broader"]],
        "narrower": [{"href": href(row["path"]), "name": row["name"]} for row in page["narrower"]],
        "elsewhere": elsewhere,
        "chart": _chart(edition, page["slug"], years) if before is None and len(years) > 1 else None,
        "company": [{**row, "href": href(row["path"])} for row in company],
        "company_note": f"{words(edition)['newest_counted']} {contexts.LOOKED_AT}"
        if page["count"] > contexts.LOOKED_AT
        else "",
        "years": _by_year(edition, page["events"], page["id"]),
        "older_href": f"{path}?before={last['date']}.{last['id']}" if last else "",
        "first_href": path,
    }


def _span(years: dict[int, int]) -> str:
    """The years from the first event to the last."""
    first, last = min(years, default=0), max(years, default=0)
    return f"{first}–{last}" if first != last else str(first or "")


def _chart(edition: str, slug: str, years: dict[int, int]) -> Chart:
    """A bar a year, or so many years, each of them leading to its events."""
    search = f"{EDITIONS[edition].prefix}/search/"
    points = [
        Point(
            label,
            number,
            f"{label}: {count_words(edition, number)}",
            f"{search}?{urlencode({'context': slug, 'from': f'{first:04d}', 'to': f'{last:04d}'})}",
        )
        for first, last, number in spans(years)
        for label in [str(first) if first == last else f"{first}–{last}"]
    ]
    return columns(words(edition)["events_by_year"], points)


def _by_year(edition: str, events: list[dict[str, Any]], context_id: int) -> list[dict[str, Any]]:
    """Events as they come, those of one year together, each with its day and without this context's name."""
    shown = []
    for year, members in groupby(events, key=lambda event: event["date"][:4]):
        rows = []
        for event in members:
            date, lead = dt.date.fromisoformat(event["date"]), event["lead_context"]
            day = date_link(edition, date) or {}
            rows.append(
                {
                    **card(event, context_id),
                    "day": {**day, "words": day_of_year_words(edition, date)},
                    "lead": {"href": href(lead["path"]), "name": lead["name"]}
                    if lead and lead["id"] != context_id
                    else None,
                }
            )
        shown.append({"year": year, "cards": rows})
    return shown


@require_safe
def contexts_page(request: HttpRequest, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/contexts/``: by name, from ``?from=NAME`` on; those that ``?q=`` begins a word of; most used."""
    path = f"{EDITIONS[edition].prefix}/contexts/"
    sought = request.GET.get("q", "")[:PREFIX_MAX].replace("\0", "").strip()
    start = "" if sought else request.GET.get(_START, "")[:NAME_MAX].replace("\0", "")
    following = None
    if sought:
        rows = _found(sought, edition)
    else:
        rows, following = contexts.context_list(edition, start)
    asked = {"q": sought} if sought else {_START: start} if start else {}
    ranked: list[dict[str, Any]] = [] if asked else remembered(
        f"most used contexts {edition}",
        lambda: contexts.most_used(edition, limit=_MOST_USED),
        seconds=_RANKED_FOR,
    )  # fmt: skip
    page = {
        "canonical": absolute(path) + (f"?{urlencode(asked)}" if asked else ""),
        "versions": [] if asked else versions(edition, "contexts/"),
        "path": path,
        "q": sought,
        "start": start,
        "standing": "" if asked else _standing(edition),
        "most_used": [{**row, "href": href(row["path"])} for row in ranked],
        "letters": (
            []
            if EDITIONS[edition].cjk
            else [{"href": f"{path}?{_START}={letter}", "label": letter} for letter in string.ascii_uppercase]
        ),
        "contexts": [{"href": href(row["path"]), "name": row["name"], "count": row["count"]} for row in rows],
        "more_href": f"{path}?{urlencode({_START: following})}" if following else "",
    }
    return answer(
        request,
        etag=etag_of("contexts", page),
        content_type=FORMATS["html"],
        make=lambda: render("public/contexts.html", edition, page),
        key=f"contexts {edition} {not asked}",
    )


def _standing(edition: str) -> str:
    """How many contexts there are, in words; as counted within the last minutes."""
    number: int = remembered(
        f"contexts {edition}", lambda: contexts.standing_count(edition), seconds=_RANKED_FOR
    )
    more = f"{words(edition)['more_than']} " if number == contexts.COUNTED_MOST else ""
    return f"{more}{number:,}"


def _found(sought: str, edition: str) -> list[dict[str, Any]]:
    """The contexts a name of which has a word that begins as *sought*, with their counts."""
    rows = contexts_named(sought, edition=edition, limit=_FOUND_MOST)
    counts = contexts.event_counts([row.pk for row in rows])
    return [{"name": row.name, "path": row.path, "count": counts.get(row.pk, 0)} for row in rows]
