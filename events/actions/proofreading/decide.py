"""Deciding findings of proofreading: one, or all of a rule that is right often enough to act.

What a finding is, ``findings`` says; where they come from, ``run``. An accepted fix is an
ordinary correction of grade typo, so harvests merge with it. The fixes of a whole rule are a bulk
change, with a preview before, and undone as one: its findings then wait again.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.utils import timezone

from events.actions.bulk.change import BulkWork, Outcome, Treated
from events.actions.bulk.start import start_bulk_change
from events.actions.correct import correct_event
from events.actions.errors import InvalidAction
from events.actions.proofreading.findings import GoneWords, mend
from events.actions.recording import Actor
from events.actions.review.decide import decide_review
from events.models import BulkChange, Event, ReviewItem
from events.querysets import ReviewQuerySet
from events.text.proofreading import RULES, acts
from events.vocabulary import BulkKind, Grade, ReviewKind, ReviewState

BULK: Final = "bulk"
"""Where an accepted finding's ``data`` keeps the bulk change that accepted it."""


def accept_finding(*, actor: Actor, item_id: int, version: int | None = None, note: str = "") -> ReviewItem:
    """Make the fix of a finding. Where its words are gone, the finding is closed as obsolete.

    *version* is the event's as the editor saw it; ``None``: wherever the words stand now. Raises
    ``PermissionDenied``, ``StaleVersion``, ``InvalidAction``.
    """
    try:
        return decide_review(actor=actor, item_id=item_id, accept=True, version=version, note=note)
    except GoneWords:
        open_item = ReviewItem.objects.open().filter(pk=item_id, kind=ReviewKind.PROOFREADING)
        open_item.update(state=ReviewState.OBSOLETE, decided_at=timezone.now())
        raise


def ignore_finding(*, actor: Actor, item_id: int) -> ReviewItem:
    """Say that a finding is no error: it is not raised again while its words stand where they stand."""
    return decide_review(actor=actor, item_id=item_id, accept=False)


def open_findings(rule: str = "", edition: str = "") -> ReviewQuerySet:
    """The findings that wait, of one rule and edition or of all."""
    items = ReviewItem.objects.open().filter(kind=ReviewKind.PROOFREADING)
    if rule:
        items = items.filter(data__rule=rule)
    return items.filter(event__edition=edition) if edition else items


def fixable(rule: str) -> ReviewQuerySet:
    """The findings of *rule* that wait and have a fix."""
    return open_findings(rule).exclude(data__fix=None)


def accept_rule(
    *, actor: Actor, rule: str, seen: int, without: Collection[int] = (), note: str = ""
) -> BulkChange:
    """Queue the fixes of all findings of *rule* that wait now, but for the items *without*.

    *seen*: how many there were when the person looked; raises ``InvalidAction`` where there are more or
    fewer now, so that nobody agrees to what they did not see, and for a rule that only suggests. Raises
    ``PermissionDenied`` without ``Right.BULK``.
    """
    if rule not in RULES:
        raise InvalidAction(f"There is no rule “{rule}”.")
    if not acts(rule):
        raise InvalidAction(f"“{RULES[rule].title}” only suggests: decide its findings one by one.")
    rows = list(fixable(rule).values_list("pk", "event_id"))
    if len(rows) != seen:
        raise InvalidAction(f"Now {len(rows):,} findings wait, not {seen:,}: look again.")
    left_out = set(without)
    asked = {"rule": rule, "without": sorted(left_out), "grade": str(Grade.TYPO)}
    events = {event_id for pk, event_id in rows if pk not in left_out and event_id is not None}
    return start_bulk_change(
        actor=actor, kind=BulkKind.PROOFREADING, asked=asked, events=events,
        note=note.strip() or f"Proofreading: {RULES[rule].title}.",
    )  # fmt: skip


class ProofreadingWork(BulkWork):
    """Makes the fixes of one rule in each event as it stands."""

    def treat(self, event: Event, change: BulkChange, actor: Actor) -> Treated:
        items = list(
            fixable(change.asked["rule"]).select_for_update(of=("self",)).filter(event=event)
            .exclude(pk__in=change.asked["without"]).order_by("pk")
        )  # fmt: skip
        mended = mend(event.text, items)
        for item in mended.gone:
            item.state, item.decided_at = ReviewState.OBSOLETE, timezone.now()
            item.save(update_fields=["state", "decided_at"])
        if not mended.made:
            return Treated(Outcome.UNCHANGED)
        correct_event(
            actor=actor, event_id=event.pk, version=event.version, values={"text": mended.text},
            grade=Grade.TYPO, note=change.note,
        )  # fmt: skip
        _decide(mended.made, ReviewState.ACCEPTED, change, actor)
        return Treated(Outcome.CHANGED)

    def taken_back(self, event: Event, change: BulkChange, actor: Actor) -> None:
        """The findings wait again, unless the same is being asked already."""
        items = _accepted(event, change)
        asked = set(
            ReviewItem.objects.open().filter(kind=ReviewKind.PROOFREADING, event=event)
            .values_list("key", flat=True)
        )  # fmt: skip
        _decide([item for item in items if item.key not in asked], ReviewState.OPEN, change, None)

    def done_again(self, event: Event, change: BulkChange, actor: Actor) -> None:
        _decide(_accepted(event, change, ReviewState.OPEN), ReviewState.ACCEPTED, change, actor)


def _accepted(
    event: Event, change: BulkChange, state: ReviewState = ReviewState.ACCEPTED
) -> list[ReviewItem]:
    items = ReviewItem.objects.filter(kind=ReviewKind.PROOFREADING, event=event, state=state)
    return [item for item in items.order_by("pk") if item.data.get(BULK) == change.pk]


def _decide(
    items: Collection[ReviewItem], state: ReviewState, change: BulkChange, actor: Actor | None
) -> None:
    """Give these findings *state*, by *actor*; by nobody where they wait again."""
    for item in items:
        item.state = state
        item.decided_at = timezone.now() if actor is not None else None
        item.decided_by = actor.user if actor is not None else None
        item.decided_by_name = actor.name if actor is not None else ""
        item.data[BULK] = change.pk
        item.save(update_fields=["state", "decided_at", "decided_by", "decided_by_name", "data"])
