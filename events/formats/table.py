"""Plain objects as the lines of a table, CSV by RFC 4180 (layer 5).

For machines a cell holds the very value: text as it is, ``true`` and ``false``, nothing for null, and
what is a list or an object as JSON. *For spreadsheets* a cell is made for eyes and cannot act: what a
spreadsheet program would take for a formula stands behind an apostrophe (OWASP, "CSV Injection"), and
of a list the names stand there, not JSON.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

BOM: Final = "\ufeff"
"""Stands before a table for spreadsheets: without it Excel takes UTF-8 for something else."""
_STARTS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NAMED: Final = ("name", "label", "address", "url", "note")
_CELL_MOST: Final = 32_767
"""More characters than that no cell of a spreadsheet holds; Excel would break the table over them."""


def table_lines(
    columns: Sequence[str], rows: Iterable[dict[str, Any]], *, spreadsheet: bool = False, head: bool = False
) -> str:
    """The lines of *rows*, each with these columns of it; with *head* behind a line of their names."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if head:
        if spreadsheet:
            out.write(BOM)
        writer.writerow(columns)
    cell = _shown if spreadsheet else _raw
    writer.writerows([cell(row.get(column)) for column in columns] for row in rows)
    return out.getvalue()


def _raw(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _shown(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (str, list, dict)):
        return _raw(value)
    return harmless("; ".join(_names(value)) if isinstance(value, list) else _name(value))


def _names(values: list[Any]) -> list[str]:
    return [_name(value) for value in values]


def _name(value: Any) -> str:
    """What a person would call it."""
    if isinstance(value, dict):
        return next((str(value[key]) for key in _NAMED if value.get(key)), "")
    return str(value)


def harmless(said: str) -> str:
    """*said* as a cell that no spreadsheet program takes for a formula, and none cuts in two."""
    said = said.replace("\0", "")[: _CELL_MOST - 1]
    return (
        f"'{said}" if said.startswith(_STARTS_FORMULA) or said.lstrip().startswith(_STARTS_FORMULA) else said
    )
