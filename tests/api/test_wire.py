"""What only a real server shows: streams that break off, callers that go away, requests that no view sees."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import connection

from events.models import Document
from tests.api.test_paging import plain_events

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)
PLACES = 2
"""For streams, of one process with four threads."""


class Site(NamedTuple):
    process: subprocess.Popen[bytes]
    port: int

    def ask(self, path: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        """A connection with the head of an answer, its body unread."""
        caller = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        caller.request("GET", path)
        return caller, caller.getresponse()

    def say(self, words: bytes) -> bytes:
        """All that is answered to *words*, whatever they are."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as caller:
            caller.sendall(words)
            caller.shutdown(socket.SHUT_WR)
            answer = b""
            while piece := caller.recv(65_536):
                answer += piece
        return answer


def database_url() -> str:
    """This test's own database, as the site's settings take it."""
    named = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{named['NAME']}"
    return f"postgres://{named['USER']}:{named['PASSWORD']}@{named['HOST']}:{named['PORT']}/{named['NAME']}"


@pytest.fixture(scope="module")
def site(django_db_setup: None) -> Iterator[Site]:
    """A site for all tests here."""
    with running() as started:
        yield started


@contextlib.contextmanager
def running() -> Iterator[Site]:
    """gunicorn as it runs a real site, one process, on this test's database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["-m", "gunicorn", "--config", "python:newsarchive.gunicorn", "newsarchive.wsgi"]
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "newsarchive.settings",
            "SECRET_KEY": "only-for-tests-" + "x" * 40,
            "DATABASE_URL": database_url(),
            "BIND": f"127.0.0.1:{port}",
            "WEB_CONCURRENCY": "1",
            "LOG_LEVEL": "CRITICAL",
        },
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    site = Site(process, port)
    try:
        wait_for(lambda: answers(site))
        yield site
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "waited for nothing"
        time.sleep(0.05)


def answers(site: Site) -> bool:
    try:
        caller, answer = site.ask("/livez")
    except OSError:
        return False
    caller.close()
    return answer.status == 200


def long_list() -> None:
    """More than the buffers between server and caller hold."""
    ids = plain_events([1] * 1500)
    Document.objects.filter(event__in=ids).update(body=json.dumps({"text": "x" * 20_000}))


@contextlib.contextmanager
def streaming(site: Site, count: int) -> Iterator[list[http.client.HTTPConnection]]:
    """So many callers that have begun to read a long stream and do not go on."""
    callers = []
    for _ in range(count):
        caller, answer = site.ask("/api/v1/events.ndjson")
        assert answer.status == 200
        assert answer.read(1000)
        callers.append((caller, answer))
    try:
        yield [caller for caller, _ in callers]
    finally:
        for caller, answer in callers:
            answer.close()
            caller.close()


def status(site: Site, path: str) -> int:
    caller, answer = site.ask(path)
    try:
        return answer.status
    finally:
        answer.close()
        caller.close()


def test_slow_readers_leave_room_and_gone_ones_free_their_places(site: Site) -> None:
    long_list()
    with streaming(site, PLACES):
        assert status(site, "/api/v1/events.csv") == 503
        assert status(site, "/api/v1/events/?page_size=1") == 200
        assert status(site, "/livez") == 200
    # Both are gone in the middle of it.
    wait_for(lambda: status(site, "/api/v1/events.ndjson?date_from=2030-01-01") == 200)
    wait_for(lambda: free_places(site) == PLACES)


def free_places(site: Site) -> int:
    try:
        with streaming(site, PLACES):
            return PLACES
    except AssertionError:
        return 0


def test_a_stream_that_breaks_off_is_an_error_for_its_reader(site: Site) -> None:
    long_list()
    caller, answer = site.ask("/api/v1/events.ndjson")
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert answer.read(1000)
    with connection.cursor() as cursor:  # the archive breaks while it is read
        cursor.execute("ALTER TABLE events_document RENAME TO events_document_gone")
    try:
        with pytest.raises(http.client.IncompleteRead):
            answer.read()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE events_document_gone RENAME TO events_document")
    caller.close()
    whole, answer = site.ask("/api/v1/events.ndjson")
    assert len(answer.read().splitlines()) == 1500
    whole.close()


def test_a_server_that_stops_breaks_its_streams_too() -> None:
    long_list()
    with running() as site:
        caller, answer = site.ask("/api/v1/events.csv")
        assert answer.read(1000)
        os.killpg(site.process.pid, signal.SIGKILL)  # its worker too
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            answer.read()
        caller.close()


def problem_of(said: bytes) -> dict[str, Any]:
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"Content-Type: application/problem+json" in head, said[:500]
    found: dict[str, Any] = json.loads(body)
    assert int(re.match(rb"HTTP/1\.1 (\d+)", head)[1]) == found["status"]  # type: ignore[index]
    assert found["type"].startswith("/api/problems/")
    return found


def test_requests_that_no_view_sees_are_problems(site: Site) -> None:
    host = b"Host: 127.0.0.1\r\n"
    for words, expected in (
        (b"GET /api/v1/events/?q=" + b"a" * 9000 + b" HTTP/1.1\r\n" + host + b"\r\n", "address-too-long"),
        (b"GET /api/v1/ HTTP/1.1\r\n" + host + b"X: " + b"a" * 9000 + b"\r\n\r\n", "headers-too-large"),
        (b"GET /api/v1/ HTTP/1.1\r\n" + host + b"X: 1\r\n" * 200 + b"\r\n", "headers-too-large"),
        (b"nonsense\r\n\r\n", "bad-request"),
        (b"GET /api/v1/ HTTP/9.9\r\n" + host + b"\r\n", "bad-request"),
        (b"GET /api/v1/ HTTP/1.1\r\n" + host + b"bad header: 1\r\n\r\n", "bad-request"),
        (b"GET /api/v1/ HTTP/1.1\r\n" + host + b"X: a\0b\r\n\r\n", "bad-request"),
        (b"GET /api/v1/events/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", "bad-request"),
        (b"BREW /api/v1/events/ HTTP/1.1\r\n" + host + b"\r\n", "method-not-allowed"),
        (b"GET /api/v1/\xff\xfe/ HTTP/1.1\r\n" + host + b"\r\n", "bad-request"),
        (b"GET /api/v1/%ff%fe/ HTTP/1.1\r\n" + host + b"\r\n", "not-found"),
    ):
        found = problem_of(site.say(words))
        assert found["type"] == f"/api/problems/{expected}", words[:80]


def test_a_head_says_the_length_and_sends_nothing(site: Site) -> None:
    plain_events([1, 2])
    said = site.say(b"HEAD /api/v1/events/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    head, _, body = said.partition(b"\r\n\r\n")
    assert body == b""
    whole = site.say(b"GET /api/v1/events/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    assert length is not None
    assert int(length[1]) == len(whole.partition(b"\r\n\r\n")[2])
