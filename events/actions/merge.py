"""Merging two events that are one, and taking it back.

The event that goes keeps its row and its addresses; they redirect because it is ``MERGED`` into
the one that stays. What only it had (citations, contexts, provenance, curation, questions)
goes over and is noted in its revision under "merge", so that un-merging takes exactly that back.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q

from events.actions.errors import InvalidAction
from events.actions.harvesting.upstream import citation_keys
from events.actions.recording import Actor, Recording, recording
from events.actions.rows import links_changed, lock_events, relate_again, require_changeable
from events.actions.values import change_of, citations_json, cited, read_citations
from events.models import (
    BannedReason,
    Citation,
    Context,
    Curation,
    Event,
    Provenance,
    ReviewItem,
    Revision,
    Tagging,
)
from events.vocabulary import ChangeKind, ReviewKind, ReviewState, Right, State

MERGE_RECORD: Final = "merge"
"""The key in the fields of a ``MERGED`` revision under which the event that went notes what went over."""


def pair_key(one: int, other: int) -> str:
    """The key of the review item that asks, or remembers, whether two events are one."""
    return f"{min(one, other)}-{max(one, other)}"


def merge_events(
    *,
    actor: Actor,
    event_id: int,
    into_id: int,
    note: str = "",
    version: int | None = None,
    into_version: int | None = None,
    absorb: bool = True,
) -> Event:
    """Merge the event *event_id* into *into_id*; the one that stays.

    Without *absorb* the citations and contexts of the one that goes stay with it: an old wording
    of the same record has nothing that the present one lacks on purpose.

    Where *into_id* was merged itself, its survivor stays. People need ``Right.MERGE``; robots may.
    Raises ``InvalidAction`` for events of two editions, for one and the same, and for one that
    readers cannot have any more; ``StaleVersion`` where a version is given and has moved.
    """
    _require(actor)
    with recording(actor) as trace:
        into_id = _survivor(into_id)
        if event_id == into_id:
            raise InvalidAction("An event cannot be merged into itself.")
        rows = lock_events({event_id: version, into_id: into_version})
        goes, stays = rows[event_id], rows[into_id]
        for event in (goes, stays):
            require_changeable(event)
            if event.state == State.WITHDRAWN:
                raise InvalidAction(f"Event {event.pk} is withdrawn; restore it first.")
        if goes.edition != stays.edition:
            raise InvalidAction("Events of two editions cannot be merged.")
        if goes.is_public and not stays.is_public:
            raise InvalidAction(f"Readers cannot see event {stays.pk} yet; release it first.")
        before, public = str(goes.state), goes.is_public
        changes, record = _hand_over(goes, stays, trace, absorb=absorb)
        goes.state, goes.merged_into = State.MERGED, stays
        fields = {"state": change_of(before, str(State.MERGED)), MERGE_RECORD: change_of(None, record)}
        trace.revise_event(goes, ChangeKind.MERGED, fields, note=note, public=public, other=stays.pk)
        goes.save()
        trace.revise_event(stays, ChangeKind.MERGED, changes, note=note, public_kind=ChangeKind.UPDATED)
        stays.save()
        relate_again([goes.pk, stays.pk], actor=trace.actor)
    return stays


def unmerge_event(*, actor: Actor, event_id: int, note: str = "", version: int | None = None) -> Event:
    """Take the merge of *event_id* back; it is what it was. That the two differ is remembered.

    Raises ``InvalidAction`` where it is not merged, or where the event it was merged into has
    been merged further: that is to be taken back first.
    """
    _require(actor)
    with recording(actor) as trace:
        stays_id = Event.objects.filter(pk=event_id).values_list("merged_into", flat=True).first()
        if stays_id is None:
            raise InvalidAction(f"Event {event_id} is not merged into another.")
        rows = lock_events({event_id: version, stays_id: None})
        back, stays = rows[event_id], rows[stays_id]
        revision = Revision.objects.filter(event=back, kind=ChangeKind.MERGED).order_by("-number").first()
        record = revision.fields.get(MERGE_RECORD, {}).get("new") if revision is not None else None
        if revision is None or record is None or back.merged_into_id != stays_id:
            raise InvalidAction(f"Nothing is on record of how event {event_id} was merged.")
        if record["into"] != stays_id:
            raise InvalidAction(f"Event {record['into']} has been merged itself; un-merge that one first.")
        changes = _hand_back(back, stays, record)
        back.state, back.merged_into = State(revision.fields["state"]["old"]), None
        fields = {"state": change_of(str(State.MERGED), str(back.state))}
        trace.revise_event(back, ChangeKind.UNMERGED, fields, note=note, other=stays.pk)
        back.save()
        trace.revise_event(stays, ChangeKind.UNMERGED, changes, note=note, public_kind=ChangeKind.UPDATED)
        stays.save()
        relate_again([back.pk, stays.pk], actor=trace.actor)
    return back


def _require(actor: Actor) -> None:
    if actor.harvest is None:
        actor.require(Right.MERGE)


def _survivor(event_id: int) -> int:
    """The event that *event_id* leads to: itself, or what it was merged into (never more than a step)."""
    into = Event.objects.filter(pk=event_id).values_list("merged_into", flat=True).first()
    return into or event_id


def _hand_over(
    goes: Event, stays: Event, trace: Recording, *, absorb: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give *stays* what only *goes* has: the fields of its revision, and the record for un-merging."""
    changes: dict[str, Any] = {}
    record: dict[str, Any] = {"into": stays.pk}
    record["citations"] = _add_citations(goes, stays, changes) if absorb else []
    record["contexts"] = _add_contexts(goes, stays, changes) if absorb else []
    record["provenances"] = _move_provenances(goes, stays)
    record["merged"] = list(Event.objects.filter(merged_into=goes).values_list("pk", flat=True))
    Event.objects.filter(merged_into=goes).update(merged_into=stays)
    trace.touch(*record["merged"])
    record["curations"], record["curated_by"] = _move_curations(goes, stays)
    record["reasons"] = _move_reasons(goes, stays)
    record["items"], record["others"] = _move_items(goes, stays, trace)
    return changes, record


def _add_citations(goes: Event, stays: Event, changes: dict[str, Any]) -> list[dict[str, str]]:
    old = cited(stays)
    have = set(citation_keys((one.label, one.url, one.picture) for one in old))
    rows = list(goes.citations.order_by("position"))
    keys = citation_keys((row.label, row.raw_url, row.picture) for row in rows)
    new = [row for row, key in zip(rows, keys, strict=True) if key not in have]
    if not new:
        return []
    last = max((row.position for row in stays.citations.all()), default=0)
    Citation.objects.bulk_create(
        Citation(
            event=stays, position=position, source_id=row.source_id, publisher_id=row.publisher_id,
            label=row.label, raw_url=row.raw_url, picture=row.picture,
        )
        for position, row in enumerate(new, start=last + 1)
    )  # fmt: skip
    changes["citations"] = change_of(citations_json(old), citations_json(cited(stays)))
    return [{"label": row.label, "url": row.raw_url, "picture": row.picture} for row in new]


def _add_contexts(goes: Event, stays: Event, changes: dict[str, Any]) -> list[int]:
    known = set(stays.taggings.values_list("context_id", flat=True))
    old = _context_names(stays)
    new = [row for row in goes.taggings.active() if row.context_id not in known]
    Tagging.objects.bulk_create(
        Tagging(event=stays, context_id=row.context_id, how=row.how, by_id=row.by_id) for row in new
    )
    if new:
        changes["contexts"] = change_of(old, _context_names(stays))
    return sorted(row.context_id for row in new)


def _context_names(event: Event) -> list[str]:
    names = Context.objects.filter(taggings__event=event, taggings__removed=False)
    return sorted(names.values_list("name", flat=True))


def _move_provenances(goes: Event, stays: Event) -> list[list[Any]]:
    """Move all records over; ``[id, whether it was leading]`` of each. One record an origin leads."""
    led = set(stays.provenances.filter(leading=True).values_list("origin", flat=True))
    moved = list(goes.provenances.order_by("pk"))
    record = [[row.pk, row.leading] for row in moved]
    for row in moved:
        row.event, row.leading = stays, row.leading and row.origin_id not in led
    Provenance.objects.bulk_update(moved, ["event", "leading"])
    return record


def _move_curations(goes: Event, stays: Event) -> tuple[list[int], list[int]]:
    """Let pins and bans of, and on, *goes* be those of *stays* where that one has none: the ids of either."""
    own = set(stays.curations.values_list("target", flat=True)) | {stays.pk}
    mine = [row for row in goes.curations.all() if row.target_id not in own]
    on = set(stays.curated_by.values_list("event", flat=True)) | {stays.pk}
    theirs = [row for row in goes.curated_by.all() if row.event_id not in on]
    last = max((row.position or 0 for row in stays.curations.all()), default=0)
    for row in mine:
        row.event = stays
        row.position = row.position + last if row.position is not None else None
    for row in theirs:
        row.target = stays
    Curation.objects.bulk_update(mine, ["event", "position"])
    Curation.objects.bulk_update(theirs, ["target"])
    for event_id in {stays.pk, *(row.event_id for row in theirs)}:
        links_changed(event_id)
    return [row.pk for row in mine], [row.pk for row in theirs]


def _move_reasons(goes: Event, stays: Event) -> list[int]:
    """Let contexts banned as a reason for links of *goes* be banned for *stays* too: the ids of the bans."""
    known = stays.banned_reasons.values("context")
    moved = list(goes.banned_reasons.exclude(context__in=known).values_list("pk", flat=True))
    BannedReason.objects.filter(pk__in=moved).update(event=stays)
    return moved


def _move_items(goes: Event, stays: Event, trace: Recording) -> tuple[list[int], list[int]]:
    """Move the open questions over; that of these two being one is answered. The ids as (event, other)."""
    answered = ReviewItem.objects.open().filter(
        Q(event=goes, other=stays) | Q(event=stays, other=goes), kind=ReviewKind.DUPLICATE
    )
    answered.update(
        state=ReviewState.ACCEPTED, decided_at=trace.at, decided_by=trace.actor.user,
        decided_by_name=trace.actor.name,
    )  # fmt: skip
    items = list(ReviewItem.objects.open().filter(event=goes).values_list("pk", flat=True))
    others = list(ReviewItem.objects.open().filter(other=goes).values_list("pk", flat=True))
    ReviewItem.objects.filter(pk__in=items).update(event=stays)
    ReviewItem.objects.filter(pk__in=others).update(other=stays)
    return items, others


def _hand_back(back: Event, stays: Event, record: dict[str, Any]) -> dict[str, Any]:
    """Undo :func:`_hand_over`; the fields of the survivor's revision."""
    changes: dict[str, Any] = {}
    old = cited(stays)
    added = read_citations(record["citations"])
    kept = [one for one in old if one not in added]
    if kept != old:
        for row, one in zip(list(stays.citations.order_by("position")), old, strict=True):
            if one in added:
                row.delete()
        changes["citations"] = change_of(citations_json(old), citations_json(kept))
    names = _context_names(stays)
    stays.taggings.active().filter(context__in=record["contexts"]).delete()
    if (left := _context_names(stays)) != names:
        changes["contexts"] = change_of(names, left)
    _return_provenances(back, stays, record["provenances"])
    Event.objects.filter(pk__in=record["merged"], merged_into=stays).update(merged_into=back)
    Curation.objects.filter(pk__in=record["curations"], event=stays).exclude(target=back).update(event=back)
    Curation.objects.filter(pk__in=record["curated_by"], target=stays).exclude(event=back).update(target=back)
    reasons = BannedReason.objects.filter(pk__in=record.get("reasons", ()), event=stays)
    reasons.exclude(context__in=back.banned_reasons.values("context")).update(event=back)
    links_changed(back.pk)
    links_changed(stays.pk)
    ReviewItem.objects.open().filter(pk__in=record["items"], event=stays).update(event=back)
    ReviewItem.objects.open().filter(pk__in=record["others"], other=stays).update(other=back)
    _remember_different(back, stays)
    return changes


def _remember_different(one: Event, other: Event) -> None:
    """Note that an editor, or the robot that erred, said that the two are not one event."""
    asked = ReviewItem.objects.filter(
        Q(event=one, other=other) | Q(event=other, other=one), kind=ReviewKind.DUPLICATE
    )
    if not asked.update(state=ReviewState.REJECTED):
        ReviewItem.objects.create(
            kind=ReviewKind.DUPLICATE, state=ReviewState.REJECTED, key=pair_key(one.pk, other.pk),
            event=one, other=other,
        )  # fmt: skip


def _return_provenances(back: Event, stays: Event, record: list[list[Any]]) -> None:
    led = dict(record)
    rows = list(stays.provenances.filter(pk__in=led).order_by("pk"))
    for row in rows:
        row.event, row.leading = back, led[row.pk]
    Provenance.objects.bulk_update(rows, ["event", "leading"])
    for origin in {row.origin_id for row in rows}:
        left = stays.provenances.filter(origin=origin)
        if not left.filter(leading=True).exists() and (latest := left.order_by("-moment", "-pk").first()):
            latest.leading = True
            latest.save(update_fields=["leading"])
