"""Merging two contexts that are one.

The context that goes keeps its row, its name and its address, which lead to the one that stays. What
it had (its place on events, aliases, hierarchy, questions, bans as a reason) goes over. Its ``MERGED``
revision notes all of that under :data:`MERGE_RECORD`, so that ``unmerge`` takes exactly that back.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from django.db.models import Max, Q

from events.actions.contexts.edit import events_of, reached_from, rewrite_documents
from events.actions.errors import InvalidAction
from events.actions.recording import Actor, Recording, recording
from events.actions.rows import lock_contexts_with, relate_again
from events.models import Alias, BannedReason, Broader, Context, Event, ReviewItem, Revision, Tagging
from events.vocabulary import ChangeKind, ReviewKind, ReviewState, Right, Tagged

MERGE_RECORD: Final = "merge"
"""The key in the fields of a ``MERGED`` revision of the context that went."""
TAKEN_IN: Final = "merged"
"""The key in the fields of the other's revision: the id of the context that went."""


def context_pair_key(one: int, other: int) -> str:
    """The key of the review item that asks, or remembers, whether two contexts are one."""
    return f"{min(one, other)}-{max(one, other)}"


def merge_contexts(
    *,
    actor: Actor,
    context_id: int,
    into_id: int,
    note: str = "",
    version: int | None = None,
    into_version: int | None = None,
) -> Context:
    """Merge the context *context_id* into *into_id*: events are retagged, its name and address lead there.

    Where *into_id* was merged itself, its survivor stays. The one that stays is returned. Raises
    ``PermissionDenied`` without ``Right.MERGE``, ``InvalidAction`` for one and the same, for contexts of
    two editions and for one that was merged already, ``StaleVersion`` where a version is given and moved.
    """
    actor.require(Right.MERGE)
    with recording(actor) as trace:
        into_id = Context.objects.filter(pk=into_id).values_list("merged_into", flat=True).first() or into_id
        if context_id == into_id:
            raise InvalidAction("A context cannot be merged into itself.")
        # Writers lock an event first and then what it names: of those that it leads, so does a merge.
        list(Event.objects.select_for_update(no_key=True).filter(lead=context_id).order_by("pk").only("pk"))
        pair = {context_id: version, into_id: into_version}
        rows = lock_contexts_with(pair, partial(_beside, context_id), gone=pair)
        goes, stays = rows[context_id], rows[into_id]
        for context in (goes, stays):
            if context.merged_into_id is not None:
                raise InvalidAction(f"“{context.name}” was merged into {context.merged_into} already.")
        if goes.edition != stays.edition:
            raise InvalidAction("Contexts of two editions cannot be merged.")
        events = events_of(goes)
        record = {"into": stays.pk, **_retag(goes, stays), **_move_names(goes, stays)}
        record |= _move_bans(goes, stays) | _move_items(goes, stays, trace)
        goes.merged_into = stays
        merge = {"merged_into": {"old": None, "new": stays.name}, MERGE_RECORD: {"old": None, "new": record}}
        trace.revise_context(goes, ChangeKind.MERGED, merge, note=note, other=stays.pk)
        goes.save()
        gained: dict[str, Any] = {
            "aliases": {"old": None, "new": [goes.name]},
            TAKEN_IN: {"old": None, "new": {"context": goes.pk}},
        }
        trace.revise_context(stays, ChangeKind.UPDATED, gained, note=note)
        trace.related_contexts(*record["broader"], *record["narrower"])
        stays.save()
        relate_again(events, actor=actor)
    rewrite_documents(actor, events)
    return stays


def _beside(context_id: int) -> set[int]:
    """The contexts right above and below this one, and those that were merged into it."""
    steps = Broader.objects.filter(Q(narrower=context_id) | Q(broader=context_id))
    merged = Context.objects.filter(merged_into=context_id).values_list("pk", flat=True)
    return {pk for step in steps.values_list("narrower", "broader") for pk in step} | set(merged)


def merge_record(context_id: int) -> tuple[Revision, dict[str, Any]] | None:
    """How this context was merged the last time: its revision, and what that moved."""
    revision = Revision.objects.filter(context=context_id, kind=ChangeKind.MERGED).order_by("-number").first()
    record = revision.fields.get(MERGE_RECORD, {}).get("new") if revision is not None else None
    return (revision, record) if revision is not None and record is not None else None


def _retag(goes: Context, stays: Context) -> dict[str, Any]:
    """Give the events of *goes* to *stays*. Where an event has both, it keeps the one.

    Active wins over removed: who removed one of two names of the same thing kept the other.
    """
    kept = {row.event_id: row for row in Tagging.objects.filter(context=stays, event__taggings__context=goes)}
    joined = []
    for row in Tagging.objects.filter(context=goes, event__taggings__context=stays).order_by("event"):
        other = kept[row.event_id]
        joined.append([row.event_id, row.how, row.removed, other.how, other.removed])
        stronger = Tagged(row.how).strength > Tagged(other.how).strength
        if not row.removed and (other.removed or stronger):
            other.how, other.removed, other.by_id, other.key = row.how, False, row.by_id, row.key
    Tagging.objects.bulk_update(kept.values(), ["how", "removed", "by", "key"], batch_size=100)
    alone = Tagging.objects.filter(context=goes).exclude(event__taggings__context=stays)
    moved = list(alone.order_by("event").values_list("event", "how", "removed"))
    record = {
        "moved": [pk for pk, _, _ in moved],
        "removed": [pk for pk, _, removed in moved if removed],
        "ways": {how: [pk for pk, way, _ in moved if way == how] for how in {way for _, way, _ in moved}},
        "joined": joined,
        "led": list(Event.objects.filter(lead=goes).order_by("pk").values_list("pk", flat=True)),
        "last": Tagging.objects.aggregate(last=Max("pk"))["last"] or 0,
    }
    alone.update(context=stays)
    Tagging.objects.filter(context=goes).delete()
    Event.objects.filter(lead=goes).update(lead=stays)
    return record


def _move_names(goes: Context, stays: Context) -> dict[str, Any]:
    """Give aliases, earlier merges and the hierarchy of *goes* to *stays*."""
    record: dict[str, Any] = {
        "aliases": list(Alias.objects.filter(context=goes).values_list("name", flat=True)),
        "merged": list(Context.objects.filter(merged_into=goes).values_list("pk", flat=True)),
        "broader": list(Broader.objects.filter(narrower=goes).values_list("broader", flat=True)),
        "narrower": list(Broader.objects.filter(broader=goes).values_list("narrower", flat=True)),
        "broader_added": [],
        "narrower_added": [],
    }
    Alias.objects.filter(context=goes).update(context=stays)
    Context.objects.filter(merged_into=goes).update(merged_into=stays)
    Broader.objects.filter(Q(narrower=goes) | Q(broader=goes)).delete()
    for pk in record["broader"]:
        if stays.pk not in reached_from({pk}):
            _, created = Broader.objects.get_or_create(narrower=stays, broader_id=pk)
            record["broader_added"] += [pk] if created else []
    for pk in record["narrower"]:
        if pk not in reached_from({stays.pk}):
            _, created = Broader.objects.get_or_create(narrower_id=pk, broader=stays)
            record["narrower_added"] += [pk] if created else []
    return record


def _move_bans(goes: Context, stays: Context) -> dict[str, Any]:
    """Let what is no reason for an event's links stay none under the other name."""
    known = set(BannedReason.objects.filter(context=stays).values_list("event", flat=True))
    rows = list(BannedReason.objects.filter(context=goes).order_by("pk"))
    moved = [row.pk for row in rows if row.event_id not in known]
    twice = [row for row in rows if row.event_id in known]
    BannedReason.objects.filter(pk__in=moved).update(context=stays)
    BannedReason.objects.filter(pk__in=[row.pk for row in twice]).delete()
    return {
        "banned": moved,
        "banned_twice": [[row.event_id, row.by_name, row.at.isoformat()] for row in twice],
    }


def _move_items(goes: Context, stays: Context, trace: Recording) -> dict[str, Any]:
    """Move the questions over; that of these two being one is answered."""
    ReviewItem.objects.open().filter(
        kind=ReviewKind.CONTEXT_DUPLICATE, key=context_pair_key(goes.pk, stays.pk)
    ).update(
        state=ReviewState.ACCEPTED, decided_at=trace.at, decided_by=trace.actor.user,
        decided_by_name=trace.actor.name,
    )  # fmt: skip
    _ask_of_survivor(goes, stays)
    items = ReviewItem.objects.filter(context=goes).exclude(kind=ReviewKind.CONTEXT_DUPLICATE)
    moved = list(items.order_by("pk").values_list("pk", flat=True))
    ReviewItem.objects.filter(pk__in=moved).update(context=stays)
    return {"items": moved}


def _ask_of_survivor(goes: Context, stays: Context) -> None:
    """Whether *goes* and a third context are one is asked of *stays* from now on, unless it was already."""
    about = Q(context=goes) | Q(data__other=goes.pk)
    for item in ReviewItem.objects.open().filter(about, kind=ReviewKind.CONTEXT_DUPLICATE):
        third: Any = item.data["other"] if item.context_id == goes.pk else item.context_id
        key = context_pair_key(stays.pk, third)
        if ReviewItem.objects.filter(kind=ReviewKind.CONTEXT_DUPLICATE, key=key).exists():
            item.state = ReviewState.OBSOLETE
        elif item.context_id == goes.pk:
            item.key, item.context = key, stays
        else:
            item.key, item.data = key, {**item.data, "other": stays.pk}
        item.save()
