"""What every list of filters is made of: parameters that say what they take, and the question put."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, ClassVar, Final, cast

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django_filters.filters import FilterMethod

from events.filter_fields import (
    ID_MAX,
    IDS_MAX,
    ChoicesField,
    IdsField,
    ManyField,
    MomentField,
)
from events.vocabulary import EDITION_CHOICES

VALUES_MAX: Final = 50
"""How often a parameter may be repeated."""

Schema = dict[str, Any]


def refused_parameters(data: QueryDict, filters: type[Vocabulary], others: Iterable[str]) -> dict[str, str]:
    """Which parameters of *data* cannot be taken as they are, and why: unknown ones have "unknown".

    *others*: parameters that the face knows besides the filters; none of them may be repeated.
    """
    refused = {}
    known = filters.base_filters
    for name in data:
        values = data.getlist(name)
        if name not in known and name not in others:
            refused[name] = "unknown"
        elif "" in values:
            refused[name] = "Give a value, or leave the parameter out."
        elif len(values) > 1 and not getattr(known.get(name), "many", False):
            refused[name] = "Give this parameter only once."
        elif len(values) > VALUES_MAX:
            refused[name] = f"Give this parameter at most {VALUES_MAX} times."
    return refused


class VocabularyFilter(django_filters.Filter):  # type: ignore[misc]
    """One parameter: its field, how it selects, and what the API says about it."""

    def __init__(self, field: type[forms.Field], schema: Schema, help_text: str, **options: Any) -> None:
        self.field_class = field
        self.schema = schema
        self.many = issubclass(field, ManyField)
        super().__init__(label=help_text, help_text=help_text, **options)

    def __deepcopy__(self, _memo: dict[int, Any]) -> VocabularyFilter:
        """What a filter set makes of each filter for each request; what it says never changes."""
        twin = copy.copy(self)
        if isinstance(twin.__dict__.pop("filter", None), FilterMethod):
            twin.filter = FilterMethod(twin)
        return twin


class Vocabulary(django_filters.FilterSet):  # type: ignore[misc]
    """What all filter sets share."""

    base_filters: ClassVar[dict[str, VocabularyFilter]]

    @classmethod
    def asked(cls, data: QueryDict, rows: QuerySet[Any]) -> Vocabulary:
        """*data* put to *rows*, by the filters that it names: making all of them costs more than a query."""
        names = frozenset(name for name in cls.base_filters if name in data)
        return _narrowed(cls, names)(data, queryset=rows)  # type: ignore[arg-type]  # classes are hashable

    def get_form_class(self) -> type[forms.Form]:
        """The form of these filters, made once: a form copies its fields itself."""
        return _form(type(self))  # type: ignore[arg-type]  # classes are hashable


@lru_cache(maxsize=256)
def _form(filters: type[Vocabulary]) -> type[forms.Form]:
    fields = {name: rule.field for name, rule in filters.base_filters.items()}
    return type(f"{filters.__name__}Form", (forms.Form,), fields)


@lru_cache(maxsize=256)
def _narrowed(filters: type[Vocabulary], names: frozenset[str]) -> type[Vocabulary]:
    narrow: Any = type(filters.__name__, (filters,), {})
    narrow.base_filters = {name: rule for name, rule in filters.base_filters.items() if name in names}
    return cast("type[Vocabulary]", narrow)


ID_SCHEMA: Final[Schema] = {"type": "integer", "minimum": 1, "maximum": ID_MAX}
DATE_SCHEMA: Final[Schema] = {"type": "string", "format": "date", "examples": ["2004-02-09"]}
_MOMENT_SCHEMA: Final[Schema] = {
    "type": "string",
    "anyOf": [{"format": "date-time"}, {"format": "date"}],
    "examples": ["2026-01-31T12:30:00Z"],
}
WORD_SCHEMA: Final[Schema] = {"type": "string", "minLength": 1, "pattern": r"^[^\u0000]+$"}
IDS_SCHEMA: Final[Schema] = {
    "type": "string",
    "pattern": rf"^[1-9][0-9]{{0,17}}(,[1-9][0-9]{{0,17}}){{0,{IDS_MAX - 1}}}$",
    "examples": ["1,2,3"],
}


def words_schema(values: Iterable[str]) -> Schema:
    """One of a fixed list of words."""
    return {"type": "string", "enum": list(values)}


def changed_since(field: str = "updated_at") -> VocabularyFilter:
    """``changed_since``, asked of the time in *field*."""
    return VocabularyFilter(
        MomentField, _MOMENT_SCHEMA, "Recorded or changed here at or after this moment.",
        field_name=field, lookup_expr="gte",
    )  # fmt: skip


def ids() -> VocabularyFilter:
    """``ids``."""
    text = f"Only these ids, with commas between them; at most {IDS_MAX}."
    return VocabularyFilter(IdsField, IDS_SCHEMA, text, field_name="pk", lookup_expr="in")


def editions(field: str = "edition") -> VocabularyFilter:
    """``edition``, asked of the code in *field*."""
    codes = [code for code, _ in EDITION_CHOICES]
    return VocabularyFilter(
        ChoicesField, words_schema(codes), "The language it is published in.",
        field_name=field, lookup_expr="in", words=codes,
    )  # fmt: skip
