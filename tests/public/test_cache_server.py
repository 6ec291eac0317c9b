"""A cache server that is gone or frozen costs a page a moment and breaks none."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache.backends.redis import RedisCache
from django.test import Client

from benchmarks.load import free_port
from events.actions.correct import correct_event
from events.actions.values import EventValues
from events.public import conditional
from events.vocabulary import Grade
from newsarchive.settings.databases import cache as cache_entry
from tests import factories as make
from tests.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def silent_server() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(20)
        yield server.getsockname()[1]
    conditional._Rest.until = 0.0


def test_frozen_cache_server_costs_a_moment_once(
    client: Client, silent_server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("redis", reason="redis is not installed (the extra of that name)")
    entry = cache_entry(f"redis://127.0.0.1:{silent_server}/0")
    frozen = RedisCache(entry["LOCATION"], {"OPTIONS": entry["OPTIONS"]})
    monkeypatch.setattr(conditional, "site_cache", frozen)
    make.make_event("An event.")
    client.get("/livez")
    started = time.monotonic()
    statuses = [client.get("/news/2004/02/9/").status_code for _ in range(5)]
    assert statuses == [200] * 5
    assert time.monotonic() - started < 3


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")
def test_emptied_frozen_and_killed_cache_breaks_no_page_and_brings_no_old_one(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis = pytest.importorskip("redis", reason="redis is not installed (the extra of that name)")
    port = free_port()
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    try:
        asked = redis.Redis(port=port)
        until = time.monotonic() + 20
        while not _answers(asked):
            assert time.monotonic() < until
        entry = cache_entry(f"redis://127.0.0.1:{port}/0")
        monkeypatch.setattr(
            conditional, "site_cache", RedisCache(entry["LOCATION"], {"OPTIONS": entry["OPTIONS"]})
        )
        event = make.make_event("The first words.", slug="an-event")

        def read() -> bytes:
            conditional._Rest.until = 0.0  # as if it had rested
            answer = client.get("/news/2004/02/9/an-event.html")
            assert answer.status_code == 200
            return bytes(answer.content)

        page = read()
        assert asked.dbsize() > 0
        asked.flushall()
        assert read() == page
        server.send_signal(signal.SIGSTOP)
        assert read() == page
        words = EventValues(text="The second words.")
        correct_event(
            actor=make_person(), event_id=event.pk, version=event.version, values=words, grade=Grade.TYPO
        )
        assert b"The second words." in read()
        server.send_signal(signal.SIGCONT)
        assert b"The second words." in read()
        server.kill()
        server.wait()
        assert b"The second words." in read()
    finally:
        server.kill()
        server.wait()
        conditional._Rest.until = 0.0


def _answers(asked: Any) -> bool:
    try:
        return bool(asked.ping())
    except Exception:  # noqa: BLE001  it is not there yet; each version raises its own
        time.sleep(0.02)
        return False


def test_memory_cache_is_bounded_and_redis_is_given_a_time_limit() -> None:
    assert cache_entry("locmemcache://")["OPTIONS"]["MAX_ENTRIES"] == 2000
    options = cache_entry("redis://cache.example/0")["OPTIONS"]
    assert options["socket_timeout"] == options["socket_connect_timeout"] == 0.25
