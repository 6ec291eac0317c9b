"""An editor's journey in a real browser, under the site's own content security policy."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from events.models import Event
from tests.browser.conftest import BROWSER, sign_in
from tests.factories import make_context, make_event

pytestmark = BROWSER


def test_an_editor_corrects_the_typo_and_readers_see_it(
    page: Any, live_server: LiveServer, complaints: list[str]
) -> None:
    event = make_event(
        "The treaty was one of a cornerstones of security.", lead="Arms control", slug="treaty"
    )
    sign_in(page, live_server)
    page.click("text=Events >> visible=true")
    page.click(".field-beginning a")
    text = page.input_value("#id_text")
    page.fill("#id_text", text.replace("one of a cornerstones", "one of the cornerstones"))
    page.click("input[name=_save]")
    diff = page.locator(".changes .diff")
    assert diff.locator("ins").inner_text() == "the"
    assert diff.locator("del").inner_text() == "a"
    assert "one of the cornerstones" in page.inner_text(".readers .text")
    page.check("text=Typo")
    page.click("text=Publish the correction")
    page.click("text=On the site")
    assert "one of the cornerstones of security" in page.inner_text("main")
    assert Event.objects.get(pk=event.pk).version == 2
    assert complaints == []


def test_autocompletion_works_under_the_policy(
    page: Any, live_server: LiveServer, complaints: list[str]
) -> None:
    event = make_event("First event.")
    make_context("Bridges")
    sign_in(page, live_server)
    page.goto(live_server.url + reverse("admin:events_event_change", args=[event.pk]))
    page.click(".field-contexts .select2-selection")
    page.keyboard.type("Brid")
    page.click(".select2-results__option:has-text('Bridges')")
    page.click("input[name=_save]")
    page.click("text=Publish the change")
    page.wait_for_selector("text=Saved as revision")
    assert [row.context.name for row in event.taggings.active()] == ["Bridges"]
    assert complaints == []


def test_sources_are_added_moved_and_suggested_in_the_table(
    page: Any, live_server: LiveServer, complaints: list[str]
) -> None:
    event = make_event(citations=[("Gazette", "https://gazette.example/", "")])
    make_event("Another.", citations=[("Herald", "https://herald.example/known", "")])
    sign_in(page, live_server)
    page.goto(live_server.url + reverse("admin:events_event_change", args=[event.pk]))
    page.click("text=Add a source")
    page.keyboard.type("https://herald")
    page.wait_for_selector("#known-sources option[value='https://herald.example/known']", state="attached")
    page.keyboard.type(".example/known")
    page.locator(".source").last.locator("text=↑").click()
    for _step in range(2):
        page.locator("button:focus").click()
    page.click("input[name=_save]")
    page.check("text=Update")
    page.fill("#id_note", "Another source.")
    page.click("text=Publish the correction")
    page.wait_for_selector("text=Saved as revision")
    assert [row.raw_url for row in event.citations.all()] == [
        "https://herald.example/known",
        "https://gazette.example/",
    ]
    assert complaints == []


def test_suggestions_that_come_late_or_never_change_nothing(
    page: Any, live_server: LiveServer, complaints: list[str]
) -> None:
    event = make_event(citations=[("Gazette", "https://gazette.example/", "")])
    sign_in(page, live_server)
    page.goto(live_server.url + reverse("admin:events_event_change", args=[event.pk]))
    late: list[Any] = []

    def answer(route: Any) -> None:
        asked = parse_qs(urlsplit(route.request.url).query)["label"][0]
        if asked == "He":
            late.append(route)
        elif asked == "Her":
            route.fulfill(json={"found": [{"value": "Herald", "label": ""}]})
        else:
            route.abort()

    page.route(f"**{reverse('admin:events_event_sources')}?*", answer)
    label = page.locator(".source .label input").first
    label.fill("He")
    page.wait_for_timeout(400)
    label.fill("Her")
    page.wait_for_selector("#known-publishers option[value=Herald]", state="attached")
    late[0].fulfill(json={"found": [{"value": "Helsinki Times", "label": ""}]})
    label.fill("Hers")
    page.wait_for_timeout(600)
    assert page.locator("#known-publishers option").evaluate_all("all => all.map(one => one.value)") == [
        "Herald"
    ]
    assert [said for said in complaints if "ERR_FAILED" not in said] == []


def test_two_tabs_of_one_editor_end_in_a_merge(
    page: Any, live_server: LiveServer, complaints: list[str]
) -> None:
    event = make_event("Envoys of two countries sign a treaty on the old bridge.")
    sign_in(page, live_server)
    path = live_server.url + reverse("admin:events_event_change", args=[event.pk])
    other = page.context.browser.new_context(storage_state=page.context.storage_state()).new_page()
    for tab, text in ((page, "three countries"), (other, "two countries")):
        tab.goto(path)
        tab.fill(
            "#id_text", f"Envoys of {text} sign a treaty on the {'new' if tab is other else 'old'} bridge."
        )
    for tab in (other, page):
        tab.click("input[name=_save]")
        if tab is page:
            assert "old bridge" in page.input_value("#id_text")
            page.click("text=Take the merge")
        tab.check("text=Typo")
        tab.click("text=Publish the correction")
        tab.wait_for_selector("text=Saved as revision")
    event.refresh_from_db()
    assert event.text == "Envoys of three countries sign a treaty on the new bridge."
    assert complaints == []
