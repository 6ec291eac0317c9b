"""events/actions/harvesting/undo.py: a harvest is undone as a whole, and what people did since stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Q

from events.actions.bulk.change import figures, told
from events.actions.bulk.undo import undo_bulk_change
from events.actions.correct import correct_event
from events.actions.errors import InvalidAction
from events.actions.harvesting.undo import undo_harvest
from events.actions.merge import merge_events
from events.actions.recording import Actor
from events.harvest.records import EditorialRecord, Record
from events.models import (
    BulkChange,
    Document,
    Editorial,
    Event,
    Harvest,
    HarvestFile,
    Provenance,
    ReviewItem,
    Revision,
    Tagging,
)
from events.vocabulary import BulkState, Grade, ReviewState, State
from tests.actions.bulk_works import run
from tests.harvests import PLACE, address, counts, file_read, former, harvest, later, public_content, record

pytestmark = pytest.mark.django_db

VOTE = "Voters in Tunis choose a new assembly today."
STORM = "A storm closes the harbour of Port Example for a week."
TREATY = "Envoys of two countries sign a treaty on a bridge."
CONTEXTS = ("Tunisia", "Elections")


def first() -> list[Record]:
    return [
        record(VOTE, "vote", contexts=CONTEXTS, sources=["The Gazette"], lead="Tunisia"),
        record(STORM, "storm", contexts=("Storms",), category="Disasters and accidents"),
        record(TREATY, "treaty"),
    ]


def second() -> list[Record]:
    """What the origin says a week later: one text rewritten, contexts and sources too, one new event."""
    return [
        record(
            "Voters in Tunis pick a new parliament today.", "vote",
            contexts=("Elections", "Parliaments"), sources=["The Courier"], lead="Tunisia",
        ),
        record(f"{STORM} Nobody is hurt.", "storm", contexts=("Storms",), category="Business"),
        record(TREATY, "treaty"),
        record("A comet is seen over the harbour at night.", "comet", contexts=("Comets",)),
    ]  # fmt: skip


def undo(chief: Actor, done: Harvest) -> BulkChange:
    return run(undo_harvest(actor=chief, harvest_id=done.pk, note="The file was broken."))


def event_at(slug: str) -> Event:
    return Event.objects.get(addresses__slug=slug)


def content() -> list[Any]:
    """What readers can get of what they can see, but for the notes on corrections."""
    seen = [body for body in public_content() if body["state"] == State.PUBLISHED]
    return [{**body, "corrections": None} for body in seen]


def test_what_a_harvest_did_is_taken_back(chief: Actor) -> None:
    harvest(*first())
    before = content()
    done = harvest(*second(), moment=later(1))
    assert content() != before
    change = undo(chief, done)
    assert content() == before
    assert (change.state, figures(change)) == (BulkState.DONE, {"changed": 3})
    comet = event_at("comet")
    assert (comet.state, comet.addresses.get().current) == (State.WITHDRAWN, True)
    last = Revision.objects.filter(event=event_at("storm"), grade="correction").get()
    assert (last.note, last.actor_name, last.bulk) == ("The file was broken.", chief.name, change)


def test_what_people_did_since_stays(chief: Actor, editor: Actor) -> None:
    harvest(*first())
    done = harvest(*second(), moment=later(1))
    storm = event_at("storm")
    correct_event(
        actor=editor, event_id=storm.pk, version=storm.version, grade=Grade.TYPO,
        values={"text": storm.text.replace("A storm", "A gale"),
                "contexts": ["Storms", "Harbours"]},
    )  # fmt: skip
    comet = event_at("comet")
    correct_event(
        actor=editor, event_id=comet.pk, version=comet.version, grade=Grade.TYPO,
        values={"text": "A comet is seen over the harbour at dawn."},
    )  # fmt: skip
    change = undo(chief, done)
    storm.refresh_from_db()
    assert storm.text == "A gale closes the harbour of Port Example for a week."
    assert sorted(storm.taggings.active().values_list("context__name", flat=True)) == ["Harbours", "Storms"]
    assert event_at("comet").state == State.PUBLISHED
    assert (comet.pk, "skipped", "People have worked on it since.") in told(change)


def test_the_undo_can_be_undone(chief: Actor) -> None:
    harvest(*first())
    done = harvest(*second(), moment=later(1))
    after, records = content(), list(Provenance.objects.order_by("pk").values())
    change = undo(chief, done)
    run(undo_bulk_change(actor=chief, change_id=change.pk))
    assert content() == after
    assert list(Provenance.objects.order_by("pk").values()) == records
    change.refresh_from_db()
    assert change.state == BulkState.UNDONE
    done.refresh_from_db()
    assert done.first_date is not None
    run(undo_bulk_change(actor=chief, change_id=BulkChange.objects.latest("pk").pk))
    assert event_at("comet").state == State.WITHDRAWN


def test_the_next_harvest_finds_the_archive_as_if_it_had_not_been(chief: Actor) -> None:
    harvest(*first())
    before = content()
    undo(chief, harvest(*second(), moment=later(1)))
    # What was refused does not come back by being said again …
    assert counts(harvest(*second(), moment=later(2))) == {"unchanged": 4}
    assert content() == before
    # … what the origin said before changes nothing …
    assert counts(harvest(*first(), moment=later(3))) == {"unchanged": 3}
    assert content() == before
    # … and what is new is taken over what stood before, without a question.
    news = f"{STORM} Ships wait outside."
    assert counts(harvest(record(news, "storm", contexts=("Storms",)), moment=later(4))) == {"updated": 1}
    assert event_at("storm").text == news
    assert not ReviewItem.objects.open().exists()


def test_an_older_input_is_heard_again(chief: Actor) -> None:
    harvest(*first())
    wrong = harvest(record(STORM, "storm"), record("A flood.", "flood"), moment=later(500))
    undo(chief, wrong)
    better = record(f"{TREATY} It is the first.", "treaty")
    assert counts(harvest(better, moment=later(1))) == {"updated": 1}


def test_merges_are_taken_back_and_the_versions_that_came_with_them(chief: Actor) -> None:
    harvest(record(VOTE, "vote"), record(STORM, "storm"))
    before = content()
    done = harvest(
        record(VOTE, "vote", former=(former("Voters in Tunis choose.", "old-vote"),)),
        record(STORM, "storm"),
        record(f"{STORM} Again.", "left-over", listed=False),
        moment=later(1),
    )
    assert Event.objects.filter(state=State.MERGED).exists()
    undo(chief, done)
    assert not Event.objects.filter(state=State.MERGED).exists()
    assert event_at("left-over").state == State.WITHDRAWN
    vote = event_at("vote")
    assert [body for body in content() if body["text"] == STORM] == [
        body for body in before if body["text"] == STORM
    ]
    # An address that was published once redirects for ever.
    assert vote.addresses.filter(slug="old-vote", current=False).exists()


def test_known_events_that_it_merged_stand_for_themselves_again(chief: Actor, monkeypatch: Any) -> None:
    harvest(record(VOTE, "vote"), record(f"{VOTE} It rains.", "vote-2"))
    before = content()
    listed = record(f"{VOTE} It rains.", "vote", former=(former(VOTE, "vote-2"),))
    done = harvest(listed, moment=later(1))
    assert event_at("vote-2").state == State.MERGED
    undo(chief, done)
    assert content() == before


def test_merges_that_people_made_stay(chief: Actor) -> None:
    harvest(*first())
    done = harvest(*second(), moment=later(1))
    comet, treaty = event_at("comet"), event_at("treaty")
    merge_events(actor=chief, event_id=comet.pk, into_id=treaty.pk)
    change = undo(chief, done)
    comet.refresh_from_db()
    assert comet.state == State.MERGED
    assert any(pk == comet.pk and "since" in why for pk, _, why in told(change))


def test_what_others_told_too_stays(chief: Actor) -> None:
    done = harvest(record(VOTE, "vote"))
    harvest(record(VOTE, "tunis-votes"), moment=later(1), origin="courier")
    change = undo(chief, done)
    assert event_at("vote").state == State.PUBLISHED
    assert [why for _, _, why in told(change)] == ["Another harvest tells of it too."]


def test_a_record_it_was_the_first_to_bring_goes_and_the_others_stay(chief: Actor) -> None:
    harvest(record(VOTE, "vote", contexts=("Tunisia",)))
    before = content()
    done = harvest(
        record(VOTE, "tunis-votes", contexts=("Polls",), sources=["The Courier"]),
        moment=later(1), origin="courier",
    )  # fmt: skip
    assert Provenance.objects.count() == 2
    undo(chief, done)
    after = [{**body, "former_addresses": []} for body in content()]
    assert after == before
    assert [row.origin.slug for row in Provenance.objects.all()] == ["gazette"]


def test_its_questions_files_and_editorials_go_too(chief: Actor, editor: Actor) -> None:
    harvest(*first())
    storm = event_at("storm")
    correct_event(
        actor=editor, event_id=storm.pk, version=1, values={"text": STORM.replace("week", "month")},
        grade=Grade.TYPO,
    )  # fmt: skip
    essay = EditorialRecord("en", address("essay"), "Patience", "A. Writer", "Wait.", PLACE)
    done = harvest(
        record(STORM.replace("week", "day"), "storm"), essay, file_read("page.md"), moment=later(1)
    )
    assert ReviewItem.objects.open().exists()
    assert Provenance.objects.get(slug="storm").base
    change = undo(chief, done)
    assert set(ReviewItem.objects.values_list("state", flat=True)) == {ReviewState.OBSOLETE}
    assert Editorial.objects.get().state == State.WITHDRAWN
    assert not HarvestFile.objects.exists()
    row = Provenance.objects.get(slug="storm")
    assert (row.upstream["text"], row.base) == (STORM, {})
    run(undo_bulk_change(actor=chief, change_id=change.pk))
    assert Editorial.objects.get().state == State.PUBLISHED


def test_contexts_that_it_brought_may_come_again_and_those_refused_stay_away(
    chief: Actor, editor: Actor
) -> None:
    harvest(record(VOTE, "vote", contexts=("Tunisia",)))
    done = harvest(record(VOTE, "vote", contexts=("Tunisia", "Polls")), moment=later(1))
    undo(chief, done)
    vote = event_at("vote")
    assert Tagging.objects.filter(event=vote).count() == 1
    harvest(record(VOTE, "vote", contexts=("Tunisia", "Polls", "Rain")), moment=later(2))
    assert set(vote.taggings.active().values_list("context__name", flat=True)) == {"Tunisia", "Polls", "Rain"}


def test_only_who_may_harvest_and_change_many_events(editor: Actor) -> None:
    done = harvest(*first())
    with pytest.raises(PermissionDenied):
        undo_harvest(actor=editor, harvest_id=done.pk, note="No.")


def test_what_cannot_be_undone_says_why(chief: Actor) -> None:
    done = harvest(*first())
    with pytest.raises(InvalidAction, match="needs a note"):
        undo_harvest(actor=chief, harvest_id=done.pk, note=" ")
    undo(chief, done)
    with pytest.raises(InvalidAction, match="already"):
        undo_harvest(actor=chief, harvest_id=done.pk, note="Again.")
    idle = harvest(*first(), moment=later(1))
    with pytest.raises(InvalidAction, match="no event"):
        undo_harvest(actor=chief, harvest_id=idle.pk, note="Nothing.")
    Harvest.objects.filter(pk=idle.pk).update(state="running", finished_at=None)
    with pytest.raises(InvalidAction, match="not ended"):
        undo_harvest(actor=chief, harvest_id=idle.pk, note="Nothing.")


def test_an_undone_harvest_leaves_no_words_of_its_own_in_documents(chief: Actor) -> None:
    harvest(*first())
    undo(chief, harvest(*second(), moment=later(1)))
    published = Document.objects.filter(event__state=State.PUBLISHED)
    assert not published.filter(Q(body__contains="parliament") | Q(body__contains="Nobody is hurt")).exists()
