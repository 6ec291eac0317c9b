"""Harvests over what people wrote: each field joins as docs/architecture.md says (base, upstream, ours)."""

from __future__ import annotations

from typing import Any

import pytest

from events.actions.correct import correct_event
from events.actions.recording import Actor
from events.actions.review.decide import decide_review
from events.harvest.records import CitedSource
from events.models import Event, ReviewItem, Revision
from events.vocabulary import ChangeKind, Grade, ReviewKind, ReviewState
from tests.harvests import EARLY, counts, harvest, later, record, rows

pytestmark = pytest.mark.django_db

FERRY = "A ferry with sixty passengers sinks off Bergen in a storm on Monday; nine sailors die."
TYPO = "A ferry with sixty pasengers sinks off Bergen in a storm on Monday; nine sailors die."


def only() -> Event:
    return Event.objects.get()


def correct(editor: Actor, **values: Any) -> Event:
    event = only()
    return correct_event(
        actor=editor, event_id=event.pk, version=event.version, values=values,  # type: ignore[arg-type]
        grade=Grade.CORRECTION, note="Read the source.",
    )  # fmt: skip


def labels() -> list[str]:
    return [row.label for row in only().citations.all()]


def test_the_same_input_again_writes_nothing_but_the_harvests_row() -> None:
    told = record(
        f" {FERRY}", "ferry-sinks", lead="Bergen", contexts=("Bergen", "Ferries"), sources=["Harbour Post"]
    )
    other = record("The mayor of Oslo resigns.", "mayor", contexts=("Bergen",))
    harvest(told, other)
    before = rows()
    again = harvest(told, other, moment=later())
    assert rows() == before
    assert counts(again) == {"unchanged": 2}


def test_a_correction_survives_a_second_harvest(editor: Actor) -> None:
    harvest(record(TYPO, "ferry-sinks"))
    correct(editor, text=FERRY)
    before = rows()
    harvest(record(TYPO, "ferry-sinks"), moment=later())
    assert only().text == FERRY
    assert rows() == before


def test_a_correction_survives_rewording_elsewhere_and_the_revision_tells_the_merge(editor: Actor) -> None:
    harvest(record(TYPO, "ferry-sinks"))
    correct(editor, text=FERRY)
    reworded = TYPO.replace("nine", "eleven")
    done = harvest(record(reworded, "ferry-sinks"), moment=later())
    merged = FERRY.replace("nine", "eleven")
    assert only().text == merged
    assert counts(done) == {"updated": 1}
    revision = Revision.objects.filter(event=only()).latest("number")
    assert (revision.kind, revision.actor_name, revision.harvest) == (ChangeKind.UPDATED, "gazette", done)
    assert revision.fields["text"] == {"base": TYPO, "old": FERRY, "new": merged, "upstream": reworded}


def test_where_both_changed_the_same_words_ours_stays_public_and_an_editor_is_asked(editor: Actor) -> None:
    harvest(record(FERRY, "ferry-sinks"))
    ours = correct(editor, text=FERRY.replace("nine", "ten")).text
    theirs = FERRY.replace("nine", "twelve")
    done = harvest(record(theirs, "ferry-sinks"), moment=later())
    assert only().text == ours
    item = ReviewItem.objects.get()
    assert (item.kind, item.state, item.field) == (ReviewKind.CONFLICT, ReviewState.OPEN, "text")
    assert item.data == {"base": FERRY, "ours": ours, "upstream": theirs}
    assert counts(done) == {"conflicts": 1, "unchanged": 1}
    harvest(record(theirs, "ferry-sinks"), moment=later(2))
    assert ReviewItem.objects.count() == 1


def test_an_open_conflict_is_brought_up_to_date_and_asked_once(editor: Actor) -> None:
    harvest(record(FERRY, "ferry-sinks"))
    correct(editor, text=FERRY.replace("nine", "ten"))
    harvest(record(FERRY.replace("nine", "twelve"), "ferry-sinks"), moment=later())
    harvest(record(FERRY.replace("nine", "thirteen"), "ferry-sinks"), moment=later(2))
    item = ReviewItem.objects.get()
    assert (item.data["base"], item.data["upstream"]) == (FERRY, FERRY.replace("nine", "thirteen"))


def test_a_correction_that_upstream_adopts_dissolves_and_the_conflict_closes(editor: Actor) -> None:
    harvest(record(FERRY, "ferry-sinks"))
    ours = correct(editor, text=FERRY.replace("nine", "ten")).text
    harvest(record(FERRY.replace("nine", "twelve"), "ferry-sinks"), moment=later())
    harvest(record(ours, "ferry-sinks"), moment=later(2))
    assert ReviewItem.objects.get().state == ReviewState.OBSOLETE
    row = only().provenances.get()
    assert (row.upstream["text"], row.base) == (ours, {})
    final = ours.replace("Monday", "Tuesday").replace("ten", "eleven")
    harvest(record(final, "ferry-sinks"), moment=later(3))
    assert only().text == final


def test_a_question_is_obsolete_when_upstream_returns_to_what_it_said(editor: Actor) -> None:
    harvest(record(FERRY, "ferry-sinks"))
    ours = correct(editor, text=FERRY.replace("nine", "ten")).text
    harvest(record(FERRY.replace("nine", "twelve"), "ferry-sinks"), moment=later())
    harvest(record(FERRY, "ferry-sinks"), moment=later(2))
    assert ReviewItem.objects.get().state == ReviewState.OBSOLETE
    assert (only().text, only().provenances.get().base) == (ours, {})


@pytest.mark.parametrize("accept", [True, False])
def test_after_an_editors_answer_the_next_rewording_is_compared_with_what_upstream_says(
    editor: Actor, accept: bool
) -> None:
    harvest(record(FERRY, "ferry-sinks"))
    ours = correct(editor, text=FERRY.replace("nine", "ten")).text
    theirs = FERRY.replace("nine", "twelve")
    harvest(record(theirs, "ferry-sinks"), moment=later())
    decide_review(actor=editor, item_id=ReviewItem.objects.get().pk, accept=accept)
    harvest(record(theirs.replace("Monday", "Tuesday"), "ferry-sinks"), moment=later(2))
    assert only().text == (theirs if accept else ours).replace("Monday", "Tuesday")
    assert not ReviewItem.objects.open().exists()


def test_what_upstream_does_not_say_never_blanks_a_field() -> None:
    harvest(
        record(
            FERRY, "ferry-sinks", summary="A ship went down.", category="Disasters and accidents",
            lead="Bergen", contexts=("Bergen", "Ferries"), sources=["Harbour Post"],
        )
    )  # fmt: skip
    before = only()
    harvest(record(FERRY.replace("nine", "ten"), "ferry-sinks", sources=[]), moment=later())
    after = only()
    assert after.text != before.text
    for name in ("summary", "category", "category_said", "lead_id"):
        assert getattr(after, name) == getattr(before, name)
    assert sorted(tag.context.name for tag in after.taggings.all()) == ["Bergen", "Ferries"]
    assert labels() == ["Harbour Post"]


def test_a_source_that_upstream_drops_goes_and_one_that_it_adds_comes() -> None:
    harvest(record(FERRY, "ferry-sinks", sources=["Harbour Post", "Radio Coast"]))
    harvest(record(FERRY, "ferry-sinks", sources=["Radio Coast", "Daily Tide"]), moment=later())
    assert labels() == ["Radio Coast", "Daily Tide"]


def test_a_source_that_a_person_added_stays_when_upstream_changes_its_own(editor: Actor) -> None:
    harvest(record(FERRY, "ferry-sinks", sources=["Harbour Post", "Radio Coast"]))
    mine = CitedSource("Witness", "https://witness.example/diary")
    row = only().citations.first()
    assert row is not None
    ours = [CitedSource(one.label, one.raw_url, one.picture) for one in only().citations.all()]
    correct(editor, citations=[mine, *ours])
    harvest(record(FERRY, "ferry-sinks", sources=["Radio Coast", "Daily Tide"]), moment=later())
    assert labels() == ["Witness", "Radio Coast", "Daily Tide"]


def test_a_source_that_a_person_removed_stays_away(editor: Actor) -> None:
    harvest(record(FERRY, "ferry-sinks", sources=["Harbour Post", "Radio Coast"]))
    correct(editor, citations=[CitedSource("Radio Coast", "https://radio-coast.example/report")])
    harvest(
        record(FERRY, "ferry-sinks", sources=["Harbour Post", "Radio Coast", "Daily Tide"]), moment=later()
    )
    assert labels() == ["Radio Coast", "Daily Tide"]


def test_sources_that_upstream_loses_and_gives_back_changed_are_compared_with_those_it_had(
    editor: Actor,
) -> None:
    harvest(record(FERRY, "ferry-sinks", sources=["Harbour Post", "Radio Coast"]))
    harvest(record(FERRY, "ferry-sinks", sources=[]), moment=later())
    harvest(record(FERRY.replace("nine", "ten"), "ferry-sinks", sources=[]), moment=later(2))
    assert labels() == ["Harbour Post", "Radio Coast"]
    harvest(record(FERRY, "ferry-sinks", sources=["Radio Coast"]), moment=later(3))
    assert labels() == ["Radio Coast"]


def test_all_sources_gone_from_a_settled_event_is_asked_about_until_they_return() -> None:
    harvest(record(FERRY, "ferry-sinks", sources=["Harbour Post"]))
    harvest(record(FERRY, "ferry-sinks", sources=[]), moment=later())
    item = ReviewItem.objects.get()
    assert (item.kind, item.field, item.data["reason"]) == (ReviewKind.HELD, "citations", "sources")
    assert labels() == ["Harbour Post"]
    harvest(record(FERRY, "ferry-sinks", sources=["Harbour Post"]), moment=later(2))
    item.refresh_from_db()
    assert item.state == ReviewState.OBSOLETE


def test_a_suspicious_change_of_a_settled_event_is_held_and_the_old_text_stays_public() -> None:
    harvest(record(FERRY, "ferry-sinks"))
    done = harvest(record(FERRY.replace("nine", "900"), "ferry-sinks"), moment=later())
    assert only().text == FERRY
    item = ReviewItem.objects.get()
    assert (item.kind, item.data["reason"]) == (ReviewKind.HELD, "figure")
    assert counts(done) == {"held": 1, "unchanged": 1}
    harvest(record(FERRY.replace("Monday", "Tuesday"), "ferry-sinks"), moment=later(2))
    item.refresh_from_db()
    assert (item.state, only().text) == (ReviewState.OBSOLETE, FERRY.replace("Monday", "Tuesday"))


def test_news_of_the_week_may_change_as_it_likes() -> None:
    harvest(record(FERRY, "ferry-sinks", date=EARLY.date()))
    harvest(record(FERRY.replace("nine", "900"), "ferry-sinks", date=EARLY.date()), moment=later(0))
    assert "900" in only().text


def test_a_person_who_took_the_lead_context_away_is_asked_before_another_comes(editor: Actor) -> None:
    harvest(record(FERRY, "ferry-sinks", lead="Bergen"))
    correct(editor, lead=None)
    harvest(record(FERRY, "ferry-sinks", lead="Norway"), moment=later())
    assert only().lead is None
    assert ReviewItem.objects.get(kind=ReviewKind.CONFLICT).field == "lead"


def test_a_person_who_emptied_the_summary_is_asked_before_another_comes(editor: Actor) -> None:
    harvest(record(FERRY, "ferry-sinks", summary="A ship went down."))
    correct(editor, summary="")
    harvest(record(FERRY, "ferry-sinks", summary="A big ship went down."), moment=later())
    assert only().summary == ""
    assert ReviewItem.objects.get(kind=ReviewKind.CONFLICT).field == "summary"


def test_a_date_that_a_person_corrected_stays_and_one_that_upstream_corrects_comes(editor: Actor) -> None:
    first = EARLY.date()
    harvest(record(FERRY, date=first, origin_id="7"))
    harvest(record(FERRY, date=later(1).date(), origin_id="7"), moment=later())
    assert only().date == later(1).date()
    correct(editor, date=later(2).date())
    harvest(record(FERRY.replace("nine", "ten"), date=later(1).date(), origin_id="7"), moment=later(2))
    assert (only().date, "ten" in only().text) == (later(2).date(), True)
    harvest(record(FERRY, date=later(3).date(), origin_id="7"), moment=later(3))
    assert only().date == later(2).date()
    assert ReviewItem.objects.get().field == "date"


def test_an_older_input_never_overwrites() -> None:
    harvest(record(FERRY, "ferry-sinks", contexts=("Bergen",)), moment=later(2))
    before = rows(without=("harvest",))
    old = harvest(record(FERRY.replace("nine", "three"), "ferry-sinks", contexts=("Oslo",)), moment=EARLY)
    assert rows(without=("harvest", "context", "namestart", "revision", "change", "sequence")) == {
        name: found
        for name, found in before.items()
        if name not in {"context", "namestart", "revision", "change", "sequence"}
    }
    assert counts(old) == {"unchanged": 1}
    assert Revision.objects.filter(event=only()).count() == 1


def test_an_older_input_does_not_overwrite_what_a_newer_one_left_unchanged() -> None:
    harvest(record(FERRY, "ferry-sinks"), moment=EARLY)
    harvest(record(FERRY, "ferry-sinks"), moment=later(4))
    harvest(record(FERRY.replace("nine", "three"), "ferry-sinks"), moment=later(2))
    assert only().text == FERRY
