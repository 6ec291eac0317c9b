"""What nginx is told of addresses that are no pages: ``redirects.map`` (301) and ``gone.map`` (410, 451)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from django.db.models import Max, Q

from events.editorials import editorial_path
from events.models import Address, Context, Editorial
from events.public.addresses import follow, present_place
from events.public.event import REFERENCES
from events.public.frame import FORMATS
from events.public.ready import href
from events.public.static_site.pages import Pages
from events.vocabulary import State

REDIRECTS: Final = "redirects.map"
GONE: Final = "gone.map"
_AT_ONCE: Final = 1_000
CONTEXT_FEEDS: Final = {"index.atom": "atom", "index.rss": "rss", "feed.json": "json"}
"""The names of a context's feeds, each with its format."""
_STATUS: Final = {State.WITHDRAWN: "410", State.LEGAL: "451"}
_INDEXES: Final = ("", *(f"index.{suffix}" for suffix in FORMATS))


def write_maps(pages: Pages) -> None:
    """Both maps, as streams: each line is an address and where it leads, or the status that it has."""
    pages.stream(REDIRECTS, (line for line, leads_on in _lines() if leads_on))
    pages.stream(GONE, (line for line, leads_on in _lines() if not leads_on))


def last_event_id() -> int:
    """The highest id of an event that has an address."""
    return Address.objects.aggregate(last=Max("event_id"))["last"] or 0


def short_targets(first: int, last: int) -> Iterator[tuple[int, str | None, str]]:
    """The events with ids from *first* to *last*: ``(id, escaped address in the end, state)``.

    No address where there is nothing to read; drafts and held events are left out.
    """
    rows = Address.objects.current().filter(event__gte=first, event__lte=last).order_by("event_id")
    for row in rows.select_related("event").only("edition", "date", "slug", "event__state"):
        if row.event.state == State.PUBLISHED:
            yield row.event_id, href(row.path, ".html"), State.PUBLISHED
        else:
            path, state = _end(row.event_id)
            if state in _STATUS or path is not None:
                yield row.event_id, path and href(path, ".html"), state


def _end(event_id: int) -> tuple[str | None, str]:
    """Where an event leads in the end, merges followed: its path, None if it is not public; its state."""
    place = present_place(event_id)
    target = follow(place) if place is not None else None
    if target is None:
        return None, State.DRAFT
    return (target.path if target.state == State.PUBLISHED else None), target.state


def _lines() -> Iterator[tuple[bytes, bool]]:
    """Every line of both maps, and whether it leads on."""
    for first in range(1, last_event_id() + 1, _AT_ONCE):
        for event_id, target, state in short_targets(first, first + _AT_ONCE - 1):
            yield from _line(f"/e/{event_id}", target, state)
    left = Address.objects.filter(Q(current=False) | ~Q(event__state=State.PUBLISHED))
    for row in left.order_by("pk").iterator(chunk_size=_AT_ONCE):
        path, state = _end(row.event_id)
        for suffix in (*FORMATS, *REFERENCES):
            target = None if path is None else href(path, f".{suffix}")
            yield from _line(f"{row.path}.{suffix}", target, state)
    merged = Context.objects.filter(merged_into__isnull=False).order_by("pk")
    for context in merged.select_related("merged_into").defer("profile"):
        if context.merged_into is not None:
            for name in (*_INDEXES, *CONTEXT_FEEDS):
                target = href(context.merged_into.path) + name
                yield from _line(context.path + name, target, State.PUBLISHED)
    withdrawn = Editorial.objects.filter(state=State.WITHDRAWN).order_by("pk")
    for edition, date, slug in withdrawn.values_list("edition", "date", "slug"):
        for name in _INDEXES:
            yield from _line(editorial_path(edition, date, slug) + name, None, State.WITHDRAWN)


def _line(path: str, target: str | None, state: str) -> Iterable[tuple[bytes, bool]]:
    """The line of one decoded *path*: nginx looks it up in what it decoded itself."""
    if any(sign < " " for sign in path):
        return
    key = path.replace("\\", "\\\\").replace('"', '\\"')
    if target is not None:
        yield f'"{key}" "{target}";\n'.encode("utf-8", "replace"), True
    elif state in _STATUS:
        yield f'"{key}" {_STATUS[State(state)]};\n'.encode("utf-8", "replace"), False
