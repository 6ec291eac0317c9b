"""What all pages share: the frame around them, their formats, and lists of events as cards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache
from itertools import groupby
from typing import Any, Final

from django.conf import settings
from django.template import loader
from django.templatetags.static import static

from events.public.conditional import build_id
from events.public.ready import href, name, ready
from events.public.words import day_words, direction, words
from events.slugs import day_path
from events.vocabulary import EDITIONS

FORMATS: Final = {
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
    "xml": "application/xml; charset=utf-8",
}
Writer = Callable[[dict[str, Any]], str | bytes]
FORMAT_NAMES: Final = {"md": ready("Markdown"), "json": ready("JSON"), "xml": ready("XML")}
MEDIA_TYPES: Final = {suffix: ready(said.partition(";")[0]) for suffix, said in FORMATS.items()}


@cache
def frame(edition: str) -> Mapping[str, Any]:
    """The parts of every page of an edition: language, words, navigation, style sheet."""
    chosen = EDITIONS[edition]
    said = {key: ready(text) for key, text in words(edition).items()}
    return {
        "lang": chosen.lang,
        "dir": direction(edition),
        "w": said,
        "site_name": ready(settings.SITE_NAME),
        "base_url": ready(settings.BASE_URL),
        "css": static_address("css/public.css"),
        "icon": static_address("icons/site.svg"),
        "home": f"{chosen.prefix}/",
        "search_href": href(f"{chosen.prefix}/search/"),
        "nav": [
            {"href": href(f"{chosen.prefix}/{path}"), "label": said[word]}
            for path, word in (
                ("", "front"),
                ("news/", "archive"),
                ("contexts/", "contexts"),
                ("opinion/", "opinion"),
                ("corrections/", "ledger"),
            )
        ],
        "archive_href": href(f"{chosen.prefix}/news/"),
        "about_href": href(f"{chosen.prefix}/about/"),
        "foot": [
            {"href": href(f"{chosen.prefix}/{path}"), "label": said[word]}
            for path, word in (("about/", "about_site"), ("sources/", "sources_page"), ("about/api/", "api"))
        ],
        "editions": [
            {"href": href(f"{other.prefix}/"), "label": ready(other.name), "lang": ready(other.lang)}
            for other in EDITIONS.values()
            if other.code != edition
        ],
    }


def static_address(name: str) -> str:
    """The address of a static file; where none were ever collected, the plain one."""
    try:
        return static(name)
    except ValueError:
        return f"{settings.STATIC_URL}{name}?{build_id()}"


def render(template: str, edition: str, page: Mapping[str, Any]) -> str:
    """*page* in its frame. No request takes part, so no page can depend on who asks."""
    shown = {**frame(edition), **page}
    shown["section"] = _section(shown)
    return loader.get_template(template).render(shown)


def _section(page: Mapping[str, Any]) -> str:
    """Which part of the main navigation the page belongs to, by its canonical address; "" for none."""
    path = page.get("canonical", "").removeprefix(settings.BASE_URL)
    parts = [item["href"] for item in page["nav"] if path.startswith(item["href"])]
    found = max(parts, key=len, default="")
    return found if found != page["home"] or path == found else ""


def versions(edition: str, rest: str) -> list[dict[str, Any]]:
    """The page at *rest* in each edition, for pages that are versions of each other; *edition*: this one."""
    return [
        {
            "href": href(f"{other.prefix}/{rest}"),
            "label": ready(other.name),
            "lang": ready(other.lang),
            "here": other.code == edition,
        }
        for other in EDITIONS.values()
    ]


def alternates(stem: str) -> list[dict[str, str]]:
    """One entry a format for the page whose other formats stand at *stem* + ``.md`` and so on."""
    return [
        {"href": f"{stem}.{suffix}", "type": MEDIA_TYPES[suffix], "label": FORMAT_NAMES[suffix]}
        for suffix in ("md", "json", "xml")
    ]


def date_link(edition: str, day: dt.date | str | None) -> dict[str, str] | None:
    """A day (or its ISO date) as a link: its page, its ISO date and its words."""
    if day is None:
        return None
    date = dt.date.fromisoformat(day) if isinstance(day, str) else day
    return {
        "href": EDITIONS[edition].prefix + day_path(date),
        "iso": date.isoformat(),
        "words": day_words(edition, date),
    }


def card(event: dict[str, Any], but: int = 0) -> dict[str, Any]:
    """An event in a list: its text as a link, and its contexts without the lead one and *but*."""
    lead = event["lead_context"]
    left_out = (lead["id"] if lead else 0, but)
    return {
        "href": href(event["address"], ".html"),
        "text": ready(event["text"]),
        "lead": None,  # a name that a template does not find costs more than one it finds
        "contexts": [
            {"href": href(context["path"]), "name": name(context["name"])}
            for context in event["contexts"]
            if context["id"] not in left_out
        ],
    }


def groups_by_lead(events: list[dict[str, Any]], heading_before: str = "") -> list[dict[str, Any]]:
    """Events as they come, neighbours under one lead context together.

    *heading_before*: what stands over events without one, once others had a heading.
    """
    groups: list[dict[str, Any]] = []
    for heading, members in groupby(events, key=_lead_name):
        cards = list(members)
        lead = cards[0]["lead_context"]
        groups.append(
            {
                "heading": name(heading) if heading else (heading_before if groups else ""),
                "href": href(lead["path"]) if lead else "",
                "cards": [card(event) for event in cards],
            }
        )
    return groups


def _lead_name(event: dict[str, Any]) -> str:
    lead = event["lead_context"]
    return lead["name"] if lead else ""


def groups_by_day(edition: str, events: list[dict[str, Any]], context_id: int) -> list[dict[str, Any]]:
    """Events as they come, those of one day together under their date.

    *context_id*: the context whose page it is; its own name is not said again on each.
    """
    groups = []
    for iso, members in groupby(events, key=lambda event: event["date"]):
        link = date_link(edition, iso)
        groups.append(
            {
                "heading": link and link["words"],
                "href": link and link["href"],
                "iso": iso,
                "cards": [{**card(event, context_id), "lead": _lead(event, context_id)} for event in members],
            }
        )
    return groups


def _lead(event: dict[str, Any], but: int) -> dict[str, str] | None:
    lead = event["lead_context"]
    return {"href": href(lead["path"]), "name": name(lead["name"])} if lead and lead["id"] != but else None
