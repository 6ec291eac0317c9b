"""``backup`` and what ``restore`` makes of one: the whole database, accounts and queues too, byte for byte.

SQLite is copied by its own backup interface, PostgreSQL by ``pg_dump``, both while others write. A backup
goes back into a database of its own kind; between kinds an archive moves by ``export jsonl``.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
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
_TABLE: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")
"""How tables are named; the manifest's words become part of statements."""
_SAID: Final = 500
"""So much of what a program of others said is shown, from its end."""
_SESSION: Final = ("--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1")
_REPLACING: Final = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--file=-")


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

    Checked first: that the manifest is one, that the file is what it says, of this kind of database, and
    not of a newer version. Raises ``InvalidAction`` for these, where there are events or accounts already,
    and where the backup cannot be brought back; the database is then as it was.
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
        _restore_postgresql(path, expected)
    else:
        _restore_sqlite(path, expected)
    return expected


def _checked(folder: Path, manifest: Mapping[str, Any]) -> tuple[Path, dict[str, int]]:
    """The backup's file and the rows of its tables, found to be what *manifest* says."""
    engine, migrations = manifest.get("engine"), manifest.get("migrations")
    if manifest.get("schema") != _LAYOUT.schema:
        raise InvalidAction(f"{MANIFEST}: this version cannot read the backup: use the one that wrote it.")
    if not isinstance(engine, str) or engine not in _FILES:
        raise _damaged("does not say of which kind of database the backup is")
    if engine != connection.vendor:
        raise InvalidAction(
            f"This is a backup of {engine}, the database is {connection.vendor}: an archive moves between "
            "them by export jsonl and restore."
        )
    if not isinstance(migrations, list) or not all(isinstance(name, str) for name in migrations):
        raise _damaged("does not say which migrations the backup has")
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    if newer := sorted(set(migrations) - known):
        raise InvalidAction(f"The backup is of a newer version (it has {newer[-1]}): update first.")
    path = folder / _FILES[engine]
    sha256, rows = _promised(manifest, path.name)
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InvalidAction(f"{path.name} cannot be read ({error.strerror}).") from error
    if found != sha256:
        raise InvalidAction(f"{path.name} is not what {MANIFEST} says (its SHA-256 is {found}).")
    return path.resolve(), rows


def _promised(manifest: Mapping[str, Any], name: str) -> tuple[str, dict[str, int]]:
    """What *manifest* says of the file *name*: its SHA-256, and the rows of each table."""
    files = manifest.get("files")
    entry = files.get(name) if isinstance(files, dict) else None
    sha256, rows = (entry.get("sha256"), entry.get("kinds")) if isinstance(entry, dict) else (None, None)
    if not isinstance(sha256, str) or not isinstance(rows, dict) or not rows:
        raise _damaged(f"does not say the SHA-256 of {name} and the rows of its tables")
    for table, count in rows.items():
        if not _TABLE.fullmatch(table) or type(count) is not int or count < 0:
            raise _damaged(f"names a table of {name} or its number of rows as no backup does")
    return sha256, rows


def _damaged(what: str) -> InvalidAction:
    return InvalidAction(f"{MANIFEST} {what}, so it is damaged: take an earlier backup, or copy it again.")


def _restore_sqlite(path: Path, expected: Mapping[str, int]) -> None:
    """Copy the file over the database in one step."""
    connection.ensure_connection()
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as source:
        try:
            found = {name: source.execute(_count(name)).fetchone()[0] for name in expected}
        except sqlite3.DatabaseError as error:
            raise InvalidAction(f"{path.name} does not hold the tables of {MANIFEST} ({error}).") from error
        if wrong := [name for name, rows in expected.items() if found[name] != rows]:
            raise InvalidAction(
                f"{', '.join(wrong)}: {path.name} has other numbers of rows than {MANIFEST} says."
            )
        source.backup(connection.connection)
    connection.close()  # it knows the statements of the tables that were there


def _restore_postgresql(path: Path, expected: Mapping[str, int]) -> None:
    """Let ``psql`` do what ``pg_restore`` says, between a beginning and an end of ours, in one transaction.

    Tables that a newer version made go away in it, too: they refer to those that are replaced. The end is
    only sent when all of the backup was read, so that half of one is never kept.
    """
    with connection.cursor() as cursor:
        later = [name for name in connection.introspection.table_names(cursor) if name not in expected]
    drops = "".join(f"DROP TABLE {_quoted(name)} CASCADE;\n" for name in later)
    counts = "".join(
        f"IF ({_count(name)}) <> {rows} THEN\n"
        f"RAISE EXCEPTION '{name} has another number of rows than {MANIFEST} says'; END IF;\n"
        for name, rows in expected.items()
    )
    begin = f"SET client_min_messages = warning;\nBEGIN;\n{drops}"
    end = f"RESET search_path;\nDO $$ BEGIN\n{counts}END $$;\nCOMMIT;\n"
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603  no shell, and nothing in it comes from readers
            [_found("psql"), *_SESSION, f"--dbname={_database()}", f"--command={begin}", "--file=-"],
            env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said,
        ) as session,
    ):  # fmt: skip
        done = subprocess.run(  # noqa: S603
            [_found("pg_restore"), *_REPLACING, path], check=False, stdout=session.stdin, stderr=said
        )
        session.communicate(b"" if done.returncode else end.encode())
        if done.returncode or session.returncode:
            said.seek(0)
            raise InvalidAction(f"pg_restore failed: {said.read().decode(errors='replace').strip()[-_SAID:]}")


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
    done = subprocess.run(  # noqa: S603  no shell, and nothing in it comes from readers
        [_found(program), *arguments], env=_environment(), check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise InvalidAction(f"{program} failed: {done.stderr.strip()[-_SAID:]}")


def _found(program: str) -> str:
    """Where one of PostgreSQL's programs is."""
    found = shutil.which(program)
    if found is None:
        raise InvalidAction(f"{program} is not here: install PostgreSQL's client programs.")
    return found


def _environment() -> dict[str, str]:
    password = connection.settings_dict.get("PASSWORD") or ""
    return {**os.environ, **({"PGPASSWORD": password} if password else {})}
