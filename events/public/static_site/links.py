"""Links of a page for a site without a server: those that need one lead to the live site, or nowhere."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

from events.public.static_site.folder import file_of

WRITTEN: Final = frozenset(
    [
        "month_page",
        "same_day_page",
        "year_page",
        "years_page",
        "context_page",
        "contexts_page",
        "corrections_page",
        "day_page",
        "front_page",
        "event_page",
        "short_address",
        "context_feed",
        "corrections_feed",
        "day_feed",
        "news_feed",
        "opinion_feed",
        "robots",
        "security",
        "editorial_page",
        "opinion_page",
        "month_sitemap",
        "news_sitemap",
        "sitemap_index",
        "about_page",
        "api_page",
        "sources_page",
        "publisher_page",
    ]
)
"""The views whose pages stand as files; links to all others need a server."""
_PAGED: Final = frozenset({"after", "before", "from"})
"""What may stand behind a ``?``: where a list goes on."""
_HEX: Final = "~"
"""Begins what no name of a file can say: its bytes follow in hexadecimal digits."""
_LINK: Final = re.compile(r'<(a|link|form)\b([^>]*?) (href|action)="([^"]*)"([^>]*)>')
_COMMON: Final = re.compile(
    r"(?:/[a-z]{2,3})?(?:/news/[0-9]{4}/[0-9]{2}/[0-9]{1,2}/(?:[^/?#]+\.(?:html|md|json|xml|bib|ris|atom|rss))?"
    r"|/contexts/[^/?#]+/)"
)
"""The paths of days, events and contexts: most links, and known without asking all patterns of addresses."""
_FORM: Final = re.compile(r"<form\b.*?</(?:form)>\n?", re.DOTALL)
_CLASS: Final = re.compile(r' class="[^"]*"')


def fit_links(page: str, live_url: str) -> str:
    """*page* (HTML or XML as our templates write it) with each link as the static site has it.

    What needs a server leads to *live_url*, as all forms do; where that is empty, forms and such
    ``link`` elements are left out, and such an ``a`` is no link any more.
    """
    if not live_url:
        page = _FORM.sub("", page)
    return _LINK.sub(lambda match: fitted_link(match[0], live_url), page)


@lru_cache(maxsize=32_768)
def fitted_link(said: str, live_url: str) -> str:
    """The tag *said*, which has a link, as the static site has it. Most stand on many pages."""
    base = settings.BASE_URL
    match = _LINK.fullmatch(said)
    if match is None:
        return said
    tag, before, name, value, after = match.groups()
    path = value.removeprefix(base) if value.startswith(f"{base}/") else value
    if not path.startswith("/") or path.startswith("//"):
        return said
    standing = None if tag == "form" else static_path(html.unescape(path))
    if standing is not None:
        there = value.removesuffix(path) + html.escape(standing)
    elif live_url:
        there = f"{html.escape(live_url)}{path}"
    elif tag == "link":
        return ""
    else:
        kept = _CLASS.search(before + after)
        return f"<{tag}{kept[0] if kept else ''}>"
    return f'<{tag}{before} {name}="{there}"{after}>'


@lru_cache(maxsize=32_768)
def static_path(path: str) -> str | None:
    """Where the page at the public *path* (query included) stands on the static site; None: nowhere."""
    if path.startswith(settings.STATIC_URL):
        return path
    if _COMMON.fullmatch(path):
        return path if file_of(path) is not None else None
    return _resolved_path(path)


@lru_cache(maxsize=4_096)
def _view_at(path: str) -> str:
    """The name of the view that answers at the escaped *path*; "" where none does."""
    try:
        return resolve(unquote(path)).func.__name__
    except Resolver404:
        return ""


def _resolved_path(path: str) -> str | None:
    parts = urlsplit(path)
    view = _view_at(parts.path)
    if view not in WRITTEN or file_of(parts.path) is None:
        return None
    place = f"{parts.path}/" if view == "short_address" else parts.path
    if parts.query:
        asked = parse_qsl(parts.query, keep_blank_values=True)
        if len(asked) != 1 or asked[0][0] not in _PAGED:
            return None
        place = _paged(place, *asked[0])
        if file_of(place) is None:
            return None
    return place + (f"#{parts.fragment}" if parts.fragment else "")


def _paged(path: str, name: str, value: str) -> str:
    """Where the list at *path* goes on that the live site has at ``?name=value``."""
    if value.startswith(_HEX) or not value.strip(".") or not value.isprintable() or "/" in value:
        value = _HEX + value.encode("utf-8", "replace").hex()
    return f"{path}{name}/{quote(value, safe='')}/"


def further_pages(page: str, path: str) -> list[tuple[str, str, str]]:
    """The further pages of the list at *path* that the fitted *page* links to: ``(place, name, value)``."""
    found = []
    for name, quoted in re.findall(rf'href="{re.escape(path)}(after|before|from)/([^/"]+)/"', page):
        value = unquote(quoted)
        if value.startswith(_HEX):
            value = bytes.fromhex(value.removeprefix(_HEX)).decode()
        found.append((f"{path}{name}/{quoted}/", name, value))
    return found
