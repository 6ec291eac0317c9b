"""What bodies may hold: strict types, no unknown member, every fault with its JSON pointer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from events.api import problems
from events.api.writing.bodies import Json, escaped, merge_patch
from events.filter_fields import ID_MAX
from events.formats.serializers.events import CitationSerializer, EventContextSerializer
from events.harvest.files import Refused
from events.harvest.limits import CITATIONS_MAX, CONTEXTS_MAX, LABEL_MAX, NAME_MAX, URL_MAX, YEARS, read_date
from events.text.urls import normalise_url

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Text(serializers.CharField):
    """A string, as it comes: numbers are none, blanks stay."""

    def __init__(self, *, max_length: int, allow_blank: bool = False, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, allow_blank=allow_blank, trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise ValidationError("Must be a string.")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A whole number from 1."""

    def __init__(self, *, max_value: int = ID_MAX, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=max_value, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            raise ValidationError("Must be a whole number.")
        return int(super().to_internal_value(data))


class Flag(serializers.BooleanField):
    """true or false."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise ValidationError("Must be true or false.")
        return data


class Choice(serializers.ChoiceField):
    """One word of a list."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.choices:
            raise ValidationError(f"Must be one of: {', '.join(map(str, self.choices))}.")
        return data


class Day(serializers.DateField):
    """A day as YYYY-MM-DD."""

    def to_internal_value(self, value: Any) -> dt.date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise ValidationError("Write a day as YYYY-MM-DD.")
        try:
            return read_date(value)
        except Refused:
            raise ValidationError(f"There is no such day between {YEARS[0]} and {YEARS[-1]}.") from None


class Moment(serializers.DateTimeField):
    """A moment with its offset."""

    def to_internal_value(self, value: Any) -> dt.datetime:
        try:
            moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
            if moment is None or moment.tzinfo is None:
                raise ValueError
            return moment.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            raise ValidationError("Write a moment with its offset: 2026-01-31T12:30:00Z.") from None


class Address(Text):
    """A web address, or "" where *allow_blank*."""

    def to_internal_value(self, data: Any) -> str:
        url = super().to_internal_value(data)
        if url and normalise_url(url) is None:
            raise ValidationError("Must be a web address, with https:// in front.")
        return url


_NAME: Final[Json] = {"type": "string", "minLength": 1, "maxLength": NAME_MAX}


@extend_schema_field(
    {
        "oneOf": [
            _NAME,
            {
                "type": "object",
                "required": ["name"],
                "properties": {**{name: {} for name in EventContextSerializer().fields}, "name": _NAME},
                "additionalProperties": False,
            },
        ]
    }
)  # fmt: skip
class ContextName(serializers.Field):  # type: ignore[type-arg]
    """A context by its name: a string, or the object that reading gives; its name counts."""

    _KNOWN: ClassVar = frozenset(EventContextSerializer().fields)

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, dict):
            if unknown := sorted(data.keys() - self._KNOWN):
                raise ValidationError({name: ["There is no such member."] for name in unknown})
            if not isinstance(data.get("name"), str):
                raise ValidationError({"name": ["Name the context."]})
            data = data["name"]
        if not isinstance(data, str):
            raise ValidationError("Must be a name, or an object with `name`.")
        if not data.strip() or len(data) > NAME_MAX:
            raise ValidationError(f"A name has from 1 to {NAME_MAX} characters.")
        return data


class ContextNames(serializers.ListField):
    """Contexts by their names."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=ContextName(), max_length=CONTEXTS_MAX, **kwargs)


class Input(serializers.Serializer[Any]):
    """A body, or an object in one. ``passed_over``: members that reading gives beside these.

    They are not written; *shown* is the shape of what reading gives, for telling what cannot be written
    from what there is not.
    """

    passed_over: ClassVar[frozenset[str]] = frozenset()
    shown: ClassVar[type[serializers.Serializer[Any]] | None] = None

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise ValidationError("Must be an object.")
        known = self.shown().fields.keys() if self.shown is not None else ()
        faults: dict[str, list[str]] = {}
        for name in data.keys() - self.fields.keys() - self.passed_over:
            read_only = "It can be read, and not written."
            faults[name] = [read_only if name in known else "There is no such member."]
        try:
            found = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError({**error.detail, **faults}) from None  # type: ignore[dict-item]
        if faults:
            raise ValidationError(faults)
        return found

    @classmethod
    def read(cls, body: Mapping[str, Any], *, partial: bool = False) -> Json:
        """The values in *body*; raises ``Problem`` (422) that points at each fault."""
        reading = cls(data=body, partial=partial)
        if not reading.is_valid():
            raise invalid_members(reading.errors)
        return dict(reading.validated_data)


class Patch(Input):
    """A merge patch. ``without``: what a member is when a patch removes it; the others cannot be removed.

    ``beside``: members that say something of the change and are no part of the thing.
    """

    without: ClassVar[Mapping[str, Any]] = {}
    beside: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def read_onto(cls, present: Json, patch: Json) -> Json:
        """The members that *patch* changes, checked, as they are once it is applied to *present*.

        Raises ``Problem`` (422).
        """
        own = {name: value for name, value in patch.items() if name not in cls.beside}
        merged = merge_patch(present, own)
        wanted = {name: patch[name] for name in patch.keys() & cls.beside}
        removed = {}
        for name in own:
            if name in merged or name not in cls().fields:
                wanted[name] = merged.get(name)
            elif name in cls.without:
                wanted[name] = cls.without[name]
            else:
                removed[name] = ["It cannot be removed."]
        if removed:
            raise invalid_members(removed)
        return cls.read(wanted, partial=True)


class CitationInput(Input):
    """A source's place on an event."""

    label = Text(max_length=LABEL_MAX, allow_blank=True, required=False, default="")  # type: ignore[assignment]
    url = Address(max_length=URL_MAX, allow_blank=True, required=False, default="")
    picture = Address(max_length=URL_MAX, allow_blank=True, required=False, default="")
    passed_over = frozenset(CitationSerializer().fields)


class Citations(serializers.ListField):
    """Sources in their order."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=CitationInput(), max_length=CITATIONS_MAX, **kwargs)


def invalid_members(errors: Any, start: str = "") -> problems.Problem:
    """The problem that names every fault in *errors*, as DRF gives them."""
    faults = [problems.Fault(detail, pointer=pointer) for pointer, detail in _faults(errors, start)]
    return problems.Problem(problems.INVALID_MEMBER, errors=faults[:_FAULTS_MOST])


_FAULTS_MOST: Final = 50


def _faults(errors: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            yield from _faults(inner, pointer if name == "non_field_errors" else f"{pointer}/{escaped(name)}")
    elif isinstance(errors, list):
        for number, inner in enumerate(errors):
            if isinstance(inner, Mapping | list):
                if inner:
                    yield from _faults(inner, f"{pointer}/{number}")
            else:
                yield pointer, str(inner)
    else:
        yield pointer, str(errors)
