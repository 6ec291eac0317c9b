"""Keeping hold of rows that one's own rows are about to name.

Whoever deletes such a row, or merges it into another, locks it with ``select_for_update`` and looks then
whether anything names it: of the two the later one waits, and sees what the earlier one did.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import QuerySet


def held(rows: QuerySet[Any], ids: Collection[int]) -> set[int]:
    """Those of *ids* that are among *rows*, and stay so until this transaction ends; one query.

    Takes at once what PostgreSQL takes for each foreign key at the commit; others may hold the same rows.
    SQLite lets one transaction write at a time: all *ids* are given back, without a query.
    """
    if not ids or connection.vendor != "postgresql":
        return set(ids)
    asked = rows.filter(pk__in=ids).order_by("pk").values_list("pk")
    sql, parameters = asked.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} FOR KEY SHARE", parameters)
        return {pk for (pk,) in cursor.fetchall()}
