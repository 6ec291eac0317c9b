"""No public page has a violation that axe-core can find, light or dark, in either edition."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import BROWSER
from tests.browser.kinds import furnish

pytestmark = BROWSER
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
# The size of targets (WCAG 2.2) is not among the rules that axe runs by itself.
OPTIONS = {"preload": False, "rules": {"target-size": {"enabled": True}}}


def violations(page: Any) -> list[str]:
    """What axe-core finds on the page that is open."""
    return [
        f"{found['id']}: {found['help']} {[node['target'][0] for node in found['nodes']][:3]}"
        for found in axe.Axe().run(page, options=OPTIONS).response["violations"]
    ]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_no_violation(
    page: Any, live_server: LiveServer, scheme: str, width: int, complaints: list[str]
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    found: dict[str, list[str]] = {}
    for path in furnish():
        page.goto(live_server.url + path)
        for violation in violations(page):
            found.setdefault(violation, []).append(path)
    assert "\n".join(f"{violation}: {', '.join(pages)}" for violation, pages in found.items()) == ""
    assert [said for said in complaints if not {"404", "410", "451"} & set(said.split())] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_broken_server_has_none_either(
    page: Any, live_server: LiveServer, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("events.public.about.origins", broken)
    page.emulate_media(color_scheme=scheme)
    assert page.goto(f"{live_server.url}/about/").status == 500
    assert page.inner_text("h1") == "Something went wrong on our side"
    assert violations(page) == []
