"""Questions to the archive's events, for lists and for search."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from events.filter_fields import (
    ChoicesField,
    ContextsField,
    DateField,
    MonthDayField,
    PublishersField,
    QueryField,
    SourcesField,
    YesNoField,
)
from events.filters.vocabulary import (
    DATE_SCHEMA,
    WORD_SCHEMA,
    Vocabulary,
    VocabularyFilter,
    changed_since,
    editions,
    words_schema,
)
from events.filters.vocabulary import (
    ids as ids_filter,
)
from events.keys import date_of
from events.models import Citation, Event, Publisher, Revision, Tagging
from events.prepared import Prepared
from events.search.asking import Filters
from events.search.find import matching
from events.search.language import Query
from events.vocabulary import EDITIONS, Category

_FEW: Final = 1000
"""Up to so many events are looked up by their ids;"""
_FOUND_BY_ID: Final = 5_000
"""and up to so many that have some words."""
_BOUNDED_MOST: Final = 4
"""Of so many contexts or publishers at once it is asked when they begin and end."""


class SearchFilter(Vocabulary):
    """What narrows a search (:func:`search_filters`) and a list of events alike."""

    date_from = VocabularyFilter(
        DateField, DATE_SCHEMA, "First day of the events.", field_name="date", lookup_expr="gte"
    )
    date_to = VocabularyFilter(
        DateField, DATE_SCHEMA, "Last day of the events.", field_name="date", lookup_expr="lte"
    )
    on_day = VocabularyFilter(
        MonthDayField,
        {"type": "string", "pattern": "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", "examples": ["02-09"]},
        "This day in every year.",
        method="filter_on_day",
    )
    changed_since = changed_since()
    context = VocabularyFilter(
        ContextsField, WORD_SCHEMA, "A context's id or slug; repeated: any of them.", method="filter_context"
    )
    context_all = VocabularyFilter(
        ContextsField, WORD_SCHEMA, "A context's id or slug; repeated: all of them.",
        method="filter_context_all",
    )  # fmt: skip
    category = VocabularyFilter(
        ChoicesField, words_schema(Category.values), "What kind of news it is; repeated: any of them.",
        field_name="category", lookup_expr="in", words=Category.values,
    )  # fmt: skip
    publisher = VocabularyFilter(
        PublishersField, WORD_SCHEMA, "The name of a publisher that is cited; repeated: any of them.",
        method="filter_publisher",
    )  # fmt: skip
    source = VocabularyFilter(
        SourcesField, WORD_SCHEMA, "The id or web address of a source that is cited; repeated: any of them.",
        method="filter_source",
    )  # fmt: skip
    edition = editions()
    has_correction = VocabularyFilter(
        YesNoField, {"type": "boolean"}, "Whether a person has corrected it.", method="filter_has_correction"
    )
    ids = ids_filter()

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
        return _citing(rows, "publisher", value)

    def filter_source(self, rows: QuerySet[Event], _name: str, value: list[int]) -> QuerySet[Event]:
        """Events that cite one of these sources."""
        return _citing(rows, "source", value)

    def filter_has_correction(self, rows: QuerySet[Event], _name: str, value: bool) -> QuerySet[Event]:
        """Events with, or without, a revision that carries a public grade."""
        # Only events' have grades. Asked for events, SQLite would not begin in the index of the graded ones.
        graded = Revision.objects.exclude(grade="")
        corrected = Exists(graded.filter(event=OuterRef("pk")))
        if not value:
            return rows.exclude(corrected)
        named = _named_by_few(graded, ("-id",))
        return rows.filter(corrected if named is None else Q(pk__in=named))


def _tagged(contexts: Iterable[int]) -> QuerySet[Tagging]:
    return Tagging.objects.active().filter(context__in=contexts)


_few_tagged: Final = Prepared(lambda contexts: _tagged(contexts).order_by().values_list("event")[: _FEW + 1])


def _with_context(rows: QuerySet[Event], contexts: frozenset[int]) -> QuerySet[Event]:
    """As :func:`_named_by_few` says, of the taggings with one of *contexts*."""
    named = [event for (event,) in _few_tagged.rows(contexts=sorted(contexts))]
    if len(named) <= _FEW:
        return rows.filter(pk__in=named)
    rows = _between(rows, [Tagging.objects.in_order().filter(context=pk) for pk in sorted(contexts)])
    return rows.filter(Exists(_tagged(contexts).order_by().filter(event=OuterRef("pk"))))


def _citing(rows: QuerySet[Event], column: str, value: list[int]) -> QuerySet[Event]:
    """As :func:`_named_by_few` says, of the citations with one of these publishers or sources."""
    named = _named_by_few(Citation.objects.filter(**{f"{column}__in": value}))
    if named is not None:
        return rows.filter(pk__in=named)
    if column == "publisher":
        rows = _between(rows, [Citation.objects.in_order().filter(publisher=pk) for pk in value])
    # As a sum no index has it: SQLite would look for the event among all that cite the publisher.
    said = Citation.objects.alias(named=F(f"{column}_id") + 0).filter(named__in=value)
    return rows.filter(Exists(said.order_by().filter(event=OuterRef("pk"))))


def _named_by_few(links: QuerySet[Any], order: tuple[str, ...] = ()) -> set[int] | None:
    """The events that *links* name where these are few; None where they are many.

    Few are looked up one by one. Of many, sorting them would read them all, so the list is walked
    in its own order instead, and each event asked: with many, the next one is near. *order*: that of an
    index of all links.
    """
    found = list(links.order_by(*order).values_list("event", flat=True)[: _FEW + 1])
    return None if len(found) > _FEW else set(found)  # or one event many times: it does not matter


def _between(rows: QuerySet[Event], links: Sequence[QuerySet[Any]]) -> QuerySet[Event]:
    """*rows* from the first to the last day that any of *links* has, each in the order of its key.

    So a walk along the days begins where there is something. Two queries for each; of very many it is
    not worth them.
    """
    if len(links) > _BOUNDED_MOST:
        return rows
    keys = [
        one.order_by(order).values_list("key", flat=True).first()
        for one in links
        for order in ("key", "-key")
    ]
    days = [date_of(key) for key in keys if key is not None]
    return rows.filter(date__range=(min(days), max(days))) if days else rows.none()


class EventFilter(SearchFilter):
    """Questions to the archive's events. Give it ``Event.objects.published()``."""

    q = VocabularyFilter(
        QueryField,
        {"type": "string", "minLength": 1, "examples": ["treaty -trade"]},
        "Words that it has, in the language of `search/`: all of them.",
        method="filter_q",
    )

    def filter_q(self, rows: QuerySet[Event], _name: str, value: Query) -> QuerySet[Event]:
        """Events that a search finds, in the list's own order."""
        return rows.filter(matching(value, few=_FOUND_BY_ID))


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


def whole_editions(asked: Vocabulary) -> tuple[str, ...] | None:
    """The editions whose events all meet a valid ``EventFilter``; None where it asks for anything else."""
    given = {name: value for name, value in asked.form.cleaned_data.items() if value not in (None, [], "")}
    return tuple(given.get("edition", EDITIONS)) if given.keys() <= {"edition"} else None


def _names_of(publisher_ids: Collection[int]) -> tuple[str, ...]:
    """The names under which the index has these publishers: who was merged is asked for by any name."""
    if not publisher_ids:
        return ()
    return tuple(
        Publisher.objects.filter(pk__in=publisher_ids).order_by("name").values_list("name", flat=True)
    )
