"""How the API's tests ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

Answer = Any


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
