"""What the static site has beside its months: fixed pages, lists, contexts, editorials."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse

from events import contexts, timeline
from events.editorials import editorials
from events.models import Context, Publisher
from events.public import errors
from events.public.conditional import etag_of
from events.public.contexts import show_context
from events.public.feeds import show_context_feed
from events.public.frame import static_address
from events.public.ready import href
from events.public.static_site.folder import digest
from events.public.static_site.maps import CONTEXT_FEEDS, short_targets
from events.public.static_site.pages import Pages
from events.vocabulary import EDITIONS

_ALL: Final = 10**9
_FORMATS: Final = ("", "index.md", "index.json", "index.xml")
_FEEDS: Final = (
    "index_rss.xml",
    "opinion_rss.xml",
    *(
        f"{feed}.{suffix}"
        for feed in ("feeds/news", "feeds/opinion", "corrections/index")
        for suffix in ("atom", "rss", "json")
    ),
)
_PROBLEMS: Final[dict[int, Callable[[HttpRequest], HttpResponse]]] = {
    404: errors.not_found,
    410: errors.gone,
    451: errors.removed_by_law,
}
_ASSETS: Final = ("css/public", "icons/")
"""How the names of the static files begin that public pages use."""
DAYS: Final = range(366)
_LEAP_YEAR: Final = 2004


def write_assets(pages: Pages) -> None:
    """Style sheets and icons, by the names that the pages use."""
    if not settings.STATIC_URL.startswith("/"):
        return  # they stand on another host
    found = {name for finder in finders.get_finders() for name, _ in finder.list([])}
    for name in sorted(found):
        if name.startswith(_ASSETS):
            address = static_address(name).partition("?")[0]
            content = _asset(name, address)
            pages.put(address, etag_of("asset", digest(content)), partial(bytes, content))


def _asset(name: str, address: str) -> bytes:
    """The file as it was collected (its own links then have hashed names), else as it was written."""
    stored = address.removeprefix(settings.STATIC_URL)
    if staticfiles_storage.exists(stored):
        with staticfiles_storage.open(stored) as file:
            content: bytes = file.read()
            return content
    return Path(str(finders.find(name))).read_bytes()


def write_machines(pages: Pages) -> None:
    """What stands once for all editions."""
    for path in ("robots.txt", "sitemap.xml", "news-sitemap.xml", ".well-known/security.txt"):
        pages.view(f"/{path}")


def write_fixed(pages: Pages, edition: str) -> None:
    """An edition's front page, feeds, lists and the pages that say why there is none."""
    home = f"{EDITIONS[edition].prefix}/"
    for file in (*_FORMATS, *_FEEDS, "news/", "about/", "about/api/"):
        pages.view(f"{home}{file}")
    for status, say in _PROBLEMS.items():
        path = f"{home}{status}.html"
        pages.put(path, etag_of("problem", path), partial(_problem, say, path))
    for year in timeline.years(edition):
        pages.view(f"{home}news/{year:04d}/")
    pages.view_list(f"{home}corrections/")
    pages.view_list(f"{home}contexts/")
    pages.view_list(f"{home}opinion/")
    pages.view_list(f"{home}sources/")


def write_anniversaries(pages: Pages, edition: str) -> None:
    """Every day of a leap year."""
    for number in DAYS:
        date = dt.date(_LEAP_YEAR, 1, 1) + dt.timedelta(days=number)
        pages.view_list(f"{EDITIONS[edition].prefix}/on-this-day/{date.month:02d}/{date.day}/")


def write_opinion(pages: Pages, edition: str) -> None:
    """All editorials."""
    for row in editorials(edition, limit=_ALL):
        for file in _FORMATS:
            pages.view(f"{href(row.path)}{file}")


def write_contexts(pages: Pages, edition: str, first: int, last: int) -> None:
    """The contexts with ids from *first* to *last*; those that were merged lead on."""
    rows = Context.objects.of_edition(edition).filter(pk__range=(first, last)).order_by("pk")
    for context in rows.select_related("merged_into"):
        path = href(context.path)
        if context.merged_into is not None:
            pages.redirect(path, href(context.merged_into.path))
            continue
        state = contexts.context_state(context)
        pages.view_list(path, show=partial(show_context, state=state, suffix="html"))
        for suffix in ("md", "json", "xml"):
            pages.view(f"{path}index.{suffix}", show=partial(show_context, state=state, suffix=suffix))
        for file, suffix in CONTEXT_FEEDS.items():
            pages.view(path + file, show=partial(show_context_feed, state=state, suffix=suffix))


def write_sources(pages: Pages, edition: str, first: int, last: int) -> None:
    """The publishers with ids from *first* to *last* that the edition cites."""
    for number in (
        Publisher.objects.filter(pk__range=(first, last)).order_by("pk").values_list("pk", flat=True)
    ):
        pages.view_list(f"{EDITIONS[edition].prefix}/sources/{number}/")


def write_short(pages: Pages, first: int, last: int) -> None:
    """Pages at ``/e/ID/`` that lead to the events with ids from *first* to *last*."""
    for event_id, target, _ in short_targets(first, last):
        if target is not None:
            pages.redirect(f"/e/{event_id}/", target)


def _problem(say: Callable[[HttpRequest], HttpResponse], path: str) -> bytes:
    request = HttpRequest()
    request.path = request.path_info = path
    return say(request).content
