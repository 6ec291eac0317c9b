"""An archive moves from one database to another and back, through the commands, without losing a byte."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.actions.archives import SAMPLE, content

ROOT = SAMPLE.parent
Manage = Callable[..., str]


@pytest.fixture
def manage() -> Manage:
    """``manage(database, *arguments)``: what the command printed, in a process of its own."""

    def run(database: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=os.environ | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "newsarchive.settings"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[str]:
    """Another empty database: in the PostgreSQL that the suite runs on, else a file of SQLite."""
    url = os.environ.get("TEST_DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield f"sqlite:///{tmp_path}/elsewhere.sqlite3"
        return
    psycopg = pytest.importorskip("psycopg")
    name = f"restored_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{url.rpartition('/')[0]}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_the_sample_archive_moves_there_and_back_byte_for_byte(
    manage: Manage, elsewhere: str, tmp_path: Path
) -> None:
    home, back = (f"sqlite:///{tmp_path}/{name}.sqlite3" for name in ("home", "back"))
    for database in (home, elsewhere):
        manage(database, "migrate", "--verbosity", "0")
    manage(home, "seed_demo")
    said = manage(home, "export", "jsonl", str(tmp_path / "one"))
    assert "event 440" in said
    assert "440 events" in manage(elsewhere, "restore", str(tmp_path / "one"))
    manage(elsewhere, "export", "jsonl", str(tmp_path / "two"))
    assert content(tmp_path / "two") == content(tmp_path / "one")
    if elsewhere.startswith("sqlite"):
        return  # the way back would be the way there
    manage(back, "migrate", "--verbosity", "0")
    manage(back, "restore", str(tmp_path / "two"))
    manage(back, "export", "jsonl", str(tmp_path / "three"))
    assert content(tmp_path / "three") == content(tmp_path / "one")
