"""A real browser at the desk, under the site's own content security policy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from events.vocabulary import Role
from tests.people import PASSWORD, make_user

CHROMIUM = os.environ.get("CHROMIUM", shutil.which("chromium") or "/usr/bin/chromium")
BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(not os.path.exists(CHROMIUM), reason="no Chromium at /usr/bin/chromium"),  # noqa: PTH110
    pytest.mark.django_db(transaction=True),
]
"""The marks of every test that asks for :func:`page`: ``pytestmark = BROWSER``."""


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console complained about: a blocked style or script among others."""
    return []


@pytest.fixture
def page(complaints: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A page in Chromium. Playwright runs an event loop, which Django must not mistake for its own."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.set_default_timeout(20_000)
        opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        yield opened
        browser.close()


def sign_in(page: Any, live_server: LiveServer, role: Role = Role.EDITOR, *, name: str = "erika") -> None:
    """Make somebody with *role* and sign them in; the page is then the desk's index."""
    make_user(role, name=name)
    page.goto(live_server.url + reverse("admin:index"))
    page.fill("#id_username", name)
    page.fill("#id_password", PASSWORD)
    page.click("input[type=submit]")
