"""The query language: words, "phrases", -not, OR, prefix*, field:value. Nothing is ever an error.

OR binds the items beside it; everything else must all be so. What means nothing (a lone sign, an
unknown field's colon, a day that no calendar has) is taken as words or passed over.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from events.search.words import words_of
from events.text.normalise import fold, is_cjk
from events.vocabulary import Category

QUERY_MAX: Final = 400
"""Characters of a query that are read."""
ITEMS_MAX: Final = 24
"""Items of a query that are looked for."""
FIELDS: Final = ("context", "publisher", "category", "after", "before")

_ITEM: Final = re.compile(
    rf"(?P<minus>[-\u2212\uff0d]?)(?:(?P<field>{'|'.join(FIELDS)})[:：])?"
    r'(?:["“”„＂](?P<phrase>[^"“”„＂]*)(?:["“”„＂]|$)|(?P<word>[^\s"“”„＂]+))',
    re.IGNORECASE,
)
_POSSESSIVE: Final = re.compile(r"['’ʼ]s$", re.IGNORECASE)
_DAY: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Terms:
    """Words one after another. ``exact``: no other forms of them; ``prefix``: the last may go on."""

    words: tuple[str, ...]
    prefix: bool = False
    exact: bool = False
    negated: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that has this value."""

    name: str
    value: str
    negated: bool = False


Item = Terms | Field


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: of each clause, one item at least; dates from ``first`` and before ``until``.

    ``cut``: the query was longer than what is read of it.
    """

    said: str
    clauses: tuple[tuple[Item, ...], ...] = ()
    first: dt.date | None = None
    until: dt.date | None = None
    cut: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked."""
        return not self.clauses and self.first is None and self.until is None

    def terms(self) -> list[Terms]:
        """What is looked for in texts, without what must not be there."""
        return [
            item for clause in self.clauses for item in clause if isinstance(item, Terms) and not item.negated
        ]


def parse(said: str) -> Query:
    """Read a query, whatever it is."""
    said = storable(said)
    clauses: list[list[Item]] = []
    first: dt.date | None = None
    until: dt.date | None = None
    joined = False
    count = 0
    for match in _ITEM.finditer(said[:QUERY_MAX]):
        if match[0] == "OR":
            joined = bool(clauses)
            continue
        if count == ITEMS_MAX:
            break
        name = (match["field"] or "").lower()
        value = match["phrase"] if match["phrase"] is not None else match["word"]
        if name in {"after", "before"} and (day := read_day(value)) is not None:
            earlier = (name == "after") == bool(match["minus"])
            if earlier:
                until = day if until is None else min(until, day)
            else:
                first = day if first is None else max(first, day)
            continue
        item = _item(match, name, value)
        if item is None:
            continue
        count += 1
        if joined:
            clauses[-1].append(item)
        else:
            clauses.append([item])
        joined = False
    return Query(
        said=said,
        clauses=tuple(map(tuple, clauses)),
        first=first,
        until=until,
        cut=len(said) > QUERY_MAX or count == ITEMS_MAX,
    )


def storable(said: str) -> str:
    """*said* without what no database takes: the sign of no value, and halves of characters."""
    return said.encode("utf-8", "ignore").decode().replace("\0", " ")


def read_day(value: str) -> dt.date | None:
    """The first day of a year, month or day as ``2004``, ``2004-02`` or ``2004-02-09``; None for others."""
    match = _DAY.fullmatch(value)
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
    if not (year and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return dt.date(year, month, day)


def _item(match: re.Match[str], name: str, value: str) -> Item | None:
    negated = bool(match["minus"])
    if name in {"context", "publisher"} and (value := value.strip()):
        return Field(name, value, negated)
    category = "-".join(fold(value).split())
    if name == "category" and category in set(Category.values):
        return Field(name, category, negated)
    exact = match["phrase"] is not None
    if name and value:
        value = f"{name} {value}"
        exact = True
    prefix = not exact and value.endswith(("*", "＊"))
    words = tuple(word.word for word in words_of(value if exact else _POSSESSIVE.sub("", value)))
    if not words:
        return None
    if prefix and len(words[-1]) < 2 and not is_cjk(words[-1]):
        prefix = False
    return Terms(words, prefix, exact, negated, "" if exact or prefix else value)
