"""Archives of any size, made by replaying and shuffling the texts that are at hand; the same each time.

The corpus has 71,913 real events (``benchmarks.harvest`` says where; without it made-up ones of the same
shape). The first time round they are told as they are. Each further round gives an event the beginning
of one and the end of another, so that no text comes twice, words keep their frequencies, and a story
of one round is not that of the next: contexts of fewer than ``_COMMON`` events get the round's number.
Contexts of more, countries and topics, go on growing, as they do in an archive.

An archive grows by years, not by busier days: 27 events a day, the last on 31 December 2025. A
million of them are a hundred years.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

from benchmarks.harvest import lines

CORPUS: Final = 71_913
A_DAY: Final = 27
LAST_DAY: Final = dt.date(2025, 12, 31)
_COMMON: Final = 100
_NAMED: Final = 20
"""A name stands in so many texts, or it is no context."""
_NAME: Final = re.compile(r"(?<=[a-z,] )[A-Z][a-zà-ÿ]+(?: [A-Z][a-zà-ÿ]+){0,2}")
_NAMES_MOST: Final = 4
_NAME_MOST: Final = 150
_NEAR: Final = 3_000
_WITHOUT_SOURCE: Final = 0.15

Line = dict[str, Any]


class Replay:
    """The lines of an archive of *size* events, in the order of time."""

    def __init__(self, size: int, seed: int = 20040209) -> None:
        self.size = size
        self._seed = seed

    @cached_property
    def _base(self) -> list[Line]:
        return [json.loads(line) for line in lines(min(CORPUS, max(self.size, 2)))]

    @cached_property
    def _contexts(self) -> list[list[str]]:
        """Of each text its topics, and the names in it that other texts have too."""
        found = [list(dict.fromkeys(_NAME.findall(line["text"]))) for line in self._base]
        often = Counter(name for names in found for name in names)
        return [
            list(dict.fromkeys([*line["topics"], *[name for name in names if often[name] >= _NAMED]]))[
                :_NAMES_MOST
            ]
            for line, names in zip(self._base, found, strict=True)
        ]

    @cached_property
    def _often(self) -> Counter[str]:
        return Counter(name for names in self._contexts for name in names)

    def line(self, number: int) -> Line:
        """The event of this *number*, from 0."""
        turn, at = divmod(number, len(self._base))
        one = self._base[at]
        chance = random.Random(self._seed * 1_000_003 + number)
        text = one["text"]
        if turn:
            other = self._base[(at + chance.randint(1, _NEAR)) % len(self._base)]["text"]
            text = f"{_half(text, first=True)} {_half(other, first=False)}"
        day = LAST_DAY - dt.timedelta(days=(self.size - 1 - number) // A_DAY)
        contexts = [
            name if self._often[name] >= _COMMON else _again(name, turn) for name in self._contexts[at]
        ]
        return {
            "id": f"{turn}-{at}",
            "date": day.isoformat(),
            "category": one["category"],
            "topics": contexts,
            "text": text,
            "sources": [_source(name, number, chance) for name in one["sources"] or ["Wire"]],
        }

    def lines(self, first: int = 0, until: int | None = None) -> Iterator[str]:
        """Lines of JSON, from the event *first* to the one before *until*."""
        for number in range(first, self.size if until is None else min(until, self.size)):
            yield json.dumps(self.line(number), ensure_ascii=False) + "\n"


def _half(text: str, *, first: bool) -> str:
    words = text.split(" ")
    middle = (len(words) + 1) // 2
    return " ".join(words[:middle] if first else words[middle:]) or text


def _again(name: str, turn: int) -> str:
    return f"{name[:_NAME_MOST]} ({turn + 1})" if turn else name[:_NAME_MOST]


def _source(name: str, number: int, chance: random.Random) -> Any:
    """A source with an address of its own, as nearly every one has; some are names only."""
    if chance.random() < _WITHOUT_SOURCE:
        return name
    host = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "paper"
    return {
        "label": name,
        "url": f"https://{host}.example/{number // 1000}/{number}-{chance.randrange(10**6)}",
    }
