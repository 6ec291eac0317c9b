"""An archive moves from one database to another and back, through the commands, without losing a byte."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.actions.archives import SAMPLE, content
from tests.databases import migrated

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
def elsewhere(django_db_setup: None, manage: Manage, tmp_path: Path) -> Iterator[list[str]]:
    """Empty databases to move to in turn: a file of SQLite and, from PostgreSQL, back into one."""
    file, server = tmp_path / "elsewhere.sqlite3", os.environ.get("TEST_DATABASE_URL", "")
    if not server.startswith("postgres"):
        shutil.copy(migrated(), file)
        yield [f"sqlite:///{file}"]  # the way back would be the way there
        return
    psycopg = pytest.importorskip("psycopg")
    name = f"restored_{uuid.uuid4().hex[:12]}"
    manage(f"sqlite:///{file}", "migrate", "--verbosity", "0")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE {name} TEMPLATE "{migrated()}"')
        try:
            yield [f"sqlite:///{file}", f"{server.rpartition('/')[0]}/{name}"]
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_the_sample_archive_moves_there_and_back_byte_for_byte(
    sample_archive: None, manage: Manage, elsewhere: list[str], tmp_path: Path
) -> None:
    call_command("export", "jsonl", str(tmp_path / "0"), stdout=(said := StringIO()))
    assert "event 440" in said.getvalue()
    for number, database in enumerate(elsewhere):
        assert "440 events" in manage(database, "restore", str(tmp_path / f"{number}"))
        manage(database, "export", "jsonl", str(tmp_path / f"{number + 1}"))
        assert content(tmp_path / f"{number + 1}") == content(tmp_path / "0")
