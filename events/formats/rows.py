"""Rows as JSON objects and back, exactly (layer 5): the columns of an export's lines. Nothing here queries.

Keys stand in the order of the model's fields, the keys inside stored JSON by name (PostgreSQL
keeps no order), so that the same rows always make the same bytes.
"""

from __future__ import annotations

import datetime as dt
import math
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from django.conf import settings
from django.db import models

from events.catalogue import timestamp
from events.harvest.files import Refused, printable
from events.harvest.limits import check_characters

Line = dict[str, Any]
Convert = Callable[[Any], Any]

_BIGGEST: Final = 2**63 - 1
_RANGES: Final[tuple[tuple[type[models.Field[Any, Any]], int, int], ...]] = (
    (models.ForeignKey, 1, _BIGGEST),
    (models.AutoField, 1, _BIGGEST),
    (models.BigAutoField, 1, _BIGGEST),
    (models.PositiveBigIntegerField, 0, _BIGGEST),
    (models.PositiveSmallIntegerField, 0, 2**15 - 1),
    (models.PositiveIntegerField, 0, 2**31 - 1),
)


class RowFormat:
    """How the rows of *model* stand in a line: as objects whose ``type`` is *name*, if it is not empty.

    *without*: fields that the line does not have. *keys*: fields whose key has another name.
    """

    def __init__(
        self,
        model: type[models.Model],
        name: str = "",
        *,
        without: Sequence[str] = (),
        keys: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.model = model
        self.name = name
        self.fields = [
            field
            for field in model._meta.concrete_fields
            if field.name not in without and not _is_user(field)
        ]
        self.columns = tuple(field.attname for field in self.fields)
        self.keys = tuple(keys.get(field.name, field.name) for field in self.fields)
        self._allowed = {*self.keys, *(("type",) if name else ())}
        self._writers = [(at, writer) for at, field in enumerate(self.fields) if (writer := _writer(field))]
        self._readers = [
            (key, field.attname, _reader(field)) for key, field in zip(self.keys, self.fields, strict=True)
        ]

    def line(self, row: Sequence[Any]) -> Line:
        """The object of a row that was read as ``values_list(*columns, …)``; further values are left out."""
        values = list(row[: len(self.columns)])
        for at, writer in self._writers:
            if values[at] is not None:
                values[at] = writer(values[at])
        found = {"type": self.name} if self.name else {}
        found.update(zip(self.keys, values, strict=True))
        return found

    def row(self, line: Line, **given: Any) -> Any:
        """The unsaved row in *line*, completed by *given*. Refused: unknown or missing keys, bad values."""
        if line.keys() != self._allowed:
            self._refuse_keys(line)
        for key, attname, read in self._readers:
            try:
                given[attname] = read(line[key])
            except Refused as refusal:
                raise Refused(f'"{key}" {refusal.reason}') from refusal
        return self.model(**given)

    def _refuse_keys(self, line: Line) -> None:
        missing = sorted(self._allowed - line.keys())
        if missing:
            raise Refused(f'has no "{missing[0]}", which every line of its kind has')
        unknown = sorted(line.keys() - self._allowed)
        raise Refused(f'has "{printable(unknown[0], 40)}", which is unknown here')


def _is_user(field: models.Field[Any, Any]) -> bool:
    related = field.related_model
    return not (related is None or isinstance(related, str)) and (
        related._meta.label == settings.AUTH_USER_MODEL
    )


def _writer(field: models.Field[Any, Any]) -> Convert | None:
    """What makes a JSON value of a column's; None where it is one already."""
    if isinstance(field, models.DateTimeField):
        return timestamp
    if isinstance(field, models.DateField):
        return dt.date.isoformat
    if isinstance(field, models.BinaryField):
        return lambda value: b64encode(bytes(value)).decode()
    return _ordered if isinstance(field, models.JSONField) else None


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def _reader(field: models.Field[Any, Any]) -> Convert:
    """What makes a column's value of a JSON value, or refuses it."""
    read = _plain_reader(field)
    if not field.null:
        return read
    return lambda value: None if value is None else read(value)


def _plain_reader(field: models.Field[Any, Any]) -> Convert:
    for plain, read in _PLAIN:
        if isinstance(field, plain):
            return read
    for kind, least, most in _RANGES:
        if isinstance(field, kind):
            return _number_reader(least, most)
    if isinstance(field, (models.CharField, models.TextField)):
        choices = frozenset(value for value, _ in field.flatchoices)
        return _text_reader(field.max_length, choices | {""} if choices and field.blank else choices)
    raise TypeError(f"{field} has no form in an export.")


def _number_reader(least: int, most: int) -> Convert:
    def read(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise Refused(f"must hold a whole number from {least} to {most}")
        return value

    return read


def _text_reader(longest: int | None, choices: frozenset[Any]) -> Convert:
    def read(value: Any) -> str:
        if type(value) is not str:
            raise Refused("must hold a string")
        if longest is not None and len(value) > longest:
            raise Refused(f"has {len(value):,} characters, more than {longest:,}")
        if choices and value not in choices:
            raise Refused(
                f'holds "{printable(value, 40)}", which is none of {", ".join(sorted(choices - {""}))}'
            )
        check_characters([value])
        return value

    return read


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        raise Refused("must hold true or false")
    return value


def _fraction(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise Refused("must hold a number")
    return float(value)


def _bytes(value: Any) -> bytes:
    try:
        return b64decode(value, validate=True)
    except (TypeError, ValueError) as error:
        raise Refused("must hold bytes in base64") from error


def _date(value: Any) -> dt.date:
    try:
        found = dt.date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise Refused("must hold a date, YYYY-MM-DD") from error
    if found.isoformat() != value:
        raise Refused("must hold a date, YYYY-MM-DD")
    return found


def _time(value: Any) -> dt.datetime:
    wanted = "must hold a time such as 2004-02-09T12:30:00.000000Z"
    try:
        found = dt.datetime.fromisoformat(value.removesuffix("Z") + "+00:00")
        written = timestamp(found)
    except (AttributeError, TypeError, ValueError, OverflowError) as error:
        raise Refused(wanted) from error
    if written != value:
        raise Refused(wanted)
    return found


def _json(value: Any) -> Any:
    check_characters(_strings(value))
    return value


def _strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value, keys included; parsed JSON is never nested beyond Python's own limit."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            yield from found
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


_PLAIN: Final[tuple[tuple[type[models.Field[Any, Any]], Convert], ...]] = (
    (models.JSONField, _json),
    (models.BooleanField, _truth),
    (models.FloatField, _fraction),
    (models.BinaryField, _bytes),
    (models.DateTimeField, _time),  # which is a DateField, too
    (models.DateField, _date),
)
