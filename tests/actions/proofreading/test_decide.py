"""events/actions/proofreading/: runs over the archive, and deciding what they find."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.actions.bulk.change import figures
from events.actions.bulk.undo import undo_bulk_change
from events.actions.correct import correct_event
from events.actions.errors import InvalidAction, StaleVersion
from events.actions.proofreading.decide import accept_finding, accept_rule, fixable, ignore_finding
from events.actions.proofreading.run import RunCounts, proofread
from events.actions.recording import Actor
from events.actions.review.decide import decide_review, reopen_review
from events.actions.withdraw import withdraw_event
from events.models import BulkChange, Event, Harvest, ReviewItem, Revision
from events.vocabulary import Grade, HarvestState, ReviewKind, ReviewState, Role
from tests.actions.bulk_works import run, texts
from tests.factories import make_event
from tests.harvests import harvest, later, record
from tests.people import make_person

SPOILT = "The toll stands at at least 280, and a two day strike ends.. The goverment stays."


def items(**filters: object) -> list[ReviewItem]:
    return list(ReviewItem.objects.filter(kind=ReviewKind.PROOFREADING, **filters).order_by("pk"))


def rules(**filters: object) -> list[str]:
    return sorted(item.data["rule"] for item in items(state=ReviewState.OPEN, **filters))


def finding(rule: str) -> ReviewItem:
    (item,) = [item for item in items(state=ReviewState.OPEN) if item.data["rule"] == rule]
    return item


@pytest.mark.django_db
class TestRun:
    def test_what_is_wrong_waits_for_an_editor_and_nothing_is_changed(self) -> None:
        event = make_event(SPOILT)
        make_event("All is well here.")
        counts = proofread()
        assert (counts.read, counts.found.total(), counts.asked) == (2, 4, 4)
        assert rules() == ["doubled-mark", "doubled-word", "measure-hyphen", "misspelling"]
        item = finding("misspelling")
        assert (item.event_id, item.field) == (event.pk, "text")
        assert (item.data["found"], item.data["fix"]) == ("goverment", "government")
        assert f"{item.data['before']}{item.data['found']}{item.data['after']}" in SPOILT
        assert texts(event) == [SPOILT]

    def test_a_second_run_reads_only_what_changed_and_writes_nothing_else(self, editor: Actor) -> None:
        event = make_event(SPOILT)
        old = timezone.now() - dt.timedelta(hours=2)
        Event.objects.update(updated_at=old)
        proofread()
        assert proofread().read == 0
        correct_event(
            actor=editor, event_id=event.pk, version=1, values={"summary": "New."}, grade=Grade.TYPO
        )
        assert proofread() == RunCounts(read=1, found=proofread(whole=True).found)

    def test_a_run_that_was_killed_goes_on_where_it_stopped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("events.actions.proofreading.run._READ_AT_ONCE", 2)
        for _ in range(5):
            make_event(SPOILT)

        def die(done: int, _total: int) -> None:
            if done == 4:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            proofread(edition="en", progress=die)
        (mark,) = Harvest.objects.filter(reader="proofreading")
        assert mark.state == HarvestState.RUNNING
        assert len(items()) == 16
        assert proofread(edition="en").read == 1
        assert len(items()) == 20
        mark.refresh_from_db()
        assert mark.state == HarvestState.FINISHED

    def test_narrowed_runs_leave_no_mark(self) -> None:
        make_event(SPOILT)
        assert proofread(rules=["misspelling"]).asked == 1
        assert rules() == ["misspelling"]
        assert proofread(since=timezone.now() + dt.timedelta(hours=1)).read == 0
        assert not Harvest.objects.exists()
        assert proofread().asked == 3

    def test_a_dry_run_tells_and_writes_nothing(self) -> None:
        make_event(SPOILT)
        told: list[str] = []
        proofread(dry_run=True, report=lambda _pk, one: told.append(one.data["found"]))
        assert told == ["at at", "two day", "..", "goverment"]
        assert not ReviewItem.objects.exists()
        assert not Harvest.objects.exists()

    def test_an_unknown_rule_is_an_error(self) -> None:
        with pytest.raises(KeyError, match="no-such-rule"):
            proofread(rules=["no-such-rule"])

    def test_a_finding_is_closed_when_its_words_are_gone_and_asked_again_when_they_are_back(
        self, editor: Actor
    ) -> None:
        event = make_event("The goverment stays.")
        proofread()
        for version, text, state in (
            (1, "The government stays.", ReviewState.OBSOLETE),
            (2, "The goverment stays.", ReviewState.OPEN),
        ):
            correct_event(
                actor=editor, event_id=event.pk, version=version, values={"text": text}, grade=Grade.TYPO
            )
            proofread()
            assert [item.state for item in items()] == [state]

    def test_an_ignored_finding_is_never_raised_again_while_the_words_stand(self, editor: Actor) -> None:
        event = make_event("In Rome the goverment of the republic resigns after the vote of confidence.")
        proofread()
        ignore_finding(actor=editor, item_id=finding("misspelling").pk)
        correct_event(
            actor=editor, event_id=event.pk, version=1, grade=Grade.TYPO,
            values={"text": "In Rome the goverment of the republic resigns after a lost vote; it stays on."},
        )  # fmt: skip
        counts = proofread(whole=True)
        assert (counts.asked, counts.ignored) == (0, 1)
        assert rules() == []
        correct_event(
            actor=editor, event_id=event.pk, version=2, grade=Grade.TYPO,
            values={"text": "In Rome the goverment of the republic resigns; in Oslo the goverment stays."},
        )  # fmt: skip
        counts = proofread(whole=True)
        assert (counts.asked, counts.ignored) == (1, 1), "another place is another finding"

    def test_a_correction_beside_it_raises_no_ignored_finding_again(self, editor: Actor) -> None:
        make_event("It ends after a two day talk.. The goverment stays.")
        proofread()
        ignore_finding(actor=editor, item_id=finding("doubled-mark").pk)
        for rule in ("misspelling", "measure-hyphen"):
            accept_finding(actor=editor, item_id=finding(rule).pk)
            assert proofread(whole=True).asked == 0
        assert rules() == []

    def test_events_that_nobody_corrects_are_left_out(self, chief: Actor) -> None:
        stays, goes = make_event(SPOILT), make_event("The goverment of Oslo stays.")
        make_event("The goverment of Bern.", into=stays)
        proofread()
        assert {item.event_id for item in items()} == {stays.pk, goes.pk}
        withdraw_event(actor=chief, event_id=goes.pk, version=1, reason="Wrong.")
        assert proofread().obsolete == 1
        assert {item.event_id for item in items(state=ReviewState.OPEN)} == {stays.pk}

    def test_the_rules_of_a_text_are_those_of_its_edition(self) -> None:
        make_event("總統-{zh-tw:歐巴馬; zh-cn:奥巴马;}-辭職。 a a", edition="zh")
        proofread()
        assert rules() == ["zh-variants"]

    def test_names_are_held_against_contexts_that_many_events_carry(self) -> None:
        for number in range(5):
            make_event(f"Visit {number}.", contexts=["Hosni Mubarak"])
        make_event("Envoys meet Hosni Mobarak.")
        proofread()
        assert finding("name-variant").data["fix"] == "Mubarak"

    def test_queries_do_not_grow_with_the_events_of_a_part(self) -> None:
        def count() -> int:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                proofread(edition="en", whole=True)
            return len(queries)

        make_event("All is well.")
        count()
        one = count()
        for _ in range(3):
            make_event("All is well here, too.")
        assert count() == one

    def test_the_command_sums_up_by_rule(self, capsys: pytest.CaptureFixture[str]) -> None:
        make_event(SPOILT)
        call_command("proofread", "--dry-run", "--rule", "misspelling")
        said = capsys.readouterr().out
        assert "'goverment' → 'government'" in said
        assert "1 events read, 1 findings." in said
        call_command("proofread")
        assert "4 put to the editors" in capsys.readouterr().out


@pytest.mark.django_db
class TestDeciding:
    def test_an_accepted_fix_is_a_correction_of_grade_typo(self, editor: Actor) -> None:
        event = make_event(SPOILT)
        proofread()
        item = accept_finding(actor=editor, item_id=finding("misspelling").pk, version=1)
        assert (item.state, item.decided_by_name) == (ReviewState.ACCEPTED, "editor")
        assert texts(event) == [SPOILT.replace("goverment", "government")]
        revision = Revision.objects.get(event=event, number=2)
        assert (revision.grade, revision.actor_name, list(revision.fields)) == ("typo", "editor", ["text"])
        assert proofread().obsolete == 0
        assert len(rules()) == 3

    def test_a_fix_goes_where_its_words_stand_now(self, editor: Actor) -> None:
        event = make_event("In a hall the goverment of Rome meets the envoys.")
        proofread()
        moved = "On Monday, in a hall the goverment of Rome meets the envoys of Oslo."
        correct_event(actor=editor, event_id=event.pk, version=1, values={"text": moved}, grade=Grade.TYPO)
        accept_finding(actor=editor, item_id=finding("misspelling").pk)
        assert texts(event) == [moved.replace("goverment", "government")]

    def test_words_that_are_gone_are_not_looked_for_elsewhere(self, editor: Actor) -> None:
        event = make_event("In a hall the goverment of Rome meets.")
        proofread()
        correct_event(
            actor=editor, event_id=event.pk, version=1, grade=Grade.TYPO,
            values={"text": "In the garden a goverment of Oslo meets."},
        )  # fmt: skip
        item = finding("misspelling")
        with pytest.raises(InvalidAction, match="no longer stand"):
            accept_finding(actor=editor, item_id=item.pk)
        item.refresh_from_db()
        assert item.state == ReviewState.OBSOLETE
        assert Event.objects.get(pk=event.pk).version == 2

    def test_a_text_that_moved_since_it_was_seen_is_refused(self, editor: Actor) -> None:
        event = make_event(SPOILT)
        proofread()
        accept_finding(actor=editor, item_id=finding("misspelling").pk, version=1)
        with pytest.raises(StaleVersion):
            accept_finding(actor=editor, item_id=finding("doubled-mark").pk, version=1)
        assert Event.objects.get(pk=event.pk).version == 2

    def test_what_has_no_fix_is_corrected_by_hand(self, editor: Actor) -> None:
        make_event("The coin weighing , is stolen.")
        proofread()
        with pytest.raises(InvalidAction, match="no fix"):
            accept_finding(actor=editor, item_id=finding("lost-words").pk)

    def test_the_same_words_twice_are_two_findings(self, editor: Actor) -> None:
        twice = "The goverment of the land. " * 2 + "Then the goverment of the land."
        event = make_event(twice)
        proofread()
        assert len(rules()) == 3
        accept_finding(actor=editor, item_id=items()[1].pk)
        first = twice.index("goverment")
        second = twice.index("goverment", first + 1)
        assert texts(event) == [f"{twice[:second]}government{twice[second + 9 :]}"]

    def test_who_may_not_review_decides_nothing(self) -> None:
        make_event(SPOILT)
        proofread()
        person = make_person(Role.CONTRIBUTOR)
        for act in (accept_finding, ignore_finding):
            with pytest.raises(PermissionDenied):
                act(actor=person, item_id=items()[0].pk)

    def test_the_queue_decides_findings_too_and_asks_ignored_ones_again(self, editor: Actor) -> None:
        event = make_event(SPOILT)
        proofread()
        decide_review(actor=editor, item_id=finding("doubled-word").pk, accept=True)
        assert "stands at least" in texts(event)[0]
        item = ignore_finding(actor=editor, item_id=finding("misspelling").pk)
        assert reopen_review(actor=editor, item_id=item.pk).state == ReviewState.OPEN

    def test_a_fix_survives_harvests_and_merges_with_what_they_reword_elsewhere(self, editor: Actor) -> None:
        harvest(record("He calls it a cornerstones of European security, envoys say.", "treaty"))
        proofread()
        item = finding("article-plural")
        accept_finding(actor=editor, item_id=item.pk)
        (event,) = Event.objects.all()
        harvest(
            record("He calls it a cornerstones of European security, envoys say.", "treaty"),
            moment=later(1),
        )
        assert texts(event) == ["He calls it a cornerstone of European security, envoys say."]
        harvest(
            record("He calls it a cornerstones of European security, two envoys of Rome say.", "treaty"),
            moment=later(2),
        )
        assert texts(event) == ["He calls it a cornerstone of European security, two envoys of Rome say."]
        assert not ReviewItem.objects.open().filter(kind=ReviewKind.CONFLICT).exists()
        assert proofread(whole=True).asked == 0


@pytest.mark.django_db
class TestRule:
    def spoilt(self) -> list[Event]:
        places = ("Rome", "Oslo", "Bern")
        return [make_event(f"The goverment of {place} meets a goverment.. It ends.") for place in places]

    def test_all_findings_of_a_rule_are_one_change_that_can_be_undone(self, chief: Actor) -> None:
        events = self.spoilt()
        before = texts(*events)
        proofread()
        change = run(accept_rule(actor=chief, rule="misspelling", seen=6))
        assert figures(change) == {"changed": 3}
        assert texts(*events) == [text.replace("goverment", "government") for text in before]
        assert {row.grade for row in Revision.objects.filter(bulk=change)} == {"typo"}
        assert fixable("misspelling").count() == 0
        assert len(items(state=ReviewState.ACCEPTED)) == 6
        assert rules() == ["doubled-mark"] * 3
        undo = run(undo_bulk_change(actor=chief, change_id=change.pk))
        assert texts(*events) == before
        assert fixable("misspelling").count() == 6, "they wait again"
        assert items(state=ReviewState.OPEN)[0].decided_by is None
        run(undo_bulk_change(actor=chief, change_id=undo.pk))
        assert texts(*events) == [text.replace("goverment", "government") for text in before]
        assert fixable("misspelling").count() == 0

    def test_what_is_left_out_stays_and_what_was_ignored_too(self, chief: Actor) -> None:
        events = self.spoilt()
        before = texts(*events)
        proofread()
        first = items(event=events[0], data__rule="misspelling")
        other = items(event=events[1], data__rule="misspelling")
        ignore_finding(actor=chief, item_id=other[0].pk)
        change = run(
            accept_rule(actor=chief, rule="misspelling", seen=5, without=[item.pk for item in first])
        )
        assert change.total == 2
        assert texts(*events) == [
            before[0],
            before[1].replace("a goverment", "a government"),
            before[2].replace("goverment", "government"),
        ]

    def test_what_changed_since_the_look_is_looked_at_again(self, chief: Actor) -> None:
        self.spoilt()
        proofread()
        with pytest.raises(InvalidAction, match="look again"):
            accept_rule(actor=chief, rule="misspelling", seen=5)

    def test_a_fix_whose_words_are_gone_by_then_is_not_made(self, chief: Actor) -> None:
        events = self.spoilt()
        proofread()
        change = accept_rule(actor=chief, rule="doubled-mark", seen=3)
        correct_event(
            actor=chief, event_id=events[0].pk, version=1, values={"text": "Nothing."}, grade=Grade.TYPO
        )
        assert figures(run(change)) == {"changed": 2, "unchanged": 1}
        assert texts(events[0]) == ["Nothing."]
        assert [item.state for item in items(event=events[0], data__rule="doubled-mark")] == ["obsolete"]

    def test_a_rule_that_only_suggests_is_not_accepted_as_a_whole(self, chief: Actor) -> None:
        make_event("The minister resigns , and leaves.")
        proofread()
        with pytest.raises(InvalidAction, match="one by one"):
            accept_rule(actor=chief, rule="space-before-mark", seen=1)
        with pytest.raises(InvalidAction, match="no rule"):
            accept_rule(actor=chief, rule="no-such-rule", seen=1)

    def test_only_chief_editors_may(self, editor: Actor) -> None:
        self.spoilt()
        proofread()
        with pytest.raises(PermissionDenied):
            accept_rule(actor=editor, rule="misspelling", seen=6)
        assert not BulkChange.objects.exists()
