"""A reader reports an error in a real browser: to the review queue, and back with the outcome."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from events.models import Event, ReviewItem
from events.public import report_form
from events.vocabulary import ReviewKind
from tests.browser.conftest import BROWSER, sign_in
from tests.factories import make_event

pytestmark = BROWSER
_MARK = """words => {
  const node = document.querySelector("#text p").firstChild;
  const at = node.data.indexOf(words);
  document.getSelection().setBaseAndExtent(node, at, node, at + words.length);
}"""


def test_a_report_goes_to_the_queue_and_its_outcome_comes_back(
    page: Any, live_server: LiveServer, complaints: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_form, "YOUNGEST", 0.0)
    event = make_event("The treaty of 1975 is signed.")
    page.goto(f"{live_server.url}/e/{event.pk}")
    page.click("text=Report an error")
    page.wait_for_selector("form.report")
    page.wait_for_load_state()
    page.evaluate(_MARK, "1975")
    pytest.importorskip("playwright.sync_api").expect(page.locator("#quote")).to_have_value("1975")
    assert page.input_value("#fix") == "1975"
    page.fill("#fix", "1957")
    page.fill("#source", "not an address")
    page.click("text=Send the report")
    page.wait_for_selector("text=This is no web address")
    assert page.input_value("#quote") == "1975"
    page.fill("#source", "https://paper.example/1957")
    page.click("text=Send the report")
    page.wait_for_selector("text=It waits for an editor.")
    outcome = page.url
    assert "/report/outcome/" in outcome
    assert page.context.cookies() == []
    assert Event.objects.get().text == "The treaty of 1975 is signed."
    item = ReviewItem.objects.get(kind=ReviewKind.REPORT)
    sign_in(page, live_server)
    page.goto(live_server.url + reverse("admin:queue_item", args=[item.pk]))
    assert "1957" in page.inner_text("main, #content")
    page.fill("#id_note", "The archive of the ministry says so too.")
    page.click("button[value=accept]")
    page.wait_for_selector("text=Nothing waits.")
    page.goto(outcome)
    page.wait_for_selector("text=It was accepted.")
    assert "The archive of the ministry says so too." in page.inner_text("main")
    page.click("dd a[href^='/corrections/']")
    page.wait_for_selector("text=The archive of the ministry says so too.")
    # A form that comes back says with its status that it was not taken, which the console repeats.
    assert [said for said in complaints if "422" not in said] == []
    assert Event.objects.get().text == "The treaty of 1957 is signed."


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_neither_form_nor_outcome_has_a_violation(
    page: Any, live_server: LiveServer, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
    monkeypatch.setattr(report_form, "YOUNGEST", 0.0)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/report/{make_event().pk}/")
    found = list(axe.Axe().run(page).response["violations"])
    page.fill("#quote", "no words of it")
    page.click("text=Send the report")
    page.wait_for_selector("#problem")
    found += axe.Axe().run(page).response["violations"]
    page.fill("#quote", "")
    page.fill("#message", "There is more to it.")
    page.click("text=Send the report")
    page.wait_for_selector("text=It waits for an editor.")
    found += axe.Axe().run(page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
