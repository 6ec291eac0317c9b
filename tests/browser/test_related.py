"""The journey: curate an event's related links, by mouse, by keyboard and without a script."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from events.actions.curate import ban_related, pin_related
from events.actions.relate import relate_due
from events.models import BannedReason, Curation, Event
from events.vocabulary import Decision
from tests.browser.conftest import BROWSER, sign_in
from tests.factories import make_event
from tests.people import make_person

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = BROWSER


def archive() -> tuple[Event, list[Event]]:
    """An event, with three others that it is related to."""
    event = make_event("Envoys sign the treaty.", contexts=["Treaty", "Envoys"])
    others = [
        make_event(f"The {name} talks on the treaty.", contexts=["Treaty"], date=f"2004-02-{day:02}")
        for day, name in enumerate(("first", "second", "third"), start=1)
    ]
    relate_due()
    return event, others


def pins(event: Event) -> list[int]:
    rows = event.curations.filter(decision=Decision.PIN).order_by("position")
    return list(rows.values_list("target", flat=True))


def test_an_editor_curates_the_related_links(
    page: Any, live_server: LiveServer, complaints: list[str]
) -> None:
    event, (one, two, three) = archive()
    far = make_event("A harbour is opened far away.")
    sign_in(page, live_server)
    page.set_viewport_size({"width": 1280, "height": 1400})
    page.goto(live_server.url + reverse("admin:events_event_change", args=[event.pk]))
    section = page.locator("#related")
    preview = section.locator(".readers")
    assert "Rank 1, score 0.3: shares Treaty (4 events). Treaty 0.1 (4 events)" in section.inner_text()

    page.click(f"#rank-ban-{three.pk}")
    page.wait_for_selector(".said:has-text('Banned.')")
    assert "The third talks" not in preview.inner_text()

    for target in (one, two):
        page.click(f"#rank-pin-{target.pk}")
        page.wait_for_selector(f"#up-{target.pk}")
    page.locator("#related-q").press_sequentially("harb")
    page.click(f"#hit-pin-{far.pk}")
    page.wait_for_selector(f"#up-{far.pk}")
    assert page.input_value("#related-q") == "harb"
    assert pins(event) == [one.pk, two.pk, far.pk]

    page.focus(f"#up-{two.pk}")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#up-{two.pk}[disabled]")
    page.wait_for_selector(f"#down-{two.pk}:focus")
    assert pins(event) == [two.pk, one.pk, far.pk]

    grips = section.locator(".pins .grip")
    grips.nth(2).drag_to(section.locator(".pins > .link").nth(0))
    page.wait_for_selector(".said:has-text('The pins are in the new order.')")
    assert pins(event) == [far.pk, two.pk, one.pk]

    link = section.locator(f".pins [data-target='{far.pk}']")
    link.locator("summary").click()
    link.locator("textarea").fill("Built under this treaty.")
    page.click(f"#pin-clear-{one.pk}")
    page.wait_for_selector(".said:has-text('Taken back.')")
    sync_api.expect(link.locator("textarea")).to_have_value("Built under this treaty.")
    link.locator("button[value=note]").click()
    page.wait_for_selector(".said:has-text('The note is saved.')")
    assert "Chosen by an editor: Built under this treaty." in preview.inner_text()

    section.locator(".reasons li", has_text="Treaty").locator("button[value=ban_reason]").click()
    page.wait_for_selector(".said:has-text('No reason here any more.')")
    assert BannedReason.objects.get().context.name == "Treaty"
    page.goto(f"{live_server.url}{event.addresses.get().path}.html")
    assert page.locator("ol.related li a").all_inner_texts() == [far.text, two.text]
    assert complaints == []


def test_whoever_is_late_keeps_the_note_and_can_ask_again(
    page: Any, live_server: LiveServer, complaints: list[str]
) -> None:
    event, (one, two, _) = archive()
    sign_in(page, live_server)
    page.goto(live_server.url + reverse("admin:events_event_related", args=[event.pk]))
    link = page.locator(f"#related [data-target='{one.pk}']")
    link.locator("summary").click()
    link.locator("textarea").fill("My note.")
    ban_related(actor=make_person(name="faster"), event_id=event.pk, target_id=two.pk)
    link.locator("button[value=pin]").click()
    page.wait_for_selector("text=Somebody else has decided")
    assert pins(event) == []
    assert page.input_value("#refused-note") == "My note."
    page.click("#refused-again")
    page.wait_for_selector(".said:has-text('Pinned.')")
    assert Curation.objects.get(target=one).note == "My note."
    assert Curation.objects.get(target=two).decision == Decision.BAN
    assert complaints == []


def test_it_all_works_without_a_script(page: Any, live_server: LiveServer, complaints: list[str]) -> None:
    event, (one, two, _) = archive()
    sign_in(page, live_server)
    for target in (one, two):
        pin_related(actor=make_person(name=f"by {target.pk}"), event_id=event.pk, target_id=target.pk)
    plain = page.context.browser.new_context(java_script_enabled=False)
    plain.add_cookies(page.context.cookies())
    tab = plain.new_page()
    tab.goto(live_server.url + reverse("admin:events_event_change", args=[event.pk]))
    tab.click(f"#up-{two.pk}")
    assert tab.locator("text=Moved up.").count() == 1
    assert pins(event) == [two.pk, one.pk]
    far = make_event("A harbour is opened far away.")
    tab.fill("#related-q", "harbour")
    tab.click("#related .find button")
    tab.click(f"#hit-pin-{far.pk}")
    assert pins(event) == [two.pk, one.pk, far.pk]
    assert tab.input_value("#related-q") == "harbour"
    plain.close()
