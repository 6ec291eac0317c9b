"""Reading the whole archive as it stands at one moment, while others go on writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from events.models import Sequence


@contextmanager
def snapshot() -> Iterator[int]:
    """Everything read in this block stands at one moment: the number of the public sequence that is yielded.

    PostgreSQL: a transaction of its own with REPEATABLE READ. SQLite: a read transaction, which
    keeps no writer waiting (``atomic`` would take the write lock). Inside a transaction of the
    caller's it is that transaction's view. Nothing may be written in the block.
    """
    if connection.in_atomic_block:
        yield _last()
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield _last()
    else:
        # Django finds this out by a transaction of its own, which cannot begin inside of ours: it would take
        # the database for one without JSON, and keep to that.
        _ = connection.features.supports_json_field
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield _last()
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")


def _last() -> int:
    return Sequence.objects.values_list("last", flat=True).first() or 0
