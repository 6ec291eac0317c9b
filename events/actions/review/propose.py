"""Contributors' proposals: a correction that waits for an editor, and is then merged onto what stands.

A proposal is a ``ReviewItem`` of kind ``PROPOSAL`` with ``event`` and key ``user:event:number``. Its
``data``: ``values`` and ``base`` (by revision field, what is proposed and what stood there), ``note``,
``grade``, ``version`` (the event's as the contributor saw it), ``by`` (the user's name), and once it
is decided perhaps ``answer``, the editor's words to the contributor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib.auth import get_user_model

from events.actions.errors import InvalidAction
from events.actions.plan import changed_fields, merge_values, planned_values, present_values
from events.actions.recording import Actor, recording
from events.actions.rows import lock_event, require_changeable
from events.actions.values import EventValues, one_paragraph
from events.models import Event, ReviewItem
from events.querysets import ReviewQuerySet
from events.vocabulary import Grade, ReviewKind, Right

OPEN_MOST: Final = 50
"""How many proposals of one person wait at the same time."""
NOTE_MAX: Final = 2_000
_ENTRIES_MOST: Final = 100


def propose_correction(
    *, actor: Actor, event_id: int, version: int, values: EventValues, note: str, grade: Grade
) -> ReviewItem:
    """Put a correction of an event to the editors; nothing else changes.

    Only what differs from the event counts. *note* says why, or names the source. Raises
    ``PermissionDenied`` without ``Right.PROPOSE``, ``StaleVersion``, and ``InvalidAction`` where
    nothing would change, no reason is given, or :data:`OPEN_MOST` of the person's proposals wait.
    """
    actor.require(Right.PROPOSE)
    note = one_paragraph(note)
    if not note:
        raise InvalidAction("Say why, or name a source: an editor has to check it.")
    if len(note) > NOTE_MAX:
        raise InvalidAction(f"The reason is longer than {NOTE_MAX:,} characters; shorten it.")
    with recording(actor) as trace:
        event = lock_event(event_id, version)
        require_changeable(event)
        for name in ("contexts", "citations"):
            if len(values.get(name, ())) > _ENTRIES_MOST:  # type: ignore[arg-type]
                raise InvalidAction(f"An event has at most {_ENTRIES_MOST} {name}.")
        present = present_values(event)
        wanted = planned_values(event, values, present)
        changed = changed_fields(present, wanted)
        if not changed:
            raise InvalidAction("This changes nothing; there is nothing to propose.")
        # One at a time for each person, so that the bound holds.
        user = get_user_model().objects.select_for_update().get(username=actor.name)
        own = proposals_of(user.pk)
        if own.open().count() >= OPEN_MOST:
            raise InvalidAction(f"{OPEN_MOST} of your proposals wait for an editor; that is the most.")
        return ReviewItem.objects.create(
            kind=ReviewKind.PROPOSAL, key=f"{user.pk}:{event.pk}:{own.count() + 1}", event=event,
            created_at=trace.at,
            data={
                "values": {name: wanted[name] for name in changed},
                "base": {name: present[name] for name in changed},
                "note": note, "grade": str(grade), "version": version, "by": actor.name,
            },
        )  # fmt: skip


def proposals_of(user_id: int) -> ReviewQuerySet:
    """The proposals of one person, as a queryset."""
    return ReviewItem.objects.filter(kind=ReviewKind.PROPOSAL, key__startswith=f"{user_id}:")


@dataclass(slots=True)
class Onto:
    """A proposal merged onto what the event says now.

    ``values``: what would be written, by revision field. ``open``: fields in which the event was
    changed too, so that a person must choose; ``values`` has what was proposed there.
    """

    values: dict[str, Any] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)


def merge_proposal(item: ReviewItem, event: Event) -> Onto:
    """Merge what *item* proposes onto *event* as it stands, by words, entries or values."""
    present = present_values(event)
    base, theirs = ({**present, **item.data[side]} for side in ("base", "values"))
    merged, conflicts = merge_values(base, present, theirs, edition=event.edition)
    merged |= {name: theirs[name] for name in conflicts}
    changed = changed_fields(present, merged)
    return Onto({name: merged[name] for name in changed}, [name for name in conflicts if name in changed])
