"""The examples in the OpenAPI document are what the archive of ``nouns.fill`` really answers.

After a change that they should show: ``WRITE_EXAMPLES=1 pytest tests/api/test_examples.py`` writes them anew.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from events.api.describe import EXAMPLES
from events.api.stats import kept
from events.models import Context, Editorial, Event, Publisher, Source
from tests.api.nouns import fill
from tests.api.test_openapi import closed

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
NOON = "2026-11-30T12:00:00.000000Z"


def asked() -> dict[str, str]:
    """What each example is the answer to, by operation."""
    event = Event.objects.get(text="A treaty is signed.").pk
    context = Context.objects.get(name="Treaty").pk
    return {
        "events_list": "events/?page_size=1&ordering=date",
        "events_read": f"events/{event}/",
        "events_related": f"events/{event}/related/",
        "events_revisions": f"events/{event}/revisions/?page_size=1",
        "contexts_list": "contexts/?slug=treaty",
        "contexts_read": f"contexts/{context}/",
        "sources_list": "sources/",
        "sources_read": f"sources/{Source.objects.get().pk}/",
        "publishers_list": "publishers/",
        "publishers_read": f"publishers/{Publisher.objects.get().pk}/",
        "editorials_list": "editorials/",
        "editorials_read": f"editorials/{Editorial.objects.get().pk}/",
        "corrections_list": "corrections/",
        "days_list": "days/?by=month",
        "days_read": "days/2004-02-09/",
        "search": "search/?q=treaty&facets=true&page_size=1",
        "suggest": "suggest/?q=trea",
        "changes_list": "changes/",
        "stats": "stats/",
    }


def plain(value: Any) -> Any:
    """*value* without what differs from one archive to the next: ids, times, cursors."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return 0
    if isinstance(value, str):
        value = re.sub(r"https?://[^/]*(/api/.*?)(cursor=.*)?$", r"\1", TIME.sub(NOON, value))
        return re.sub(r"^(/sources/)?[0-9]+(/?)$", r"\g<1>0\2", value)
    return value


def test_examples_are_real_answers(get: Get) -> None:
    fill()
    kept.forget()
    for operation, path in asked().items():
        answer = get(path)
        assert answer.status_code == 200, answer.content
        file = EXAMPLES / f"{operation}.json"
        if os.environ.get("WRITE_EXAMPLES"):
            said = TIME.sub(NOON, json.dumps(answer.json(), indent=1, ensure_ascii=False))
            file.write_text(said.replace("http://testserver", "https://news.example") + "\n", "utf-8")
        assert plain(json.loads(file.read_text("utf-8"))) == plain(answer.json()), operation


def test_every_example_is_as_its_operation_describes() -> None:
    document = Client().get("/api/openapi.json").json()
    there, shown = {file.stem for file in EXAMPLES.glob("*.json")}, 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for status, response in operation["responses"].items():
                for kind, content in response.get("content", {}).items():
                    if kind not in ("application/json", "application/problem+json"):
                        continue
                    schema = closed({**content["schema"], "components": document["components"]})
                    validator = Draft202012Validator(schema, format_checker=FormatChecker())
                    for example in content.get("examples", {}).values():
                        validator.validate(example["value"])
                        shown += 1
                    if operation["operationId"] in there and status != "304":
                        assert content.get("examples"), f"{method} {path} {status} has no example"
    assert shown > 100
