"""Answering the questions that wait for an editor, many at once, and asking one again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.core.exceptions import PermissionDenied

from events.actions.contexts.candidates import tag_candidate
from events.actions.errors import ActionError, InvalidAction
from events.actions.recording import Actor, recording
from events.actions.review.answer import Answer
from events.actions.review.answers import ANSWERS, reopen_field
from events.actions.review.reported import citing_events
from events.actions.rows import lock_events
from events.actions.values import EventValues
from events.models import ReviewItem
from events.vocabulary import Grade, ReviewKind, ReviewState, Right

REOPENING = "reopening"
"""Where an item's ``data`` keeps what asking it again needs."""


def decide_review(
    *,
    actor: Actor,
    item_id: int,
    accept: bool,
    note: str = "",
    version: int | None = None,
    other_version: int | None = None,
    grade: Grade | None = None,
    values: EventValues | None = None,
    stays: int | None = None,
    alias_of: int | None = None,
) -> ReviewItem:
    """Answer an open question; what that means depends on its kind.

    Conflict and held change: *accept* takes upstream's value, or with *values* own words for the
    field, otherwise ours stays; either way the next harvest is compared with what upstream says
    now. Held event: release or refuse. Likely duplicate: merge into the older one (or into
    *stays*), or remember that they differ. Context replaced upstream: keep it so, or undo it.
    Candidate: create the context and tag the events that name it (with *alias_of*: make it another
    name of that context), or never propose it again. Proposal and report: apply it, or *values* in
    its place, with *grade*. Dead source: cite the archived copy, or it is alive.

    *version* and *other_version* are those of the item's two events as the editor saw them. Raises
    ``PermissionDenied``, ``StaleVersion``, and ``InvalidAction`` where it was answered already.
    """
    actor.require(Right.REVIEW)
    found = ReviewItem.objects.filter(pk=item_id).first()
    if found is None:
        raise InvalidAction(f"There is no review item {item_id}.")
    decide = ANSWERS.get(ReviewKind(found.kind))
    if decide is None:
        raise InvalidAction(f"A {found.get_kind_display().lower()} cannot be decided here.")
    if alias_of is not None and not (accept and found.kind == ReviewKind.CANDIDATE):
        raise InvalidAction("Only a candidate that is accepted becomes another name of a context.")
    answer = Answer(accept, note.strip(), grade, values, stays, alias_of)
    with recording(actor) as trace:
        # Events before the item: harvests take their locks in this order too.
        seen = {found.event_id: version, found.other_id: other_version}
        lock_events({pk: seen.get(pk) for pk in _events(found)})
        item = ReviewItem.objects.select_for_update(of=("self",)).get(pk=item_id)
        if item.state != ReviewState.OPEN:
            by = f" by {item.decided_by_name}" if item.decided_by_name else ""
            raise InvalidAction(f"This was answered already{by}: {item.get_state_display().lower()}.")
        item.state = ReviewState.ACCEPTED if accept else ReviewState.REJECTED
        item.decided_at, item.decided_by, item.decided_by_name = trace.at, actor.user, actor.name
        item.save()
        reopening = decide(item, answer, actor)
        if values is not None:
            item.data["own_words"] = True
        if reopening is not None:
            item.data[REOPENING] = reopening
        item.save(update_fields=["data"])
    if accept and item.kind == ReviewKind.CANDIDATE:
        tag_candidate(item)
    return item


class Seen(NamedTuple):
    """A question as it was shown: its id and the versions of its events."""

    item_id: int
    version: int | None = None
    other_version: int | None = None


class Outcome(NamedTuple):
    """What became of one question of many: the item, or why it was refused."""

    seen: Seen
    item: ReviewItem | None = None
    refused: str = ""


def decide_reviews(*, actor: Actor, seen: Iterable[Seen], accept: bool, note: str = "") -> list[Outcome]:
    """Give many questions the same answer, each for itself and in the version that was shown.

    One that is refused, or that this person may not answer so, keeps the others from nothing.
    """
    outcomes = []
    for one in seen:
        try:
            item = decide_review(
                actor=actor, item_id=one.item_id, accept=accept, note=note, version=one.version,
                other_version=one.other_version,
            )  # fmt: skip
        except (ActionError, PermissionDenied) as refusal:
            outcomes.append(Outcome(one, refused=str(refusal)))
        else:
            outcomes.append(Outcome(one, item))
    return outcomes


def reopen_review(*, actor: Actor, item_id: int) -> ReviewItem:
    """Ask a question again that was answered wrongly; for whoever answered it, and chief editors.

    Raises ``InvalidAction`` where the answer changed the archive (that is reverted there), where
    something else has changed since, or where it is being asked again already.
    """
    actor.require(Right.REVIEW)
    found = ReviewItem.objects.filter(pk=item_id).first()
    if found is None:
        raise InvalidAction(f"There is no review item {item_id}.")
    if actor.user is None or found.decided_by_id != actor.user.pk:
        actor.require(Right.BULK)
    with recording(actor):
        rows = lock_events(dict.fromkeys(_events(found)))
        item = ReviewItem.objects.select_for_update(of=("self",)).get(pk=item_id)
        reopening = item.data.pop(REOPENING, None)
        if item.state not in (ReviewState.ACCEPTED, ReviewState.REJECTED) or reopening is None:
            raise InvalidAction(
                "The answer changed the archive, or there is none; undo it where it was done."
            )
        if any(event.merged_into_id is not None for event in rows.values()):
            raise InvalidAction("The event has been merged since.")
        if ReviewItem.objects.open().filter(kind=item.kind, key=item.key).exists():
            raise InvalidAction("The same is being asked again already.")
        if item.field and item.kind in (ReviewKind.CONFLICT, ReviewKind.HELD):
            reopen_field(item, reopening)
        item.data.pop("answer", None)
        item.state = ReviewState.OPEN
        item.decided_at, item.decided_by, item.decided_by_name = None, None, ""
        item.save()
    return item


def may_reopen(item: ReviewItem, actor: Actor) -> bool:
    """Whether to offer it: the answer changed nothing, and is the person's own or they are a chief editor."""
    if actor.user is None or REOPENING not in item.data:
        return False
    return item.decided_by_id == actor.user.pk or actor.user.has_perm(f"events.{Right.BULK.value}")


def _events(item: ReviewItem) -> list[int]:
    if item.kind == ReviewKind.DEAD_SOURCE:
        return citing_events(item)
    return [pk for pk in (item.event_id, item.other_id) if pk is not None]
