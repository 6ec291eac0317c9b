"""An editor's journey in a real browser, under the site's own content security policy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from events.models import Event
from events.vocabulary import Role
from tests.factories import make_context, make_event
from tests.people import PASSWORD, make_user

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = os.environ.get("CHROMIUM", shutil.which("chromium") or "/usr/bin/chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not os.path.exists(CHROMIUM), reason="no Chromium at /usr/bin/chromium"),  # noqa: PTH110
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console complained about: a blocked style or script among others."""
    return []


@pytest.fixture
def page(complaints: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[sync_api.Page]:
    """A page in Chromium. Playwright runs an event loop, which Django must not mistake for its own."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.set_default_timeout(20_000)
        opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        yield opened
        browser.close()


def sign_in(page: sync_api.Page, live_server: LiveServer) -> None:
    make_user(Role.EDITOR, name="erika")
    page.goto(live_server.url + reverse("admin:index"))
    page.fill("#id_username", "erika")
    page.fill("#id_password", PASSWORD)
    page.click("input[type=submit]")


def test_an_editor_corrects_the_typo_and_readers_see_it(
    page: sync_api.Page, live_server: LiveServer, complaints: list[str]
) -> None:
    event = make_event(
        "The treaty was one of a cornerstones of security.", lead="Arms control", slug="treaty"
    )
    sign_in(page, live_server)
    page.click("text=Events >> visible=true")
    page.click(".field-beginning a")
    text = page.input_value("#id_text")
    page.fill("#id_text", text.replace("one of a cornerstones", "one of the cornerstones"))
    page.select_option("#id_grade", "typo")
    page.click("input[name=_continue]")
    diff = page.locator(".revisions .diff")
    assert "the" in diff.locator("ins").inner_text()
    assert "a" in diff.locator("del").inner_text()
    page.click("text=On the site")
    assert "one of the cornerstones of security" in page.inner_text("main")
    assert Event.objects.get(pk=event.pk).version == 2
    assert complaints == []


def test_autocompletion_works_under_the_policy(
    page: sync_api.Page, live_server: LiveServer, complaints: list[str]
) -> None:
    event, target = make_event("First event."), make_event("Second event, about bridges.")
    make_context("Bridges")
    sign_in(page, live_server)
    page.goto(live_server.url + reverse("admin:events_event_change", args=[event.pk]))
    page.click(".field-contexts .select2-selection")
    page.keyboard.type("Brid")
    page.click(".select2-results__option:has-text('Bridges')")
    page.click("input[name=_continue]")
    assert [row.context.name for row in event.taggings.active()] == ["Bridges"]
    page.click(".curate .select2-selection")
    page.keyboard.type("bridges")
    page.click(".select2-results__option:has-text('Second event')")
    page.click(".curate button[value=pin]")
    page.wait_for_selector("text=Pinned")
    assert [row.target_id for row in event.curations.all()] == [target.pk]
    assert complaints == []
