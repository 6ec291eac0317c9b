"""The OpenAPI document: valid, golden, and true of real answers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from events.actions.correct import correct_event
from events.actions.recording import Actor, recording
from events.filters import (
    ContextFilter,
    CorrectionFilter,
    EditorialFilter,
    EventFilter,
    PublisherFilter,
    SourceFilter,
)
from events.models import Alias, Broader, Curation, Editorial, Event, Publisher, Source
from events.vocabulary import ChangeKind, Grade, State
from tests.factories import (
    former_address,
    make_context,
    make_editorial,
    make_event,
    make_provenance,
    relate,
)
from tests.people import make_person

Get = Callable[..., Any]
LISTS = {
    "events": EventFilter,
    "contexts": ContextFilter,
    "sources": SourceFilter,
    "publishers": PublisherFilter,
    "editorials": EditorialFilter,
    "corrections": CorrectionFilter,
    "days": EventFilter,
}
GOLDEN = Path(__file__).parent / "golden" / "openapi.json"


@pytest.fixture
def document() -> dict[str, Any]:
    answer: dict[str, Any] = Client().get("/api/openapi.json").json()
    return answer


def test_the_description_is_valid_and_complete() -> None:
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", stdout=io.StringIO()
    )


def test_the_description_is_the_golden_one(document: dict[str, Any]) -> None:
    said = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    assert said == GOLDEN.read_text("utf-8"), (
        "The API's description changed. If it should have, and no client breaks, write the new one: "
        "manage.py shell -v0 -c 'import json; from events.api.schema import openapi; "
        "print(json.dumps(json.loads(openapi()), indent=1, ensure_ascii=False))' "
        "> tests/api/golden/openapi.json"
    )


def test_every_operation_describes_its_problems(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for status in ("400", "406", "500"):
                content = operation["responses"][status]["content"]
                assert list(content) == ["application/problem+json"], path


def test_every_filter_is_described(document: dict[str, Any]) -> None:
    for path, filters in LISTS.items():
        said = document["paths"][f"/api/v1/{path}/"]["get"]["parameters"]
        named = {parameter["name"] for parameter in said}
        other = {"by"} if path == "days" else {"count"}
        assert named == {*filters.base_filters, *other, "ordering", "page_size", "cursor", "fields", "for"}
        assert all(parameter["description"] for parameter in said)


def whole_archive() -> Event:
    """An event that has everything an event can have, and another that has nothing."""
    event = make_event(
        "A cornerstones of security.",
        contexts=["Treaty", "Talks"],
        lead="Treaty",
        summary="In their words.",
        citations=[
            ("Gazette", "https://gazette.example/a", "https://gazette.example/a.jpg"),
            ("Herald", "", ""),
        ],
        category="politics",
        category_said="Politics and so on",
    )
    relate(event, make_event("Another."), shared=["Treaty"], score=0.5)
    Curation.objects.create(
        event=event, target=make_event("Pinned."), decision="pin", by_name="e", note="See."
    )
    make_provenance(event)
    former_address(event, "an-older-slug")
    Alias.objects.create(context=make_context("Treaty"), edition="en", name="The Treaty")
    Broader.objects.create(narrower=make_context("Treaty"), broader=make_context("Talks"))
    with recording(Actor(name="editor")) as trace:
        trace.revise_event(event, ChangeKind.CORRECTED, {}, grade=Grade.TYPO, note="")
        trace.revise_context(make_context("Talks"), ChangeKind.UPDATED, {})
        event.save()
    correct_event(
        actor=make_person(), event_id=event.pk, version=event.version, grade=Grade.UPDATE,
        note="A word more.", values={"text": "The cornerstones of security.", "citations": []},
    )  # fmt: skip
    make_event("Cited.", citations=[("Gazette", "https://gazette.example/a", "")])
    make_editorial("A case for patience")
    return event


@pytest.mark.django_db
def test_real_answers_are_as_described(get: Get, document: dict[str, Any]) -> None:
    event = whole_archive()
    gone = make_event("Gone.", state=State.WITHDRAWN)
    context, source = make_context("Treaty").pk, Source.objects.get().pk
    publisher = Publisher.objects.get(name="Gazette").pk
    piece, late = Editorial.objects.get().pk, make_editorial("Gone again", state=State.WITHDRAWN).pk
    asked = {
        "/api/v1/events/{id}/revisions/": [
            f"events/{event.pk}/revisions/",
            f"events/{event.pk}/revisions/?page_size=1",
            f"events/{event.pk}/revisions/?page_size=51",
            "events/0/revisions/",
        ],
        "/api/v1/publishers/": ["publishers/", "publishers/?host=x", "publishers/?count=only"],
        "/api/v1/publishers/{id}/": [f"publishers/{publisher}/", "publishers/0/"],
        "/api/v1/editorials/": ["editorials/", "editorials/?author=A. Writer", "editorials/?date_to=x"],
        "/api/v1/editorials/{id}/": [f"editorials/{piece}/", f"editorials/{late}/", "editorials/0/"],
        "/api/v1/corrections/": ["corrections/", "corrections/?grade=update", "corrections/?event=x"],
        "/api/v1/days/": ["days/", "days/?by=month&page_size=1", "days/?by=hour"],
        "/api/v1/days/{date}/": ["days/2004-02-09/", "days/2004-02-30/", "days/1999-12-31/?edition=zh"],
        "/api/v1/stats/": ["stats/", "stats/?x=1"],
        "/api/v1/events/": ["events/", "events/?page_size=1", "events/?colour=red", "events/?cursor=x"],
        "/api/v1/events/{id}/": [f"events/{event.pk}/", f"events/{gone.pk}/", "events/0/"],
        "/api/v1/events/{id}/related/": [f"events/{event.pk}/related/", f"events/{gone.pk}/related/"],
        "/api/v1/contexts/": ["contexts/", "contexts/?page_size=1", "contexts/?page_size=0"],
        "/api/v1/contexts/{id}/": [f"contexts/{context}/", "contexts/0/"],
        "/api/v1/sources/": ["sources/", "sources/?publisher=Nobody"],
        "/api/v1/sources/{id}/": [f"sources/{source}/", "sources/0/"],
        "/api/v1/search/": [
            "search/?q=cornerstone&facets=true",
            "search/?q=another&ordering=-date",
            "search/?q=x&page_size=0",
        ],
        "/api/v1/suggest/": ["suggest/?q=Trea", "suggest/?edition=xx"],
        "/api/v1/changes/": [
            "changes/",
            "changes/?page_size=1",
            "changes/?include=object",
            "changes/?after=x",
        ],
    }
    assert set(asked) == {
        path
        for path, methods in document["paths"].items()
        if "get" in methods and {"token": []} not in methods["get"].get("security", [])
    }
    for path, requests in asked.items():
        responses = document["paths"][path]["get"]["responses"]
        for request in requests:
            answer = get(request)
            content = responses[str(answer.status_code)]["content"][answer.headers["Content-Type"]]
            schema = closed({**content["schema"], "components": document["components"]})
            Draft202012Validator(schema, format_checker=FormatChecker()).validate(answer.json())
    assert get(f"events/{event.pk}/").json()["corrections"], "the example lacks what it should show"


def closed(schema: Any) -> Any:
    """*schema* with keys that are not described forbidden, so that none can go undescribed."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items()}
    if found.get("type") == "object" and "properties" in found:
        found["additionalProperties"] = False
    return found
