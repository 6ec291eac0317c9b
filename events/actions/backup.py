"""``backup`` and what ``restore`` makes of one: the whole database, accounts and queues too, byte for byte.

SQLite is copied by its own backup interface, PostgreSQL by ``pg_dump``, both while others write. A backup
goes back into a database of its own kind; between kinds an archive moves by ``export jsonl``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from events.actions.errors import InvalidAction
from events.actions.export.folder import MANIFEST, ExportFolder, Layout, read_manifest
from events.actions.export.snapshot import snapshot
from events.catalogue import timestamp
from events.models import Event, Sequence

FORMAT: Final = "newsarchive-backup"
_FILES: Final = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
_LAYOUT: Final = Layout(FORMAT, 1, frozenset(_FILES.values()))
_PRIVATE: Final = 0o600
"""A backup holds the accounts: only its owner may read it."""


def back_up(destination: Path) -> Mapping[str, Any]:
    """Copy the database into the folder *destination*, read the copy once through, and give its manifest.

    An earlier backup there is replaced when the new one is whole. Raises ``InvalidAction`` for a folder
    that holds anything else, a copy that is damaged, and where ``pg_dump`` is missing or fails;
    ``OSError`` where the disk is full.
    """
    name = _FILES[connection.vendor]
    migrations = sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations())
    with ExportFolder(destination, _LAYOUT) as folder:
        with folder.path(name) as (path, kinds):
            path.touch(_PRIVATE)
            if connection.vendor == "postgresql":
                sequence, rows = _dump_postgresql(path)
            else:
                sequence, rows = _copy_sqlite(path)
            kinds.update(rows)
        return folder.finish(
            sequence=sequence,
            public=False,
            engine=connection.vendor,
            made=timestamp(timezone.now()),
            migrations=migrations,
        )


def is_backup(folder: Path) -> bool:
    """Whether *folder* says that it holds a backup."""
    return read_manifest(folder).get("format") == FORMAT


def restore_backup(folder: Path) -> Mapping[str, int]:
    """Make the empty database what the backup in *folder* holds; how many rows each table has now.

    Checked first: that the file is what the manifest says, of this kind of database, and not of a newer
    version. Raises ``InvalidAction`` for these, and where there are events or accounts already.
    """
    manifest = read_manifest(folder)
    path, expected = _checked(folder, manifest)
    accounts = get_user_model()._default_manager
    if Event.objects.exists() or Sequence.objects.exclude(last=0).exists() or accounts.exists():
        raise InvalidAction(
            "The database holds an archive or accounts already. A backup can only be restored into an empty "
            "one: name another DATABASE_URL and run migrate first."
        )
    if connection.vendor == "postgresql":
        _drop_later_tables(expected)
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction",
             "--exit-on-error", f"--dbname={_database()}", str(path))  # fmt: skip
    else:
        connection.ensure_connection()
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as source:
            source.backup(connection.connection)
        connection.close()  # it knows the statements of the tables that were there
    found = _counted()
    if found != expected:
        tables = [name for name in expected if found.get(name) != expected[name]]
        raise InvalidAction(
            f"After restoring, {', '.join(tables)} have other numbers of rows than {MANIFEST} says."
        )
    return found


def _checked(folder: Path, manifest: Mapping[str, Any]) -> tuple[Path, dict[str, int]]:
    """The backup's file and the rows of its tables, found to be what *manifest* says."""
    engine = manifest.get("engine")
    if manifest.get("schema") != _LAYOUT.schema or engine not in _FILES:
        raise InvalidAction(f"{MANIFEST}: this version cannot read the backup: use the one that wrote it.")
    if engine != connection.vendor:
        raise InvalidAction(
            f"This is a backup of {engine}, the database is {connection.vendor}: an archive moves between "
            "them by export jsonl and restore."
        )
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    if newer := sorted(set(manifest.get("migrations", ())) - known):
        raise InvalidAction(f"The backup is of a newer version (it has {newer[-1]}): update first.")
    path = folder / _FILES[engine]
    entry = manifest.get("files", {}).get(path.name, {})
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InvalidAction(f"{path.name} cannot be read ({error.strerror}).") from error
    if found != entry.get("sha256"):
        raise InvalidAction(f"{path.name} is not what {MANIFEST} says (its SHA-256 is {found}).")
    return path.resolve(), dict(entry["kinds"])


def _copy_sqlite(path: Path) -> tuple[int, dict[str, int]]:
    """Copy the file in one step, at one moment; the copy's place in the sequence and its tables' rows."""
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # it is one file, wherever it is carried
        for check in ("integrity_check", "foreign_key_check"):
            wrong = [row for row in copy.execute(f"PRAGMA {check}") if row[0] != "ok"]
            if wrong:
                raise InvalidAction(f"The copy is damaged, as the database is: {check} says {wrong[0]}.")
        tables = connection.introspection.table_names()
        rows = {name: copy.execute(_count(name)).fetchone()[0] for name in tables}
        last = copy.execute(f"SELECT last FROM {_quoted(Sequence._meta.db_table)}").fetchone()  # noqa: S608
        return (last[0] if last else 0), rows


def _dump_postgresql(path: Path) -> tuple[int, dict[str, int]]:
    """Dump what one moment holds, and read the dump through; the moment's number and its tables' rows."""
    with snapshot() as sequence:
        rows = _counted()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            moment = cursor.fetchone()[0]
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}",
             f"--file={path}", f"--dbname={_database()}")  # fmt: skip
    _run("pg_restore", "--file=/dev/null", str(path))
    return sequence, rows


def _drop_later_tables(expected: Mapping[str, int]) -> None:
    """Take the empty tables away that a newer version made: they refer to those that are replaced."""
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            if name not in expected:
                cursor.execute(f"DROP TABLE {_quoted(name)} CASCADE")


def _counted() -> dict[str, int]:
    """How many rows each table has."""
    with connection.cursor() as cursor:
        found = {}
        for name in connection.introspection.table_names(cursor):
            cursor.execute(_count(name))
            found[name] = cursor.fetchone()[0]
        return found


def _count(table: str) -> str:
    return f"SELECT count(*) FROM {_quoted(table)}"  # noqa: S608  a name that the database gave


def _quoted(table: str) -> str:
    return connection.ops.quote_name(table)


def _database() -> str:
    """The database as PostgreSQL's programs take it; they get the password by their environment."""
    said = connection.get_connection_params()
    named = {key: said.get(key) for key in ("host", "port", "user", "dbname", "sslmode", "sslrootcert")}
    return " ".join(f"{key}={_escaped(str(value))}" for key, value in named.items() if value)


def _escaped(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; raises ``InvalidAction`` with what it said where it fails."""
    found = shutil.which(program)
    if found is None:
        raise InvalidAction(f"{program} is not here: install PostgreSQL's client programs.")
    password = connection.settings_dict.get("PASSWORD") or ""
    done = subprocess.run(  # noqa: S603  no shell, and nothing in it comes from readers
        [found, *arguments], env={**os.environ, **({"PGPASSWORD": password} if password else {})},
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise InvalidAction(f"{program} failed: {done.stderr.strip()[-500:]}")
