"""An editor's journey in a real browser, under the site's own content security policy."""

from __future__ import annotations

from typing import Any

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
    page: Any, live_server: LiveServer, complaints: list[str]
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
