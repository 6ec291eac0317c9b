"""Generated requests, good and bad: no server error, nothing that the OpenAPI document does not foresee."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from events.vocabulary import ROBOTS, Role

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
HERE = Path(__file__).resolve().parent
SECONDS = int(os.environ.get("SCHEMATHESIS_SECONDS", "60"))
"""How long each of them is tried."""


@pytest.mark.parametrize("role", ["", ROBOTS, *Role.values])
def test_requests_of_every_kind_are_answered_as_described(
    role: str, site: str, token_for: Callable[[str], str], tmp_path: Path
) -> None:
    pytest.importorskip("schemathesis", reason="schemathesis is not installed: make test-clients installs it")
    headers = ["--header", f"Authorization: Token {token_for(role)}"] if role else []
    done = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"),
            "run", f"{site}/api/openapi.json", "--checks", "all",
            "--max-time", str(SECONDS), "--continue-on-failure", "--no-color", *headers,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS * 4 + 300,
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "generated_requests", "PYTHONPATH": str(HERE)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
