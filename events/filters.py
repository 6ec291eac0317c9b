"""The one public query vocabulary: how the site and the API alike ask for things (layer 4).

Every filter carries ``schema``, the JSON schema of one value, for the API's description, and
``many``: whether its parameter may be repeated, which means *any of these*. Empty inputs count
as absent, as a form sends them; a face that must not overlook anything asks
:func:`refused_parameters` first.
"""

from __future__ import annotations

import calendar
import copy
import datetime as dt
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any, ClassVar, Final, cast

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django_filters.filters import FilterMethod

from events.filter_fields import (
    ID_MAX,
    IDS_MAX,
    ChoicesField,
    ContextsField,
    DateField,
    IdsField,
    ManyField,
    MomentField,
    MonthDayField,
    PublishersField,
    SourcesField,
    UrlField,
    YesNoField,
)
from events.models import Citation, Context, Event, Publisher, Revision, Source, Tagging
from events.prepared import Prepared
from events.search.asking import Filters
from events.vocabulary import EDITION_CHOICES, Category

VALUES_MAX: Final = 50
"""How often a parameter may be repeated."""

_FEW: Final = 1000
"""Up to so many events are looked up by their ids."""

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
_DATE_SCHEMA: Final[Schema] = {"type": "string", "format": "date", "examples": ["2004-02-09"]}
_MOMENT_SCHEMA: Final[Schema] = {
    "type": "string",
    "anyOf": [{"format": "date-time"}, {"format": "date"}],
    "examples": ["2026-01-31T12:30:00Z"],
}
_WORD_SCHEMA: Final[Schema] = {"type": "string", "minLength": 1}
_IDS_SCHEMA: Final[Schema] = {
    "type": "string",
    "pattern": rf"^[0-9]{{1,19}}(,[0-9]{{1,19}}){{0,{IDS_MAX - 1}}}$",
    "examples": ["1,2,3"],
}


def _words(values: Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(values)}


def _changed_since() -> VocabularyFilter:
    return VocabularyFilter(
        MomentField, _MOMENT_SCHEMA, "Recorded or changed here at or after this moment.",
        field_name="updated_at", lookup_expr="gte",
    )  # fmt: skip


def _ids() -> VocabularyFilter:
    text = f"Only these ids, with commas between them; at most {IDS_MAX}."
    return VocabularyFilter(IdsField, _IDS_SCHEMA, text, field_name="pk", lookup_expr="in")


def _editions() -> VocabularyFilter:
    codes = [code for code, _ in EDITION_CHOICES]
    return VocabularyFilter(
        ChoicesField, _words(codes), "The language it is published in.",
        field_name="edition", lookup_expr="in", words=codes,
    )  # fmt: skip


class EventFilter(Vocabulary):
    """Questions to the archive's events. Give it ``Event.objects.published()``."""

    date_from = VocabularyFilter(
        DateField, _DATE_SCHEMA, "First day of the events.", field_name="date", lookup_expr="gte"
    )
    date_to = VocabularyFilter(
        DateField, _DATE_SCHEMA, "Last day of the events.", field_name="date", lookup_expr="lte"
    )
    on_day = VocabularyFilter(
        MonthDayField,
        {"type": "string", "pattern": "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", "examples": ["02-09"]},
        "This day in every year.",
        method="filter_on_day",
    )
    changed_since = _changed_since()
    context = VocabularyFilter(
        ContextsField, _WORD_SCHEMA, "A context's id or slug; repeated: any of them.", method="filter_context"
    )
    context_all = VocabularyFilter(
        ContextsField, _WORD_SCHEMA, "A context's id or slug; repeated: all of them.",
        method="filter_context_all",
    )  # fmt: skip
    category = VocabularyFilter(
        ChoicesField, _words(Category.values), "What kind of news it is; repeated: any of them.",
        field_name="category", lookup_expr="in", words=Category.values,
    )  # fmt: skip
    publisher = VocabularyFilter(
        PublishersField, _WORD_SCHEMA, "The name of a publisher that is cited; repeated: any of them.",
        method="filter_publisher",
    )  # fmt: skip
    source = VocabularyFilter(
        SourcesField, _WORD_SCHEMA, "The id or web address of a source that is cited; repeated: any of them.",
        method="filter_source",
    )  # fmt: skip
    edition = _editions()
    has_correction = VocabularyFilter(
        YesNoField, {"type": "boolean"}, "Whether a person has corrected it.", method="filter_has_correction"
    )
    ids = _ids()

    class Meta:
        model = Event
        fields: tuple[str, ...] = ()

    def filter_on_day(self, rows: QuerySet[Event], _name: str, value: tuple[int, int]) -> QuerySet[Event]:
        """That day of each year the archive has events of: a few index look-ups, not a scan."""
        public = Event.objects.published()
        first = public.order_by("date", "id").values_list("date", flat=True).first()
        last = public.newest_first().values_list("date", flat=True).first()
        if first is None or last is None:
            return rows.none()
        month, day = value
        years = (
            year for year in range(first.year, last.year + 1) if day <= calendar.monthrange(year, month)[1]
        )
        return rows.filter(date__in=[dt.date(year, month, day) for year in years])

    def filter_context(
        self, rows: QuerySet[Event], _name: str, value: list[frozenset[int]]
    ) -> QuerySet[Event]:
        """Events with any of these contexts."""
        return _with_context(rows, frozenset().union(*value))

    def filter_context_all(
        self, rows: QuerySet[Event], _name: str, value: list[frozenset[int]]
    ) -> QuerySet[Event]:
        """Events with each of these contexts."""
        for ids in value:
            rows = _with_context(rows, ids)
        return rows

    def filter_publisher(self, rows: QuerySet[Event], _name: str, value: list[int]) -> QuerySet[Event]:
        """Events that cite a source of one of these publishers, or name one of them."""
        by_source = Citation.objects.filter(source__publisher__in=value)
        by_name = Citation.objects.filter(source=None, publisher__in=value)
        return _named_by(rows, by_source, by_name)

    def filter_source(self, rows: QuerySet[Event], _name: str, value: list[int]) -> QuerySet[Event]:
        """Events that cite one of these sources."""
        return _named_by(rows, Citation.objects.filter(source__in=value))

    def filter_has_correction(self, rows: QuerySet[Event], _name: str, value: bool) -> QuerySet[Event]:
        """Events with, or without, a revision that carries a public grade."""
        graded = Revision.objects.filter(event__isnull=False).exclude(grade="")
        return _named_by(rows, graded) if value else rows.exclude(Exists(graded.filter(event=OuterRef("pk"))))


def _tagged(contexts: Iterable[int]) -> QuerySet[Tagging]:
    return Tagging.objects.active().filter(context__in=contexts)


_few_tagged: Final = Prepared(lambda contexts: _tagged(contexts).order_by().values_list("event")[: _FEW + 1])


def _with_context(rows: QuerySet[Event], contexts: frozenset[int]) -> QuerySet[Event]:
    """As :func:`_named_by`, of the taggings with one of *contexts*."""
    named = [event for (event,) in _few_tagged.rows(contexts=sorted(contexts))]
    if len(named) <= _FEW:
        return rows.filter(pk__in=named)
    return rows.filter(Exists(_tagged(contexts).order_by().filter(event=OuterRef("pk"))))


def _named_by(rows: QuerySet[Event], *links: QuerySet[Any]) -> QuerySet[Event]:
    """Those *rows* that a row of *links* names as its ``event``.

    Few are looked up one by one. Of many, sorting them would read them all, so the list is walked
    in its own order instead, and each event asked: with many, the next one is near.
    """
    named: set[int] = set()
    for rows_of_one in links:
        found = list(rows_of_one.order_by().values_list("event", flat=True)[: _FEW + 1])
        if len(found) > _FEW:  # perhaps one event many times, but there may be others that were not read
            break
        named.update(found)
    else:
        return rows.filter(pk__in=named)
    asked = Q()
    for rows_of_one in links:
        asked |= Q(Exists(rows_of_one.order_by().filter(event=OuterRef("pk"))))
    return rows.filter(asked)


class SearchFilter(EventFilter):
    """What narrows a search: what narrows a list of events. See :func:`search_filters`."""


_ASKED_OF_EVENTS: Final = ("on_day", "changed_since", "source", "has_correction", "ids")
"""What the index does not know."""


def search_filters(asked: Vocabulary) -> Filters:
    """The filters of a valid ``SearchFilter`` as ``events.search`` takes them."""
    given = asked.form.cleaned_data
    contexts = tuple(given.get("context_all") or ())
    if given.get("context"):
        contexts = (frozenset().union(*given["context"]), *contexts)
    among = None
    for name in _ASKED_OF_EVENTS:
        if (value := given.get(name)) not in (None, [], ""):
            among = asked.filters[name].filter(Event.objects.published() if among is None else among, value)
    return Filters(
        contexts=contexts,
        categories=tuple(given.get("category") or ()),
        publishers=_names_of(given.get("publisher") or ()),
        editions=tuple(given.get("edition") or ()),
        first=given.get("date_from"),
        last=given.get("date_to"),
        among=among,
    )


def _names_of(publisher_ids: Collection[int]) -> tuple[str, ...]:
    """The names under which the index has these publishers: who was merged is asked for by any name."""
    if not publisher_ids:
        return ()
    return tuple(
        Publisher.objects.filter(pk__in=publisher_ids).order_by("name").values_list("name", flat=True)
    )


class ContextFilter(Vocabulary):
    """Questions to the contexts."""

    edition = _editions()
    name = VocabularyFilter(
        ManyField, _WORD_SCHEMA, "Its name or one of its other names.", method="filter_name"
    )
    slug = VocabularyFilter(
        ManyField, _WORD_SCHEMA, "The last part of its address.", field_name="slug", lookup_expr="in"
    )
    broader = VocabularyFilter(
        ContextsField,
        _WORD_SCHEMA,
        "The id or slug of a context that it is part of.",
        method="filter_broader",
    )
    changed_since = _changed_since()
    ids = _ids()

    class Meta:
        model = Context
        fields: tuple[str, ...] = ()

    def filter_name(self, rows: QuerySet[Context], _name: str, value: list[str]) -> QuerySet[Context]:
        """Contexts that have one of these names, or had it before a merge."""
        alias = Context.objects.filter(aliases__name__in=value).values("pk")
        merged = Context.objects.filter(name__in=value, merged_into__isnull=False).values("merged_into")
        return rows.filter(Q(name__in=value) | Q(pk__in=alias) | Q(pk__in=merged))

    def filter_broader(
        self, rows: QuerySet[Context], _name: str, value: list[frozenset[int]]
    ) -> QuerySet[Context]:
        """Contexts one step below any of these."""
        return rows.filter(broader_steps__broader__in=frozenset().union(*value)).distinct()


class SourceFilter(Vocabulary):
    """Questions to the sources."""

    publisher = VocabularyFilter(
        PublishersField, _WORD_SCHEMA, "Its publisher's name; repeated: any of them.",
        field_name="publisher", lookup_expr="in",
    )  # fmt: skip
    url = VocabularyFilter(
        UrlField, {"type": "string", "format": "uri"}, "Its web address, in any form that means the same.",
        field_name="url",
    )  # fmt: skip
    changed_since = _changed_since()
    ids = _ids()

    class Meta:
        model = Source
        fields: tuple[str, ...] = ()
