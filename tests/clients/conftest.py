"""The API as programs of others meet it: a server with the sample archive, and a token for each role."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from events.api.writing import tokens
from events.senders import Allowance

MANY = 1_000_000


@pytest.fixture
def site(
    live_server: LiveServer, sample_archive: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The address of a server with the sample archive, where neither writes nor bad tokens are too many."""
    settings.API_WRITES_PER_MINUTE = MANY
    monkeypatch.setattr(tokens, "FAILURES", Allowance("bad token", most=MANY, seconds=60))
    return str(live_server.url)


@pytest.fixture
def token_for() -> Callable[[str], str]:
    """``token_for(role)``: a token of an account that has this role."""

    def make(role: str) -> str:
        said = StringIO()
        call_command("make_token", f"a-program-of-{role}", role=role, stdout=said, stderr=StringIO())
        return said.getvalue().strip()

    return make
