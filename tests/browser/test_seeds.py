"""The story that this project was begun for, at the desk: a correction and a ban outlast the next harvest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from events.actions.harvesting.run import run_harvest
from events.harvest.markdown import MarkdownReader
from events.models import Curation, Event
from tests.browser.conftest import BROWSER, sign_in
from tests.factories import make_origin

pytestmark = [*BROWSER, pytest.mark.corpus]
FIRST, SECOND = "seeds/000_6f7f8794cccddf5c.txt", "seeds/001_977c6eb1d4a41b10.txt"
TYPO, MENDED = "a cornerstones of", "a cornerstone of"


def take(page: Path, year: int) -> None:
    moment = dt.datetime(year, 12, 31, tzinfo=dt.UTC)
    run_harvest(MarkdownReader(page, edition="en"), origin=make_origin("context"), moment=moment)


def test_a_correction_and_a_ban_outlast_the_next_harvest(
    page: Any, live_server: LiveServer, corpus: Callable[[str], Path], complaints: list[str]
) -> None:
    take(corpus(FIRST), 2017)
    event = Event.objects.get(date=dt.date(2004, 2, 9))
    desk = live_server.url + reverse("admin:events_event_change", args=[event.pk])
    public = f"{live_server.url}/e/{event.pk}"
    sign_in(page, live_server)

    page.goto(desk)
    text = page.input_value("#id_text")
    assert TYPO in text
    page.fill("#id_text", text.replace(TYPO, MENDED))
    page.click("input[name=_save]")
    page.check("text=Typo")
    page.click("text=Publish the correction")
    page.wait_for_selector("text=Saved as revision")

    page.goto(live_server.url + reverse("admin:events_event_related", args=[event.pk]))
    page.locator("[id^=rank-ban-]").first.click()
    page.wait_for_selector(".said:has-text('Banned.')")
    banned = Curation.objects.get(event=event).target

    take(corpus(SECOND), 2018)

    page.goto(public)
    assert MENDED in page.inner_text("h1")
    assert TYPO not in page.inner_text("main")
    related = page.inner_text(".related")
    assert banned.text.strip()[:60] not in related
    assert len(page.locator(".related li").all()) >= 5

    page.goto(live_server.url + reverse("admin:events_event_history", args=[event.pk]))
    history = page.text_content("#content")  # what robots did is folded
    assert "cornerstone" in history
    assert "erika" in history
    assert "Ministry of Defence" in history

    page.goto(live_server.url + reverse("admin:queue") + "?kind=context_replaced")
    page.locator("tr:has-text('2004-02-09') a.open").first.click()
    asked = page.inner_text("#content")
    assert "Russian Defence Ministry" in asked
    assert "Ministry of Defence" in asked
    assert complaints == []
