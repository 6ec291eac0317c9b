"""Contexts that editors ban as a reason for an event's related links.

A banned reason concerns the event's own list: the event still stands in the lists of others that
share the context. That a context is too generic for every list is a matter of the context itself
(``contexts.edit_context``). ``seen``: see ``actions.curate``.
"""

from __future__ import annotations

from events.actions.curate import curating
from events.actions.errors import InvalidAction
from events.actions.recording import Actor
from events.actions.relate import relate_now
from events.actions.rows import relate_again
from events.models import BannedReason, Context, Event


def ban_reason(*, actor: Actor, event_id: int, context_id: int, seen: str | None = None) -> BannedReason:
    """Relate the event to none because of this context. Its stored links are computed anew at once."""
    with curating(actor, event_id, seen) as event:
        context = _on_event(event, context_id)
        row, added = BannedReason.objects.get_or_create(
            event=event, context=context, defaults={"by": actor.user, "by_name": actor.name}
        )
        if added:
            relate_again([event_id], actor=actor)
    relate_now(event_id)
    return row


def allow_reason(*, actor: Actor, event_id: int, context_id: int, seen: str | None = None) -> None:
    """Take :func:`ban_reason` back."""
    with curating(actor, event_id, seen):
        if not BannedReason.objects.filter(event=event_id, context=context_id).delete()[0]:
            raise InvalidAction("That context is not banned here.")
        relate_again([event_id], actor=actor)
    relate_now(event_id)


def _on_event(event: Event, context_id: int) -> Context:
    """The context of this id, or what it was merged into, if the event has it."""
    context = Context.objects.select_related("merged_into").filter(pk=context_id).first()
    if context is None:
        raise InvalidAction(f"There is no context {context_id}.")
    context = context.merged_into or context
    if not event.taggings.active().filter(context=context).exists():
        raise InvalidAction(f"“{context.name}” is no context of this event.")
    return context
