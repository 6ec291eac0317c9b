"""``kill -9`` while ``manage.py harvest`` runs: after resuming, the archive is that of an unbroken run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.kill import run
from tests.conftest import ROOT
from tests.databases import migrated

SERVER = os.environ.get("TEST_DATABASE_URL", "")


def test_a_killed_harvest_resumes_to_the_same_public_content(django_db_setup: None, tmp_path: Path) -> None:
    nineties = tmp_path / "sample"
    later = shutil.ignore_patterns("20*")
    shutil.copytree(ROOT / "sample" / "second-harvest", nineties, ignore=later)
    kills, rounds, different = run(
        nineties, edition="en", kills=3, each=3, server=SERVER, migrated=migrated()
    )
    assert rounds >= 1
    assert kills == 3
    assert different == 0


@pytest.mark.slow
def test_the_whole_sample_survives_twelve_kills(django_db_setup: None) -> None:
    archive = ROOT / "sample" / "second-harvest"
    kills, _, different = run(archive, edition="en", kills=12, each=3, server=SERVER, migrated=migrated())
    assert (kills, different) == (12, 0)


@pytest.mark.slow
@pytest.mark.corpus
def test_the_june_archive_survives_fifty_kills(corpus: Callable[[str], Path], django_db_setup: None) -> None:
    archive = corpus("thecontext-zh-2019-06.tar.xz")
    kills, _, different = run(archive, edition="zh", kills=50, each=10, server=SERVER, migrated=migrated())
    assert (kills, different) == (50, 0)
