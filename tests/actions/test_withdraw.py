"""events/actions/withdraw.py: gone for readers, kept for the record."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from events.actions.errors import InvalidAction, StaleVersion
from events.actions.recording import Actor
from events.actions.withdraw import reject_event, release_event, restore_event, withdraw_event
from events.models import Change, Event, ReviewItem, Revision
from events.vocabulary import ReviewKind, ReviewState, State
from tests.factories import make_event
from tests.people import make_user


def kinds() -> list[str]:
    return list(Change.objects.values_list("kind", flat=True))


def test_withdrawing_and_restoring_are_public_and_on_record(chief: Actor) -> None:
    event = make_event()
    withdraw_event(actor=chief, event_id=event.pk, version=1, reason="It did not happen.")
    assert not Event.objects.published().exists()
    restore_event(actor=chief, event_id=event.pk, version=2)
    assert Event.objects.published().exists()
    assert kinds() == ["withdrawn", "restored"]
    assert Revision.objects.order_by("number").first().note == "It did not happen."  # type: ignore[union-attr]


def test_a_withdrawal_needs_a_reason_a_right_and_the_present_version(chief: Actor, editor: Actor) -> None:
    event = make_event()
    with pytest.raises(InvalidAction):
        withdraw_event(actor=chief, event_id=event.pk, version=1, reason=" ")
    with pytest.raises(PermissionDenied):
        withdraw_event(actor=editor, event_id=event.pk, version=1, reason="x")
    with pytest.raises(StaleVersion):
        withdraw_event(actor=chief, event_id=event.pk, version=9, reason="x")
    assert not Revision.objects.exists()


@pytest.mark.parametrize("state", [State.HELD, State.DRAFT])
def test_a_released_event_is_new_to_readers(editor: Actor, state: State) -> None:
    event = make_event(state=state)
    item = ReviewItem.objects.create(kind=ReviewKind.HELD, key="k", event=event)
    release_event(actor=editor, event_id=event.pk, version=1)
    assert kinds() == ["created"]
    item.refresh_from_db()
    assert (item.state, item.decided_by) == (ReviewState.ACCEPTED, editor.user)


def test_a_rejected_event_was_never_public(editor: Actor) -> None:
    event = make_event(state=State.HELD)
    reject_event(actor=editor, event_id=event.pk, version=1, note="Junk.")
    event.refresh_from_db()
    assert event.state == State.WITHDRAWN
    assert kinds() == []


def test_only_what_waits_is_released_and_only_by_reviewers(editor: Actor, contributor: Actor) -> None:
    public, held = make_event(), make_event("Held.", state=State.HELD)
    for act in (release_event, reject_event):
        with pytest.raises(InvalidAction):
            act(actor=editor, event_id=public.pk, version=1)
        with pytest.raises(PermissionDenied):
            act(actor=contributor, event_id=held.pk, version=1)
    with pytest.raises(InvalidAction):
        restore_event(
            actor=Actor.person(make_user(None, name="root", is_superuser=True)), event_id=public.pk, version=1
        )
