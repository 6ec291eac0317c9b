"""Paging by position, not by number: every page costs the same, and inserts shift nothing.

A cursor names the row beside which a page begins, so rows that come while a client pages are
neither repeated nor push others out of sight. Nothing is ever counted.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

from events.api import problems
from events.filter_fields import parse_id
from events.prepared import Prepared

PAGE_SIZE: Final = 20
PAGE_SIZE_MAX: Final = 500
PARAMETERS: Final = ("ordering", "page_size", "cursor")
_CURSOR_VERSION: Final = 2
_CURSOR_MAX: Final = 500
_POSITION: Final = ("first", "second")
"""The keys of the row beside which a page begins."""


@dataclass(frozen=True, slots=True)
class Key:
    """A column that rows are ordered by, and how a cursor holds its value."""

    column: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str


def _read_id(value: str) -> int:
    number = parse_id(value)
    if number is None:
        raise ValueError(value)
    return number


def _read_moment(value: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment.astimezone(dt.UTC)


ID: Final = Key("pk", _read_id)
DATE: Final = Key("date", dt.date.fromisoformat, dt.date.isoformat)
UPDATED: Final = Key("updated_at", _read_moment, dt.datetime.isoformat)


@dataclass(frozen=True, slots=True)
class Ordering:
    """A way to order a list: by one column and then by id, or by id alone."""

    name: str
    keys: tuple[Key, ...]

    @property
    def descending(self) -> bool:
        """Whether the greatest come first."""
        return self.name.startswith("-")

    def columns(self, *, reverse: bool) -> list[str]:
        """What to give to ``order_by``."""
        sign = "-" if self.descending != reverse else ""
        return [sign + key.column for key in self.keys]

    def beyond(self, values: tuple[Any, ...], *, reverse: bool) -> Q:
        """The rows after the one with these *values* (before it, if *reverse*).

        Written as a range over the first column and a remainder, because a plain "or" of both
        keeps databases from starting in the index.
        """
        sign = "lt" if self.descending != reverse else "gt"
        if len(self.keys) == 1:
            return Q(**{f"{self.keys[0].column}__{sign}": values[0]})
        first, last = (key.column for key in self.keys)
        further = Q(**{f"{first}__{sign}": values[0]}) | Q(**{f"{last}__{sign}": values[1]})
        return Q(**{f"{first}__{sign}e": values[0]}) & further


BY_DATE: Final = (
    Ordering("-date", (DATE, ID)),
    Ordering("date", (DATE, ID)),
    Ordering("-updated", (UPDATED, ID)),
    Ordering("updated", (UPDATED, ID)),
)
BY_ID: Final = (Ordering("id", (ID,)), Ordering("-id", (ID,)))
NEWEST_FIRST: Final = (Ordering("-id", (ID,)), Ordering("id", (ID,)))


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows, and the direction to read in."""

    ordering: Ordering
    reverse: bool
    values: tuple[Any, ...]
    scope: str = ""

    def text(self) -> str:
        """What the client is given."""
        values = [key.write(value) for key, value in zip(self.ordering.keys, self.values, strict=True)]
        return pack(_CURSOR_VERSION, self.scope, self.ordering.name, int(self.reverse), *values)

    @classmethod
    def read(cls, text: str, ordering: Ordering, scope: str) -> Cursor:
        """The cursor that :meth:`text` wrote for this list, filtered so and in this *ordering*.

        Raises ``Problem`` for anything else.
        """
        version, of, name, reverse, *values = unpack(text, least=4)
        if (version, of, name) != (_CURSOR_VERSION, scope, ordering.name) or reverse not in (0, 1):
            raise no_cursor()
        try:
            read = tuple(key.read(value) for key, value in zip(ordering.keys, values, strict=True))
        except (ValueError, TypeError, AttributeError, OverflowError):
            raise no_cursor() from None
        return cls(ordering, bool(reverse), read, scope)


def pack(*parts: str | int) -> str:
    """*parts* as a cursor, which nobody has to understand."""
    packed = json.dumps(parts, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def unpack(text: str, *, least: int) -> list[Any]:
    """The parts of a cursor, *least* at least; raises ``Problem`` for what :func:`pack` did not write."""
    try:
        padded = text[:_CURSOR_MAX].encode("ascii") + b"=" * (-len(text) % 4)
        parts = json.loads(base64.b64decode(padded, b"-_", validate=True))
    except (ValueError, RecursionError):  # binascii.Error is one, too
        raise no_cursor() from None
    if len(text) > _CURSOR_MAX or not isinstance(parts, list) or len(parts) < least:
        raise no_cursor()
    return parts


@dataclass(frozen=True, slots=True)
class Page:
    """What was asked for: how many rows, in which order, from where."""

    size: int
    ordering: Ordering
    cursor: Cursor | None
    scope: str = ""

    @property
    def newest_first(self) -> bool:
        """Whether its rows are read from the greatest on."""
        return self.ordering.descending != (self.cursor is not None and self.cursor.reverse)

    def rows(self, found: QuerySet[Any], columns: tuple[str, ...]) -> Rows:
        """Read the page in one query: per row its keys, then *columns*."""
        beside = None if self.cursor is None else self.cursor.values
        reverse = self.cursor is not None and self.cursor.reverse
        return self.cut(list(_page(found, self.ordering, reverse, beside, self.size, columns)))

    def rows_of_all(self, all_rows: Callable[[], QuerySet[Any]], columns: tuple[str, ...]) -> Rows:
        """As :meth:`rows`, of a list that nothing narrows; *all_rows* makes the same queryset each time.

        Building the queryset takes longer than reading the page, so its statement is kept.
        """
        values = () if self.cursor is None else self.cursor.values
        if any(isinstance(value, dt.datetime) for value in values):
            return self.rows(all_rows(), columns)
        reverse = self.cursor is not None and self.cursor.reverse
        prepared = _prepared(all_rows, self.ordering, reverse, bool(values), self.size, columns)
        return self.cut(prepared.rows(**dict(zip(_POSITION, values, strict=False))))

    def behind(self, rows: Rows) -> Page:
        """The page that follows *rows*."""
        if rows.last is None:
            return self
        return replace(self, cursor=Cursor(self.ordering, False, rows.last, self.scope))

    def cut(
        self,
        read: Sequence[tuple[Any, ...]],
        *,
        stopped: tuple[Any, ...] | None = None,
        before: tuple[Any, ...] | None = None,
    ) -> Rows:
        """The page of what was *read*: in the direction of the cursor, with one row more if there is one.

        *stopped*: the keys of the row where reading stopped, with fewer rows found than the page has room
        for; the page beyond goes on there. *before*: where the page before begins, for one without rows.
        """
        keys = self.ordering.keys
        reverse = self.cursor is not None and self.cursor.reverse
        more, rows = len(read) > self.size or stopped is not None, list(read[: self.size])
        if reverse:
            rows.reverse()
        first, last = (rows[0][: len(keys)], rows[-1][: len(keys)]) if rows else (before or stopped,) * 2
        if stopped is not None:
            first, last = (stopped, last) if reverse else (first, stopped)
        return Rows(
            self,
            [row[len(keys) :] for row in rows],
            first=first,
            last=last,
            has_next=more or reverse,
            has_previous=more if reverse else self.cursor is not None,
        )


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of rows and what lies beside it."""

    page: Page
    rows: list[tuple[Any, ...]]
    first: tuple[Any, ...] | None
    last: tuple[Any, ...] | None
    has_next: bool
    has_previous: bool

    def cursors(self) -> tuple[str | None, str | None]:
        """The cursors of the next and the previous page, each None where there is no such page."""
        if self.first is None or self.last is None:
            return None, None
        ordering, scope = self.page.ordering, self.page.scope
        following = Cursor(ordering, False, self.last, scope).text() if self.has_next else None
        preceding = Cursor(ordering, True, self.first, scope).text() if self.has_previous else None
        return following, preceding


def _page(
    found: QuerySet[Any],
    ordering: Ordering,
    reverse: bool,
    beside: tuple[Any, ...] | None,
    size: int,
    columns: tuple[str, ...],
) -> QuerySet[Any, Any]:
    """The rows of a page and one more.

    They are found first and only then read, so that sorting never carries their texts.
    """
    if beside is not None:
        found = found.filter(ordering.beyond(beside, reverse=reverse))
    order = ordering.columns(reverse=reverse)
    page = found.order_by(*order).values("pk")[: size + 1]
    rows: QuerySet[Any, Any] = found.model._default_manager.filter(pk__in=page).order_by(*order)
    return rows.values_list(*(key.column for key in ordering.keys), *columns)


@lru_cache(maxsize=128)
def _prepared(
    all_rows: Callable[[], QuerySet[Any]],
    ordering: Ordering,
    reverse: bool,
    continued: bool,
    size: int,
    columns: tuple[str, ...],
) -> Prepared:
    def build(**position: Any) -> QuerySet[Any, Any]:
        beside = tuple(position.values()) if continued else None
        return _page(all_rows(), ordering, reverse, beside, size, columns)

    return Prepared(build)


def read_page_size(data: QueryDict, *, most: int = PAGE_SIZE_MAX) -> int:
    """Read ``page_size``; raises ``Problem`` for what is out of range."""
    size = parse_id(_one(data, "page_size", str(PAGE_SIZE)))
    if size is None or size > most:
        raise problems.invalid_parameters({"page_size": f"Write a number from 1 to {most}."})
    return size


def read_ordering(data: QueryDict, orderings: tuple[Ordering, ...]) -> Ordering:
    """Read ``ordering``, the first of *orderings* where nothing is said."""
    by_name = {ordering.name: ordering for ordering in orderings}
    ordering = by_name.get(_one(data, "ordering", orderings[0].name))
    if ordering is None:
        raise problems.invalid_parameters({"ordering": f"One of: {', '.join(by_name)}."})
    return ordering


def read_page(data: QueryDict, orderings: tuple[Ordering, ...], scope: str) -> Page:
    """Read ``ordering``, ``page_size`` and ``cursor``; raises ``Problem`` for what cannot be used.

    *scope*: from :func:`scope_of`.
    """
    size = read_page_size(data)
    ordering = read_ordering(data, orderings)
    cursor = Cursor.read(_one(data, "cursor", ""), ordering, scope) if "cursor" in data else None
    return Page(size, ordering, cursor, scope)


def scope_of(name: str, data: QueryDict, narrowing: Iterable[str]) -> str:
    """Stands in a cursor for the list *name* and for what of the query narrows it.

    Behind another list, or the same one narrowed otherwise, the place that a cursor names means nothing.
    """
    asked = [(key, sorted(data.getlist(key))) for key in sorted(narrowing) if key in data]
    return blake2b(repr((name, asked)).encode("utf-8", "backslashreplace"), digest_size=6).hexdigest()


def no_cursor() -> problems.Problem:
    """What is raised where a cursor is none of this list."""
    fault = problems.Fault("Not a cursor of this list with these filters in this order.", parameter="cursor")
    return problems.Problem(problems.INVALID_CURSOR, errors=[fault])


def _one(data: QueryDict, name: str, default: str) -> str:
    return str(data.get(name, default))


def address_with(request: HttpRequest, name: str, *values: str | None) -> list[str | None]:
    """The address of this request with each of *values* as its parameter *name*; None for None."""
    kept = urlencode([pair for pair in request.GET.lists() if pair[0] != name], doseq=True)
    start = request.build_absolute_uri(request.path)
    lead = f"{start}?{kept}&{name}=" if kept else f"{start}?{name}="
    return [None if value is None else lead + value for value in values]
