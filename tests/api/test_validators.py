"""ETag, 304 and 412; HEAD and OPTIONS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from events.actions.documents import write_documents
from events.models import Curation, Event
from tests.factories import make_context, make_event, relate

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]


@pytest.fixture
def paths() -> list[str]:
    event = make_event("One.", contexts=["Alpha"], citations=[("G", "https://g.example/1", "")])
    relate(event, make_event("Two."), shared=["Alpha"])
    source = event.citations.get().source_id
    context = make_context("Alpha").pk
    return [
        "events/", f"events/{event.pk}/", f"events/{event.pk}/related/", "contexts/", f"contexts/{context}/",
        "sources/", f"sources/{source}/", "changes/", "/api/openapi.json", "/api/problems/",
    ]  # fmt: skip


def test_what_the_caller_has_is_not_sent_again(get: Get, paths: list[str]) -> None:
    for path in paths:
        etag = get(path).headers["ETag"]
        assert not etag.startswith("W/"), path
        again = get(path, if_none_match=etag)
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["ETag"] == etag
        assert again.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert get(path, if_none_match='"other"').status_code == 200, path


def test_a_stale_precondition_is_a_problem(get: Get, paths: list[str]) -> None:
    for path in paths:
        answer = get(path, if_match='"other"')
        assert answer.status_code == 412, path
        assert answer.json()["type"] == "/api/problems/precondition-failed"


def test_the_tag_moves_with_everything_that_shows() -> None:
    client = Client()
    event, target = make_event("One.", contexts=["Alpha"]), make_event("Two.")
    path, seen = f"/api/v1/events/{event.pk}/", []

    def look() -> None:
        seen.append(client.get(path).headers["ETag"])

    look()
    relate(event, target, shared=["Alpha"])
    look()
    Event.objects.filter(pk=target.pk).update(text="Two, reworded.")
    look()
    Curation.objects.create(event=event, target=target, decision="pin", by_name="editor", note="See.")
    look()
    Event.objects.filter(pk=event.pk).update(text="One, reworded.")
    write_documents([event.pk])
    look()
    Event.objects.filter(pk=target.pk).update(state="withdrawn")
    look()
    assert len(set(seen)) == 6


def test_the_tag_of_a_list_moves_with_its_rows_and_its_neighbours(get: Get) -> None:
    event = make_event("One.")
    seen = [get("events/?page_size=1").headers["ETag"]]
    Event.objects.filter(pk=event.pk).update(text="One, reworded.")
    write_documents([event.pk])
    seen.append(get("events/?page_size=1").headers["ETag"])
    make_event("Before.", date="1999-01-01")
    seen.append(get("events/?page_size=1").headers["ETag"])
    assert len(set(seen)) == 3


def test_head_is_get_without_a_body(get: Get, paths: list[str]) -> None:
    client = Client()
    for path in paths:
        answer = client.head(path if path.startswith("/") else f"/api/v1/{path}")
        assert (answer.status_code, answer.content) == (200, b""), path
        assert answer.headers["ETag"] == get(path).headers["ETag"]


def test_options_say_what_is_allowed(paths: list[str]) -> None:
    client = Client()
    for path in paths:
        answer = client.options(path if path.startswith("/") else f"/api/v1/{path}")
        assert (answer.status_code, answer.content) == (204, b""), path
        allowed = set(answer.headers["Allow"].split(", "))
        assert allowed - {"POST", "PATCH"} == {"GET", "HEAD", "OPTIONS"}
    for path in ("events.json", "contexts.xml"):
        assert client.options(f"/api/v1/{path}").headers["Allow"] == "GET, HEAD, OPTIONS", path


def test_scripts_of_other_sites_may_ask_first() -> None:
    answer = Client().options(
        "/api/v1/events/",
        headers={"origin": "https://reader.example", "access-control-request-method": "GET"},
    )
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
