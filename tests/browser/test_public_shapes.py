"""Every kind of page in the shapes that readers give it: narrow, at twice its size, by keyboard, on paper,
written from right to left."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import BROWSER
from tests.browser.kinds import furnish

pytestmark = BROWSER
# What sticks out of the window, but for what is out of sight on purpose (the way past the navigation).
_STICKS_OUT = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.querySelectorAll("main *, header *, footer *")].filter(
    one => one.getBoundingClientRect().right > wide + 1 || one.getBoundingClientRect().left < -1
  ).map(one => one.tagName + "." + one.className).slice(0, 5).concat("wider than the window");
}"""
_FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  if (one === document.body) return null;
  const box = one.getBoundingClientRect();
  return {
    what: (one.getAttribute("aria-label") || one.textContent || one.name || "").trim().slice(0, 40),
    seen: style.outlineStyle !== "none" && box.right > 0 && box.left < innerWidth,
  };
}"""


def sticking_out(page: Any, base: str, paths: list[str]) -> dict[str, list[str]]:
    found = {}
    for path in paths:
        page.goto(base + path)
        if out := page.evaluate(_STICKS_OUT):
            found[path] = out
    return found


def _turned(route: Any) -> None:
    answer = route.fetch()
    if "text/html" in answer.headers.get("content-type", ""):
        route.fulfill(response=answer, body=answer.text().replace('dir="ltr"', 'dir="rtl"', 1))
    else:
        route.fulfill(response=answer)


@pytest.mark.parametrize("width", [320, 360])
def test_nothing_is_wider_than_a_narrow_window(page: Any, live_server: LiveServer, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    assert sticking_out(page, live_server.url, furnish()) == {}


def test_nothing_is_wider_than_the_window_at_twice_its_size(page: Any, live_server: LiveServer) -> None:
    # A browser that zooms to 200 % gives the page half as many pixels, each drawn with two.
    zoomed = page.context.browser.new_page(viewport={"width": 640, "height": 400}, device_scale_factor=2)
    assert sticking_out(zoomed, live_server.url, furnish()) == {}


def test_pages_written_from_right_to_left_fit_too(page: Any, live_server: LiveServer) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    paths = furnish()
    page.route("**/*", _turned)
    found = {}
    for path in paths:
        page.goto(live_server.url + path)
        assert page.get_attribute("html", "dir") == "rtl"
        if out := page.evaluate(_STICKS_OUT):
            found[path] = out
    assert found == {}
    page.goto(f"{live_server.url}/news/2004/02/9/opened.html")
    arrow = "getComputedStyle(document.querySelector('.steps .back'), '::before').content"
    assert page.evaluate(arrow) == '"→ "'


def test_the_keyboard_reaches_everything_and_is_seen_to(page: Any, live_server: LiveServer) -> None:
    unseen = {}
    for path in furnish():
        page.goto(live_server.url + path)
        wanted = page.locator(
            "a[href]:visible, button:visible, input:visible, textarea:visible, summary:visible"
        )
        count = wanted.count()
        reached = []
        for _ in range(count * 3 + 10):  # a field for a date has a stop for each of its parts
            page.keyboard.press("Tab")
            focus = page.evaluate(_FOCUS)
            if focus is None:
                break
            reached.append(focus)
        hidden = [focus["what"] for focus in reached if not focus["seen"]]
        if hidden or len(reached) < count:
            unseen[path] = (hidden, len(reached), count)
    assert unseen == {}


def test_paper_has_the_text_and_nothing_to_press(page: Any, live_server: LiveServer) -> None:
    found = {}
    paths = furnish()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 1000})  # A4 within its margins
    for path in paths:
        page.goto(live_server.url + path)
        pressed = page.locator("button:visible, input:visible, nav:visible").count()
        out = page.evaluate(_STICKS_OUT)
        if pressed or out or not page.inner_text("h1"):
            found[path] = (pressed, out)
    assert found == {}
    page.goto(f"{live_server.url}/news/2004/02/9/opened.html")
    shown = "getComputedStyle(document.querySelector('.sources a'), '::after').content"
    assert "https://courier.example/1" in page.evaluate(shown)
