"""The best hits put in order once more, by what both databases can say of them alike.

A database ranks by how often and how rare the words are. Of its best, those come first whose words
stand close together and early in the text, and on whose days many of the others happened: what is
sought in news is mostly one story, and its events lie near each other.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from events.keys import day_of
from events.search.backends import Backend
from events.search.language import Terms
from events.search.tree import Tree
from events.search.words import stem, stems_of
from events.vocabulary import EDITIONS

WINDOW: Final = 40
"""So many of the best are put in order; those after them stay as the database ranks them."""
_NEARNESS: Final = 0.6
_EARLINESS: Final = 0.15
_EARLY: Final = 10
"""After so many words before the first that was sought, half of :data:`_EARLINESS` is left."""
_STORY: Final = 0.5
_STORY_DAYS: Final = 7
"""So many days away another hit counts 1/e as much."""
_STEM_LEAST: Final = 3
"""Forms of one word have, but for very few, so many first letters in common."""

Row = tuple[int, float]


class Place(NamedTuple):
    """From which word of a text to which one of the things that are sought stands."""

    first: int
    last: int
    unit: int


def in_order(rows: list[Row], tree: Tree, backend: Backend) -> list[Row]:
    """*rows* (keys and scores, the best first) with the first :data:`WINDOW` of them in a better order.

    One query where *tree* has more than one thing to look for, else none. Scores stay in order.
    """
    best, rest = rows[:WINDOW], rows[WINDOW:]
    if len(best) < 2:
        return rows
    sought = [
        [leaf for leaf in clause if isinstance(leaf, Terms) and not leaf.negated] for clause in tree.clauses
    ]
    units = [unit for unit in sought if unit]
    close = _closeness(best, units, backend) if len(units) > 1 else {}
    busy = _busyness(best)
    better = [(key, score * (1 + close.get(key, 0.0) + _STORY * busy[key])) for key, score in best]
    return sorted(better, key=lambda row: (-row[1], -row[0])) + rest


def _busyness(rows: list[Row]) -> dict[int, float]:
    """How much of the others' score lies near each row's day, of 1 at most.

    Nearness fades with each day between, so one walk from each side is enough.
    """
    days = {key: _ordinal(key) for key, _ in rows}
    near = dict.fromkeys(days, 0.0)
    ascending = sorted(rows, key=lambda row: row[0])
    for walk in (ascending, ascending[::-1]):
        sum_before, day_before = 0.0, days[walk[0][0]]
        for key, score in walk:
            sum_before *= math.exp(-abs(days[key] - day_before) / _STORY_DAYS)
            near[key] += sum_before + score / 2
            sum_before += score
            day_before = days[key]
    most = max(near.values())
    return {key: found / most if most > 0 else 0.0 for key, found in near.items()}


def _ordinal(key: int) -> int:
    day = day_of(key)
    return dt.date(day // 10_000, day // 100 % 100, day % 100).toordinal()


def _closeness(rows: list[Row], units: list[list[Terms]], backend: Backend) -> dict[int, float]:
    """What closeness and earliness in the text add to each row's score; absent: nothing."""
    sought = [[_Sought(terms) for terms in unit] for unit in units]
    starts = {start for unit in sought for one in unit for start in one.starts}
    texts: dict[int, list[tuple[int, str]]] = {}
    for key, word, place in backend.places([key for key, _ in rows], sorted(starts)):
        texts.setdefault(key, []).append((place, word))
    found = {}
    for key, words in texts.items():
        places = sorted(place for number, unit in enumerate(sought) for place in _places(words, unit, number))
        if places:
            first, length, count = _closest(places)
            near = count / len(units) * count / length
            found[key] = _NEARNESS * near + _EARLINESS / (1 + first / _EARLY)
    return found


class _Sought:
    """One of the things sought, and how it is told in a text."""

    def __init__(self, terms: Terms) -> None:
        self.words = terms.words
        self.prefix = terms.prefix
        loose = len(terms.words) == 1 and not terms.exact and not terms.prefix
        self.stems = set(stems_of(terms.words[0])) if loose else set()
        self.starts: set[str] = {*terms.words, *(found[:_STEM_LEAST] for found in self.stems)}

    def is_first(self, word: str) -> bool:
        """Whether a place in a text may begin with *word*."""
        if word == self.words[0] or (self.prefix and len(self.words) == 1 and word.startswith(self.words[0])):
            return True
        return bool(self.stems) and any(stem(word, edition) in self.stems for edition in EDITIONS)


def _places(words: list[tuple[int, str]], unit: Iterable[_Sought], number: int) -> Iterable[Place]:
    for one in unit:
        at = dict(words) if len(one.words) > 1 else {}
        for place, word in words:
            if one.is_first(word) and all(
                at.get(place + step) == wanted or (one.prefix and step == len(one.words) - 1)
                for step, wanted in enumerate(one.words[1:], start=1)
            ):
                yield Place(place, place + len(one.words) - 1, number)


def _closest(places: Collection[Place]) -> tuple[int, int, int]:
    """The shortest stretch with all of the units that the text has: its beginning, its words, the units."""
    wanted = len({place.unit for place in places})
    inside: Counter[int] = Counter()
    ordered = list(places)
    start, shortest, first = 0, 1 << 30, 0
    for place in ordered:
        inside[place.unit] += 1
        while len(inside) == wanted:
            left = ordered[start]
            if (length := place.last - left.first + 1) < shortest:
                shortest, first = length, left.first
            inside[left.unit] -= 1
            if not inside[left.unit]:
                del inside[left.unit]
            start += 1
    return first, max(shortest, wanted), wanted
