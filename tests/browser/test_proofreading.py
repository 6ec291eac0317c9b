"""The journey of a proofreading rule in a real browser: look at it, accept it, undo it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from events.actions.bulk.running import run_bulk_change
from events.actions.proofreading.run import proofread
from events.models import BulkChange, Event
from events.vocabulary import Role
from tests.browser.conftest import BROWSER, sign_in
from tests.factories import make_event

pytestmark = BROWSER
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")

SPOILT = "In {} the goverment stays after a two day talk.. It rains."


def texts() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("text", flat=True))


def spoil() -> list[str]:
    for town in ("Rome", "Oslo", "Bern"):
        make_event(SPOILT.format(town))
    proofread()
    return texts()


def settle() -> None:
    """Let the bulk changes that wait run, as the task worker would."""
    for change in BulkChange.objects.order_by("pk"):
        run_bulk_change(change.pk)


def test_a_chief_editor_accepts_a_rule_and_undoes_it(
    page: Any, live_server: LiveServer, complaints: list[str]
) -> None:
    before = spoil()
    sign_in(page, live_server, Role.CHIEF, name="carla")
    page.click(".desk-menu >> text=Proofreading")
    page.click("text=A well-known misspelling")
    assert page.locator(".findings > li").count() == 3
    page.click("text=Accept all 3")
    assert page.locator(".findings del").all_inner_texts() == ["goverment"] * 3
    assert page.locator(".findings ins").all_inner_texts() == ["government"] * 3
    page.click("button:has-text('Accept all')")
    page.wait_for_url("**/admin/bulk/*/")
    settle()
    page.reload()
    assert "3 changed" in page.inner_text("#content")
    assert texts() == [text.replace("goverment", "government") for text in before]
    page.goto(live_server.url + reverse("admin:proofreading"))
    page.click("text=Undo …")
    page.click("button:has-text('Undo it')")
    page.wait_for_url("**/admin/bulk/*/")
    settle()
    assert texts() == before
    page.goto(live_server.url + reverse("admin:proofreading_rule", args=["misspelling"]))
    assert page.locator(".findings > li").count() == 3
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_findings_are_decided_without_a_page_load(
    page: Any, live_server: LiveServer, complaints: list[str], scheme: str
) -> None:
    before = spoil()
    page.emulate_media(color_scheme=scheme)
    sign_in(page, live_server, Role.CHIEF, name="carla")
    for name in ("proofreading_rule", "proofreading_accept"):
        page.goto(live_server.url + reverse(f"admin:{name}", args=["misspelling"]))
        assert axe.Axe().run(page, options={"preload": False}).response["violations"] == []
    page.goto(live_server.url + reverse("admin:proofreading_rule", args=["misspelling"]))
    page.evaluate("window.stays = true")
    page.click(".findings > li:nth-child(2) button:has-text('No error')")
    page.wait_for_selector(".findings > li:nth-child(2).decided:has-text('No error')")
    page.click(".findings > li:nth-child(1) button:has-text('Accept')")
    page.wait_for_selector(".findings > li:nth-child(1).decided:has-text('Accept the fix')")
    assert page.evaluate("document.activeElement.closest('li').id")
    assert page.evaluate("window.stays")
    assert texts() == [before[0].replace("goverment", "government"), *before[1:]]
    assert axe.Axe().run(page, options={"preload": False}).response["violations"] == []
    assert complaints == []
