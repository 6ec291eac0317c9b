"""events/actions/merge.py: two that are one, and back again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from events.actions.correct import correct_event
from events.actions.curate import ban_related, pin_related
from events.actions.errors import InvalidAction, StaleVersion
from events.actions.merge import merge_events, unmerge_event
from events.actions.recording import Actor
from events.models import Change, Curation, Document, Event, Provenance, ReviewItem, Revision
from events.vocabulary import ChangeKind, ReviewKind, ReviewState, State
from tests.factories import make_event, make_origin, make_provenance

GAZETTE = ("Gazette", "https://gazette.example/a", "")
HERALD = ("Herald", "https://herald.example/b", "")


@pytest.fixture
def pair(db: None) -> tuple[Event, Event]:
    stays = make_event("Twelve die in a fire.", contexts=["Fires"], citations=[GAZETTE])
    goes = make_event("Fourteen die in a fire.", contexts=["Fires", "Towns"], citations=[GAZETTE, HERALD])
    make_provenance(stays)
    make_provenance(goes)
    return stays, goes


def body(event: Event) -> dict[str, Any]:
    return json.loads(Document.objects.get(event=event).body)  # type: ignore[no-any-return]


def facts(event: Event) -> dict[str, Any]:
    """What a document says, apart from counts and times."""
    return {key: value for key, value in body(event).items() if key not in {"revision", "updated"}}


def test_the_survivor_takes_contexts_citations_and_provenance(
    chief: Actor, pair: tuple[Event, Event]
) -> None:
    stays, goes = pair
    merge_events(actor=chief, event_id=goes.pk, into_id=stays.pk)
    document = body(stays)
    assert goes.addresses.get().current
    assert [one["name"] for one in document["contexts"]] == ["Fires", "Towns"]
    assert [one["label"] for one in document["citations"]] == ["Gazette", "Herald"]
    assert sorted(stays.provenances.values_list("leading", flat=True)) == [False, True]
    goes.refresh_from_db()
    assert (goes.state, goes.merged_into) == (State.MERGED, stays)


def test_both_get_a_revision_and_readers_are_told_where_the_one_went(
    chief: Actor, pair: tuple[Event, Event]
) -> None:
    stays, goes = pair
    merge_events(actor=chief, event_id=goes.pk, into_id=stays.pk, note="One fire.")
    assert set(Revision.objects.values_list("event", "kind")) == {(goes.pk, "merged"), (stays.pk, "merged")}
    told = list(Change.objects.filter(subject="event").values_list("subject_id", "kind", "other_id"))
    assert told == [(goes.pk, "merged", stays.pk), (stays.pk, "updated", None)]


def test_unmerging_restores_both_exactly(chief: Actor, pair: tuple[Event, Event]) -> None:
    stays, goes = pair
    before = facts(stays), facts(goes)
    leading = list(Provenance.objects.order_by("pk").values_list("event", "leading"))
    merge_events(actor=chief, event_id=goes.pk, into_id=stays.pk)
    unmerge_event(actor=chief, event_id=goes.pk)
    assert (facts(stays), facts(goes)) == before
    assert list(Provenance.objects.order_by("pk").values_list("event", "leading")) == leading
    assert Change.objects.latest("seq").kind == ChangeKind.UPDATED
    assert Change.objects.filter(kind=ChangeKind.UNMERGED, subject_id=goes.pk).exists()


def test_unmerging_leaves_what_was_added_to_the_survivor_since(
    chief: Actor, pair: tuple[Event, Event]
) -> None:
    stays, goes = pair
    merged = merge_events(actor=chief, event_id=goes.pk, into_id=stays.pk)
    correct_event(
        actor=chief, event_id=stays.pk, version=merged.version, grade=None,
        values={"contexts": ["Fires", "Towns", "Rescue"]},
    )  # fmt: skip
    unmerge_event(actor=chief, event_id=goes.pk)
    assert [one["name"] for one in body(stays)["contexts"]] == ["Fires", "Rescue"]


def test_chains_are_flattened_and_restored(chief: Actor) -> None:
    one, two, three = (make_event(f"Version {number}.") for number in range(3))
    merge_events(actor=chief, event_id=one.pk, into_id=two.pk)
    merge_events(actor=chief, event_id=two.pk, into_id=three.pk)
    one.refresh_from_db()
    assert one.merged_into == three
    assert set(three.merged_events.all()) == {one, two}
    with pytest.raises(InvalidAction, match="un-merge that one first"):
        unmerge_event(actor=chief, event_id=one.pk)
    unmerge_event(actor=chief, event_id=two.pk)
    one.refresh_from_db()
    assert one.merged_into == two
    unmerge_event(actor=chief, event_id=one.pk)
    assert Event.objects.published().count() == 3


def test_merging_into_a_merged_event_leads_to_its_survivor(chief: Actor) -> None:
    one, two, three = (make_event(f"Version {number}.") for number in range(3))
    merge_events(actor=chief, event_id=one.pk, into_id=two.pk)
    assert merge_events(actor=chief, event_id=three.pk, into_id=one.pk) == two
    with pytest.raises(InvalidAction, match="into itself"):
        merge_events(actor=chief, event_id=two.pk, into_id=one.pk)


def test_a_context_that_an_editor_removed_from_the_survivor_stays_removed(
    chief: Actor, pair: tuple[Event, Event]
) -> None:
    stays, goes = pair
    correct_event(actor=chief, event_id=stays.pk, version=1, values={"contexts": ["Towns"]}, grade=None)
    merge_events(actor=chief, event_id=goes.pk, into_id=stays.pk)
    assert [one["name"] for one in body(stays)["contexts"]] == ["Towns"]


def test_curation_and_questions_follow_and_return(chief: Actor, pair: tuple[Event, Event]) -> None:
    stays, goes = pair
    other = make_event("Another fire.")
    pin_related(actor=chief, event_id=goes.pk, target_id=other.pk)
    ban_related(actor=chief, event_id=goes.pk, target_id=stays.pk)
    pin_related(actor=chief, event_id=other.pk, target_id=goes.pk)
    item = ReviewItem.objects.create(kind=ReviewKind.CONFLICT, key="k", event=goes, field="text")
    asked = ReviewItem.objects.create(kind=ReviewKind.DUPLICATE, key="d", event=goes, other=stays)
    merge_events(actor=chief, event_id=goes.pk, into_id=stays.pk)
    moved = set(Curation.objects.values_list("event", "target"))
    assert moved == {(stays.pk, other.pk), (goes.pk, stays.pk), (other.pk, stays.pk)}
    item.refresh_from_db()
    asked.refresh_from_db()
    assert (item.event, asked.state) == (stays, ReviewState.ACCEPTED)
    unmerge_event(actor=chief, event_id=goes.pk)
    back = set(Curation.objects.values_list("event", "target"))
    assert back == {(goes.pk, other.pk), (goes.pk, stays.pk), (other.pk, goes.pk)}
    item.refresh_from_db()
    asked.refresh_from_db()
    assert (item.event, asked.state) == (goes, ReviewState.REJECTED)


def test_that_two_differ_is_remembered_after_unmerging(chief: Actor, pair: tuple[Event, Event]) -> None:
    stays, goes = pair
    merge_events(actor=chief, event_id=goes.pk, into_id=stays.pk)
    unmerge_event(actor=chief, event_id=goes.pk)
    item = ReviewItem.objects.get(kind=ReviewKind.DUPLICATE)
    assert (item.state, {item.event, item.other}) == (ReviewState.REJECTED, {stays, goes})


def test_records_of_two_origins_both_lead(chief: Actor, pair: tuple[Event, Event]) -> None:
    stays, goes = pair
    make_provenance(goes, origin=make_origin("herald"), key="h")
    merge_events(actor=chief, event_id=goes.pk, into_id=stays.pk)
    assert stays.provenances.filter(leading=True).count() == 2


def test_robots_may_merge_and_contributors_may_not(
    robot: Actor, contributor: Actor, pair: tuple[Event, Event]
) -> None:
    stays, goes = pair
    with pytest.raises(PermissionDenied):
        merge_events(actor=contributor, event_id=goes.pk, into_id=stays.pk)
    merge_events(actor=robot, event_id=goes.pk, into_id=stays.pk)
    with pytest.raises(PermissionDenied):
        unmerge_event(actor=contributor, event_id=goes.pk)


def test_what_cannot_be_merged(chief: Actor, pair: tuple[Event, Event]) -> None:
    stays, goes = pair
    chinese = make_event("大火", edition="zh")
    withdrawn = make_event("Gone.", state=State.WITHDRAWN)
    held = make_event("Held.", state=State.HELD)
    for other in (chinese, withdrawn, held, goes):
        with pytest.raises(InvalidAction):
            merge_events(actor=chief, event_id=goes.pk, into_id=other.pk)
    with pytest.raises(StaleVersion):
        merge_events(actor=chief, event_id=goes.pk, into_id=stays.pk, version=5)
    with pytest.raises(StaleVersion):
        merge_events(actor=chief, event_id=goes.pk, into_id=stays.pk, into_version=5)
    with pytest.raises(InvalidAction, match="not merged"):
        unmerge_event(actor=chief, event_id=stays.pk)
    assert not Revision.objects.exists()
