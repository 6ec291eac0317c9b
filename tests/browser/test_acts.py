"""Pages that ask before something grave, and the writing of editorials, in a browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from events.actions.merge import merge_events
from events.actions.publishing import merge_publishers
from events.models import Editorial, Event, Publisher, PublisherHost
from events.vocabulary import Role
from tests.browser.conftest import BROWSER, sign_in
from tests.factories import former_address, make_editorial, make_event, make_provenance, relate
from tests.people import make_person

pytestmark = BROWSER
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")


def furnish() -> dict[str, str]:
    """Every page that asks, by its name."""
    chief = make_person(Role.CHIEF, name="chief")
    event = make_event(
        "Two mayors open a bridge over the river, they say.", slug="bridge", lead="Bridges",
        contexts=["Rivers", "Mayors"], summary="A ribbon was cut.",
        citations=[("The Courier", "https://courier.example/1", ""), ("The Herald", "", "")],
    )  # fmt: skip
    former_address(event, "an-older-address-of-the-bridge")
    make_provenance(event)
    other = make_event("A bridge is opened by two mayors.", slug="other-bridge", lead="Bridges")
    relate(other, event, shared=["Bridges"])
    merged, gone = make_event("A third bridge.", slug="third"), make_event("Gone.", slug="gone")
    merge_events(actor=chief, event_id=merged.pk, into_id=other.pk)
    Event.objects.filter(pk=gone.pk).update(state="withdrawn")
    make_event("A paper.", citations=[("The Gazette", "https://gazette.example/", "")])
    courier, herald, gazette = (
        Publisher.objects.get(name=f"The {name}") for name in ("Courier", "Herald", "Gazette")
    )
    host = PublisherHost.objects.create(publisher=courier, host="courier.example")
    merge_publishers(
        actor=chief, publisher_id=gazette.pk, into_id=courier.pk, seen="The Gazette", into_seen="The Courier"
    )
    piece = make_editorial(
        "On bridges", body="See [the bridge](/news/2004/02/9/bridge.html).\n\n## Rivers\n\n*More*."
    )
    acts = {"merge": event, "withdraw": event, "legal": event, "unmerge": merged, "restore": gone}
    pages = {name: reverse("admin:events_event_act", args=[row.pk, name]) for name, row in acts.items()}
    pages["both"] = f"{pages['merge']}?target={other.pk}"
    pages["write"] = reverse("admin:events_editorial_add")
    pages["edit"] = reverse("admin:events_editorial_change", args=[piece.pk])
    for name in ("publish", "withdraw"):
        pages[f"piece-{name}"] = reverse("admin:events_editorial_act", args=[piece.pk, name])
    for name, row in (("change", courier), ("merge", courier), ("unmerge", gazette), ("host", host)):
        pages[f"publisher-{name}"] = reverse(f"admin:events_publisher_{name}", args=[row.pk])
    pages["publisher-both"] = f"{pages['publisher-merge']}?into={herald.pk}"
    return pages


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(
    page: Any, live_server: LiveServer, scheme: str, complaints: list[str]
) -> None:
    paths = furnish()
    page.emulate_media(color_scheme=scheme)
    sign_in(page, live_server, Role.CHIEF)
    found: dict[str, list[str]] = {}
    for name, path in paths.items():
        assert page.goto(live_server.url + path).status == 200, name
        for violation in axe.Axe().run(page, options={"preload": False}).response["violations"]:
            places = [node["target"][0] for node in violation["nodes"]][:3]
            found.setdefault(f"{violation['id']}: {violation['help']} {places}", []).append(name)
        page.set_viewport_size({"width": 360, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, f"{name} is {wide} px wide"
        page.set_viewport_size({"width": 1280, "height": 800})
    assert "\n".join(f"{violation}: {', '.join(names)}" for violation, names in found.items()) == ""
    assert complaints == []


def test_the_preview_follows_who_writes(page: Any, live_server: LiveServer, complaints: list[str]) -> None:
    make_event("Any.")
    sign_in(page, live_server)
    page.goto(live_server.url + reverse("admin:events_editorial_add"))
    page.fill("#id_title", "On bridges")
    page.locator("#id_body").press_sequentially("A **strong** bridge.")
    expect(page.locator("#prose-preview strong")).to_have_text("strong")
    assert not Editorial.objects.exists()
    page.fill("#id_body", "A *weak* bridge.")
    page.click("button[name=_preview]")
    expect(page.locator("#prose-preview em")).to_have_text("weak")
    expect(page.locator("#id_title")).to_have_value("On bridges")
    page.click("input[name=_save]")
    expect(page.locator(".messagelist")).to_contain_text("On bridges")
    assert Editorial.objects.get().body == "A *weak* bridge."
    assert complaints == []
