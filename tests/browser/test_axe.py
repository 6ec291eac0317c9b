"""No page of the desk has a violation that axe-core can find, light or dark."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from events.actions.bulk.replace import Wanted, start_replacing
from events.actions.bulk.running import run_bulk_change
from events.actions.webhooks.keep import create_webhook
from events.models import BulkChange, Context, Curation, Event, Harvest, ReviewItem, Webhook
from events.text.replacing import Finding
from events.vocabulary import Decision, Grade, ReviewKind, Role
from tests.browser.conftest import BROWSER, sign_in
from tests.factories import make_context, make_editorial, make_event, make_origin, make_provenance, relate
from tests.people import make_person, make_robot

pytestmark = BROWSER
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")

MODELS = ("event", "context", "source", "publisher", "harvest", "origin", "editorial")


def furnish() -> None:
    """At least one row for every page."""
    event = make_event(
        "A bridge was opened.", lead="Bridges", contexts=["Rivers"],
        citations=[("The Courier", "https://courier.example/1", "")],
    )  # fmt: skip
    other = make_event("A bridge was closed.", lead="Bridges")
    relate(event, other)
    third = make_event("A bridge was painted.", lead="Bridges")
    for target, decision in ((other, Decision.PIN), (third, Decision.BAN)):
        Curation.objects.create(event=event, target=target, decision=decision, note="Why.", by_name="erika")
    make_provenance(event, origin=make_origin("wire"))
    make_context("Spans", merged_into=Context.objects.get(name="Bridges"))
    make_editorial("A case for bridges")
    make_robot()
    replaced = start_replacing(
        actor=make_person(Role.CHIEF, name="boss"), wanted=Wanted(Finding("bridge", "span")), seen=3,
        without=(), grade=Grade.TYPO, note="",
    )  # fmt: skip
    run_bulk_change(replaced.pk)
    root = make_person(Role.ADMINISTRATOR, name="root")
    webhook, _ = create_webhook(actor=root, url="https://hooks.example/")
    tried = {"at": "2026-11-30T12:00:00+00:00", "status": 503, "seconds": 0.2, "said": ""}
    webhook.deliveries.create(attempts=1, tries=[tried], answer="Busy.")
    sides = {"base": "A bridge.", "ours": "A long bridge.", "upstream": "A short bridge."}
    for kind in (ReviewKind.CONFLICT, ReviewKind.DUPLICATE, ReviewKind.HELD):
        ReviewItem.objects.create(kind=kind, key=kind, event=event, other=other, field="text", data=sides)


def paths() -> list[str]:
    """Every page of the desk: its own, and each model's list and form."""
    event, context, harvest, bulk, webhook = (
        model.objects.earliest("pk").pk for model in (Event, Context, Harvest, BulkChange, Webhook)
    )
    sent_only = {"tokens_revoke"}
    own = [page.name for page in admin.site.pages if "<" not in page.route and page.name not in sent_only]  # type: ignore[attr-defined]
    names = ["index", "events_event_add", *own, *(f"events_{name}_changelist" for name in MODELS)]
    with_id = {
        "events_event_change": event, "events_event_history": event, "events_context_change": context,
        "events_context_history": context, "events_harvest_change": harvest,
        **{f"webhook{act}": webhook for act in ("", "_edit", "_rotate", "_replay", "_delete")},
        "events_event_related": event, "harvest_undo": harvest, "bulk_change": bulk, "bulk_undo": bulk,
    }  # fmt: skip
    return [
        *(reverse(f"admin:{name}") for name in names),
        *(reverse(f"admin:{name}", args=[pk]) for name, pk in with_id.items()),
        reverse("admin:events_event_related_generic", args=[event, context]),
        reverse("admin:replace") + "?find=span&put=bridge&kind=words&within=text",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(page: Any, live_server: LiveServer, scheme: str) -> None:
    furnish()
    page.emulate_media(color_scheme=scheme)
    sign_in(page, live_server, Role.ADMINISTRATOR)
    found: dict[str, list[str]] = {}
    for path in paths():
        page.goto(live_server.url + path)
        for violation in axe.Axe().run(page, options={"preload": False}).response["violations"]:
            places = [node["target"][0] for node in violation["nodes"]][:3]
            found.setdefault(f"{violation['id']}: {violation['help']} {places}", []).append(path)
    assert "\n".join(f"{violation}: {', '.join(pages)}" for violation, pages in found.items()) == ""
