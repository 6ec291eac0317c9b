"""Contexts and review items at the desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Alias, Context, Event, ReviewItem, Revision
from events.vocabulary import ReviewKind, ReviewState, Role
from tests.factories import make_context, make_event, make_provenance


def context_form(**changed: object) -> dict[str, object]:
    empty = {
        "alias_lines": "",
        "broader_lines": "",
        "profile": "",
        "wikidata": "",
        "wikipedia": "",
        "version": 1,
    }
    return {**empty, **changed}


def test_a_context_is_renamed_and_described(desk: Client) -> None:
    context = make_context("Defence Ministry")
    make_context("Russia")
    path = reverse("admin:events_context_change", args=[context.pk])
    sent = context_form(
        name="Ministry of Defence", alias_lines="MoD", broader_lines="Russia", wikidata="Q1", generic="on"
    )
    assert desk.post(path, sent).status_code == 302
    context.refresh_from_db()
    assert (context.name, context.generic, context.version) == ("Ministry of Defence", True, 2)
    assert set(Alias.objects.values_list("name", flat=True)) == {"MoD", "Defence Ministry"}
    assert Revision.objects.count() == 1
    refused = desk.post(path, sent)
    assert "It has changed since you opened it" in refused.content.decode()


def test_contexts_are_merged_after_the_counts_were_shown(chief_desk: Client) -> None:
    make_event("One.", contexts=["Old"])
    make_event("Two.", lead="Old")
    old, new = Context.objects.get(), make_context("New")
    path = reverse("admin:events_context_merge", args=[old.pk])
    assert "2 events will be tagged" in chief_desk.get(path).content.decode()
    assert chief_desk.post(path, {"into": new.pk}).status_code == 302
    old.refresh_from_db()
    assert old.merged_into == new
    assert chief_desk.get(path).status_code == 404
    assert chief_desk.get(reverse("admin:events_context_change", args=[old.pk])).status_code == 200


def test_contributors_leave_contexts_and_questions_alone(sit: Callable[..., Client]) -> None:
    desk = sit(Role.CONTRIBUTOR)
    context = make_context("NATO")
    item = ReviewItem.objects.create(kind=ReviewKind.HELD, key="k", event=make_event())
    for name, pk in (
        ("context_change", context.pk),
        ("context_merge", context.pk),
        ("reviewitem_decide", item.pk),
    ):
        sent = context_form(name="x", answer="accept")
        assert desk.post(reverse(f"admin:events_{name}", args=[pk]), sent).status_code == 403
    assert not Revision.objects.exists()


@pytest.fixture
def conflict(db: None) -> ReviewItem:
    event = make_event("Our own words.")
    make_provenance(event, upstream={"text": "Their new words."}, base={"text": "The old words."})
    return ReviewItem.objects.create(
        kind=ReviewKind.CONFLICT, key="k", event=event, field="text",
        data={"base": "The old words.", "ours": "Our own words.", "upstream": "Their new words."},
    )  # fmt: skip


def test_a_question_shows_its_sides_and_is_answered_by_a_button(desk: Client, conflict: ReviewItem) -> None:
    shown = desk.get(reverse("admin:events_reviewitem_change", args=[conflict.pk])).content.decode()
    for side in (
        "The old words.",
        "<ins>Our own</ins>",
        "<ins>Their new</ins>",
        "Take upstream",
        "Keep ours",
    ):
        assert side in shown
    decide = reverse("admin:events_reviewitem_decide", args=[conflict.pk])
    assert desk.get(decide).status_code == 405
    desk.post(decide, {"answer": "accept", "version": 1})
    conflict.refresh_from_db()
    assert conflict.state == ReviewState.ACCEPTED
    assert Event.objects.get().text == "Their new words."
    again = desk.post(decide, {"answer": "reject"}, follow=True).content.decode()
    assert "answered already by editor" in again


def test_an_answer_to_an_older_version_is_refused(desk: Client, conflict: ReviewItem) -> None:
    Event.objects.update(version=5)
    decide = reverse("admin:events_reviewitem_decide", args=[conflict.pk])
    answer = desk.post(decide, {"answer": "accept", "version": 1}, follow=True)
    assert "It has changed since you opened it" in answer.content.decode()
    assert Event.objects.get().text == "Our own words."


def test_the_next_question_of_its_kind_follows(desk: Client, conflict: ReviewItem) -> None:
    following = ReviewItem.objects.create(
        kind=ReviewKind.CONFLICT, key="l", event=conflict.event, field="summary", data={"upstream": "x"}
    )
    decide = reverse("admin:events_reviewitem_decide", args=[conflict.pk])
    answer = desk.post(decide, {"answer": "reject", "version": 1})
    assert answer["Location"] == reverse("admin:events_reviewitem_change", args=[following.pk])
