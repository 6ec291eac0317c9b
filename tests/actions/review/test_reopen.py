"""events/actions/review/decide.py: a wrong "no" is taken back where nothing hangs on it."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from events.actions.correct import correct_event
from events.actions.errors import InvalidAction
from events.actions.merge import merge_events
from events.actions.recording import Actor
from events.actions.review.decide import Seen, decide_review, decide_reviews, reopen_review
from events.models import Provenance, ReviewItem
from events.vocabulary import Grade, ReviewKind, ReviewState, Role
from tests.factories import make_event
from tests.people import make_person
from tests.reviews import ask, conflict, every_kind, replaced


def test_a_conflict_is_asked_again_with_its_base(editor: Actor) -> None:
    item = conflict()
    decide_review(actor=editor, item_id=item.pk, accept=False)
    assert Provenance.objects.get().base == {}
    item = reopen_review(actor=editor, item_id=item.pk)
    assert (item.state, item.decided_by, item.decided_at) == (ReviewState.OPEN, None, None)
    assert Provenance.objects.get().base == {"text": item.data["base"]}
    decide_review(actor=editor, item_id=item.pk, accept=True)
    assert item.event.provenances.get().base == {}


def test_not_where_the_event_or_its_record_changed_since(editor: Actor) -> None:
    changed, reworded = conflict(), conflict()
    for item in (changed, reworded):
        decide_review(actor=editor, item_id=item.pk, accept=False)
    values = {"text": "New words."}
    correct_event(actor=editor, event_id=changed.event_id, version=1, values=values, grade=Grade.TYPO)
    Provenance.objects.filter(event=reworded.event_id).update(digest="f" * 32)
    for item in (changed, reworded):
        with pytest.raises(InvalidAction, match="has changed since"):
            reopen_review(actor=editor, item_id=item.pk)
    assert not Provenance.objects.exclude(base={}).exists()


def test_two_that_are_not_different_after_all(editor: Actor, chief: Actor) -> None:
    one, other = make_event("One."), make_event("Two.")
    item = ask(one, ReviewKind.DUPLICATE, other=other)
    decide_review(actor=editor, item_id=item.pk, accept=False)
    reopen_review(actor=chief, item_id=item.pk)
    decide_review(actor=chief, item_id=item.pk, accept=False)
    merge_events(actor=chief, event_id=one.pk, into_id=other.pk)
    with pytest.raises(InvalidAction, match="merged since"):
        reopen_review(actor=chief, item_id=item.pk)


def test_what_changed_the_archive_is_undone_where_it_was_done(editor: Actor) -> None:
    taken, put_back = conflict(), replaced()
    decide_review(actor=editor, item_id=taken.pk, accept=True)
    decide_review(actor=editor, item_id=put_back.pk, accept=False)
    for item in (taken, put_back):
        with pytest.raises(InvalidAction, match="changed the archive"):
            reopen_review(actor=editor, item_id=item.pk)
    with pytest.raises(InvalidAction):
        reopen_review(actor=editor, item_id=10**9)


def test_only_whoever_answered_it_and_chiefs(editor: Actor, chief: Actor) -> None:
    item = conflict()
    decide_review(actor=editor, item_id=item.pk, accept=False)
    with pytest.raises(PermissionDenied):
        reopen_review(actor=make_person(Role.EDITOR, name="another"), item_id=item.pk)
    reopen_review(actor=chief, item_id=item.pk)
    with pytest.raises(InvalidAction, match="there is none"):
        reopen_review(actor=chief, item_id=item.pk)


def test_not_where_the_same_is_being_asked_again(editor: Actor) -> None:
    item = conflict()
    decide_review(actor=editor, item_id=item.pk, accept=False)
    ask(item.event, key=item.key, field="text")
    with pytest.raises(InvalidAction, match="asked again already"):
        reopen_review(actor=editor, item_id=item.pk)


def test_every_kind_can_be_refused_and_most_refusals_taken_back(chief: Actor) -> None:
    items = [item for item in every_kind() if item.kind != ReviewKind.PROOFREADING]
    seen = [Seen(item.pk) for item in items]
    outcomes = decide_reviews(actor=chief, seen=seen, accept=False, note="No.")
    assert [one.refused for one in outcomes] == [""] * len(items)
    kept = {ReviewKind.HELD, ReviewKind.CONTEXT_REPLACED}
    for item in ReviewItem.objects.filter(state=ReviewState.REJECTED):
        if item.kind not in kept:
            reopen_review(actor=chief, item_id=item.pk)
    assert set(ReviewItem.objects.filter(state=ReviewState.REJECTED).values_list("kind", flat=True)) == kept
