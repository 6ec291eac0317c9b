"""``kill -9`` while ``manage.py harvest`` runs: after resuming, the archive is that of an unbroken run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.kill import run
from tests.conftest import ROOT

SERVER = os.environ.get("TEST_DATABASE_URL", "")


def test_a_killed_harvest_resumes_to_the_same_public_content() -> None:
    kills, rounds, different = run(
        ROOT / "sample" / "second-harvest", edition="en", kills=3, each=3, server=SERVER
    )
    assert rounds >= 1
    assert kills == 3
    assert different == 0


@pytest.mark.slow
@pytest.mark.corpus
def test_the_june_archive_survives_fifty_kills(corpus: Callable[[str], Path]) -> None:
    archive = corpus("thecontext-zh-2019-06.tar.xz")
    kills, _, different = run(archive, edition="zh", kills=50, each=10, server=SERVER)
    assert (kills, different) == (50, 0)
