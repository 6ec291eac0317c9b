"""``export sqlite``: the public archive as one SQLite file that Datasette opens (docs/formats.md)."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from events.actions.editorials import announce_editorials
from events.actions.errors import InvalidAction
from events.actions.export import public
from events.actions.export.folder import ExportFolder, Layout
from events.actions.export.snapshot import snapshot
from events.actions.export.table_rows import Progress, table_rows
from events.formats.packages import METADATA, PACKAGE, data_package, datasette_metadata, file_resource
from events.formats.tables import BY_NAME, TABLES, Table

DATABASE: Final = "archive.sqlite3"
LAYOUT: Final = Layout("newsarchive-sqlite", 1, frozenset({DATABASE, METADATA, PACKAGE}))
_ABOUT: Final = "What readers may see, as tables, with a full-text index of the events."
_TYPES: Final = {"integer": "INTEGER", "boolean": "INTEGER"}
_FAST: Final = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF;"
_SEARCH: Final = """
CREATE VIRTUAL TABLE events_fts USING fts5(
  text, summary, content="events", content_rowid="id", tokenize="unicode61 remove_diacritics 2"
);
INSERT INTO events_fts (events_fts) VALUES ('rebuild');
INSERT INTO events_fts (events_fts) VALUES ('optimize');
ANALYZE;
"""


def export_sqlite(destination: Path, *, progress: Progress | None = None) -> dict[str, Any]:
    """Write what readers may see into a SQLite file in the folder *destination*; the manifest.

    Raises ``InvalidAction`` as :func:`events.actions.export.jsonl.export_jsonl` does, ``OSError`` where
    the disk is full.
    """
    announce_editorials.call()
    with ExportFolder(destination, LAYOUT) as folder, snapshot() as sequence:
        with (
            folder.path(DATABASE) as (path, kinds),
            _disk_faults(path),
            closing(sqlite3.connect(path)) as out,
        ):
            _write(out, kinds, progress)
        origins = public.origins()
        file = file_resource(
            "archive", DATABASE, folder.files[DATABASE], _ABOUT,
            kind="sqlite", media="application/vnd.sqlite3",
        )  # fmt: skip
        folder.json(
            PACKAGE,
            data_package(
                name="newsarchive", about=_ABOUT, sequence=sequence, origins=origins, resources=[file]
            ),
        )
        about = f"{_ABOUT} As it stood at number {sequence} of the public sequence."
        folder.json(
            METADATA,
            datasette_metadata(
                database=Path(DATABASE).stem, about=about, origins=origins, home=settings.BASE_URL
            ),
        )
        return folder.finish(sequence=sequence, public=True)


@contextmanager
def _disk_faults(path: Path) -> Iterator[None]:
    """What SQLite says of the disk, as the system would say it."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise OSError(f"{path.name}: {error}") from error


def _write(out: sqlite3.Connection, kinds: Counter[str], progress: Progress | None) -> None:
    out.executescript(_FAST + "".join(map(_create, TABLES)))
    insert = {table.name: _insert(table) for table in TABLES}
    for found in table_rows(progress):
        for name, rows in found.items():
            names = BY_NAME[name].names
            values = [[row[column] for column in names] for row in rows]
            try:
                out.executemany(insert[name], values)
            except UnicodeEncodeError:  # half a character; no encoding has it
                out.executemany(insert[name], [[_whole(value) for value in row] for row in values])
            kinds[name] += len(rows)
    for table in TABLES:
        for column in table.columns:
            if column.sought:
                out.execute(f'CREATE INDEX "{table.name}_{column.name}" ON "{table.name}" ("{column.name}")')
    out.executescript(_SEARCH)
    out.commit()
    if lost := out.execute("PRAGMA foreign_key_check").fetchone():
        raise InvalidAction(f"{lost[0]}: row {lost[1]} names one of {lost[2]} that is not public.")


def _create(table: Table) -> str:
    """The statement that makes *table*; what its columns mean stands in it, as comments."""
    columns = [
        f'  "{column.name}" {_TYPES.get(column.kind, "TEXT")}'
        + ("" if column.to and column.name not in table.key else " NOT NULL")
        + (f' REFERENCES "{column.to}" ("{BY_NAME[column.to].key[0]}")' if column.to else "")
        + (" PRIMARY KEY" if table.keys == 1 and column.name in table.key else "")
        for column in table.columns
    ]
    abouts = [f" -- {column.about}" for column in table.columns]
    if table.keys > 1:
        columns.append(f"  PRIMARY KEY ({', '.join(table.key)})")
        abouts.append("")
    ends = [","] * (len(columns) - 1) + [""]
    body = "\n".join(
        f"{column}{end}{about}" for column, end, about in zip(columns, ends, abouts, strict=True)
    )
    rowid = "" if table.keys == 1 else " WITHOUT ROWID"
    return f'CREATE TABLE "{table.name}" ( -- {table.about}\n{body}\n){rowid};\n'


def _insert(table: Table) -> str:
    return f'INSERT INTO "{table.name}" VALUES ({", ".join("?" * len(table.columns))})'  # noqa: S608


def _whole(value: Any) -> Any:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
