"""The test database: migrated once a run, cloned for each worker; tests that commit bring it back to that.

Applying all migrations takes seconds, and Django's ``flush``, which empties every table and makes all
permissions anew, a good part of one for each test.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import setup_databases

from tests.rows import everything, one_at_a_time, put_back, rows_now

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "only")


def migrated() -> str:
    """The database that the tests' are clones of: its name, or its file. To be cloned, never opened."""
    return str(connection.settings_dict["TEST"]["NAME"])


@contextmanager
def database_of_this_worker(folder: Path) -> Iterator[None]:
    """The connection leads to a clone of this worker's own; the last worker takes the original away."""
    creation, before = connection.creation, connection.settings_dict["NAME"]
    users = folder / "users"
    with one_at_a_time(folder, "databases"):
        if not users.exists():
            setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
            users.mkdir()
        (users / WORKER).touch()
        _lead_to(migrated())
        creation.clone_test_db(WORKER, verbosity=0)
        _lead_to(creation.get_test_db_clone_settings(WORKER)["NAME"])
    as_migrated = staticmethod(partial(put_back, everything(rows_now())))
    with mock.patch.object(TransactionTestCase, "_fixture_teardown", as_migrated):
        yield
    _destroy()
    _lead_to(migrated())
    with one_at_a_time(folder, "databases"):
        (users / WORKER).unlink()
        if not any(users.iterdir()):
            users.rmdir()
            _destroy()
    _lead_to(before)


def _destroy() -> None:
    """Take away the database that the connection leads to. Threads of a live server may still be in it."""
    if connection.vendor == "postgresql":
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [connection.settings_dict["NAME"]],
            )
    connection.creation.destroy_test_db(verbosity=0)


def _lead_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES[connection.alias]["NAME"] = name
