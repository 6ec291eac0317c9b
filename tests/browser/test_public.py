"""What readers do, in a real browser: by keyboard, without a script, in either language."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import BROWSER
from tests.factories import make_event

pytestmark = BROWSER


@pytest.fixture(autouse=True)
def archive(transactional_db: None) -> None:
    """Three days of bridges."""
    for year in (2001, 2001, 2003):
        make_event("A bridge was closed.", date=f"{year}-02-09", lead="Bridges")
    make_event("A bridge was opened.", slug="opened", lead="Bridges", contexts=["Rivers"])
    make_event("A road was built.", slug="road", lead="Roads")
    make_event("一座桥开通。", slug="桥", edition="zh", contexts=["桥梁"])


def path(page: Any) -> str:
    """Where the browser is, without the host."""
    return re.sub(r"^https?://[^/]+", "", page.url)


def focused(page: Any) -> str:
    """The words of what has the focus; it must be seen to have it."""
    said: str = page.evaluate("document.activeElement.textContent.trim()")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", said
    return said


def tab_to(page: Any, words: str) -> None:
    """Press the tabulator until *words* have the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page) == words:
            return
    pytest.fail(f"{words} is not reached by the tabulator")


def test_a_day_is_read_by_keyboard_alone(page: Any, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/news/2004/02/9/")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    tab_to(page, "A bridge was opened.")
    page.keyboard.press("Enter")
    page.wait_for_url("**/opened.html")
    tab_to(page, "9 February 2004")
    page.keyboard.press("Enter")
    page.wait_for_url("**/news/2004/02/9/")
    tab_to(page, "Previous day 9 February 2003")
    page.keyboard.press("Enter")
    page.wait_for_url("**/news/2003/02/9/")


def test_a_search_is_narrowed_by_a_facet_and_widened_again(page: Any, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/")
    page.fill("header input[name=q]", "bridge")
    page.press("header input[name=q]", "Enter")
    page.wait_for_url("**/search/?q=bridge")
    assert page.inner_text("#found") == "4 events"
    page.click(".facets a:has-text('Rivers')")
    assert page.inner_text("#found") == "1 event"
    assert path(page) == "/search/?q=bridge&context=rivers"
    page.click(".chosen a")
    assert page.inner_text("#found") == "4 events"
    page.click(".chart svg a >> nth=0")
    assert page.inner_text("#found") == "2 events"


def test_a_bar_of_a_contexts_chart_leads_to_its_year(page: Any, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/contexts/bridges/")
    bars = page.locator(".chart svg a")
    assert bars.evaluate_all("all => all.map(bar => bar.getAttribute('aria-label'))") == [
        "2001: 2 events", "2003: 1 event", "2004: 1 event",
    ]  # fmt: skip
    page.click(".chart summary")
    assert page.inner_text(".chart tbody tr:nth-child(2)").split() == ["2002", "0"]
    bars.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?context=bridges&from=2001&to=2001")
    assert page.inner_text("#found") == "2 events"


def test_the_language_is_switched_on_the_same_page(page: Any, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/contexts/")
    page.click("footer a[hreflang=zh]")
    page.wait_for_url("**/zh/contexts/")
    assert (page.get_attribute("html", "lang"), page.inner_text("h1").split()[0]) == ("zh", "背景")
    page.goto(f"{live_server.url}/news/2004/02/9/opened.html")
    page.click("footer a[hreflang=zh]")
    page.wait_for_url("**/zh/")
    assert "一座桥开通。" in page.inner_text("main")


def test_a_date_is_jumped_to_from_the_front_page(page: Any, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/")
    page.fill(".jump input[type=date]", "2002-12-31")
    page.click(".jump button")
    page.wait_for_url("**/news/2003/02/9/")


def test_pages_set_no_cookie_and_load_nothing_from_elsewhere(
    page: Any, live_server: LiveServer, complaints: list[str]
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for place in (
        "/",
        "/news/2004/02/9/opened.html",
        "/contexts/bridges/",
        "/search/?q=bridge",
        "/news/2004/",
    ):
        page.goto(live_server.url + place)
    assert [url for url in asked if not url.startswith(live_server.url)] == []
    assert [url for url in asked if url.endswith(".js")] == []
    assert page.context.cookies() == []
    assert complaints == []
