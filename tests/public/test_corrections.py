"""The public ledger: each correction with its words before and after, its grade, its note."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import ledger
from events.actions.correct import correct_event
from events.actions.recording import Actor
from events.actions.withdraw import withdraw_event
from events.models import Event
from events.vocabulary import Grade, Role
from tests import factories as make
from tests.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Actor:
    return make_person(Role.EDITOR, name="erika")


def correct(editor: Actor, before: str, after: str, grade: Grade = Grade.TYPO, note: str = "") -> Event:
    event = make.make_event(before)
    correct_event(actor=editor, event_id=event.pk, version=1, values={"text": after}, grade=grade, note=note)
    return Event.objects.get(pk=event.pk)


def page(client: Client, path: str = "/corrections/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_what_was_wrong_what_is_right_who_and_why(client: Client, editor: Actor) -> None:
    correct(editor, "A treaty of 1999.", "A treaty of 1990.", Grade.CORRECTION, "The year was wrong.")
    html = page(client)
    assert re.search(r"<del>1999</del><ins>1990</ins>", html)
    assert "Correction" in html
    assert "erika" in html
    assert "The year was wrong." in html
    assert re.search(r'<a href="/news/2004/02/9/[^"]+\.html">', html)


def test_robots_do_not_stand_in_it(client: Client) -> None:
    make.make_event("Written by a robot.")
    assert "Nothing has been corrected yet." in page(client)


def test_what_is_withdrawn_leaves_it_at_once(client: Client, editor: Actor) -> None:
    event = correct(editor, "A secret of 1999.", "A secret of 1990.")
    assert "secret" in page(client)
    withdraw_event(actor=make_person(Role.CHIEF), event_id=event.pk, version=event.version, reason="Wrong.")
    assert "secret" not in page(client)


def test_older_ones_are_a_page_away(client: Client, editor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.public.corrections.AT_ONCE", 2)
    for number in range(3):
        correct(editor, f"Text {number} is wrng.", f"Text {number} is wrong.")
    first = page(client)
    assert "Text 0" not in first
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    second = page(client, older[1])
    assert "Text 0" in second
    assert "Text 2" not in second
    back = '<a href="/corrections/">'
    assert (back in first, back in second) == (False, True)
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{older[1]}">' in second


@pytest.mark.parametrize("before", ["x", "", "-1", "9" * 30])
def test_a_wrong_place_is_the_beginning(client: Client, editor: Actor, before: str) -> None:
    correct(editor, "A treaty of 1999.", "A treaty of 1990.")
    assert "1990" in page(client, f"/corrections/?before={before}")


def test_each_edition_has_its_own(client: Client, editor: Actor) -> None:
    correct(editor, "A treaty of 1999.", "A treaty of 1990.")
    assert "还没有更正。" in page(client, "/zh/corrections/")


def test_values_that_are_no_words_stand_before_and_after(client: Client, editor: Actor) -> None:
    event = make.make_event("A treaty.", citations=[("The Courier", "https://courier.example/1", "")])
    correct_event(
        actor=editor, event_id=event.pk, version=1, grade=Grade.UPDATE, note="A source more.",
        values={"category": "politics", "citations": [], "lead": "Treaties"},
    )  # fmt: skip
    html = page(client)
    assert "<ins>politics</ins>" in html
    assert "<del>The Courier https://courier.example/1</del>" in html
    assert "<ins>Treaties</ins>" in html


def test_it_costs_the_same_with_more_corrections(client: Client, editor: Actor) -> None:
    def cost() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            page(client)
        return len(queries)

    correct(editor, "One is wrng.", "One is wrong.")
    # Corrections with their events; addresses; when these events were public.
    assert cost() == 3
    correct(editor, "Two is wrng.", "Two is wrong.")
    correct(editor, "Three is wrng.", "Three is wrong.")
    assert cost() == 3
    assert len(ledger.corrections("en")) == 3
