"""Candidate contexts at the desk: the name with its events, and two answers."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from events.actions.contexts.candidates import propose_contexts
from events.models import Context, ReviewItem
from events.vocabulary import ReviewState
from tests.factories import make_event


@pytest.fixture
def candidate(db: None) -> ReviewItem:
    for number in range(8):
        make_event(f"Envoys gather in Port Azure on day {number}.", date=f"2004-02-{number + 1:02d}")
    propose_contexts(edition="en")
    return ReviewItem.objects.get()


def test_an_editor_sees_where_the_name_stands(desk: Client, candidate: ReviewItem) -> None:
    shown = desk.get(reverse("admin:queue_item", args=[candidate.pk])).content.decode()
    for words in (
        "Port Azure",
        "8 events on 8 days",
        "on day 7.",
        "Create the context",
        "Never propose it again",
    ):
        assert words in shown
    assert "on day 0." not in shown


@pytest.mark.parametrize(
    ("answer", "state", "tags"), [("accept", ReviewState.ACCEPTED, 8), ("reject", ReviewState.REJECTED, 0)]
)
def test_the_answer_makes_the_context_or_not(
    desk: Client, candidate: ReviewItem, answer: str, state: ReviewState, tags: int
) -> None:
    decide = reverse("admin:queue_decide", args=[candidate.pk])
    assert desk.post(decide, {"answer": answer}).status_code == 302
    candidate.refresh_from_db()
    assert candidate.state == state
    assert sum(context.taggings.count() for context in Context.objects.all()) == tags
