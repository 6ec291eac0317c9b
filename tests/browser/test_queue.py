"""The review queue in a real browser: worked by keyboard, and a conflict after a harvest."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from events.actions.correct import correct_event
from events.actions.recording import Actor
from events.models import Event, ReviewItem
from events.vocabulary import Grade, ReviewState, Role
from tests.browser.conftest import BROWSER, sign_in
from tests.harvests import harvest, later, record
from tests.people import make_user
from tests.reviews import conflict, every_kind

pytestmark = BROWSER


def arrive(page: Any, selector: str) -> None:
    """Wait for the page that has this, with its scripts."""
    page.wait_for_selector(selector)
    page.wait_for_load_state()


def state(item: ReviewItem) -> str:
    item.refresh_from_db()
    return item.state


def test_the_queue_is_worked_by_keyboard(page: Any, live_server: LiveServer, complaints: list[str]) -> None:
    first, second, third, last = (
        conflict(base=f"{word} people die.", ours=f"{word} people died.", upstream=f"{word} people perish.")
        for word in ("Ten", "Eleven", "Twelve", "Thirteen")
    )
    sign_in(page, live_server)
    page.click("text=Review queue >> visible=true")
    arrive(page, "tr[data-row]")
    here = page.locator("tr.here")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert "Eleven" in here.inner_text()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("r")
    arrive(page, "text=ours stays")
    assert page.locator(".plan li").count() == 2
    page.keyboard.press("Enter")
    arrive(page, "text=2 decided")
    assert (state(second), state(third)) == (ReviewState.REJECTED, ReviewState.REJECTED)
    page.keyboard.press("u")
    arrive(page, "tr[data-row]")
    page.keyboard.press("j")
    page.keyboard.press("?")
    assert page.locator(".queue-keys dl").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    arrive(page, "text=Ten people")
    page.keyboard.press("t")
    arrive(page, "text=Assigned to erika")
    page.keyboard.press("a")
    arrive(page, "text=Thirteen people")
    assert page.url.endswith(f"/{last.pk}/")
    assert state(first) == ReviewState.ACCEPTED
    page.keyboard.press("r")
    arrive(page, "text=Nothing waits.")
    assert state(last) == ReviewState.REJECTED
    assert Event.objects.get(pk=first.event_id).text == "Ten people perish."
    assert complaints == []


def test_keys_that_are_typed_into_a_field_do_nothing_else(page: Any, live_server: LiveServer) -> None:
    item = conflict()
    sign_in(page, live_server)
    page.goto(live_server.url + reverse("admin:queue_item", args=[item.pk]))
    page.fill("#id_note", "")
    page.type("#id_note", "array ujk?")
    assert page.input_value("#id_note") == "array ujk?"
    assert state(item) == ReviewState.OPEN


def test_a_conflict_after_a_harvest_is_merged_by_hand(
    page: Any, live_server: LiveServer, complaints: list[str]
) -> None:
    told = "A ferry with sixty passengers sinks off Bergen; nine sailors die."
    harvest(record(told, "ferry"))
    event = Event.objects.get()
    correct_event(
        actor=Actor.person(make_user(Role.EDITOR, name="emil")), event_id=event.pk, version=event.version,
        values={"text": told.replace("nine sailors die", "nine sailors died")}, grade=Grade.TYPO,
    )  # fmt: skip
    harvest(record(told.replace("nine sailors die", "eleven sailors perish"), "ferry"), moment=later())
    sign_in(page, live_server)
    page.click("text=Review queue >> visible=true")
    page.click("a.open")
    assert [box.inner_text() for box in page.locator(".panes h2").all()] == [
        "Base",
        "Ours",
        "Upstream",
        "The merge",
    ]
    text = page.input_value("#id_own")
    assert "died" in text
    page.fill("#id_own", text.replace("nine", "eleven"))
    Event.objects.filter(pk=event.pk).update(version=9)
    page.click("button[value=own]")
    page.wait_for_selector("text=It has changed since you opened it")
    assert "eleven sailors died" in page.input_value("#id_own")
    page.click("button[value=own]")
    page.wait_for_selector("text=Nothing waits.")
    event.refresh_from_db()
    assert event.text == "A ferry with sixty passengers sinks off Bergen; eleven sailors died."
    page.goto(f"{live_server.url}/e/{event.pk}")
    assert "eleven sailors died" in page.inner_text("main")
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_the_queue_has_a_violation(page: Any, live_server: LiveServer, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
    items = every_kind()
    page.emulate_media(color_scheme=scheme)
    sign_in(page, live_server, Role.CHIEF)
    paths = [reverse("admin:queue"), *(reverse("admin:queue_item", args=[item.pk]) for item in items)]
    paths += [reverse("admin:propose", args=[items[0].event_id]), reverse("admin:proposals")]
    options: dict[str, Any] = {"preload": False}
    if scheme == "dark":
        # The same markup in other colours: the pages that have every one of them.
        paths, options = paths[:5], {"preload": False, "runOnly": ["color-contrast"]}
    for path in paths:
        page.goto(live_server.url + path)
        page.eval_on_selector_all("details", "all => all.forEach(box => { box.open = true; })")
        found = axe.Axe().run(page, options=options).response["violations"]
        places = [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found]
        assert (path, places) == (path, [])
