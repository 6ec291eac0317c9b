"""events/actions/curate.py: pins and bans, in order and on record."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from events.actions.curate import ban_related, clear_curation, pin_related, reorder_pins
from events.actions.errors import InvalidAction
from events.actions.recording import Actor
from events.models import Change, Curation, Document, Event, RelatedLink, Revision
from events.vocabulary import ChangeKind, Decision, State
from tests.factories import make_event, relate


@pytest.fixture
def events(db: None) -> list[Event]:
    return [make_event(f"Event {number}.") for number in range(5)]


def pins(event: Event) -> list[int]:
    rows = Curation.objects.filter(event=event, decision=Decision.PIN).order_by("position")
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    return [row.target_id for row in rows]


def test_pins_stand_in_the_order_asked_for(editor: Actor, events: list[Event]) -> None:
    event, *others = events
    for other in others[:3]:
        pin_related(actor=editor, event_id=event.pk, target_id=other.pk)
    pin_related(actor=editor, event_id=event.pk, target_id=others[3].pk, position=1)
    one, two, three, four = (other.pk for other in others)
    assert pins(event) == [four, one, two, three]
    reorder_pins(actor=editor, event_id=event.pk, target_ids=[one, two, three, four])
    assert pins(event) == [one, two, three, four]
    ban_related(actor=editor, event_id=event.pk, target_id=two)
    assert pins(event) == [one, three, four]
    clear_curation(actor=editor, event_id=event.pk, target_id=three)
    assert pins(event) == [one, four]


def test_each_decision_is_a_revision_a_public_change_and_a_new_list(
    editor: Actor, events: list[Event]
) -> None:
    event, other, *_ = events
    link = relate(event, other)
    ban_related(actor=editor, event_id=event.pk, target_id=other.pk, note="Not the same.")
    revision = Revision.objects.get()
    assert (revision.kind, revision.event) == (ChangeKind.CURATED, event)
    assert revision.fields["bans"] == {
        "base": None,
        "old": [],
        "new": [{"event": other.pk, "note": "Not the same."}],
    }
    assert Change.objects.get().kind == ChangeKind.CURATED
    assert Document.objects.get(event=event).related_version == 1
    assert RelatedLink.objects.get() == link


def test_deciding_the_same_again_leaves_no_trace(editor: Actor, events: list[Event]) -> None:
    event, other, *_ = events
    pin_related(actor=editor, event_id=event.pk, target_id=other.pk, note="n")
    pin_related(actor=editor, event_id=event.pk, target_id=other.pk, note="n")
    assert Revision.objects.count() == 1


def test_what_cannot_be_curated(editor: Actor, contributor: Actor, events: list[Event]) -> None:
    event, other, *_ = events
    merged = make_event("Merged.", into=event)
    withdrawn = make_event("Gone.", state=State.WITHDRAWN)
    for target in (event.pk, merged.pk, withdrawn.pk, 10**9):
        with pytest.raises(InvalidAction):
            pin_related(actor=editor, event_id=event.pk, target_id=target)
    with pytest.raises(InvalidAction):
        clear_curation(actor=editor, event_id=event.pk, target_id=other.pk)
    with pytest.raises(InvalidAction):
        reorder_pins(actor=editor, event_id=event.pk, target_ids=[other.pk])
    with pytest.raises(PermissionDenied):
        pin_related(actor=contributor, event_id=event.pk, target_id=other.pk)
    assert not Curation.objects.exists()


def test_a_pin_on_a_merged_event_is_one_on_its_survivor(editor: Actor, events: list[Event]) -> None:
    event, other, *_ = events
    merged = make_event("Merged.", into=other)
    pin_related(actor=editor, event_id=event.pk, target_id=merged.pk)
    assert pins(event) == [other.pk]
