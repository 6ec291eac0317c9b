"""Taking back what some revisions did to an event, and nothing that came before or after them.

Each field goes back by a three-way merge: what the revision made of it is the base, what stands now is
ours, what stood before is where it should return to. So what people wrote since, elsewhere in the
same text, stays; what they wrote over the same words stays too, and editors are asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from events.actions.bulk.change import Outcome, Treated
from events.actions.contexts.naming import hold_contexts
from events.actions.correct import correct_event
from events.actions.harvesting.upstream import citation_keys
from events.actions.merge import MERGE_RECORD, merge_events, unmerge_event
from events.actions.recording import Actor, recording
from events.actions.rows import lock_event, relate_again
from events.actions.values import (
    EventValues,
    change_of,
    citations_json,
    cited,
    read_citations,
    values_from_json,
)
from events.actions.withdraw import restore_event, withdraw_event
from events.models import Event, ReviewItem, Revision, Tagging
from events.text.merge import merge_items, merge_text
from events.vocabulary import EDITIONS, ChangeKind, Grade, ReviewKind, ReviewState, State, Tagged

SAID: Final = "said"
"""Beside old and new of "category": the former category in the origin's words."""
WAYS: Final = "ways"
"""Beside old and new of "contexts": how each context that was taken away had come to the event."""
_WORDED: Final = ("text", "summary")
_ATOMS: Final = ("date", "category", "lead")
_OF_MERGES: Final = (ChangeKind.MERGED, ChangeKind.UNMERGED)


@dataclass(slots=True)
class Back:
    """What an event's values become, by revision field: as they stand (``before``), and after (``now``).

    ``said``: the category in the origin's words; ``drop`` and ``add``: contexts, the latter with how they
    come; ``conflicts``: what others changed since.
    """

    before: dict[str, Any]
    now: dict[str, Any]
    cjk: bool
    said: str | None = None
    drop: set[str] = field(default_factory=set)
    add: dict[str, str] = field(default_factory=dict)
    conflicts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def take_back(
    event: Event, revisions: Sequence[Revision], *, actor: Actor, grade: Grade, note: str
) -> Treated:
    """Take *revisions* (of this event, latest first) back, by new revisions of *actor*'s.

    *grade* and *note* go with the correction of its values. Runs inside ``recording``, on the locked
    event. Raises what the actions raise that it is made of.
    """
    if event.state == State.LEGAL:
        return Treated(Outcome.SKIPPED, "It was removed for legal reasons.")
    version = event.version
    for revision in revisions:
        if "state" in revision.fields and still_stands(revision, revisions, actor):
            _state_back(event.pk, revision, actor=actor, note=note)
    event = lock_event(event.pk)
    if event.state == State.MERGED:
        if event.version != version:
            return Treated(Outcome.CHANGED)
        return Treated(Outcome.SKIPPED, f"It was merged into event {event.merged_into_id} since.")
    conflicts = values_back(event, revisions, actor=actor, grade=grade, note=note)
    if conflicts:
        return Treated(Outcome.CONFLICT, f"Changed since by others: {', '.join(conflicts)}.")
    after = Event.objects.values_list("version", flat=True).get(pk=event.pk)
    return Treated(Outcome.UNCHANGED if after == version else Outcome.CHANGED)


def plan_back(event: Event, revisions: Sequence[Revision]) -> Back:
    """What taking *revisions* (latest first) back would do to the values of *event*; writes nothing."""
    before = _values(event)
    back = Back(before, dict(before), cjk=EDITIONS[event.edition].cjk)
    for revision in revisions:
        if revision.kind in _OF_MERGES or revision.kind == ChangeKind.CREATED:
            continue  # the merge itself is taken back, or is not ours to
        for name, change in revision.fields.items():
            _field_back(back, name, change)
    return back


def values_back(
    event: Event, revisions: Sequence[Revision], *, actor: Actor, grade: Grade, note: str
) -> list[str]:
    """Take back what the revisions did to the event's values; the fields that stay as others made them."""
    back = plan_back(event, revisions)
    if back.drop or back.add:
        contexts_back(event, back.drop, back.add, actor=actor, note=note)
    values = values_from_json({name: new for name, new in back.now.items() if new != back.before[name]})
    if values:
        _correct(event.pk, values, back.said, actor=actor, grade=grade, note=note)
    for name, question in back.conflicts:
        _ask(event, name, question, actor)
    return [name for name, _ in back.conflicts]


def _correct(
    event_id: int, values: EventValues, said: str | None, *, actor: Actor, grade: Grade, note: str
) -> None:
    """Correct the event as it stands now; *said*: its category in the origin's words, where that changes."""
    event = lock_event(event_id)
    with recording(actor) as trace:
        if said is not None:
            Event.objects.filter(pk=event_id).update(category_said=said)
        correct_event(
            actor=actor, event_id=event_id, version=event.version, values=values, grade=grade, note=note
        )
        for last in trace.revisions[-1:]:
            if said is not None and last.event_id == event_id and "category" in last.fields:
                last.fields["category"][SAID] = event.category_said


def contexts_back(event: Event, drop: set[str], add: Mapping[str, str], *, actor: Actor, note: str) -> None:
    """Take contexts away and put others back, as if the change had never been.

    Unlike an editor's retagging it leaves no refusal: a later harvest may bring them. *add*: name → how
    (``Tagged``). What a person tagged, or took away, stays so.
    """
    found = hold_contexts(event.edition, sorted({*drop, *add}))
    rows = {row.context_id: row for row in Tagging.objects.filter(event=event).select_related("context")}
    old = sorted(row.context.name for row in rows.values() if not row.removed)
    ways: dict[str, str] = {}
    for name in drop & found.keys():
        row = rows.get(found[name].pk)
        if row is not None and not row.removed and row.how != Tagged.PERSON:
            ways[row.context.name] = row.how
            del rows[row.context_id]
            row.delete()
    for name, how in add.items():
        context = found.get(name)
        if context is not None and context.pk not in rows:
            rows[context.pk] = Tagging.objects.create(event=event, context=context, how=how)
    new = sorted(row.context.name for row in rows.values() if not row.removed)
    if new == old:
        return
    with recording(actor) as trace:
        event = lock_event(event.pk)
        trace.revise_event(
            event, ChangeKind.RETAGGED, {"contexts": {**change_of(old, new), WAYS: ways}}, note=note
        )  # fmt: skip
        event.save()
        relate_again([event.pk], actor=actor)


def still_stands(revision: Revision, revisions: Sequence[Revision], actor: Actor) -> bool:
    """Whether nobody but *revisions* and *actor*'s own bulk change moved the event to another state since."""
    later = Revision.objects.filter(
        event=revision.event_id, number__gt=revision.number, fields__has_key="state"
    ).exclude(pk__in=[one.pk for one in revisions])
    if actor.bulk is not None:
        later = later.exclude(bulk__isnull=False, bulk=actor.bulk)
    return not later.exists()


def _state_back(event_id: int, revision: Revision, *, actor: Actor, note: str) -> None:
    """Take a merge, an un-merging, a withdrawal or a restoration back."""
    moved = revision.fields["state"]
    event = lock_event(event_id)
    if MERGE_RECORD in revision.fields:
        unmerge_event(actor=actor, event_id=event_id, note=note)
    elif revision.kind == ChangeKind.UNMERGED:
        _merge_again(event, revision, actor=actor, note=note)
    elif revision.kind == ChangeKind.WITHDRAWN and moved["old"] == State.PUBLISHED:
        restore_event(actor=actor, event_id=event_id, version=event.version, note=note)
    elif revision.kind == ChangeKind.RESTORED:
        withdraw_event(actor=actor, event_id=event_id, version=event.version, reason=note)


def _merge_again(event: Event, revision: Revision, *, actor: Actor, note: str) -> None:
    merges = Revision.objects.filter(event=event, kind=ChangeKind.MERGED, number__lt=revision.number)
    for merge in merges.order_by("-number"):
        record = merge.fields.get(MERGE_RECORD, {}).get("new")
        if record is not None:
            merge_events(
                actor=actor, event_id=event.pk, into_id=record["into"], note=note,
                absorb=bool(record["citations"] or record["contexts"]),
            )  # fmt: skip
            return


def _values(event: Event) -> dict[str, Any]:
    return {
        "text": event.text,
        "summary": event.summary,
        "date": event.date.isoformat(),
        "category": str(event.category),
        "lead": event.lead.name if event.lead is not None else None,
        "citations": citations_json(cited(event)),
    }


def _field_back(back: Back, name: str, change: Mapping[str, Any]) -> None:
    old, new = change.get("old"), change.get("new")
    now: Any = back.now.get(name)
    if name in _WORDED:
        merge = merge_text(new or "", now, old or "", cjk=back.cjk)
        if merge.clean:
            back.now[name] = merge.text
        elif now != old:
            back.conflicts.append((name, {"base": new or "", "ours": now, "upstream": old or ""}))
    elif name in _ATOMS:
        if now == new:
            back.now[name] = old
            back.said = change.get(SAID, back.said)
        elif now != old:
            back.conflicts.append((name, {"base": new, "ours": now, "upstream": old}))
    elif name == "citations":
        back.now[name] = _citations_back(now, old or [], new or [])
    elif name == "contexts":
        _contexts_of(back, set(old or ()), set(new or ()), change.get(WAYS, {}))


def _citations_back(
    now: list[dict[str, str]], old: Sequence[Mapping[str, str]], new: Sequence[Mapping[str, str]]
) -> list[dict[str, str]]:
    """The sources that stand now without what was added, and with what was taken away or rewritten."""
    was, base, mine = ({key: dict(row) for key, row in _keyed(rows)} for rows in (old, new, now))
    result = []
    for key in merge_items(list(base), list(mine), list(was)):
        ours_stays = key in mine and (key not in was or mine[key] != base.get(key))
        result.append(mine[key] if ours_stays else was[key])
    return result


def _keyed(citations: Sequence[Mapping[str, str]]) -> Any:
    plain = [(one.label, one.url, one.picture) for one in read_citations(list(citations))]
    return zip(citation_keys(plain), citations, strict=True)


def _contexts_of(back: Back, old: set[str], new: set[str], ways: Mapping[str, str]) -> None:
    for name in new - old:
        if back.add.pop(name, None) is None:
            back.drop.add(name)
    for name in old - new:
        if name in back.drop:
            back.drop.discard(name)
        else:
            back.add[name] = ways.get(name, Tagged.ORIGIN)


def _ask(event: Event, name: str, question: dict[str, Any], actor: Actor) -> None:
    """Put to the editors that words were changed both by what is taken back and by people since."""
    if name not in _WORDED or actor.bulk is None:
        return
    ReviewItem.objects.update_or_create(
        kind=ReviewKind.CONFLICT,
        key=f"{event.pk}:{name}:bulk{actor.bulk.pk}",
        state=ReviewState.OPEN,
        defaults={"event": event, "field": name, "data": {**question, "bulk": actor.bulk.pk}},
    )
