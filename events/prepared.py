"""Querysets that are compiled once and run many times (layer 1).

Building and compiling a queryset takes ten times as long as SQLite takes to answer it, so the
few reads that every page makes are prepared. They are written as querysets all the same: what is
public is still said in one place.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

Row = tuple[Any, ...]
_PLAIN: Final = re.compile(r"[a-z0-9_-]+", re.ASCII)
_EPOCH: Final = dt.date(2000, 1, 1)


class _Statement(NamedTuple):
    sql: str
    parameters: Row
    places: dict[str, list[int]]
    converters: list[tuple[int, list[Callable[..., Any]], Any]]


class Prepared:
    """A queryset with ``values_list`` whose filters compare for equality, order or membership.

    *build* makes the queryset from named values: numbers, strings, dates, or sequences of numbers
    for ``__in``. It may put nothing but these into the queryset, and each as it is (no
    ``startswith``, which would alter it). ::

        by_day = Prepared(lambda date: Event.objects.published().filter(date=date).values_list("id"))
        by_day.rows(date=dt.date(2004, 2, 9))

    Without *convert* the values are the database's own (on SQLite times have no zone, and are in UTC).
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *, convert: bool = True) -> None:
        self._build = build
        self._convert = convert
        self._statements: dict[Row, _Statement] = {}

    def rows(self, **values: Any) -> list[Row]:
        """The rows for these values; one query, none where a sequence is empty."""
        sizes = {name: _size(value) for name, value in values.items()}
        if 0 in sizes.values():
            return []
        connection = connections[DEFAULT_DB_ALIAS]
        key = (connection.vendor, *sizes.items())
        statement = self._statements.get(key)
        if statement is None:
            statement = self._statements[key] = self._compile(values, sizes)
        parameters = list(statement.parameters)
        for name, places in statement.places.items():
            value = values[name]
            size = sizes[name]
            if size is not None:
                padded = [*value, *[value[0]] * (size - len(value))]
                for position, place in enumerate(places):
                    parameters[place] = padded[position % size]
                continue
            if isinstance(value, dt.date):
                value = connection.ops.adapt_datefield_value(value)
            for place in places:
                parameters[place] = value
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, parameters)
            rows: list[Row] = cursor.fetchall()
        if not statement.converters or not self._convert:
            return rows
        converted = [list(row) for row in rows]
        for column, converters, expression in statement.converters:
            for convert in converters:
                for row in converted:
                    row[column] = convert(row[column], expression, connection)
        return [tuple(row) for row in converted]

    def _compile(self, values: dict[str, Any], sizes: dict[str, int | None]) -> _Statement:
        examples = {name: _examples(value, sizes[name]) for name, value in values.items()}
        plain = {name: first for name, (first, _) in examples.items()}
        compiler = self._build(**plain).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        places = {}
        for name, (_, second) in examples.items():
            varied = self._build(**plain | {name: second}).query.get_compiler(DEFAULT_DB_ALIAS)
            other_sql, other = varied.as_sql()
            if other_sql != sql:
                raise ValueError(f"The statement depends on the value of {name}.")
            places[name] = [place for place, value in enumerate(parameters) if other[place] != value]
        sql, kept = _with_constants(sql, parameters, {place for found in places.values() for place in found})
        renumbered = {place: position for position, place in enumerate(kept)}
        parameters = [parameters[place] for place in kept]
        places = {name: [renumbered[place] for place in found] for name, found in places.items()}
        selected = [column[0] for column in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(selected)
        return _Statement(
            sql,
            tuple(parameters),
            places,
            [(column, found, expression) for column, (found, expression) in converters.items()],
        )


def _with_constants(sql: str, parameters: Sequence[Any], varying: set[int]) -> tuple[str, list[int]]:
    """*sql* with its constant words and numbers written out, and which parameters are left.

    SQLite plans a statement anew each time where a parameter must be known to use a partial index
    (``state = 'published'``); a constant it knows beforehand.
    """
    parts = sql.split("%s")
    out, kept = [parts[0]], []
    for place, (value, part) in enumerate(zip(parameters, parts[1:], strict=True)):
        if place not in varying and isinstance(value, (int, str)) and _PLAIN.fullmatch(str(value)):
            out.append(str(int(value)) if isinstance(value, int) else f"'{value!s}'")
        else:
            out.append("%s")
            kept.append(place)
        out.append(part)
    return "".join(out), kept


def _size(value: Any) -> int | None:
    """None for one value; for a sequence the power of two that holds it, so that few sizes are compiled."""
    if isinstance(value, (list, tuple)):
        return 1 << (len(value) - 1).bit_length() if value else 0
    return None


def _examples(value: Any, size: int | None) -> tuple[Any, Any]:
    """Two values of the same kind that differ everywhere."""
    if size is not None:
        return list(range(1, size + 1)), list(range(size + 1, 2 * size + 1))
    if isinstance(value, str):
        return "a", "b"
    if isinstance(value, dt.date):
        return _EPOCH, _EPOCH + dt.timedelta(days=1)
    return 1, 2
