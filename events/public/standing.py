"""Where an address of an event leads, for the pages beside its own: history, past, versions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from events.public.addresses import Place, find_cut, find_place, follow, read_date
from events.public.errors import closed, not_found
from events.slugs import RESERVED, removed_slug
from events.vocabulary import State


def standing_place(
    request: HttpRequest, day: tuple[str, str, str], slug: str, edition: str | None
) -> Place | HttpResponse:
    """The present place of the published event that an address leads to, or the answer that there is none.

    *day*: year, month and day as the path has them. The place is the event's current one, whatever
    address was asked for.
    """
    date = read_date(*day)
    if date is None or slug.lower() in RESERVED:
        return not_found(request)
    place = find_place(date, slug, edition) or find_place(date, removed_slug(date, slug), edition)
    place = place or find_cut(date, slug, edition)
    target = follow(place) if place else None
    if target is None or target.state in (State.DRAFT, State.HELD):
        return not_found(request)
    if target.state != State.PUBLISHED:
        return closed(request, target.state, target.event_id)
    return target if target.version is not None else not_found(request)
