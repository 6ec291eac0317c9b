"""Rows that tests begin with: made once a run by the real actions, then put there as they were.

Rows are kept as the database itself writes them down: SQLite as literals, PostgreSQL as lines of COPY.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from pathlib import Path

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

Rows = dict[str, list[str]]
"""Of each table that has any: its rows, in the database's own writing."""
FULL_TEXT = "events_searchtext"
"""SQLite's full-text table keeps its rows in tables of its own, which it alone may write."""
AT_ONCE = 100


@contextmanager
def one_at_a_time(folder: Path, what: str) -> Iterator[None]:
    """What one worker of a run does at a time; *folder* is that of the whole run."""
    with (folder / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def begin_with(folder: Path, name: str, make: Callable[[], object]) -> None:
    """Have the rows that *make* makes of the present ones; the first of all workers makes them, under *name*.

    Nothing but what stands in the database may depend on *make*, and *make* on nothing else.
    """
    before = rows_now()
    path = folder / f"{name}-{_digest(before)}.json"
    with one_at_a_time(folder, name):
        if not path.exists():
            make()
            after = rows_now()
            changed = {table for table in _columns() if before.get(table) != after.get(table)}
            path.write_text(json.dumps({table: after.get(table, []) for table in changed}), "utf-8")
            return
    put_back(_read(path))


def rows_now() -> Rows:
    """All rows as they stand."""
    return {table: _written_down(table) for table in _with_rows()}


def put_back(rows: Rows) -> None:
    """Have these rows, and no others, in the tables that *rows* names."""
    there = _with_rows()
    with transaction.atomic(), connection.cursor() as cursor:
        filled = []
        for table, kept in rows.items():
            if table in there:
                if kept and _written_down(table) == kept:
                    continue
                cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608  a table of ours
            if kept:
                _insert(table, kept)
                filled.append(table)
        models = apps.get_models(include_auto_created=True)
        models = [model for model in models if model._meta.db_table in filled]
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def everything(rows: Rows) -> Rows:
    """*rows*, and of every other table that it shall be empty."""
    return {table: rows.get(table, []) for table in _columns()}


@cache
def _read(path: Path) -> Rows:
    rows: Rows = json.loads(path.read_text("utf-8"))
    return rows


def _digest(rows: Rows) -> str:
    found = blake2b(digest_size=12)
    for table in sorted(rows):
        found.update("\n".join([table, *sorted(rows[table])]).encode())
    return found.hexdigest()


@cache
def _columns() -> dict[str, str]:
    """Every table with the names of its columns, as statements take them."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith(f"{FULL_TEXT}_") and table != "django_migrations":
                described = connection.introspection.get_table_description(cursor, table)
                names = ["rowid"] * (table == FULL_TEXT) + [column.name for column in described]
                found[table] = ", ".join(f'"{name}"' for name in names)
    return found


def _with_rows() -> set[str]:
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in _columns())  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return {table for (table,) in cursor.fetchall()}


def _written_down(table: str) -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({_columns()[table]}) TO STDOUT') as lines:
                return b"".join(map(bytes, lines)).decode().splitlines(keepends=True)
        values = " || ',' || ".join(f"quote({name})" for name in _columns()[table].split(", "))
        cursor.execute(f'SELECT {values} FROM "{table}"')  # noqa: S608  a table of ours
        return [row for (row,) in cursor.fetchall()]


def _insert(table: str, rows: list[str]) -> None:
    into = f'"{table}" ({_columns()[table]})'
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as lines:
                lines.write("".join(rows))
            return
        for start in range(0, len(rows), AT_ONCE):
            values = "), (".join(rows[start : start + AT_ONCE])
            cursor.execute(f"INSERT INTO {into} VALUES ({values})")  # noqa: S608  rows of ours
