"""Splitting a context: some of its events get another in its place, and taking that back.

The whole plan is noted first, in one revision of the context under :data:`SPLIT_RECORD`; then the events
are retagged in short transactions, each with a revision of its own. What is taken away stays away, as
with any editor's choice, so no harvest brings it back. Taking a split back looks at each event: what
has been changed since is left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from typing import Any, Final, NamedTuple

from events.actions.contexts.naming import context_name, contexts_for, meant_beside
from events.actions.contexts.shares import Tag
from events.actions.errors import InvalidAction
from events.actions.holding import held
from events.actions.recording import Actor, Recording, recording
from events.actions.rows import lock_contexts, lock_contexts_with, lock_events, relate_again
from events.actions.values import change_of
from events.models import Context, Event, Revision, Tagging
from events.vocabulary import ChangeKind, Right, State, Tagged

SPLIT_MOST: Final = 2_000
"""How many events one split takes at most."""
SPLIT_RECORD: Final = "split"
_AT_ONCE: Final = 100
_UNTOUCHED: Final = (State.MERGED, State.LEGAL)


class Split(NamedTuple):
    """What a split did: the context that the events have now, and how many there were."""

    context: Context
    events: int


class _Moved(NamedTuple):
    """One event of a split: how the two contexts stood on it before, and whether the first led it."""

    event_id: int
    source: Tag
    target: Tag | None
    led: bool


def split_context(
    *,
    actor: Actor,
    context_id: int,
    version: int,
    event_ids: Collection[int],
    name: str,
    lead: bool = True,
    note: str = "",
) -> Split:
    """Give these events of *context_id* the context *name* in its place, new or existing.

    *lead*: where it was the lead context, so is the other. Of events that do not have it nothing changes.
    Raises ``PermissionDenied`` without ``Right.TAG``, ``StaleVersion``, and ``InvalidAction`` for no
    events or too many, and for a name that means the context itself.
    """
    actor.require(Right.TAG)
    if len(set(event_ids)) > SPLIT_MOST:
        raise InvalidAction(f"Choose {SPLIT_MOST:,} events at most; split once more for the others.")
    if not context_name(name):
        raise InvalidAction("Name the context that these events get.")
    with recording(actor) as trace:
        target_too = partial(meant_beside, context_id, [name])
        source = lock_contexts_with({context_id: version}, target_too)[context_id]
        if source.merged_into_id is not None:
            raise InvalidAction(f"“{source.name}” was merged into {source.merged_into}; split that one.")
        target = contexts_for(source.edition, [name], trace=trace)[name]
        if target.pk == source.pk:
            raise InvalidAction(f"“{name}” means this context itself.")
        plan = _plan(source, target, event_ids, lead=lead)
        if not plan:
            raise InvalidAction(f"None of these events has the context “{source.name}”.")
        record = {"into": target.pk, "name": target.name, "events": plan}
        fields = {
            SPLIT_RECORD: change_of(None, record),
            "given_to": change_of(None, _said(target, len(plan))),
        }
        trace.revise_context(source, ChangeKind.UPDATED, fields, note=note)
        source.save()
    done = 0
    for chunk in _chunks(plan):
        with recording(actor) as trace:
            done += len(_give(source, target, chunk, trace, note))
    return Split(target, done)


def undo_split(*, actor: Actor, context_id: int, version: int, revision_number: int, note: str = "") -> Split:
    """Take the split back that the context's revision *revision_number* notes.

    Events that were changed since in what the split did keep what they have. Raises as
    :func:`split_context` does, and ``InvalidAction`` where it was taken back already.
    """
    actor.require(Right.TAG)
    with recording(actor) as trace:
        source = lock_contexts({context_id: version})[context_id]
        record = _open_record(source, revision_number)
        into = Context.objects.select_related("merged_into").get(pk=record["into"])
        target = into.merged_into or into
        if target.pk == source.pk:
            raise InvalidAction(f"“{into.name}” was merged into this one: the split is taken back that way.")
        undone = {"into": into.pk, "events": len(record["events"]), "revision": revision_number}
        said = change_of(_said(target, len(record["events"])), None)
        fields = {SPLIT_RECORD: change_of(undone, None), "given_to": said}
        trace.revise_context(source, ChangeKind.UPDATED, fields, note=note)
        source.save()
    done = 0
    for chunk in _chunks(record["events"]):
        with recording(actor) as trace:
            done += len(_take_back(source, target, chunk, trace, note))
    return Split(target, done)


def splits_of(context: Context) -> list[tuple[Revision, dict[str, Any]]]:
    """The splits of *context* that were not taken back: their revisions and records, newest first."""
    found: dict[int, tuple[Revision, dict[str, Any]]] = {}
    rows = Revision.objects.filter(context=context, fields__has_key=SPLIT_RECORD).order_by("number")
    for revision in rows:
        change = revision.fields[SPLIT_RECORD]
        if change["new"] is not None:
            found[revision.number] = revision, change["new"]
        else:
            found.pop(change["old"]["revision"], None)
    return list(found.values())[::-1]


def _said(target: Context, events: int) -> str:
    return f"{target.name} (events: {events:,})"


def _open_record(source: Context, number: int) -> dict[str, Any]:
    if source.merged_into_id is not None:
        raise InvalidAction(f"“{source.name}” was merged into {source.merged_into}; un-merge it first.")
    for revision, record in splits_of(source):
        if revision.number == number:
            return record
    raise InvalidAction("There is no such split, or it was taken back already.")


def _plan(source: Context, target: Context, event_ids: Collection[int], *, lead: bool) -> list[list[Any]]:
    """``[event, how it came, how the other stands there or null, whether it led]`` of each that has it."""
    events = Event.objects.filter(pk__in=list(set(event_ids))).exclude(state__in=_UNTOUCHED)
    leads = dict(events.values_list("pk", "lead"))
    tags: dict[int, dict[int, Tagging]] = {}
    for row in Tagging.objects.filter(event__in=list(leads), context__in=(source, target)):
        tags.setdefault(row.event_id, {})[row.context_id] = row
    plan = []
    for pk in sorted(tags):
        own, other = tags[pk].get(source.pk), tags[pk].get(target.pk)
        if own is not None and not own.removed:
            stood = [other.how, other.removed] if other is not None else None
            plan.append([pk, own.how, stood, lead and leads[pk] == source.pk])
    return plan


def _give(
    source: Context, target: Context, plan: list[list[Any]], trace: Recording, note: str
) -> list[Event]:
    """Retag these events where they still have *source*; those that changed."""

    def change(event: Event, one: _Moved, own: Tagging | None, other: Tagging | None) -> list[Tagging]:
        if own is None or own.removed:
            return []
        own.how, own.removed, own.by = Tagged.PERSON, True, trace.actor.user
        if one.led and event.lead_id == source.pk:
            event.lead = target
        if other is None:
            other = Tagging(event=event, context=target)
        elif not other.removed:
            return [own]
        other.how, other.removed, other.by = Tagged.PERSON, False, trace.actor.user
        return [own, other]

    return _retag(source, target, plan, trace, note, change)


def _take_back(
    source: Context, target: Context, plan: list[list[Any]], trace: Recording, note: str
) -> list[Event]:
    """Give these events *source* back where both still stand as the split left them."""

    def change(event: Event, one: _Moved, own: Tagging | None, other: Tagging | None) -> list[Tagging]:
        if own is None or not own.removed or other is None or other.removed:
            return []
        own.how, own.removed = one.source
        own.by = None
        if one.led and event.lead_id == target.pk:
            event.lead = source
        if one.target is not None and not one.target.removed:
            return [own]
        if one.target is None:
            other.removed, other.how = True, ""
        else:
            other.how, other.removed = one.target
        return [own, other]

    return _retag(source, target, plan, trace, note, change)


def _retag(
    source: Context, target: Context, plan: list[list[Any]], trace: Recording, note: str, change: Any
) -> list[Event]:
    """Let *change* say which tags of each event change, and write them; one without a way is deleted."""
    events = lock_events({one[0]: None for one in plan})
    ids = held(Context.objects.all(), {source.pk, target.pk})
    if Context.objects.standing().filter(pk__in=ids).count() < 2:
        raise InvalidAction(
            f"“{source.name}” or “{target.name}” was merged meanwhile: events that were not changed yet stay "
            "as they are."
        )
    tags: dict[int, dict[int, Tagging]] = {pk: {} for pk in events}
    for row in Tagging.objects.filter(event__in=events).select_related("context"):
        tags[row.event_id][row.context_id] = row
    new: list[Tagging] = []
    old: list[Tagging] = []
    gone: list[Tagging] = []
    changed: list[Event] = []
    for pk, how, stood, led in plan:
        event, present = events[pk], tags[pk]
        if event.state in _UNTOUCHED:
            continue
        before, lead = _names(present.values()), event.lead_id
        one = _Moved(pk, Tag(how), Tag(*stood) if stood is not None else None, led)
        rows = change(event, one, present.get(source.pk), present.get(target.pk))
        if not rows:
            continue
        for row in rows:
            present[row.context_id] = row
            (gone if not row.how else new if row.pk is None else old).append(row)
        fields = {"contexts": change_of(before, _names(present.values()))}
        if event.lead_id != lead:
            pair = (source.name, target.name)
            fields["lead"] = change_of(*(pair if event.lead_id == target.pk else pair[::-1]))
        trace.revise_event(event, ChangeKind.RETAGGED, fields, note=note)
        changed.append(event)
    Tagging.objects.filter(pk__in=[row.pk for row in gone]).delete()
    Tagging.objects.bulk_update(old, ["how", "removed", "by"], batch_size=100)
    Tagging.objects.bulk_create(new, batch_size=200)
    Event.objects.bulk_update(changed, ["version", "updated_at", "lead"], batch_size=100)
    relate_again([event.pk for event in changed], actor=trace.actor)
    return changed


def _names(tags: Collection[Tagging]) -> list[str]:
    return sorted(row.context.name for row in tags if not row.removed)


def _chunks(plan: list[list[Any]]) -> Iterator[list[list[Any]]]:
    return (plan[start : start + _AT_ONCE] for start in range(0, len(plan), _AT_ONCE))
