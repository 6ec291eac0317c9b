"""The months, days and events of the static site, and the pages at addresses that they left."""

from __future__ import annotations

import calendar
import datetime as dt
from functools import cached_property, partial
from typing import Any, Final

from django.db.models.functions import TruncMonth

from events import queries, timeline
from events.contexts import Neighbours
from events.models import Address
from events.public.addresses import Place, follow, places_between
from events.public.day import show_day
from events.public.event import REFERENCES, event_etag, event_neighbours, write_event
from events.public.feeds import show_day_feed
from events.public.frame import FORMATS
from events.public.ready import href
from events.public.static_site.pages import Pages
from events.slugs import day_path
from events.vocabulary import EDITIONS, State

_AT_ONCE: Final = 200
_DAY_FILES: Final = {
    "": partial(show_day, suffix="html"),
    **{f"index.{suffix}": partial(show_day, suffix=suffix) for suffix in ("md", "json", "xml")},
    **{f"index.{suffix}": partial(show_day_feed, suffix=suffix) for suffix in ("atom", "rss")},
}


def months(edition: str) -> list[dt.date]:
    """The first of each month in which something has an address, or to which an event belongs; in order."""
    addressed = Address.objects.filter(edition=edition).annotate(month=TruncMonth("date")).order_by()
    found = set(addressed.values_list("month", flat=True).distinct())
    found |= {month for code, month, _ in timeline.months_changed() if code == edition}
    return sorted(found)


def bounds(first: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of a month."""
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def write_month(pages: Pages, edition: str, first: dt.date) -> None:
    """A month with its days and the events whose addresses lie in it."""
    _, last = bounds(first)
    prefix = EDITIONS[edition].prefix
    pages.view(f"{prefix}/news/{first:%Y/%m}/")
    pages.view(f"/sitemap/{edition}-{first:%Y-%m}.xml")
    for date in timeline.day_counts(edition, first, last):
        state = queries.day_state(edition, date)
        for file, show in _DAY_FILES.items():
            pages.view(f"{prefix}{day_path(date)}{file}", show=partial(show, state=state))
    places = places_between(edition, first, last)
    here = [
        place
        for place in places
        if place.current and place.state == State.PUBLISHED and place.version is not None
    ]
    for start in range(0, len(here), _AT_ONCE):
        write_events(pages, here[start : start + _AT_ONCE])
    for place in places:
        if not place.current or place.state == State.MERGED:
            write_moved(pages, place)


def write_events(pages: Pages, places: list[Place]) -> None:
    """The pages of these events, in all formats; texts are loaded only if one of them changed."""
    loaded = _Loaded([place.event_id for place in places])
    for place in places:
        related = queries.related_state(place.event_id)
        for suffix in (*FORMATS, *REFERENCES):
            beside = event_neighbours(place, suffix)

            def make(
                place: Place = place, suffix: str = suffix, beside: list[Neighbours] = beside
            ) -> str | bytes:
                return write_event(place, suffix, *loaded.of(place.event_id), beside)

            pages.put(href(place.path, f".{suffix}"), event_etag(place, suffix, related, beside), make)
        pages.writer.counts["events"] += 1


class _Loaded:
    """The documents and related links of some events, read when the first is asked for."""

    def __init__(self, event_ids: list[int]) -> None:
        self._ids = event_ids

    def of(self, event_id: int) -> tuple[str, list[dict[str, Any]]]:
        return self._bodies[event_id], self._related.get(event_id, [])

    @cached_property
    def _bodies(self) -> dict[int, str]:
        return queries.bodies(self._ids)

    @cached_property
    def _related(self) -> dict[int, list[dict[str, Any]]]:
        return queries.related_of(self._ids)


def write_moved(pages: Pages, place: Place) -> None:
    """A page at a former address that leads to the present one."""
    target = follow(place)
    if target is not None and target.state == State.PUBLISHED:
        pages.redirect(href(place.path, ".html"), href(target.path, ".html"))
