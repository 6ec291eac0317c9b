"""``export sqlite``: one file that loads by itself and that Datasette opens."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.management import CommandError, call_command

from events.actions.export import sqlite_file, table_rows
from events.actions.export.csv_files import export_csv
from events.actions.export.sqlite_file import export_sqlite
from events.formats.tables import TABLES
from events.models import Event
from tests.actions.archives import SECRETS, content


@pytest.fixture
def archive(small_archive: None, tmp_path: Path) -> Path:
    return tmp_path / "dump"


def ask(folder: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{folder}/archive.sqlite3?mode=ro", uri=True)) as database:
        return database.execute(sql).fetchall()


def test_the_file_is_sound_and_its_tables_join(archive: Path) -> None:
    manifest = export_sqlite(archive)
    assert ask(archive, "PRAGMA integrity_check") == [("ok",)]
    assert ask(archive, "PRAGMA foreign_key_check") == []
    counted = manifest["files"]["archive.sqlite3"]["kinds"]
    for one in TABLES:
        assert ask(archive, f"SELECT count(*) FROM {one.name}") == [(counted.get(one.name, 0),)]  # noqa: S608
        columns = [(row[1], bool(row[5])) for row in ask(archive, f"PRAGMA table_info({one.name})")]
        assert columns == [(name, name in one.key) for name in one.names]
        assert {row[3] for row in ask(archive, f"PRAGMA foreign_key_list({one.name})")} == {
            column.name for column in one.references
        }
    assert ask(archive, "SELECT count(*) FROM events") == [(Event.objects.published().count(),)]
    plan = ask(archive, "EXPLAIN QUERY PLAN SELECT * FROM events WHERE date = '2004-02-09'")
    assert "events_date" in plan[0][3]


def test_every_row_is_that_of_the_csv_files(archive: Path, tmp_path: Path) -> None:
    export_sqlite(archive)
    export_csv(tmp_path / "tables")
    read: dict[str, Callable[[str], Any]] = {"integer": int, "boolean": lambda said: int(said == "true")}
    for one in TABLES:
        with (tmp_path / "tables" / f"{one.name}.csv").open(encoding="utf-8", newline="") as file:
            _, *rows = csv.reader(file)
        told = [
            tuple(
                None if column.to and not said else read.get(column.kind, str)(said)
                for column, said in zip(one.columns, row, strict=True)
            )
            for row in rows
        ]
        found = ask(archive, f'SELECT * FROM "{one.name}"')  # noqa: S608  a name of ours
        assert found
        assert sorted(found, key=repr) == sorted(told, key=repr), one.name


def test_events_are_found_by_their_words(archive: Path) -> None:
    export_sqlite(archive)
    found = ask(
        archive,
        "SELECT events.text FROM events_fts JOIN events ON events.id = events_fts.rowid "
        "WHERE events_fts MATCH 'ferry AND again'",
    )
    assert found == [("A ferry line opens again.",)]


def test_what_the_columns_mean_stands_in_the_schema(archive: Path) -> None:
    export_sqlite(archive)
    schema = "\n".join(row[0] or "" for row in ask(archive, "SELECT sql FROM sqlite_master"))
    for one in TABLES:
        assert one.about in schema
        assert [column.about for column in one.columns if column.about not in schema] == []


def test_nothing_that_readers_may_not_see_is_in_its_bytes(archive: Path) -> None:
    export_sqlite(archive)
    everything = b"".join(content(archive).values())
    assert [secret for secret in (*SECRETS, "erika") if secret.encode() in everything] == []


def test_the_same_archive_makes_the_same_bytes(archive: Path, tmp_path: Path) -> None:
    export_sqlite(archive)
    export_sqlite(tmp_path / "again")
    assert content(archive) == content(tmp_path / "again")


def test_a_full_disk_leaves_the_earlier_file_and_is_told(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_sqlite(archive)
    before, beside = content(archive), sorted(archive.parent.iterdir())
    monkeypatch.setattr(sqlite_file, "_FAST", f"{sqlite_file._FAST} PRAGMA max_page_count = 20;")
    with pytest.raises(CommandError, match="database or disk is full"):
        call_command("export", "sqlite", str(archive))
    assert content(archive) == before
    assert sorted(archive.parent.iterdir()) == beside


def test_halves_of_characters_become_question_marks(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = table_rows.public.contexts

    def halved() -> Iterator[dict[str, Any]]:
        yield from ({**head, "profile": "a \ud800 half"} for head in whole())

    monkeypatch.setattr(table_rows.public, "contexts", halved)
    export_sqlite(archive)
    assert {row[0] for row in ask(archive, "SELECT profile FROM contexts")} == {"a ? half"}


@pytest.fixture
def datasette(archive: Path, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Datasette over the dump; ``get(path, **query)`` is what it answers."""
    pytest.importorskip("datasette", reason="Datasette is not installed")
    export_sqlite(archive)
    socket = tmp_path / "datasette.port"
    command = [
        sys.executable, "-m", "datasette", "serve", "--immutable", "archive.sqlite3",
        "--metadata", "metadata.json", "--port", "0",
    ]  # fmt: skip
    with socket.open("wb") as log:
        server = subprocess.Popen(
            command, cwd=archive, stdout=log, stderr=log, env={**os.environ, "NO_COLOR": "1"}
        )
    try:
        start = _started(server, socket)

        def get(path: str, **query: Any) -> Any:
            address = f"{start}{path}?{urlencode(query)}"
            with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310  our own server
                said = answer.read()
            return json.loads(said) if path.endswith(".json") else said.decode()

        yield get
    finally:
        server.terminate()
        server.wait(timeout=30)


def _started(server: subprocess.Popen[bytes], log: Path) -> str:
    """The address that Datasette says it listens at."""
    for _ in range(600):
        said = log.read_text("utf-8")
        if "running on http://" in said:
            return said.split("running on ")[1].split()[0]
        assert server.poll() is None, said
        time.sleep(0.05)
    raise AssertionError(log.read_text("utf-8"))


def test_datasette_shows_tables_facets_and_search(datasette: Callable[..., Any]) -> None:
    tables = {one["name"]: one for one in datasette("/archive.json")["tables"] if not one["hidden"]}
    assert set(tables) == {one.name for one in TABLES}
    assert tables["events"]["fts_table"] == "events_fts"
    facets = datasette("/archive/events.json", _facet="category")["facet_results"]
    assert {one["value"]: one["count"] for one in facets["category"]["results"]} == {
        "business": 3, "other": 2,
    }  # fmt: skip
    found = datasette("/archive/events.json", _search="ferry", _shape="array", _col="text")
    assert [one["text"] for one in found] == ["A ferry line opens again."]
    page = datasette("/archive/events")
    assert "Dated paragraphs of news" in page
    assert "CC BY-SA 4.0" in page
    assert "What happened." in page
