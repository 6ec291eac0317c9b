"""A client that a generator makes of the OpenAPI document reads the archive, with types."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
GOLDEN = Path(__file__).resolve().parent.parent / "api" / "golden" / "openapi.json"


def test_a_generated_client_reads_events_contexts_hits_changes_and_problems(
    site: str, tmp_path: Path
) -> None:
    pytest.importorskip("openapi_python_client", reason="make test-clients installs the generator")
    made = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(GOLDEN),
         "--output-path", str(tmp_path / "client"), "--meta", "none"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    (tmp_path / "client").rename(tmp_path / "newsarchive_client")
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("reading.py")), site],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said.pop("text").startswith("Bulgaria, Estonia, Latvia, Lithuania, Romania")
    assert said.pop("related") > 0
    assert said == {
        "lead": "Enlargement of NATO",
        "context": "/contexts/nato/",
        "hits": ["2004-02-09"],
        "seqs": [1, 2, 3, 4, 5],
        "missing": "/api/problems/not-found",
    }
