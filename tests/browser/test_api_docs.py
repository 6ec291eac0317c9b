"""The page of the API in a real browser, under the site's own content security policy."""

from __future__ import annotations

import json
from typing import Any

from pytest_django.live_server_helper import LiveServer

from events.api.schema import openapi
from tests.browser.conftest import BROWSER
from tests.factories import make_event

pytestmark = BROWSER


def test_every_operation_is_drawn_and_can_be_tried(
    page: Any, live_server: LiveServer, complaints: list[str]
) -> None:
    make_event("A treaty is signed.")
    page.goto(f"{live_server.url}/api/docs/")
    page.wait_for_selector(".opblock-tag-section")
    described = json.loads(openapi())["paths"].values()
    assert page.locator(".opblock").count() == sum(len(methods) for methods in described)
    page.click("#operations-events-events_list .opblock-summary-control")
    page.click("#operations-events-events_list .try-out__btn")
    page.click("#operations-events-events_list .execute")
    page.wait_for_selector("#operations-events-events_list .live-responses-table")
    assert "A treaty is signed." in page.inner_text("#operations-events-events_list .live-responses-table")
    assert complaints == []


def test_without_scripts_the_addresses_are_listed(page: Any, live_server: LiveServer) -> None:
    without = page.context.browser.new_context(java_script_enabled=False).new_page()
    without.goto(f"{live_server.url}/api/docs/")
    assert "/api/v1/events/{id}/" in without.inner_text("main")


def test_a_problem_is_explained_on_a_page(page: Any, live_server: LiveServer, complaints: list[str]) -> None:
    page.goto(f"{live_server.url}/api/problems/not-found")
    assert page.inner_text("h1") == "Nothing here"
    page.click("text=All kinds of problems")
    assert page.locator("tbody tr").count() > 10
    assert complaints == []
