"""Whoever is not the first to save: both texts, the difference, a merge to take, and their own words kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.actions.correct import correct_event
from events.actions.curate import ban_related
from events.actions.merge import merge_events
from events.actions.removal.remove import remove_event
from events.actions.values import EventValues
from events.admin.event.acts import ACTS
from events.harvest.records import CitedSource
from events.models import Event, Revision
from events.vocabulary import Grade, Role, State
from tests.admin.sent import act, filled, kept, page, rows
from tests.factories import make_context, make_event
from tests.harvests import harvest, later, record
from tests.people import make_person

TEXT = "Envoys of two countries sign a treaty on the old bridge."


@pytest.fixture
def event(db: None) -> Event:
    sources = [("Gazette", "https://gazette.example/", ""), ("Herald", "https://herald.example/", "")]
    return make_event(TEXT, lead="Cold War", contexts=["Treaties"], citations=sources)


def meanwhile(event: Event, **values: Any) -> None:
    """Another editor saves first."""
    other = make_person(Role.EDITOR, name=f"other{Revision.objects.count()}")
    version = Event.objects.get(pk=event.pk).version
    changed: EventValues = values  # type: ignore[assignment]
    correct_event(
        actor=other, event_id=event.pk, version=version, values=changed, grade=Grade.UPDATE, note="So."
    )


def field(answer: HttpResponse, name: str) -> dict[str, Any]:
    fields = answer.context["conflict"]["fields"]  # type: ignore[attr-defined]
    return next(row for row in fields if row["name"] == name)


def sent_by(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """What a form of hidden fields sends."""
    sent: dict[str, Any] = {}
    for name, value in pairs:
        sent.setdefault(name, []).append(value)
    return sent


def test_changes_in_different_places_are_merged_with_one_press(desk: Client, event: Event) -> None:
    sent = filled(desk, event, text=TEXT.replace("two", "three"), grade="typo")
    meanwhile(event, text=TEXT.replace("old bridge", "new bridge"))
    answer = desk.post(page(event), sent)
    shown = answer.content.decode()
    assert "<del>old</del><ins>new</ins>" in shown
    assert "<del>two</del><ins>three</ins>" in shown
    assert "three countries sign a treaty on the old bridge.</textarea>" in shown
    assert "Take the merge" in shown
    review = desk.post(page(event), sent_by(answer.context["conflict"]["mine"]))
    assert [change.name for change in review.context["changes"]] == ["text"]
    assert desk.post(page(event), {**kept(review), "grade": "typo", "_publish": "1"}).status_code == 302
    event.refresh_from_db()
    assert event.text == "Envoys of three countries sign a treaty on the new bridge."
    assert (event.lead and event.lead.name, event.citations.count()) == ("Cold War", 2)


def test_where_both_changed_the_same_words_one_chooses(desk: Client, event: Event) -> None:
    sent = filled(desk, event, text=TEXT.replace("two", "three"))
    meanwhile(event, text=TEXT.replace("two", "four"))
    answer = desk.post(page(event), sent)
    assert not field(answer, "text")["clean"]
    mine = desk.post(page(event), sent_by(answer.context["conflict"]["mine"]))
    assert "<del>four</del><ins>three</ins>" in mine.content.decode()
    theirs = desk.post(page(event), sent_by(answer.context["conflict"]["theirs"]))
    assert theirs.status_code == 302
    assert Event.objects.get().text == TEXT.replace("two", "four")


def test_ones_own_text_can_be_edited_on_against_the_new_version(desk: Client, event: Event) -> None:
    sent = filled(desk, event, text="My own words.")
    meanwhile(event, text="Their words.")
    form = desk.post(page(event), sent).context["adminform"].form
    assert (form.data["text"], form.data["version"]) == ("My own words.", "2")
    review = desk.post(page(event), {**sent, "version": form.data["version"]})
    assert "<del>Their</del><ins>My own</ins>" in review.content.decode()


@pytest.mark.parametrize(
    ("theirs", "mine", "name"),
    [
        ({"contexts": ["Cold War"]}, {"new_contexts": "NATO"}, "contexts"),
        ({"summary": "Theirs."}, {"text": "Mine."}, "summary"),
        ({"date": dt.date(2004, 2, 10)}, {"date": "2004-02-11"}, "date"),
        ({"category": "sport"}, {"category": "arts"}, "category"),
        ({"lead": "NATO"}, {"lead": ""}, "lead"),
        ({"citations": [CitedSource("Times")]}, rows(("Mail", "https://m.example/", "")), "citations"),
    ],
)  # fmt: skip
def test_every_field_is_guarded(
    desk: Client, event: Event, theirs: dict[str, Any], mine: dict[str, Any], name: str
) -> None:
    sent = filled(desk, event, **mine)
    meanwhile(event, **theirs)
    before = Revision.objects.count()
    answer = desk.post(page(event), {**sent, "grade": "typo", "_publish": "1"})
    assert field(answer, name)["theirs_changed"]
    assert Revision.objects.count() == before


def test_contexts_and_sources_of_both_come_together(desk: Client, event: Event) -> None:
    make_context("Peace")
    have = [("Gazette", "https://gazette.example/", ""), ("Herald", "https://herald.example/", "")]
    sent = filled(desk, event, new_contexts="NATO", **rows(*have, ("Mail", "https://mail.example/", "")))
    their_sources = [CitedSource(*have[1]), CitedSource("Times", "https://times.example/")]
    meanwhile(event, contexts=["Cold War", "Peace"], citations=their_sources)
    answer = desk.post(page(event), sent)
    review = desk.post(page(event), sent_by(answer.context["conflict"]["mine"]))
    assert desk.post(page(event), {**kept(review), "grade": "typo", "_publish": "1"}).status_code == 302
    names = {row.context.name for row in event.taggings.active()}
    assert names == {"Cold War", "NATO", "Peace"}
    assert [row.label for row in event.citations.all()] == ["Herald", "Mail", "Times"]


def test_a_robot_in_between_is_shown_too(desk: Client, db: None) -> None:
    harvest(record(TEXT, "treaty"))
    event = Event.objects.get()
    sent = filled(desk, event, text=TEXT.replace("two", "three"))
    harvest(record(TEXT.replace("old", "new"), "treaty"), moment=later())
    answer = desk.post(page(event), sent)
    assert "gazette (robot)" in answer.content.decode()
    assert field(answer, "text")["clean"]


def test_what_changed_no_value_is_no_conflict_but_is_told(desk: Client, event: Event) -> None:
    sent = filled(desk, event, text="My own words.")
    ban_related(actor=make_person(name="o"), event_id=event.pk, target_id=make_event("Other.").pk)
    review = desk.post(page(event), sent)
    assert "Since you opened it" in review.content.decode()
    assert desk.post(page(event), {**kept(review), "grade": "typo", "_publish": "1"}).status_code == 302
    assert Event.objects.get(pk=event.pk).text == "My own words."


def test_who_changed_nothing_overwrites_nothing(desk: Client, event: Event) -> None:
    sent = filled(desk, event)
    meanwhile(event, text="Their words.")
    assert desk.post(page(event), {**sent, "grade": "typo", "_publish": "1"}).status_code == 302
    assert Event.objects.get().text == "Their words."


def test_an_act_that_comes_late_shows_what_changed_and_keeps_the_note(
    chief_desk: Client, event: Event
) -> None:
    meanwhile(event, text="Their words.")
    answer = chief_desk.post(act(event, "address"), {"version": 1, "slug": "elsewhere"})
    shown = answer.content.decode()
    assert "Since you opened it" in shown
    assert "Their" in shown
    assert answer.context["form"].data["slug"] == "elsewhere"
    assert answer.context["form"].data["version"] == 2
    assert ACTS["address"].label in shown
    assert Event.objects.get().addresses.count() == 1


def test_a_late_revert_shows_what_changed(desk: Client, event: Event) -> None:
    meanwhile(event, text="Second words.")
    path = reverse("admin:events_event_revert", args=[event.pk])
    asked = desk.get(path, {"revision": 2})
    meanwhile(event, text="Third words.")
    answer = desk.post(path, {**asked.context["form"].initial, "note": "Back."})
    shown = answer.content.decode()
    assert "<del>Third</del><ins>Second</ins>" in shown
    assert answer.context["form"].data["note"] == "Back."
    assert Event.objects.get().text == "Third words."


def test_of_many_those_that_changed_are_asked_about_again(desk: Client) -> None:
    first, second = (make_event(f"Held {number}.", state=State.HELD) for number in range(2))
    meanwhile(second, text="Held, and reworded.")
    lists = reverse("admin:events_event_changelist")
    sent = {
        "action": "release_events", "_selected_action": [first.pk, second.pk], "confirmed": "1",
        "note": "Checked.", f"version_{first.pk}": 1, f"version_{second.pk}": 1,
    }  # fmt: skip
    answer = desk.post(lists, sent)
    assert [row["event"].pk for row in answer.context["rows"]] == [second.pk]
    assert answer.context["note"] == "Checked."
    assert "reworded" in answer.content.decode()
    assert [row.pk for row in Event.objects.published()] == [first.pk]


def test_an_event_that_was_merged_meanwhile_takes_nothing_and_keeps_what_was_typed(
    desk: Client, event: Event
) -> None:
    sent = filled(desk, event, text="My own words.", grade="typo", _publish="1")
    merge_events(actor=make_person(Role.CHIEF), event_id=event.pk, into_id=make_event("Other.").pk)
    shown = desk.post(page(event), sent).content.decode()
    assert "change that one" in shown
    assert "My own words." in shown
    event.refresh_from_db()
    assert event.text == TEXT


def test_an_event_that_was_removed_by_law_meanwhile_stays_removed(desk: Client, event: Event) -> None:
    meanwhile(event, text="Second words.")
    sent = filled(desk, event, text="My own words.", grade="typo", _publish="1")
    remove_event(actor=make_person(Role.CHIEF), event_id=event.pk, version=2, reason="Court.")
    answer = desk.post(page(event), sent)
    assert "My own words." in answer.content.decode()
    assert "Second" not in answer.content.decode()
    event.refresh_from_db()
    assert event.text == ""
    again = desk.post(page(event), {**sent, "version": event.version})
    assert "removed for legal reasons" in again.content.decode()
    event.refresh_from_db()
    assert event.text == ""


def test_no_page_on_the_way_to_a_correction_costs_more_than_thirty_queries(
    desk: Client, event: Event
) -> None:
    sent = filled(desk, event, text="My own words.", new_contexts="NATO")
    with CaptureQueriesContext(connection) as review:
        assert "kept" in desk.post(page(event), sent).context
    meanwhile(event, text="Their words.", contexts=["Cold War"])
    with CaptureQueriesContext(connection) as conflict:
        assert "conflict" in desk.post(page(event), sent).context
    assert len(review) <= 20
    assert len(conflict) <= 30
