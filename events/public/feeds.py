"""Feeds of news, a day, a context, a search, editorials and corrections, each in three formats."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from events import contexts, ledger, queries
from events.editorials import newest_editorials
from events.formats.feeds import MEDIA_TYPES, WRITERS, Entry, Feed
from events.formats.jsonld import headline
from events.public.addresses import read_date
from events.public.conditional import answer, etag_of
from events.public.errors import absolute, moved, not_found
from events.public.ready import href
from events.public.search import found_by
from events.public.words import day_words, grade_word, words
from events.slugs import day_path
from events.vocabulary import DEFAULT_EDITION, EDITIONS

_AT_ONCE: Final = 50
_NAMES: Final = {"atom": "Atom", "rss": "RSS", "json": "JSON Feed"}
_REMEMBERED: Final = dt.timedelta(days=30)
"""For how long a feed says that an event is gone."""


def feed_links(label: str, *paths: str) -> list[dict[str, str]]:
    """What a page's head and foot say of the feeds at *paths*, whose suffixes name their formats."""
    kinds = [(path, path.rpartition(".")[2].replace("xml", "rss")) for path in paths]
    return [
        {"href": path, "type": MEDIA_TYPES[kind].partition(";")[0], "label": label, "name": _NAMES[kind]}
        for path, kind in kinds
    ]


@require_safe
def news_feed(request: HttpRequest, suffix: str, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/feeds/news.atom`` and, by the ancestor's address, ``/index_rss.xml``: the newest events."""
    ids = queries.newest_ids(edition, limit=_AT_ONCE)
    home = f"{EDITIONS[edition].prefix}/"
    return _answer(request, suffix, edition, settings.SITE_NAME, home, ids, told=True)


@require_safe
def day_feed(
    request: HttpRequest, year: str, month: str, day: str, suffix: str, edition: str = DEFAULT_EDITION
) -> HttpResponse:
    """``/news/2004/02/9/index.atom``: the events of one day; padded days lead there."""
    date = read_date(year, month, day)
    state = queries.day_state(edition, date) if date else None
    if date is None or state is None or not state.rows:
        return not_found(request)
    path = f"{EDITIONS[edition].prefix}{day_path(date)}index.{suffix}"
    return show_day_feed(request, state, suffix) if request.path_info == path else moved(path)


def show_day_feed(request: HttpRequest, state: queries.DayState, suffix: str) -> HttpResponse:
    """The feed of the day in *state*."""
    edition, date = state.edition, state.date
    title = f"{settings.SITE_NAME}: {day_words(edition, date)}"
    home = EDITIONS[edition].prefix + day_path(date)
    return _answer(request, suffix, edition, title, home, [row[0] for row in state.rows])


@require_safe
def context_feed(request: HttpRequest, slug: str, suffix: str, edition: str | None = None) -> HttpResponse:
    """``/contexts/SLUG/index.atom``: the newest events of a context; a merged one's leads to its target's."""
    context = contexts.find_standing(slug, edition)
    if context is None:
        return not_found(request)
    name = request.path_info.rpartition("/")[2]
    if request.path_info != context.path + name:
        return moved(href(context.path) + name)
    return show_context_feed(request, contexts.context_state(context), suffix)


def show_context_feed(request: HttpRequest, state: contexts.ContextState, suffix: str) -> HttpResponse:
    """The feed of the context in *state*."""
    context = state.context
    ids = [row[0] for row in state.rows[:_AT_ONCE]]
    title = f"{settings.SITE_NAME}: {context.name}"
    return _answer(request, suffix, context.edition, title, context.path, ids)


@require_safe
def search_feed(request: HttpRequest, suffix: str, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/search/feed.atom?q=…``: the newest events that a search finds."""
    said, ids = found_by(request.GET, edition, limit=_AT_ONCE)
    title = f"{settings.SITE_NAME}: {words(edition)['search']} {said}".rstrip()
    home = f"{EDITIONS[edition].prefix}/search/?{request.GET.urlencode()}"
    return _answer(request, suffix, edition, title, home, ids)


@require_safe
def opinion_feed(request: HttpRequest, suffix: str, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/feeds/opinion.atom`` and, by the ancestor's address, ``/opinion_rss.xml``."""
    rows = newest_editorials(edition, limit=_AT_ONCE)
    entries = tuple(
        Entry(
            id=absolute(f"/opinion/id/{row['id']}"), url=absolute(href(row["path"])), title=row["title"],
            text=row["body"], published=_time(row["published"]), updated=_time(row["updated"]),
            author=row["author"],
        )
        for row in rows
    )  # fmt: skip
    title = f"{settings.SITE_NAME}: {words(edition)['opinion']}"
    home = f"{EDITIONS[edition].prefix}/opinion/"
    versions = [(row["id"], row["revision"]) for row in rows]
    return _send(request, suffix, edition, title, home, versions, lambda: entries)


@require_safe
def corrections_feed(request: HttpRequest, suffix: str, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/corrections/index.atom``: what people corrected."""
    rows = ledger.corrections(edition, limit=_AT_ONCE)
    entries = tuple(
        Entry(
            id=absolute(f"/e/{row['event']}#revision-{row['revision']}"),
            url=absolute(href(row["address"], ".html")),
            title=f"{grade_word(edition, row['grade'])}: {headline(row['text'], 90)}",
            text="\n\n".join(filter(None, (row["note"], row["text"]))),
            published=_time(row["at"]), updated=_time(row["at"]), author=row["by"],
        )
        for row in rows
    )  # fmt: skip
    title = f"{settings.SITE_NAME}: {words(edition)['ledger']}"
    home = f"{EDITIONS[edition].prefix}/corrections/"
    versions = [(row["id"], row["address"], row["text"]) for row in rows]
    return _send(request, suffix, edition, title, home, versions, lambda: entries)


def _answer(
    request: HttpRequest,
    suffix: str,
    edition: str,
    title: str,
    home: str,
    event_ids: Sequence[int],
    *,
    told: bool = False,
) -> HttpResponse:
    """A feed of events. *told*: it says which ones are gone, too."""
    changed = ledger.changed_at(event_ids)
    left = ledger.left_since(edition, timezone.now() - _REMEMBERED) if told else []
    gone = tuple((absolute(f"/e/{event_id}"), when) for event_id, when in left)

    def make() -> tuple[Entry, ...]:
        return tuple(_entry(row, changed) for row in queries.documents(list(event_ids)))

    versions = [(event_id, changed.get(event_id)) for event_id in event_ids]
    return _send(request, suffix, edition, title, home, versions, make, gone=gone)


def _entry(event: dict[str, Any], changed: dict[int, dt.datetime]) -> Entry:
    published = _time(event["created"])
    return Entry(
        id=absolute(f"/e/{event['id']}"),
        url=absolute(href(event["address"], ".html")),
        title=headline(event["text"], 90),
        text=event["text"],
        published=published,
        updated=changed.get(event["id"], published),
        tags=tuple(row["name"] for row in event["contexts"]),
    )


def _send(
    request: HttpRequest,
    suffix: str,
    edition: str,
    title: str,
    home: str,
    versions: Sequence[tuple[Any, ...]],
    make: Any,
    *,
    gone: tuple[tuple[str, dt.datetime], ...] = (),
) -> HttpResponse:
    """The feed; *versions* are what it is validated by."""
    url = absolute(request.get_full_path())

    def write() -> bytes:
        feed = Feed(
            title=title, about=words(edition)["tagline"], home=absolute(home), url=url,
            lang=EDITIONS[edition].lang, author=settings.SITE_NAME, entries=make(), gone=gone,
        )  # fmt: skip
        return WRITERS[suffix](feed)

    return answer(
        request,
        etag=etag_of("feed", url, suffix, versions, gone),
        content_type=MEDIA_TYPES[suffix],
        make=write,
        key=f"feed {edition} {request.path_info}",
    )


def _time(said: str) -> dt.datetime:
    return dt.datetime.fromisoformat(said)
