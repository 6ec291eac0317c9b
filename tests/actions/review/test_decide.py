"""events/actions/review/decide.py: a question is answered once, and what the answer means."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from events.actions.errors import InvalidAction, StaleVersion
from events.actions.recording import Actor
from events.actions.review.decide import decide_review
from events.models import Event, Provenance, ReviewItem, Revision
from events.vocabulary import ReviewKind, ReviewState, State
from tests.factories import make_event, make_provenance


def ask(event: Event, kind: ReviewKind = ReviewKind.CONFLICT, **fields: Any) -> ReviewItem:
    return ReviewItem.objects.create(kind=kind, key="k", event=event, **fields)


def conflict(kind: ReviewKind = ReviewKind.CONFLICT) -> ReviewItem:
    event = make_event("Our words.")
    make_provenance(event, upstream={"text": " Their words. "}, base={"text": " Old words. ", "summary": "s"})
    return ask(
        event,
        kind,
        field="text",
        data={"base": "Old words.", "ours": "Our words.", "upstream": " Their words. "},
    )


@pytest.mark.parametrize("kind", [ReviewKind.CONFLICT, ReviewKind.HELD])
@pytest.mark.parametrize(("accept", "text"), [(True, "Their words."), (False, "Our words.")])
def test_a_decided_field_takes_one_side_and_moves_the_base(
    editor: Actor, kind: ReviewKind, accept: bool, text: str
) -> None:
    item = decide_review(actor=editor, item_id=conflict(kind).pk, accept=accept)
    assert Event.objects.get().text == text
    assert Provenance.objects.get().base == {"summary": "s"}
    assert item.state == (ReviewState.ACCEPTED if accept else ReviewState.REJECTED)
    assert item.decided_by == editor.user
    assert Revision.objects.count() == (1 if accept else 0)


@pytest.mark.parametrize(
    ("field", "upstream", "shown"),
    [
        ("category", "Armed conflicts and attacks", lambda event: (event.category, "armed-conflicts")),
        ("date", "2004-02-10", lambda event: (event.date.isoformat(), "2004-02-10")),
        ("lead", "Cold War", lambda event: (event.lead.name, "Cold War")),
        ("citations", [], lambda event: (event.citations.count(), 0)),
    ],
)
def test_every_field_can_be_taken_from_upstream(editor: Actor, field: str, upstream: Any, shown: Any) -> None:
    event = make_event(citations=[("Gazette", "https://gazette.example/", "")])
    item = ask(event, field=field, data={"base": None, "ours": None, "upstream": upstream})
    decide_review(actor=editor, item_id=item.pk, accept=True)
    found, wanted = shown(Event.objects.get())
    assert found == wanted


def test_an_answered_question_cannot_be_answered_again(editor: Actor) -> None:
    item = conflict()
    decide_review(actor=editor, item_id=item.pk, accept=False)
    with pytest.raises(InvalidAction, match="answered already by editor"):
        decide_review(actor=editor, item_id=item.pk, accept=True)
    assert Event.objects.get().text == "Our words."


def test_who_looked_at_an_older_version_must_look_again(editor: Actor) -> None:
    item = conflict()
    with pytest.raises(StaleVersion):
        decide_review(actor=editor, item_id=item.pk, accept=True, version=7)
    item.refresh_from_db()
    assert item.state == ReviewState.OPEN


@pytest.mark.parametrize(("accept", "state"), [(True, State.PUBLISHED), (False, State.WITHDRAWN)])
def test_a_held_event_is_released_or_refused(editor: Actor, accept: bool, state: State) -> None:
    item = ask(make_event(state=State.HELD), ReviewKind.HELD)
    decide_review(actor=editor, item_id=item.pk, accept=accept)
    assert Event.objects.get().state == state
    item.refresh_from_db()
    assert item.state == (ReviewState.ACCEPTED if accept else ReviewState.REJECTED)


def test_duplicates_merge_into_the_older_or_are_remembered_as_two(chief: Actor) -> None:
    older, newer, third = (make_event(f"Version {number}.") for number in range(3))
    same = ask(newer, ReviewKind.DUPLICATE, other=older)
    different = ReviewItem.objects.create(kind=ReviewKind.DUPLICATE, key="d", event=third, other=older)
    decide_review(actor=chief, item_id=different.pk, accept=False)
    decide_review(actor=chief, item_id=same.pk, accept=True)
    newer.refresh_from_db()
    assert newer.merged_into == older
    assert Event.objects.published().count() == 2
    different.refresh_from_db()
    assert different.state == ReviewState.REJECTED


@pytest.mark.parametrize(("accept", "names"), [(True, {"New", "Kept"}), (False, {"Old", "Kept"})])
def test_a_replaced_context_stays_or_comes_back(editor: Actor, accept: bool, names: set[str]) -> None:
    event = make_event(contexts=["Kept"], lead="New")
    item = ask(event, ReviewKind.CONTEXT_REPLACED, field="lead", data={"old": ["Old"], "new": ["New"]})
    decide_review(actor=editor, item_id=item.pk, accept=accept)
    event.refresh_from_db()
    assert {row.context.name for row in event.taggings.active()} == names
    assert event.lead is not None
    assert event.lead.name == ("New" if accept else "Old")


def test_contributors_decide_nothing_and_what_names_no_event_stays_open(
    editor: Actor, contributor: Actor
) -> None:
    with pytest.raises(PermissionDenied):
        decide_review(actor=contributor, item_id=conflict().pk, accept=True)
    report = ReviewItem.objects.create(kind=ReviewKind.REPORT, key="r")
    with pytest.raises(InvalidAction, match="names no event"):
        decide_review(actor=editor, item_id=report.pk, accept=True)
    with pytest.raises(InvalidAction):
        decide_review(actor=editor, item_id=10**9, accept=True)
