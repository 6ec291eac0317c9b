"""Answering the questions that wait for an editor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from events.actions.candidates import accept_candidate, name_candidate, tag_candidate
from events.actions.correct import correct_event
from events.actions.errors import InvalidAction
from events.actions.merge import merge_events
from events.actions.recording import Actor, recording
from events.actions.rows import lock_event, lock_events
from events.actions.values import said_of, values_from_json
from events.actions.withdraw import reject_event, release_event
from events.models import Event, Provenance, ReviewItem, Tagging
from events.vocabulary import Grade, ReviewKind, ReviewState, Right


def decide_review(
    *,
    actor: Actor,
    item_id: int,
    accept: bool,
    note: str = "",
    version: int | None = None,
    alias_of: int | None = None,
) -> ReviewItem:
    """Answer an open question; what that means depends on its kind.

    Conflict and held change: *accept* takes upstream's value, otherwise ours stays; either way the
    next harvest is compared with what upstream says now. Held event: release or refuse. Likely
    duplicate: merge into the older one, or remember that they differ. Context replaced upstream:
    keep it so, or undo it. Candidate: create the context and tag the events that name it, or never
    propose it again; with *alias_of*, a context's id, the name becomes another name of that context
    and no new one is made. *version* is the event's as the editor saw it. Raises
    ``PermissionDenied``, ``StaleVersion``, and ``InvalidAction`` where it was answered already.
    """
    actor.require(Right.REVIEW)
    found = ReviewItem.objects.filter(pk=item_id).first()
    if found is None:
        raise InvalidAction(f"There is no review item {item_id}.")
    decide = _DECISIONS.get(ReviewKind(found.kind))
    if decide is None:
        raise InvalidAction(f"A {found.get_kind_display().lower()} cannot be decided here.")
    if alias_of is not None and not (accept and found.kind == ReviewKind.CANDIDATE):
        raise InvalidAction("Only a candidate that is accepted becomes another name of a context.")
    with recording(actor) as trace:
        # Events before the item: harvests take their locks in this order too.
        lock_events({pk: version if pk == found.event_id else None for pk in _events(found)})
        item = ReviewItem.objects.select_for_update().get(pk=item_id)
        if item.state != ReviewState.OPEN:
            by = f" by {item.decided_by_name}" if item.decided_by_name else ""
            raise InvalidAction(f"This was answered already{by}: {item.get_state_display().lower()}.")
        item.state = ReviewState.ACCEPTED if accept else ReviewState.REJECTED
        item.decided_at, item.decided_by, item.decided_by_name = trace.at, actor.user, actor.name
        item.save()
        if alias_of is None:
            decide(item, accept, actor, note.strip())
        else:
            name_candidate(item, context_id=alias_of, actor=actor)
    if accept and item.kind == ReviewKind.CANDIDATE:
        tag_candidate(item)
    return item


def _events(item: ReviewItem) -> list[int]:
    return [pk for pk in (item.event_id, item.other_id) if pk is not None]


def _event(item: ReviewItem) -> Event:
    if item.event_id is None:
        raise InvalidAction("The question names no event.")
    return lock_event(item.event_id)


def _decide_field(item: ReviewItem, accept: bool, actor: Actor, note: str) -> None:
    """Take upstream's value of one field or leave ours; upstream is the new base."""
    event = _event(item)
    if accept:
        _correct(
            event, said_of({item.field: item.data.get("upstream")}), actor, note or "As the origin has it."
        )
    for provenance in Provenance.objects.select_for_update().filter(event=event, leading=True):
        if provenance.base.pop(item.field, None) is not None:
            provenance.save(update_fields=["base"])


def _decide_held(item: ReviewItem, accept: bool, actor: Actor, note: str) -> None:
    if item.field:
        _decide_field(item, accept, actor, note)
        return
    event = _event(item)
    act = release_event if accept else reject_event
    act(actor=actor, event_id=event.pk, version=event.version, note=note)


def _decide_duplicate(item: ReviewItem, accept: bool, actor: Actor, note: str) -> None:
    if not accept:
        return
    if item.event_id is None or item.other_id is None:
        raise InvalidAction("The question does not name two events.")
    stays, goes = sorted((item.event_id, item.other_id))
    merge_events(actor=actor, event_id=goes, into_id=stays, note=note)


def _decide_replaced(item: ReviewItem, accept: bool, actor: Actor, note: str) -> None:
    """Leave the new contexts, or put the old ones back in their place."""
    if accept:
        return
    event = _event(item)
    old, new = set(item.data.get("old", ())), set(item.data.get("new", ()))
    tagged = Tagging.objects.active().filter(event=event).select_related("context")
    values: dict[str, Any] = {"contexts": sorted({row.context.name for row in tagged} - new | old)}
    if event.lead is not None and event.lead.name in new and old:
        values["lead"] = min(old)
    _correct(event, values, actor, note)


def _decide_candidate(item: ReviewItem, accept: bool, actor: Actor, _note: str) -> None:
    if accept:
        accept_candidate(item, actor=actor)


def _correct(event: Event, values: dict[str, Any], actor: Actor, note: str) -> None:
    correct_event(
        actor=actor, event_id=event.pk, version=event.version, values=values_from_json(values),
        grade=Grade.UPDATE, note=note,
    )  # fmt: skip


_DECISIONS: Final[dict[ReviewKind, Callable[[ReviewItem, bool, Actor, str], None]]] = {
    ReviewKind.CONFLICT: _decide_field,
    ReviewKind.HELD: _decide_held,
    ReviewKind.DUPLICATE: _decide_duplicate,
    ReviewKind.CONTEXT_REPLACED: _decide_replaced,
    ReviewKind.CANDIDATE: _decide_candidate,
}
