"""Having the database let go of the bytes of what was deleted, not only of the rows.

SQLite overwrites what it deletes with noughts (``secure_delete``, in the settings), so that its file
holds nothing of it once the write-ahead log is emptied.
"""

from __future__ import annotations

import logging

from django.core.cache import cache
from django.db import connection, transaction

_log = logging.getLogger(__name__)


def purge_when_committed() -> None:
    """Once the transaction is committed, empty SQLite's write-ahead log and the cache of pages."""
    transaction.on_commit(_purge)


def _purge() -> None:
    if not truncate_log():
        _log.warning("Readers kept the write-ahead log in use; run manage.py erase_traces when it is quiet.")
    try:
        cache.clear()
    except Exception:  # noqa: BLE001  each backend raises its own; pages in it are never served again
        _log.warning("The page cache could not be emptied; its pages expire within a day.", exc_info=True)


def truncate_log() -> bool:
    """Bring SQLite's write-ahead log into the database and cut it to nothing; whether that was possible.

    It waits for readers as long as any statement waits (``busy_timeout``).
    """
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy: int = cursor.fetchone()[0]
    return not busy


def vacuum() -> None:
    """Write the whole database anew, without what was deleted at any time before.

    Outside a transaction. SQLite: other writers wait, and as much disk again is needed. PostgreSQL:
    each table of the archive in turn is locked for readers too (``VACUUM FULL``).
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
        else:
            for table in connection.introspection.django_table_names(only_existing=True):
                cursor.execute(f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(table)}")
