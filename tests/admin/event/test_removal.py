"""Withdrawing, restoring and removing at the desk: pages that say first what disappears where."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.actions.curate import pin_related
from events.models import Citation, Context, Event, Tagging
from events.vocabulary import Role, State
from tests.factories import former_address, make_editorial, make_event, relate
from tests.people import make_person


def act(event: Event, name: str) -> str:
    return reverse("admin:events_event_act", args=[event.pk, name])


@pytest.fixture
def event(db: None) -> Event:
    """An event that stands in many places."""
    event = make_event(
        "An envoy is accused.", slug="envoy", contexts=["Envoys", "Accusations"],
        citations=[("Gazette", "https://gazette.example/a", "")],
    )  # fmt: skip
    former_address(event, "older-envoy")
    other, third = make_event("Envoys meet.", contexts=["Envoys"]), make_event("Envoys part.")
    relate(other, event)
    relate(third, event)
    pin_related(actor=make_person(Role.EDITOR, name="curator"), event_id=other.pk, target_id=event.pk)
    make_editorial("On envoys", body="See [this](/news/2004/02/9/envoy.html).")
    return event


def test_withdrawing_says_what_disappears_where(chief_desk: Client, event: Event) -> None:
    shown = " ".join(chief_desk.get(act(event, "withdraw")).content.decode().split())
    for said in (
        "2 addresses: each will answer “410 Gone”", "/news/2004/02/9/envoy.html", "/news/2004/02/9/envoy.xml",
        "/news/2004/02/9/older-envoy", f"/e/{event.pk}", f"/api/v1/events/{event.pk}/",
        "2 other events stand there", "context Envoys: 2 public events now", "it is in the index",
        "related lists of 2 public events that link to it", "1 decision of editors on it; pinned at:",
        "On envoys",
    ):  # fmt: skip
        assert said in shown
    assert "What is erased" not in shown


def test_restoring_says_what_comes_back(chief_desk: Client, event: Event) -> None:
    chief_desk.post(act(event, "withdraw"), {"version": event.version, "reason": "Wrong."})
    shown = chief_desk.get(act(event, "restore")).content.decode()
    assert "What comes back where" in shown
    assert "it is not in the index" in shown


def test_removing_says_what_is_erased_and_what_is_not(chief_desk: Client, event: Event) -> None:
    same = make_event("An envoy is accused.", slug="same-words")
    shown = " ".join(chief_desk.get(act(event, "legal")).content.decode().split())
    for said in (
        "This cannot be taken back.", "451 Unavailable For Legal Reasons", "https://gazette.example/a",
        "1 source that no other event cites", ">Accusations</a>", "2 slugs",
        f"not</strong> removed: <a href=\"{reverse('admin:events_event_change', args=[same.pk])}\"",
    ):  # fmt: skip
        assert said in shown
    assert ">Envoys</a>" not in shown


def test_removing_asks_for_the_number_by_hand(chief_desk: Client, event: Event) -> None:
    sent = {"version": event.version, "reason": "Order of a court."}
    for number in ("", "x", str(event.pk + 1)):
        answer = chief_desk.post(act(event, "legal"), {**sent, "number": number})
        assert answer.status_code == 200
        assert "Order of a court.</textarea>" in answer.content.decode()
    assert Event.objects.get(pk=event.pk).state == State.PUBLISHED
    done = chief_desk.post(act(event, "legal"), {**sent, "number": event.pk}, follow=True)
    assert "envoy is accused" not in done.content.decode()
    assert Event.objects.get(pk=event.pk).text == ""
    assert not any(f"/act/{name}/" in done.content.decode() for name in ("restore", "withdraw", "legal"))
    answer = chief_desk.post(act(event, "restore"), {"version": event.version + 1})
    assert "cannot come back" in answer.content.decode()


@pytest.mark.parametrize("name", ["withdraw", "legal"])
def test_the_pages_cost_as_much_for_three_of_everything(chief_desk: Client, name: str, event: Event) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert chief_desk.get(act(event, name)).status_code == 200
        return len(asked)

    chief_desk.get(act(event, name))
    once = queries()
    for number in range(2):
        former_address(event, f"another-{number}")
        context = Context.objects.create(edition="en", name=f"Context {number}", slug=f"context-{number}")
        Tagging.objects.create(event=event, context=context, how="origin")
        Citation.objects.create(event=event, position=5 + number, label=f"Label {number}")
        relate(make_event(f"Linking {number}."), event, rank=2)
    assert queries() == once <= 30


def test_editors_remove_nothing(sit: Callable[..., Client], event: Event) -> None:
    desk = sit(Role.EDITOR)
    for name in ("withdraw", "legal", "restore"):
        assert desk.get(act(event, name)).status_code == 403
        sent = {"version": event.version, "reason": "x", "number": event.pk}
        assert desk.post(act(event, name), sent).status_code == 403
    assert Event.objects.get(pk=event.pk).is_public
