"""What readers report and what is found of dead sources, as corrections that an editor applies.

A report's ``data``: ``quote`` (the words of the text it is about, perhaps ""), ``fix`` (what should
stand there), ``source``, ``message``, and once it is decided ``answer``, what the reporter is told.
A dead source's ``data``: ``url``, ``status`` (what it answered), ``archived`` (a copy's address, or "").
"""

from __future__ import annotations

from events.actions.errors import InvalidAction
from events.actions.values import cited, read_citations
from events.harvest.records import CitedSource
from events.models import Citation, Event, ReviewItem
from events.text.urls import normalise_url

_EVENTS_MOST = 500


def reported_text(item: ReviewItem, event: Event) -> str | None:
    """The event's text with the fix in it; ``None`` where the quoted words do not stand there once."""
    quote, fix = str(item.data.get("quote") or ""), str(item.data.get("fix") or "")
    if not quote or not fix or event.text.count(quote) != 1:
        return None
    return event.text.replace(quote, fix)


def citing_events(item: ReviewItem) -> list[int]:
    """The events that cite the dead source of *item*: its own event, or else all."""
    if item.event_id is not None:
        return [item.event_id]
    url = str(item.data.get("url") or "")
    known = Citation.objects.filter(source__url=normalise_url(url) or url)
    return sorted(set(known.values_list("event", flat=True).order_by("event")[:_EVENTS_MOST]))


def revived_citations(item: ReviewItem, event: Event) -> list[CitedSource]:
    """The event's citations with the archived copy in the dead source's place."""
    archived = str(item.data.get("archived") or "")
    if normalise_url(archived) is None:
        raise InvalidAction("No archived copy is known; find one, or say that the source is dead.")
    dead = str(item.data.get("url") or "")
    names = {dead, normalise_url(dead)}
    return read_citations(
        [
            [one.label, archived if {one.url, normalise_url(one.url)} & names else one.url, one.picture]
            for one in cited(event)
        ]
    )
