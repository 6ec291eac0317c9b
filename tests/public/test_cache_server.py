"""A cache server that is gone or frozen costs a page a moment and breaks none."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from django.core.cache.backends.redis import RedisCache
from django.test import Client

from events.public import conditional
from newsarchive.settings.databases import cache as cache_entry
from tests import factories as make

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


def test_memory_cache_is_bounded_and_redis_is_given_a_time_limit() -> None:
    assert cache_entry("locmemcache://")["OPTIONS"]["MAX_ENTRIES"] == 2000
    options = cache_entry("redis://cache.example/0")["OPTIONS"]
    assert options["socket_timeout"] == options["socket_connect_timeout"] == 0.25
