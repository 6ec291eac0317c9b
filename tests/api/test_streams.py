"""Whole lists as streams: complete, in constant memory, never in everybody's way, never broken unnoticed."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.api import listing
from events.models import Document, Event
from tests.api.nouns import content, free_places, hang_up
from tests.api.test_paging import plain_events
from tests.factories import make_event

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]


def lines(answer: Any) -> list[Any]:
    return [json.loads(line) for line in content(answer).decode().splitlines()]


@pytest.mark.parametrize("ordering", ["-date", "date", "-updated", "updated"])
def test_a_stream_is_the_whole_list_in_its_order(
    get: Get, monkeypatch: pytest.MonkeyPatch, ordering: str
) -> None:
    monkeypatch.setattr(listing, "ROWS_AT_ONCE", 3)
    plain_events([1, 2, 2, 3, 3, 3, 4, 5, 5, 1])
    pages = get(f"events/?ordering={ordering}&page_size=500").json()["results"]
    assert len(pages) == 10
    assert lines(get(f"events.ndjson?ordering={ordering}")) == pages


def test_a_stream_of_nothing_is_empty_and_has_its_head(get: Get) -> None:
    assert lines(get("events.ndjson")) == []
    answer = get("events.csv?fields=id,text")
    assert content(answer) == b"id,text\r\n"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="events.csv"'


def test_rows_that_come_while_streaming_repeat_nothing(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "ROWS_AT_ONCE", 2)
    plain_events([1, 2, 3, 4, 5])
    answer = get("events.ndjson")
    pieces = iter(answer.streaming_content)
    said = next(pieces)
    plain_events([1, 3, 5])
    said += b"".join(pieces)
    ids = [json.loads(line)["id"] for line in said.splitlines()]
    assert len(ids) == len(set(ids))
    assert len(ids) >= 5


def test_a_query_a_piece_and_no_transaction_between(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "ROWS_AT_ONCE", 2)
    for rows, pieces in ((1, 1), (5, 3)):
        Event.objects.all().delete()
        plain_events([1] * rows)
        with CaptureQueriesContext(connection) as captured:
            lines(get("events.ndjson"))
        assert len(captured) == pieces
        assert all(query["sql"].startswith("SELECT") for query in captured)


def test_as_many_streams_as_leave_threads_for_the_others(get: Get) -> None:
    make_event("One.")
    running = [get("events.ndjson") for _ in range(settings.STREAMS_AT_ONCE)]
    assert all(answer.status_code == 200 for answer in running)
    for suffix in ("ndjson", "csv"):
        refused = get(f"events.{suffix}")
        assert (refused.status_code, refused.json()["type"]) == (503, "/api/problems/too-many-streams")
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert int(refused.headers["Retry-After"]) > 0
    assert get("events/").status_code == 200
    hang_up(running.pop())
    again = get("events.ndjson")
    assert again.status_code == 200
    for answer in (*running, again):
        hang_up(answer)


def test_half_of_the_threads_are_left() -> None:
    assert settings.STREAMS_AT_ONCE == 2, "of the four threads that gunicorn has unless WEB_THREADS says more"


def test_a_stream_closed_twice_frees_one_place(get: Get) -> None:
    make_event("One.")
    first, second = get("events.ndjson"), get("events.ndjson")
    hang_up(first)
    hang_up(first)
    assert free_places() == settings.STREAMS_AT_ONCE - 1
    hang_up(second)


def test_a_stream_that_nobody_reads_frees_its_place(get: Get) -> None:
    make_event("One.")
    answer = get("events.csv")
    assert free_places() == settings.STREAMS_AT_ONCE - 1
    hang_up(answer)


def test_what_breaks_before_the_first_line_is_a_problem(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_args: object, **_more: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(listing.Page, "rows", break_down)
    answer = get("events.ndjson")
    assert (answer.status_code, answer.json()["type"]) == (500, "/api/problems/internal-error")
    assert b"secret" not in answer.content


def test_what_breaks_later_breaks_the_answer_off(
    get: Get, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listing, "ROWS_AT_ONCE", 2)
    plain_events([1, 2, 3, 4, 5])
    answer = get("events.ndjson")
    pieces = iter(answer.streaming_content)
    next(pieces)
    monkeypatch.setattr(listing.Page, "rows", None)
    with pytest.raises(TypeError):
        list(pieces)
    hang_up(answer)
    assert any("broke" in record.message for record in caplog.records)


def test_no_stream_over_http_1_0() -> None:
    client = Client(raise_request_exception=False)
    answer = client.get("/api/v1/events.ndjson", SERVER_PROTOCOL="HTTP/1.0")
    assert (answer.status_code, answer.json()["type"]) == (505, "/api/problems/http-1-0-stream")
    assert client.get("/api/v1/events/", SERVER_PROTOCOL="HTTP/1.0").status_code == 200


def test_memory_does_not_grow_with_the_list(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "ROWS_AT_ONCE", 20)

    def peak() -> int:
        answer = get("events.csv")
        tracemalloc.start()
        for _ in answer.streaming_content:
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    def more(count: int) -> None:
        ids = plain_events([1] * count)
        Document.objects.filter(event__in=ids).update(body=json.dumps({"id": 1, "text": "x" * 2000}))

    more(60)
    first = peak()
    more(600)
    assert peak() < 2 * first
