"""The values that the public query vocabulary takes, and what is wrong with the others (layer 4).

A form field each for ``events.filters``; empty input is None or an empty list.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime

from events.models import Context, Publisher, Source
from events.prepared import Prepared, Row
from events.search.language import Query, parse
from events.text.urls import normalise_url
from events.vocabulary import EDITIONS

ID_MAX: Final = 2**63 - 1
IDS_MAX: Final = 500

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH_DAY: Final = re.compile(r"(\d{2})-(\d{2})", re.ASCII)
_no_nul: Final = ProhibitNullCharactersValidator()


def parse_id(value: str) -> int | None:
    """*value* as the id of a row; None for anything that no row can have."""
    if not value.isascii() or not value.isdigit() or len(value) > 19:
        return None
    return int(value) if 0 < int(value) <= ID_MAX else None


class DateField(forms.Field):
    """A day: ``2004-02-09`` and nothing else."""

    def to_python(self, value: Any) -> dt.date | None:
        """The day; raises ``ValidationError`` for what is none."""
        if not value:
            return None
        try:
            if _DATE.fullmatch(value):
                return dt.date.fromisoformat(value)
        except ValueError:
            pass
        raise forms.ValidationError("Write a day as YYYY-MM-DD, for example 2004-02-09.")


class MomentField(forms.Field):
    """A moment with its offset (RFC 3339), or a day, whose midnight in UTC is meant."""

    def to_python(self, value: Any) -> dt.datetime | None:
        """The moment in UTC; raises ``ValidationError`` for what is none."""
        if not value:
            return None
        try:
            if _DATE.fullmatch(value):
                value += "T00:00:00Z"
            # A plus sign that nobody escaped arrives as a blank.
            moment = parse_datetime(value[:10] + value[10:].replace(" ", "+"))
            if moment is not None and moment.tzinfo is not None:
                return moment.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            pass
        raise forms.ValidationError("Write a moment with its offset, for example 2004-02-09T12:30:00Z.")


class MonthDayField(forms.Field):
    """A day of any year: ``02-09``."""

    def to_python(self, value: Any) -> tuple[int, int] | None:
        """Month and day; raises ``ValidationError`` for what no year has."""
        if not value:
            return None
        if match := _MONTH_DAY.fullmatch(value):
            month, day = int(match[1]), int(match[2])
            if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(2000, month)[1]:
                return month, day
        raise forms.ValidationError("Write a day of the year as MM-DD, for example 02-09.")


class YesNoField(forms.Field):
    """``true`` or ``false``."""

    def to_python(self, value: Any) -> bool | None:
        """Yes or no; raises ``ValidationError`` for anything else."""
        if not value:
            return None
        if value not in {"true", "false"}:
            raise forms.ValidationError("Write true or false.")
        return bool(value == "true")


class IdsField(forms.Field):
    """Ids with commas between them, at most :data:`IDS_MAX`."""

    def to_python(self, value: Any) -> list[int] | None:
        """The ids; raises ``ValidationError`` where one cannot be an id."""
        if not value:
            return None
        ids = [parse_id(part) for part in value.split(",", IDS_MAX)]
        if len(ids) > IDS_MAX or None in ids:
            raise forms.ValidationError(f"Write at most {IDS_MAX} numbers with commas between them.")
        return [number for number in ids if number is not None]


class UrlField(forms.Field):
    """A web address, in any form that means the same document (``events.text.urls``)."""

    def to_python(self, value: Any) -> str | None:
        """The address as it is stored; raises ``ValidationError`` for what is none."""
        if not value:
            return None
        if (url := normalise_url(value)) is None:
            raise forms.ValidationError("Write a web address that begins with http:// or https://.")
        return url


class QueryField(forms.Field):
    """Words and all else that a query may say; no value is an error (``events.search.language``)."""

    def to_python(self, value: Any) -> Query | None:
        """The query."""
        return parse(value) if value else None


class ManyField(forms.Field):
    """A parameter that may be repeated."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> list[str]:
        """The values that are not empty."""
        values = [item for item in value or [] if item]
        for item in values:
            _no_nul(item)
        return values


class ChoicesField(ManyField):
    """Some of a fixed list of words."""

    def __init__(self, *, words: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        self.words = words

    def to_python(self, value: Any) -> list[str]:
        """The words; raises ``ValidationError`` that names the allowed ones."""
        values = super().to_python(value)
        for item in values:
            if item not in self.words:
                raise forms.ValidationError(f"One of: {', '.join(self.words)}.")
        return values


def _contexts(asked: Q) -> QuerySet[Context, Row]:
    return Context.objects.filter(asked).values_list("pk", "slug", "merged_into")


# The index of slugs begins with the edition.
_of_slug: Final = Prepared(lambda slug: _contexts(Q(edition__in=list(EDITIONS), slug=slug)))


class ContextsField(ManyField):
    """Contexts by id or slug. A merged one means the one it was merged into."""

    def to_python(self, value: Any) -> list[frozenset[int]]:  # type: ignore[override]
        """For each value the ids it means: one, or one an edition; ``ValidationError`` for an unknown one."""
        values = super().to_python(value)
        if not values:
            return []
        ids = {item: number for item in values if (number := parse_id(item)) is not None}
        slugs = [item for item in values if not item.isdigit()]
        rows = (
            _of_slug.rows(slug=slugs[0])
            if len(values) == len(slugs) == 1
            else list(_contexts(Q(pk__in=ids.values()) | Q(edition__in=list(EDITIONS), slug__in=slugs)))
        )
        standing = _survivors({pk: target for pk, _, target in rows})
        found = []
        for item in values:
            wanted = ids.get(item)
            meant = {standing[pk] for pk, slug, _ in rows if pk == wanted or (slug == item and item in slugs)}
            if not meant:
                raise forms.ValidationError("There is no context %(value)s.", params={"value": item})
            found.append(frozenset(meant))
        return found


def _survivors(
    targets: dict[int, int | None], model: type[Context] | type[Publisher] = Context
) -> dict[int, int]:
    """Each context's, or publisher's, last one along its merges."""
    known = dict(targets)
    while missing := {target for target in known.values() if target is not None and target not in known}:
        known.update(model._default_manager.filter(pk__in=missing).values_list("pk", "merged_into"))
    standing = {}
    for start in targets:
        context = start
        while (target := known.get(context)) is not None:
            context = target
        standing[start] = context
    return standing


class PublishersField(ManyField):
    """Publishers by name."""

    def to_python(self, value: Any) -> list[int]:  # type: ignore[override]
        """Their ids; raises ``ValidationError`` for an unknown name."""
        values = super().to_python(value)
        rows = Publisher.objects.filter(name__in=values).values_list("name", "pk", "merged_into")
        found = {name: (pk, into) for name, pk, into in rows} if values else {}
        for item in values:
            if item not in found:
                raise forms.ValidationError("There is no publisher %(value)s.", params={"value": item})
        standing = _survivors(dict(found.values()), Publisher)
        return [standing[found[item][0]] for item in values]


class SourcesField(ManyField):
    """Sources by id or by web address."""

    def to_python(self, value: Any) -> list[int]:  # type: ignore[override]
        """Their ids; unknown ones are left out. Raises ``ValidationError`` for neither form."""
        ids, urls = [], []
        for item in super().to_python(value):
            if (number := parse_id(item)) is not None:
                ids.append(number)
            elif (url := normalise_url(item)) is not None:
                urls.append(url)
            else:
                raise forms.ValidationError("Write a source's id or web address.")
        if urls:
            ids += Source.objects.filter(url__in=urls).values_list("pk", flat=True)
        return ids if ids or not urls else [0]
