"""events/actions/reasons.py: contexts that are no reason for an event's links, whatever happens around."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from events import queries
from events.actions.curate import ban_related, decisions_tag, note_related, pin_related, reorder_pins
from events.actions.errors import InvalidAction, StaleDecisions
from events.actions.merge import merge_events, unmerge_event
from events.actions.reasons import allow_reason, ban_reason
from events.actions.recording import Actor
from events.actions.relate import mark_all_due, relate_due
from events.models import BannedReason, Context, Curation, Document, Event, RelatedLink, Revision
from events.vocabulary import ChangeKind, Decision, Role
from tests.factories import make_context, make_event
from tests.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair() -> tuple[Event, Event]:
    """Two events that share a treaty and a river, with their links computed."""
    one = make_event("One.", contexts=["Treaty", "River"])
    other = make_event("Other.", contexts=["Treaty", "River"])
    relate_due()
    return one, other


def reasons(event: Event, *, to: Event) -> list[str]:
    rows = {row["id"]: row for row in queries.related_of([event.pk]).get(event.pk, [])}
    return rows[to.pk]["reason"]["contexts"] if to.pk in rows else []


def test_a_banned_reason_is_no_reason_here_and_still_one_elsewhere(
    editor: Actor, pair: tuple[Event, Event]
) -> None:
    one, other = pair
    ban_reason(actor=editor, event_id=one.pk, context_id=make_context("Treaty").pk)
    assert reasons(one, to=other) == ["River"]
    assert reasons(other, to=one) == ["River", "Treaty"]
    ban_reason(actor=editor, event_id=one.pk, context_id=make_context("River").pk)
    assert not RelatedLink.objects.filter(event=one).exists()
    allow_reason(actor=editor, event_id=one.pk, context_id=make_context("Treaty").pk)
    assert reasons(one, to=other) == ["Treaty"]


def test_each_is_a_revision_and_a_new_list_and_the_same_again_is_nothing(
    editor: Actor, pair: tuple[Event, Event]
) -> None:
    one, _ = pair
    treaty = make_context("Treaty")
    before = Document.objects.get(event=one).related_version
    ban_reason(actor=editor, event_id=one.pk, context_id=treaty.pk)
    ban_reason(actor=editor, event_id=one.pk, context_id=treaty.pk)
    revision = Revision.objects.get()
    assert (revision.kind, revision.event) == (ChangeKind.CURATED, one)
    assert revision.fields["banned_reasons"] == {
        "base": None,
        "old": [],
        "new": [{"context": treaty.pk, "name": "Treaty"}],
    }
    assert Document.objects.get(event=one).related_version > before


def test_what_is_refused(editor: Actor, contributor: Actor, pair: tuple[Event, Event]) -> None:
    one, _ = pair
    treaty, elsewhere = make_context("Treaty"), make_context("Harbour")
    for context_id in (elsewhere.pk, 10**9):
        with pytest.raises(InvalidAction):
            ban_reason(actor=editor, event_id=one.pk, context_id=context_id)
    with pytest.raises(InvalidAction):
        allow_reason(actor=editor, event_id=one.pk, context_id=treaty.pk)
    with pytest.raises(PermissionDenied):
        ban_reason(actor=contributor, event_id=one.pk, context_id=treaty.pk)
    assert not BannedReason.objects.exists()


def test_decisions_survive_a_rebuild(editor: Actor, pair: tuple[Event, Event]) -> None:
    one, other = pair
    third, fourth = (make_event(f"{name}.", contexts=["Treaty"]) for name in ("Third", "Fourth"))
    far = make_event("Far.")
    pin_related(actor=editor, event_id=one.pk, target_id=far.pk, note="See.")
    ban_related(actor=editor, event_id=one.pk, target_id=third.pk)
    note_related(actor=editor, event_id=one.pk, target_id=fourth.pk, note="Before that.")
    ban_reason(actor=editor, event_id=one.pk, context_id=make_context("River").pk)
    mark_all_due()
    relate_due()
    rows = queries.related_of([one.pk])[one.pk]
    assert [(row["id"], row["pinned"], row["note"], row["reason"]["contexts"]) for row in rows] == [
        (far.pk, True, "See.", []),
        (fourth.pk, False, "Before that.", ["Treaty"]),
        (other.pk, False, "", ["Treaty"]),
    ]


def test_a_banned_reason_goes_with_a_merge_and_comes_back(pair: tuple[Event, Event]) -> None:
    one, other = pair
    chief = make_person(Role.CHIEF)
    stays = make_event("Stays.", contexts=["Treaty"])
    river, treaty = make_context("River"), make_context("Treaty")
    ban_reason(actor=chief, event_id=stays.pk, context_id=treaty.pk)
    for context in (river, treaty):
        ban_reason(actor=chief, event_id=one.pk, context_id=context.pk)
    merge_events(actor=chief, event_id=one.pk, into_id=stays.pk)
    relate_due()
    assert set(BannedReason.objects.filter(event=stays).values_list("context", flat=True)) == {
        river.pk,
        treaty.pk,
    }
    assert reasons(stays, to=other) == []
    unmerge_event(actor=chief, event_id=one.pk)
    relate_due()
    assert list(BannedReason.objects.filter(event=stays).values_list("context", flat=True)) == [treaty.pk]
    assert BannedReason.objects.filter(event=one).count() == 2
    assert reasons(one, to=other) == []


@pytest.mark.django_db(transaction=True)
def test_an_export_and_a_restore_keep_all_decisions(tmp_path: Path) -> None:
    one = make_event("One.", contexts=["Treaty", "River"])
    other = make_event("Other.", contexts=["Treaty", "River"])
    far = make_event("Far.")
    editor = make_person(Role.EDITOR)
    ban_reason(actor=editor, event_id=one.pk, context_id=make_context("Treaty").pk)
    note_related(actor=editor, event_id=one.pk, target_id=other.pk, note="So it went on.")
    pin_related(actor=editor, event_id=one.pk, target_id=far.pk)
    before = queries.related_of([one.pk])[one.pk]
    call_command("export", "jsonl", str(tmp_path / "out"))
    call_command("flush", interactive=False)
    call_command("restore", str(tmp_path / "out"))
    assert queries.related_of([one.pk])[one.pk] == before
    assert before[1]["reason"]["contexts"] == ["River"]
    assert BannedReason.objects.get().context == Context.objects.get(name="Treaty")


def test_who_looked_at_an_older_state_decides_nothing(editor: Actor, pair: tuple[Event, Event]) -> None:
    one, other = pair
    far = make_event("Far.")
    seen = decisions_tag(one.pk)
    pin_related(actor=editor, event_id=one.pk, target_id=other.pk, seen=seen)
    for act in (
        lambda: pin_related(actor=editor, event_id=one.pk, target_id=far.pk, seen=seen),
        lambda: ban_related(actor=editor, event_id=one.pk, target_id=other.pk, seen=seen),
        lambda: note_related(actor=editor, event_id=one.pk, target_id=other.pk, note="Mine.", seen=seen),
        lambda: reorder_pins(actor=editor, event_id=one.pk, target_ids=[other.pk], seen=seen),
        lambda: ban_reason(actor=editor, event_id=one.pk, context_id=make_context("Treaty").pk, seen=seen),
    ):
        with pytest.raises(StaleDecisions):
            act()
    row = Curation.objects.get()
    assert (row.target, row.decision, row.note) == (other, Decision.PIN, "")
    pin_related(actor=editor, event_id=one.pk, target_id=far.pk, seen=decisions_tag(one.pk))
    assert Curation.objects.count() == 2


def test_what_robots_compute_makes_nobody_stale(editor: Actor, pair: tuple[Event, Event]) -> None:
    one, other = pair
    seen = decisions_tag(one.pk)
    make_event("New.", contexts=["Treaty"])
    Context.objects.filter(name="Treaty").update(name="The Treaty")
    relate_due()
    ban_related(actor=editor, event_id=one.pk, target_id=other.pk, seen=seen)
    assert Curation.objects.exists()


def test_a_note_leaves_the_rest_as_it_is(editor: Actor, pair: tuple[Event, Event]) -> None:
    one, other = pair
    said = {"actor": editor, "event_id": one.pk, "target_id": other.pk}
    for decided, decision in ((pin_related, Decision.PIN), (ban_related, Decision.BAN)):
        decided(**said)
        row = note_related(**said, note=" Why. ")
        assert row is not None
        assert (row.decision, row.note) == (decision, "Why.")
        note_related(**said, note="")
        assert Curation.objects.get().decision == decision
    Curation.objects.all().delete()
    note_related(**said, note="See.")
    assert Curation.objects.get().decision == Decision.NOTE
    assert note_related(**said, note=" ") is None
    assert not Curation.objects.exists()
    with pytest.raises(InvalidAction):
        note_related(**said, note="x" * 501)
