"""Contexts that upstream replaced by others: the same pair on many events is one question, asked often."""

from __future__ import annotations

from events.actions.contexts.merge import merge_contexts
from events.actions.contexts.naming import find_contexts
from events.actions.errors import InvalidAction
from events.actions.recording import Actor, recording
from events.models import Context, ReviewItem
from events.querysets import ReviewQuerySet
from events.vocabulary import ReviewKind, ReviewState, Right


def same_replacement(item: ReviewItem) -> ReviewQuerySet:
    """The open questions of *item*'s edition about the same contexts, itself among them."""
    edition = item.event.edition if item.event is not None else ""
    return ReviewItem.objects.open().filter(
        kind=ReviewKind.CONTEXT_REPLACED, event__edition=edition,
        data__old=item.data.get("old", []), data__new=item.data.get("new", []),
    )  # fmt: skip


def replaced_pair(item: ReviewItem) -> tuple[Context, Context] | None:
    """The context that was replaced and the one in its place; ``None`` where it is not one by one other."""
    old, new = item.data.get("old", []), item.data.get("new", [])
    if len(old) != 1 or len(new) != 1 or item.event is None:
        return None
    found = find_contexts(item.event.edition, [old[0], new[0]])
    if old[0] not in found or new[0] not in found or found[old[0]].pk == found[new[0]].pk:
        return None
    return found[old[0]], found[new[0]]


def merge_replaced(*, actor: Actor, item_id: int, stays_id: int, note: str = "") -> Context:
    """Say that both names mean one context: merge the two, and answer every question of this pair.

    People need ``Right.MERGE``. Raises ``InvalidAction`` where the question was answered, or is not
    about two contexts of which *stays_id*, the one that stays, is one.
    """
    actor.require(Right.REVIEW)
    actor.require(Right.MERGE)
    item = ReviewItem.objects.open().select_related("event").filter(pk=item_id).first()
    pair = replaced_pair(item) if item is not None else None
    if item is None or pair is None or stays_id not in {context.pk for context in pair}:
        raise InvalidAction("These are not two contexts any more, or the question was answered already.")
    goes = next(context for context in pair if context.pk != stays_id)
    stays = merge_contexts(actor=actor, context_id=goes.pk, into_id=stays_id, note=note)
    with recording(actor) as trace:
        for one in same_replacement(item).select_for_update(of=("self",)).order_by("pk"):
            one.state = ReviewState.ACCEPTED
            one.decided_at, one.decided_by, one.decided_by_name = trace.at, actor.user, actor.name
            one.data["merged_into"] = stays.name
            one.save(update_fields=["state", "decided_at", "decided_by", "decided_by_name", "data"])
    return stays
