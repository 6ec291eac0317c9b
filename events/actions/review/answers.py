"""What the answer to a question does, kind by kind. ``decide.decide_review`` locks, asks and records.

Each gives what taking it back needs (``decide.reopen_review``), or ``None`` where the answer
changed something: that is taken back where it was done, by reverting, un-merging or restoring.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from events.actions.contexts.candidates import accept_candidate, name_candidate
from events.actions.contexts.merge import merge_contexts
from events.actions.contexts.suggestions import refuse_named
from events.actions.correct import correct_event
from events.actions.errors import InvalidAction
from events.actions.merge import merge_events
from events.actions.plan import present_values
from events.actions.proofreading.findings import answer_finding
from events.actions.recording import Actor
from events.actions.review.answer import Answer, Reopening
from events.actions.review.propose import merge_proposal
from events.actions.review.reported import citing_events, reported_text, revived_citations
from events.actions.rows import lock_event
from events.actions.values import EventValues, said_of, values_from_json
from events.actions.withdraw import reject_event, release_event
from events.models import Context, Event, Provenance, ReviewItem, Tagging
from events.vocabulary import Grade, ReviewKind


def answer_field(item: ReviewItem, answer: Answer, actor: Actor) -> Reopening | None:
    """Take upstream's value of one field, or own words, or leave ours; upstream is the new base."""
    event = _event(item)
    if answer.accept:
        note = answer.note
        if answer.values is None:
            values = values_from_json(said_of({item.field: item.data.get("upstream")}))
            note = note or "As the origin has it."
        elif answer.values.keys() - {item.field}:
            raise InvalidAction(f"The question is about the {item.field} only.")
        else:
            values, note = answer.values, note or "Joined with what the origin says."
        _correct(event, values, answer, actor, note)
    bases = {}
    for provenance in Provenance.objects.select_for_update().filter(event=event, leading=True):
        if (base := provenance.base.pop(item.field, None)) is not None:
            bases[str(provenance.pk)] = [base, provenance.digest]
            provenance.save(update_fields=["base"])
    return None if answer.accept else {"version": event.version, "bases": bases}


def reopen_field(item: ReviewItem, reopening: Reopening) -> None:
    """Have the harvest compare with the old base again; refused where anything moved since."""
    event = _event(item)
    bases = reopening.get("bases", {})
    rows = list(Provenance.objects.select_for_update().filter(pk__in=map(int, bases)))
    moved = event.version != reopening["version"] or any(
        row.digest != bases[str(row.pk)][1] or row.event_id != event.pk for row in rows
    )
    if moved or len(rows) != len(bases):
        raise InvalidAction(
            "The event, or what its origin says, has changed since; correct the event itself."
        )
    for row in rows:
        row.base[item.field] = bases[str(row.pk)][0]
        row.save(update_fields=["base"])


def _answer_held(item: ReviewItem, answer: Answer, actor: Actor) -> Reopening | None:
    if item.field:
        return answer_field(item, answer, actor)
    event = _event(item)
    act = release_event if answer.accept else reject_event
    act(actor=actor, event_id=event.pk, version=event.version, note=answer.note)
    return None


def _answer_duplicate(item: ReviewItem, answer: Answer, actor: Actor) -> Reopening | None:
    if not answer.accept:
        return {}
    if item.event_id is None or item.other_id is None:
        raise InvalidAction("The question does not name two events.")
    older, newer = sorted((item.event_id, item.other_id))
    stays = answer.stays or older
    if stays not in (older, newer):
        raise InvalidAction("Only one of the two events can stay.")
    goes = older if stays == newer else newer
    merge_events(actor=actor, event_id=goes, into_id=stays, note=answer.note)
    return None


def _answer_replaced(item: ReviewItem, answer: Answer, actor: Actor) -> Reopening | None:
    """Leave the new contexts, or put the old ones back in their place."""
    if answer.accept:
        return {}
    event = _event(item)
    old, new = set(item.data.get("old", ())), set(item.data.get("new", ()))
    tagged = Tagging.objects.active().filter(event=event).select_related("context")
    values: dict[str, Any] = {"contexts": sorted({row.context.name for row in tagged} - new | old)}
    if event.lead is not None and event.lead.name in new and old:
        values["lead"] = min(old)
    _correct(event, values_from_json(values), answer, actor, answer.note)
    return None


def _answer_candidate(item: ReviewItem, answer: Answer, actor: Actor) -> Reopening | None:
    if not answer.accept:
        return {}
    if answer.alias_of is None:
        accept_candidate(item, actor=actor)
    else:
        name_candidate(item, context_id=answer.alias_of, actor=actor)
    return None


def _answer_context_duplicate(item: ReviewItem, answer: Answer, actor: Actor) -> Reopening | None:
    """Merge the two contexts, or remember that they are two."""
    if not answer.accept:
        return {}
    both = contexts_asked(item)
    if both is None:
        raise InvalidAction("The question does not name two contexts any more.")
    stays = answer.stays or both[0].pk
    goes = next((context.pk for context in both if context.pk != stays), stays)
    merge_contexts(actor=actor, context_id=goes, into_id=stays, note=answer.note)
    return None


def _answer_context_named(item: ReviewItem, answer: Answer, actor: Actor) -> Reopening | None:
    """Tag the event with the context that its text names, or remember that something else is meant."""
    if not answer.accept:
        refuse_named(item, actor=actor)
        return {}
    if item.context is None or item.context.merged_into_id is not None:
        raise InvalidAction("The context was merged into another meanwhile.")
    event = _event(item)
    values = {"contexts": sorted({*present_values(event)["contexts"], item.context.name})}
    _correct(event, values_from_json(values), answer, actor, answer.note)
    return None


def contexts_asked(item: ReviewItem) -> tuple[Context, Context] | None:
    """The two contexts of which *item* asks whether they are one; ``None`` where either is merged or gone."""
    other = item.data.get("other")
    both = Context.objects.standing().in_bulk([pk for pk in (item.context_id, other) if isinstance(pk, int)])
    if item.context_id not in both or other not in both:
        return None
    return both[item.context_id], both[other]


def _answer_proposal(item: ReviewItem, answer: Answer, actor: Actor) -> Reopening | None:
    """Apply the proposal, merged onto what stands now, or what the editor made of it."""
    item.data["answer"] = answer.note
    if not answer.accept:
        return {}
    event = _event(item)
    values = answer.values
    if values is None:
        onto = merge_proposal(item, event)
        if onto.open:
            names = " and ".join(onto.open)
            raise InvalidAction(
                f"The event's {names} changed in the same place; open the proposal and merge."
            )
        values = values_from_json(onto.values)
    note = " ".join(part for part in (answer.note or item.data["note"], f"(Proposed by {item.data['by']}.)"))
    grade = answer.grade or Grade(item.data["grade"])
    _correct(event, values, Answer(accept=True, grade=grade), actor, note)
    return None


def _answer_report(item: ReviewItem, answer: Answer, actor: Actor) -> Reopening | None:
    """Apply the reported fix, or the editor's; the reporter is told the note."""
    item.data["answer"] = answer.note
    if not answer.accept:
        if not answer.note:
            raise InvalidAction("Say why not: the reporter will read it.")
        return {}
    event = _event(item)
    values = answer.values
    if values is None:
        text = reported_text(item, event)
        if text is None:
            raise InvalidAction("The quoted words do not stand in the text once; write the fix yourself.")
        values = {"text": text}
    grade = answer.grade or Grade.CORRECTION
    _correct(event, values, Answer(accept=True, grade=grade), actor, answer.note or "Reported by a reader.")
    return None


def _answer_dead_source(item: ReviewItem, answer: Answer, actor: Actor) -> Reopening | None:
    """Cite the archived copy; without one the accepted item itself is the mark that the source is dead."""
    if not answer.accept or not item.data.get("archived"):
        return {}
    note = answer.note or "The source answers no more; its archived copy is cited."
    for event_id in citing_events(item):
        event = lock_event(event_id)
        _correct(event, {"citations": revived_citations(item, event)}, answer, actor, note)
    return None


def _event(item: ReviewItem) -> Event:
    if item.event_id is None:
        raise InvalidAction("The question names no event.")
    return lock_event(item.event_id)


def _correct(event: Event, values: EventValues, answer: Answer, actor: Actor, note: str) -> None:
    correct_event(
        actor=actor, event_id=event.pk, version=event.version, values=values,
        grade=answer.grade or Grade.UPDATE, note=note,
    )  # fmt: skip


ANSWERS: Final[dict[ReviewKind, Callable[[ReviewItem, Answer, Actor], Reopening | None]]] = {
    ReviewKind.CONFLICT: answer_field,
    ReviewKind.HELD: _answer_held,
    ReviewKind.DUPLICATE: _answer_duplicate,
    ReviewKind.CONTEXT_REPLACED: _answer_replaced,
    ReviewKind.CONTEXT_DUPLICATE: _answer_context_duplicate,
    ReviewKind.CONTEXT_NAMED: _answer_context_named,
    ReviewKind.CANDIDATE: _answer_candidate,
    ReviewKind.PROPOSAL: _answer_proposal,
    ReviewKind.PROOFREADING: answer_finding,
    ReviewKind.REPORT: _answer_report,
    ReviewKind.DEAD_SOURCE: _answer_dead_source,
}
