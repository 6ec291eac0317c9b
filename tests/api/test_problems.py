"""Every error under ``/api/`` is RFC 9457 problem details."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from events import changes
from events.api import problems

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]


def problem(answer: Any, status: int, slug: str) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["type"]) == (status, f"/api/problems/{slug}")
    assert body["title"]
    assert body["detail"]
    return body


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v2/events/",
        "/api/v1/events/abc/",
        "/api/v1/events/-1/",
        "/api/problems/nothing",
    ],
)
def test_an_unknown_address_is_not_found(get: Get, path: str) -> None:
    problem(get(path), 404, "not-found")


def test_an_unknown_address_is_not_found_by_any_method() -> None:
    client = Client(enforce_csrf_checks=True)
    for method in ("get", "post", "put", "patch", "delete", "options"):
        problem(getattr(client, method)("/api/nothing/"), 404, "not-found")


def test_a_forgotten_slash_is_pointed_out(get: Get) -> None:
    assert "slash" in problem(get("events"), 404, "not-found")["detail"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_other_methods_are_not_allowed(method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    for path in ("/api/v1/events/", "/api/v1/events/1/", "/api/openapi.json"):
        answer = getattr(client, method)(path)
        problem(answer, 405, "method-not-allowed")
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_other_formats_are_not_acceptable(get: Get) -> None:
    for accept in ("text/turtle", "image/*;q=0.5, text/html", "application/json;q=0"):
        said = problem(get("events/", accept=accept), 406, "not-acceptable")
        assert said["allowed"] == ["application/json", "application/xml", "text/csv", "application/x-ndjson"]
    for accept in ("", "*/*", "application/*", "application/json; charset=utf-8", "application/problem+json"):
        assert get("events/", accept=accept).status_code == 200, accept


def test_the_format_is_no_parameter(get: Get) -> None:
    problem(get("events/?format=json"), 400, "unknown-parameter")


def test_our_error_says_so_and_nothing_else(get: Get, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def break_down(*_args: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(changes, "changes_after", break_down)
    answer = get("changes/")
    problem(answer, 500, "internal-error")
    assert b"secret" not in answer.content
    assert answer.headers["Cache-Control"] == "no-store"
    assert any(
        record.exc_info and "secret of the house" in str(record.exc_info[1]) for record in caplog.records
    )


def test_too_many_parameters_are_a_bad_request(get: Get) -> None:
    problem(get("events/?" + "&".join(f"a{number}=1" for number in range(1500))), 400, "bad-request")


def test_every_type_leads_to_its_explanation(get: Get) -> None:
    listed = get("/api/problems/").json()["results"]
    assert {row["type"] for row in listed} == {kind.type for kind in problems.KINDS.values()}
    for row in listed:
        answer = get(row["type"], accept="text/html")
        assert answer.json() == row


def test_errors_point_into_bodies_too() -> None:
    fault = problems.Fault("Must not be empty.", pointer="/text")
    answer = problems.Problem(problems.BAD_REQUEST, errors=[fault]).response()
    assert b'"errors": [{"pointer": "/text", "detail": "Must not be empty."}]' in answer.content
