"""How the API's tests ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.api.nouns import free_places

Answer = Any


@pytest.fixture(autouse=True)
def all_places_are_free() -> Iterator[None]:
    """A test that leaves a stream open fails itself, and not one that comes after it."""
    yield
    assert free_places() == settings.STREAMS_AT_ONCE


@pytest.fixture
def get() -> Callable[..., Answer]:
    """``get(path, **headers)``: the answer to a GET under ``/api/v1/``."""
    client = Client(raise_request_exception=False)

    def ask(path: str, **headers: str) -> Answer:
        return client.get(path if path.startswith(("/", "http")) else f"/api/v1/{path}", headers=headers)

    return ask


@pytest.fixture
def ids(get: Callable[..., Answer]) -> Callable[[str], list[int]]:
    """``ids(path)``: the ids in a list, in its order."""

    def read(path: str) -> list[int]:
        answer = get(path)
        assert answer.status_code == 200, answer.content
        return [row["id"] for row in answer.json()["results"]]

    return read
