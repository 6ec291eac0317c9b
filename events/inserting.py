"""Many new rows by plain SQL (layer 1): ``bulk_create`` takes several times as long.

Only actions and what they call write.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

_PARAMETERS_MOST: Final = 2_000


def insert_values(into: str, rows: Sequence[Sequence[Any]], tail: str = "") -> list[tuple[Any, ...]]:
    """Insert *rows*, whose values are as the database takes them; what a RETURNING gave, in their order.

    *into*: the statement up to VALUES, *tail* what comes after them. Raises what the database raises.
    """
    found: list[tuple[Any, ...]] = []
    if not rows:
        return found
    one = f"({', '.join(['%s'] * len(rows[0]))})"
    at_once = max(1, _PARAMETERS_MOST // len(rows[0]))
    with connection.cursor() as cursor:
        for start in range(0, len(rows), at_once):
            chunk = rows[start : start + at_once]
            places = ", ".join([one] * len(chunk))
            cursor.execute(f"{into} VALUES {places} {tail}", [value for row in chunk for value in row])
            if cursor.description is not None:
                found += cursor.fetchall()
    return found
