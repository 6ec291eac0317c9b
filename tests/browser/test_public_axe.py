"""No public page has a violation that axe-core can find, light or dark, in either edition."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from events.models import Event
from events.vocabulary import Category, State
from tests.browser.conftest import BROWSER
from tests.factories import make_context, make_editorial, make_event, make_origin, make_provenance, relate

pytestmark = BROWSER
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")


def furnish() -> None:
    """Something to see on every kind of page."""
    make_context("Bridges", profile="# What it is\n\nA *profile* with a [link](https://bridges.example/).")
    event = make_event(
        "A bridge was opened.", slug="opened", lead="Bridges", contexts=["Rivers"],
        summary="The bridge is open, its builders say.", category=Category.OTHER,
        citations=[("The Courier", "https://courier.example/1", "https://courier.example/1.jpg")],
    )  # fmt: skip
    make_provenance(event, origin=make_origin("wire"))
    for year in (2001, 2003):
        relate(
            event,
            make_event("A bridge was closed.", date=f"{year}-02-09", lead="Bridges"),
            shared=["Bridges"],
        )
    make_event("A match was won.", category=Category.SPORT, slug="match")
    make_event("Withdrawn.", slug="withdrawn", state=State.WITHDRAWN)
    make_event("一座桥开通。", slug="桥", edition="zh", contexts=["桥梁"])
    make_editorial("A case for bridges")


def paths() -> list[str]:
    """Every kind of page that readers see."""
    days = ("/", "/news/", "/news/2004/", "/news/2004/02/", "/news/2004/02/9/", "/on-this-day/02/9/")
    lists = ("/contexts/", "/opinion/", "/corrections/", "/search/", "/sources/")
    event = Event.objects.get(text="A bridge was opened.")
    return [
        *days, *lists, *(f"/zh{path}" for path in (*days[:5], *lists)),
        "/news/2004/02/9/opened.html", "/news/2004/02/9/withdrawn.html", "/nowhere/",
        "/contexts/bridges/", "/contexts/bridges/?before=2004-02-09.1", "/contexts/?q=bri",
        "/search/?q=bridge", "/search/?q=bridge&context=bridges", "/search/?q=brigde",
        "/opinion/2004/02/9/a-case-for-bridges/", f"/report/{event.pk}/",
    ]  # fmt: skip


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_no_violation(
    page: Any, live_server: LiveServer, scheme: str, width: int, complaints: list[str]
) -> None:
    furnish()
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    found: dict[str, list[str]] = {}
    for path in paths():
        page.goto(live_server.url + path)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.setdefault("wider than the window", []).append(path)
        for violation in axe.Axe().run(page, options={"preload": False}).response["violations"]:
            places = [node["target"][0] for node in violation["nodes"]][:3]
            found.setdefault(f"{violation['id']}: {violation['help']} {places}", []).append(path)
    assert "\n".join(f"{violation}: {', '.join(pages)}" for violation, pages in found.items()) == ""
    assert [said for said in complaints if "404" not in said and "410" not in said] == []
