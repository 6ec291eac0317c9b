"""Taking hold of the rows that an action changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from itertools import groupby
from typing import Final

from django.db import transaction
from django.db.models import F

from events.actions.errors import InvalidAction, StaleVersion
from events.actions.recording import Actor
from events.actions.relate import relate_soon
from events.models import Context, Document, Event
from events.vocabulary import State

_AT_ONCE: Final = 5_000
_ATTEMPTS: Final = 5


def lock_event(event_id: int, version: int | None = None) -> Event:
    """The event, locked until the transaction ends.

    Raises ``StaleVersion`` where it is no longer at *version* (``None``: the caller did not
    look), ``InvalidAction`` where there is none.
    """
    return lock_events({event_id: version})[event_id]


def lock_events(versions: dict[int, int | None]) -> dict[int, Event]:
    """The events of these ids, at these versions; locked in the order of ids, so that none wait in a ring."""
    found = {
        event.pk: event
        for event in Event.objects.select_for_update(no_key=True).filter(pk__in=versions).order_by("pk")
    }
    for event_id, version in versions.items():
        if event_id not in found:
            raise InvalidAction(f"There is no event {event_id}.")
        if version is not None and found[event_id].version != version:
            raise StaleVersion(found[event_id].version)
    return found


def event_standing(event_id: int) -> tuple[str, int, int | None]:
    """State, version and what it was merged into of the event of this id itself; one query.

    Raises ``LookupError`` where there is none. For who is about to write: it tells of what is not public.
    """
    row = Event.objects.filter(pk=event_id).values_list("state", "version", "merged_into").first()
    if row is None:
        raise LookupError(event_id)
    return row


def require_changeable(event: Event) -> None:
    """Raise ``InvalidAction`` for an event whose words nobody may change any more."""
    if event.state == State.MERGED:
        raise InvalidAction(f"Event {event.pk} was merged into {event.merged_into_id}; change that one.")
    if event.state == State.LEGAL:
        raise InvalidAction(f"Event {event.pk} was removed for legal reasons.")


def lock_contexts(versions: Mapping[int, int | None], *, gone: Collection[int] = ()) -> dict[int, Context]:
    """The contexts of these ids, at these versions, locked in the order of ids.

    *gone*: those of them that are also locked against those who are about to name one (``holding``).
    Raises as :func:`lock_events` does.
    """
    found: dict[int, Context] = {}
    for both, ids in groupby(sorted(versions), key=lambda pk: pk in gone):
        rows = Context.objects.select_for_update(no_key=not both).filter(pk__in=list(ids)).order_by("pk")
        found |= {context.pk: context for context in rows}
    for context_id, version in versions.items():
        if context_id not in found:
            raise InvalidAction(f"There is no context {context_id}.")
        if version is not None and found[context_id].version != version:
            raise StaleVersion(found[context_id].version)
    return found


def lock_contexts_with(
    versions: Mapping[int, int | None], beside: Callable[[], Collection[int]], *, gone: Collection[int] = ()
) -> dict[int, Context]:
    """As :func:`lock_contexts`, and together with them the contexts that *beside* finds.

    Who changes a context and then names or changes others locks all of them by this, so that there is one
    order for everybody and none wait in a ring. *beside* is asked again when they are locked; where it
    finds others then, the locks are given back and taken anew.
    """
    others = set(beside())
    for _attempt in range(_ATTEMPTS):
        with suppress(_OthersByNow), transaction.atomic():
            rows = lock_contexts({**dict.fromkeys(others), **versions}, gone=gone)
            known, others = others, set(beside())
            if others <= known:
                return rows
            raise _OthersByNow
    raise RuntimeError(f"What stands beside the contexts {sorted(versions)} changed again and again.")


class _OthersByNow(Exception):  # noqa: N818
    """More contexts are to be locked than are."""


def links_due(event_ids: Collection[int]) -> None:
    """Have the related links of these events computed again, with those of the events that link to them."""
    ordered = sorted(event_ids)
    for start in range(0, len(ordered), _AT_ONCE):
        Document.objects.filter(event_id__in=ordered[start : start + _AT_ONCE]).update(related_due=True)


def relate_again(event_ids: Collection[int], *, actor: Actor) -> None:
    """Mark these events due and, where a person acts, have it done at once; harvests and bulk changes do it
    at their end.
    """
    links_due(event_ids)
    if actor.harvest is None and actor.bulk is None:
        relate_soon()


def links_changed(event_id: int) -> None:
    """Count up what readers see of the event's related links."""
    Document.objects.filter(event_id=event_id).update(related_version=F("related_version") + 1)
