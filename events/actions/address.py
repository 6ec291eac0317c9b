"""Changing an event's address. Only an editor may; the former one redirects for ever."""

from __future__ import annotations

from events.actions.correct import claim_address
from events.actions.errors import InvalidAction
from events.actions.recording import Actor, recording
from events.actions.rows import lock_event, require_changeable
from events.actions.values import change_of
from events.models import Address, Event
from events.vocabulary import ChangeKind, Right


def change_address(*, actor: Actor, event_id: int, version: int, slug: str) -> Event:
    """Publish the event under *slug*, in the folder of its present date; the old address redirects.

    One of its own former addresses may become the current one again. Raises ``InvalidAction``
    for a slug that is, or was, another event's.
    """
    actor.require(Right.CORRECT)
    slug = slug.strip()
    with recording(actor) as trace:
        event = lock_event(event_id, version)
        require_changeable(event)
        old = Address.objects.select_for_update().get(event=event, current=True)
        if (old.date, old.slug) == (event.date, slug):
            return event
        if not slug:
            raise InvalidAction("Write the new address.")
        old.current = False
        old.save(update_fields=["current"])
        former = Address.objects.filter(event=event, date=event.date, slug=slug).first()
        if former is not None:
            former.current = True
            former.save(update_fields=["current"])
        new = former or claim_address(event, slug=slug, wanted=slug)
        trace.revise_event(event, ChangeKind.UPDATED, {"address": change_of(old.path, new.path)})
        event.save()
    return event
