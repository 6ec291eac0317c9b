"""Every error under ``/api/`` is RFC 9457 problem details."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from events import catalogue, changes, publishers
from events.api import problems
from events.models import Context
from tests.factories import cite, make_event

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
        "/api/v2/events/",
        "/api/v1/events/abc/",
        "/api/v1/events/-1/",
        "/api/problems/nothing",
    ],
)
def test_an_unknown_address_is_not_found(get: Get, path: str) -> None:
    problem(get(path), 404, "not-found")


@pytest.mark.parametrize("address", ["contexts/{}/", "contexts/{}.ttl", "sources/{}/", "publishers/{}.xml"])
def test_what_goes_while_it_is_looked_for_is_not_found(
    get: Get, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make_event(contexts=["Ferries"])
    source = cite(event, position=1, label="Gazette", url="https://gazette.example/a").source
    assert source is not None
    ids = {"contexts": Context.objects.get().pk, "sources": source.pk, "publishers": source.publisher_id}
    where = address.format(ids[address.partition("/")[0]])
    assert get(where).status_code == 200
    monkeypatch.setattr(catalogue, "context_heads", lambda _ids: [])
    monkeypatch.setattr(catalogue, "source_heads", lambda _ids: [])
    monkeypatch.setattr(publishers, "publisher_heads", lambda _ids: [])
    problem(get(where), 404, "not-found")


def test_an_unknown_address_is_not_found_by_any_method() -> None:
    client = Client(enforce_csrf_checks=True)
    for method in ("get", "post", "put", "patch", "delete", "options"):
        problem(getattr(client, method)("/api/nothing/"), 404, "not-found")


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/api/v1/events", "/api/v1/events/"),
        ("/api/v1/events?date_from=2004-02-09&q=%20", "/api/v1/events/?date_from=2004-02-09&q=%20"),
        ("/api/v1/events/1", "/api/v1/events/1/"),
        ("/api//v1//events/1/related", "/api/v1/events/1/related/"),
        ("/api/v1//events.csv", "/api/v1/events.csv"),
        ("/api/v1/events.csv/", "/api/v1/events.csv"),
        ("/api/openapi.json/", "/api/openapi.json"),
        ("/api/problems", "/api/problems/"),
    ],
)
def test_an_address_with_other_slashes_leads_on(get: Get, path: str, meant: str) -> None:
    answer = get(path)
    assert (answer.status_code, answer.headers["Location"]) == (301, meant)
    where = meant.partition("?")[0]
    assert where in problem(Client().post(path), 404, "not-found")["detail"]


@pytest.mark.parametrize(
    "path", ["/api/v1//evil.example/", "/api///evil.example", "/api/v1/nothing", "/api/v1"]
)
def test_it_leads_nowhere_else(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 404 or answer.headers["Location"] == "/api/v1/"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/events/\x00/", "/api/v1/%ff%fe/", "/api/v1/events/1/%2e%2e/", "/api/v1/" + "a" * 5000,
        "/api/v1/events/%F0%9F%92%A3/", "/api/v1/events/1\r\nX: y/",
    ],
)  # fmt: skip
def test_addresses_that_nobody_means_are_not_found(get: Get, path: str) -> None:
    problem(get(path), 404, "not-found")


@pytest.mark.parametrize(
    "query", ["ids=%00", "date_from=%ff", "publisher=%00", "%00=1", "fields=%F0%9F", "cursor=%FF"]
)
def test_signs_that_no_value_has_are_refused(get: Get, query: str) -> None:
    answer = get(f"events/?{query}")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_strange_host_is_told_so(get: Get, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["archive.example"]
    for path in ("events/", "events.csv", "/api/v1/", "/api/problems/not-found"):
        assert "Host" in problem(get(path, host="evil.example"), 400, "bad-request")["detail"], path


def test_what_django_rejects_before_any_view_is_a_problem_too(get: Get, settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["archive.example"], True
    answer = get("events/", host="evil.example")
    assert "Host" in problem(answer, 400, "bad-request")["detail"]
    page = get("/", host="evil.example")
    assert (page.status_code, page.headers["Content-Type"].partition(";")[0]) == (400, "text/html")


def test_a_middleware_that_breaks_is_our_problem(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_args: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("corsheaders.middleware.CorsMiddleware.is_enabled", break_down)
    client = Client(raise_request_exception=False)
    answer = client.get("/api/v1/events/", headers={"origin": "https://x.example"})
    assert b"secret" not in problem(answer, 500, "internal-error")["detail"].encode()


def test_a_database_that_does_not_answer_asks_for_patience(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_args: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(changes, "changes_after", break_down)
    answer = get("changes/")
    problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "10"
    assert b"server closed" not in answer.content


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_other_methods_are_not_allowed(method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    for path in ("/api/v1/sources/", "/api/v1/sources/1/", "/api/openapi.json"):
        answer = getattr(client, method)(path)
        problem(answer, 405, "method-not-allowed")
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_other_formats_are_not_acceptable(get: Get) -> None:
    for accept in ("text/turtle", "image/*;q=0.5, text/html", "application/json;q=0"):
        said = problem(get("events/", accept=accept), 406, "not-acceptable")
        assert said["allowed"] == [
            "application/json", "application/xml", "text/csv", "application/x-ndjson",
            "application/ninjs+json",
        ]  # fmt: skip
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
        assert get(row["type"]).json() == row
        page = get(row["type"], accept="text/html,application/xhtml+xml,*/*;q=0.8")
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert row["title"] in html.unescape(page.content.decode())
        assert get(f"{row['type']}.html").content == page.content
        assert get(f"{row['type']}.json").json() == row
    listing = get("/api/problems/", accept="text/html")
    assert all(f'href="{row["type"]}"' in listing.content.decode() for row in listed)


def test_errors_point_into_bodies_too() -> None:
    fault = problems.Fault("Must not be empty.", pointer="/text")
    answer = problems.Problem(problems.BAD_REQUEST, errors=[fault]).response()
    assert b'"errors": [{"pointer": "/text", "detail": "Must not be empty."}]' in answer.content
