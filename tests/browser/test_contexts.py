"""Two contexts that are one are merged in a real browser, seen by readers, and taken apart again."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from events.actions.contexts.suggestions import propose_duplicates, propose_named
from events.models import Context, Tagging
from events.vocabulary import Role
from tests.browser.conftest import BROWSER, sign_in
from tests.factories import make_context, make_event

pytestmark = BROWSER


def test_contexts_are_merged_with_a_look_and_taken_apart(
    page: Any, live_server: LiveServer, complaints: list[str]
) -> None:
    make_event("Envoys of Moscow speak.", contexts=["Russian Defence Ministry"], slug="moscow")
    make_event("Both ministries speak.", contexts=["Russian Defence Ministry", "Ministry of Defence"])
    old = Context.objects.get(name__startswith="Russian")
    sign_in(page, live_server, Role.CHIEF)
    page.goto(live_server.url + reverse("admin:events_context_change", args=[old.pk]))
    page.click("text=Merge into another")
    page.fill("#id_q", "ministry of")
    page.click(".find button")
    page.click(".found a:has-text('Ministry of Defence')")
    assert "2 events will carry “Ministry of Defence”" in page.inner_text(".effects")
    page.click("text=Swap: let “Russian Defence Ministry” stay")
    assert "1 event will carry “Russian Defence Ministry”" in page.inner_text(".effects")
    page.click("text=Swap: let “Ministry of Defence” stay")
    page.fill("#id_note", "One and the same.")
    page.click("input[value=Merge]")
    page.wait_for_selector("text=now leads to “Ministry of Defence”")
    page.goto(live_server.url + old.path)
    assert page.inner_text("h1") == "Ministry of Defence"
    assert "Envoys of Moscow speak." in page.inner_text("main")
    page.goto(live_server.url + reverse("admin:events_context_change", args=[old.pk]))
    page.click("text=Take the merge back…")
    page.click("input[value='Take the merge back']")
    page.wait_for_selector("text=stands for itself again")
    page.goto(live_server.url + old.path)
    assert page.inner_text("h1") == "Russian Defence Ministry"
    assert Tagging.objects.filter(context=old).count() == 2
    assert complaints == []


def test_suggestions_are_answered_in_place_and_a_profile_is_previewed_while_it_is_written(
    page: Any, live_server: LiveServer, complaints: list[str]
) -> None:
    make_event("War in Sinai.", contexts=["Sinai insurgency"])
    make_context("Sinai Insurgency", slug="second")
    propose_duplicates(edition="en")
    sign_in(page, live_server, Role.CHIEF)
    page.goto(live_server.url + reverse("admin:context_suggestions"))
    page.click("text=Merge into “Sinai insurgency”")
    page.wait_for_selector(".answered:has-text('leads to the other')")
    assert Context.objects.standing().count() == 1
    page.goto(
        live_server.url + reverse("admin:events_context_change", args=[Context.objects.standing().get().pk])
    )
    page.locator("#id_profile").press_sequentially("An *insurgency*.")
    page.wait_for_selector("#profile-preview em:has-text('insurgency')")
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(page: Any, live_server: LiveServer, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
    make_event("Envoys leave Fleet Harbour.", contexts=["NATO", "Russia"], lead="NATO", slug="one")
    make_event("Ships.", contexts=["NATO"], date="2010-02-09")
    nato, russia = Context.objects.get(name="NATO"), Context.objects.get(name="Russia")
    gone = make_context("Nato", merged_into=nato, slug="gone")
    make_context("Fleet Harbour")
    make_context("N.A.T.O.", slug="dotted")
    propose_duplicates(edition="en")
    propose_named(edition="en")
    page.emulate_media(color_scheme=scheme)
    sign_in(page, live_server, Role.CHIEF)

    def url(name: str, context: Context) -> str:
        return reverse(f"admin:events_context_{name}", args=[context.pk])

    suggestions = reverse("admin:context_suggestions")
    found = []
    for path in (
        url("change", nato), url("change", gone), f"{url('merge', nato)}?other={russia.pk}&q=russia",
        url("unmerge", gone), url("split", nato), suggestions, f"{suggestions}?kind=named",
    ):  # fmt: skip
        page.goto(live_server.url + path)
        violations = axe.Axe().run(page, options={"preload": False}).response["violations"]
        found += [(path, one["id"], [node["html"][:120] for node in one["nodes"]]) for one in violations]
    assert found == []
