"""What editors decide about an event's related links. It wins over every computation.

The computed links (``RelatedLink``) are not touched: who reads puts the pins first, leaves the bans
out and adds the notes. Each act takes ``seen``, the :func:`decisions_tag` of what the caller looked at;
where something else was decided since, it raises ``StaleDecisions``. ``None``: the caller did not look.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from events.actions.errors import InvalidAction, StaleDecisions
from events.actions.recording import Actor, recording
from events.actions.rows import links_changed, lock_event, require_changeable
from events.actions.values import change_of
from events.models import BannedReason, Curation, Event
from events.vocabulary import ChangeKind, Decision, Right

_NOTE_MAX: Final = 500
_LISTS: Final = (("pins", Decision.PIN), ("bans", Decision.BAN), ("notes", Decision.NOTE))


def pin_related(
    *,
    actor: Actor,
    event_id: int,
    target_id: int,
    position: int | None = None,
    note: str = "",
    seen: str | None = None,
) -> Curation:
    """Show *target_id* among the event's related links, before the computed ones.

    *position* counts from 1 among the pins; ``None`` is the last, or the present one. Readers see the *note*.
    """
    with curating(actor, event_id, seen) as event:
        target = _target(event, target_id)
        if not target.is_public:
            raise InvalidAction(f"Readers cannot see event {target.pk}; only published ones can be pinned.")
        row = _decide(event, target, Decision.PIN, note, actor)
        pins = _pins(event)
        others = [pin for pin in pins if pin.pk != row.pk]
        place = row.position if position is None else position
        index = len(others) if place is None else max(0, min(place - 1, len(others)))
        _number([*others[:index], row, *others[index:]])
    return row


def ban_related(
    *, actor: Actor, event_id: int, target_id: int, note: str = "", seen: str | None = None
) -> Curation:
    """Never show *target_id* among the event's related links, whatever is computed. Readers see no *note*."""
    with curating(actor, event_id, seen) as event:
        row = _decide(event, _target(event, target_id), Decision.BAN, note, actor)
        _number(_pins(event))
    return row


def note_related(
    *, actor: Actor, event_id: int, target_id: int, note: str, seen: str | None = None
) -> Curation | None:
    """Give the link to *target_id* this note, and leave it pinned, banned or to the computation as it is.

    Readers see it wherever the link is shown. An empty note takes it away; ``None`` is then returned
    for a link about which nothing else is decided.
    """
    with curating(actor, event_id, seen) as event:
        target = _target(event, target_id)
        row = Curation.objects.filter(event=event, target=target).first()
        decision = Decision(row.decision) if row is not None else Decision.NOTE
        if decision is Decision.NOTE and not note.strip():
            Curation.objects.filter(event=event, target=target).delete()
            return None
        return _decide(event, target, decision, note, actor)


def clear_curation(*, actor: Actor, event_id: int, target_id: int, seen: str | None = None) -> None:
    """Take back what was decided about the link to *target_id*; the computation decides again."""
    with curating(actor, event_id, seen) as event:
        if not Curation.objects.filter(event=event, target_id=target_id).delete()[0]:
            raise InvalidAction(f"Nothing is decided here about event {target_id}.")
        _number(_pins(event))


def reorder_pins(*, actor: Actor, event_id: int, target_ids: Sequence[int], seen: str | None = None) -> None:
    """Put the event's pins in this order; *target_ids* must name each of them once."""
    with curating(actor, event_id, seen) as event:
        pins = {pin.target_id: pin for pin in _pins(event)}
        if sorted(target_ids) != sorted(pins):
            raise InvalidAction("The pins have changed since you looked; order them again.")
        _number([pins[target_id] for target_id in target_ids])


def move_pin(*, actor: Actor, event_id: int, target_id: int, step: int, seen: str | None = None) -> None:
    """Move a pin by *step* places (-1: one up), as far as there are any."""
    with curating(actor, event_id, seen) as event:
        pins = _pins(event)
        row = next((pin for pin in pins if pin.target_id == target_id), None)
        if row is None:
            raise InvalidAction(f"Event {target_id} is not pinned here.")
        place = pins.index(row)
        pins.remove(row)
        pins.insert(max(0, place + step), row)
        _number(pins)


@contextmanager
def curating(actor: Actor, event_id: int, seen: str | None) -> Iterator[Event]:
    """The locked event; what the block changed about its links is recorded as one revision, if anything."""
    actor.require(Right.CURATE)
    with recording(actor) as trace:
        event = lock_event(event_id)
        rows = _rows(event_id)
        if seen is not None and seen != tag_of(*rows):
            raise StaleDecisions
        require_changeable(event)
        before = _decided(*rows)
        yield event
        after = _decided(*_rows(event_id))
        fields = {key: change_of(before[key], after[key]) for key in after if before[key] != after[key]}
        if fields:
            trace.revise_event(event, ChangeKind.CURATED, fields)
            event.save()
            links_changed(event.pk)


def decisions_tag(event_id: int) -> str:
    """The :func:`tag_of` what is decided now. Two queries."""
    return tag_of(*_rows(event_id))


def tag_of(curations: Iterable[Curation], reasons: Iterable[BannedReason]) -> str:
    """Short text that differs whenever pins, their order, bans, notes or banned reasons do.

    *curations*: of one event in the order of ``position`` and id; *reasons* in that of their ids.
    """
    said = {**_links(curations), "banned_reasons": [row.context_id for row in reasons]}
    return hashlib.blake2b(json.dumps(said).encode(), digest_size=8).hexdigest()


def _rows(event_id: int) -> tuple[list[Curation], list[BannedReason]]:
    return (
        list(Curation.objects.filter(event=event_id).order_by("position", "pk")),
        list(BannedReason.objects.filter(event=event_id).select_related("context").order_by("pk")),
    )


def _decided(curations: list[Curation], reasons: list[BannedReason]) -> dict[str, list[dict[str, Any]]]:
    """The pins in order, the bans, the notes and the banned reasons, as a revision keeps them."""
    named = [{"context": row.context_id, "name": row.context.name} for row in reasons]
    return {**_links(curations), "banned_reasons": named}


def _links(curations: Iterable[Curation]) -> dict[str, list[dict[str, Any]]]:
    rows = list(curations)
    return {
        key: [{"event": row.target_id, "note": row.note} for row in rows if row.decision == decision]
        for key, decision in _LISTS
    }


def _target(event: Event, target_id: int) -> Event:
    target = Event.objects.select_related("merged_into").filter(pk=target_id).first()
    if target is None:
        raise InvalidAction(f"There is no event {target_id}.")
    target = target.merged_into or target
    if target.pk == event.pk:
        raise InvalidAction("An event is not related to itself.")
    return target


def _decide(event: Event, target: Event, decision: Decision, note: str, actor: Actor) -> Curation:
    note = note.strip()
    if len(note) > _NOTE_MAX:
        raise InvalidAction(f"The note is longer than {_NOTE_MAX} characters.")
    row = Curation.objects.filter(event=event, target=target).first() or Curation(event=event, target=target)
    if (row.decision, row.note, row._state.adding) != (decision, note, False):
        if row.decision != decision:
            row.position = None
        row.decision, row.note, row.by, row.by_name = decision, note, actor.user, actor.name
        row.save()
    return row


def _pins(event: Event) -> list[Curation]:
    return list(Curation.objects.filter(event=event, decision=Decision.PIN).order_by("position", "pk"))


def _number(pins: Sequence[Curation]) -> None:
    """Number the pins from 1 in this order."""
    for position, pin in enumerate(pins, start=1):
        pin.position = position
    Curation.objects.bulk_update(pins, ["position"])
