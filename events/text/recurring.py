"""Names that recur in dated texts, told from the parts of longer ones; which of them make a story.

Pure: the caller brings the texts and says which names are known.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from events.text.naming import NameMatcher, composed
from events.text.phrases import phrases

EXAMPLES: Final = 5
"""How many events a candidate names as examples, the newest ones."""
_YEAR: Final = 365

_Seen: TypeAlias = "tuple[array[int], array[int]]"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that recurs: in how many events, on how many days, and how many at most within one year."""

    name: str
    count: int
    days: int
    densest: int
    examples: tuple[int, ...]

    @property
    def weight(self) -> float:
        """Candidates come in this order, greatest first: the densest year, times its share of all."""
        return self.densest * self.densest / self.count


def recurring_names(
    rows: Iterable[tuple[int, int, str]],
    *,
    known: Callable[[str], bool],
    count_least: int,
    days_least: int,
) -> list[Candidate]:
    """The names that stand in so many texts on so many days, and are not known; weightiest first.

    *rows*: an event's id, its day as an ordinal, its text. A name is left out where half of its events or
    more have it as the beginning or end of one longer name, and where "and" only joins two others.
    """
    frequent = {
        name: seen
        for name, seen in _occurrences(rows).items()
        if len(seen[1]) >= count_least and len(set(seen[0])) >= days_least
    }
    longer = _containing({name: len(ids) for name, (_, ids) in frequent.items()})
    found = []
    for name, (days, ids) in frequent.items():
        if longer.get(name, 0) * 2 >= len(ids) or _joins_two(name, frequent) or known(name):
            continue
        newest = sorted(zip(days, ids, strict=True), reverse=True)[:EXAMPLES]
        examples = tuple(event_id for _, event_id in newest)
        found.append(Candidate(name, len(ids), len(set(days)), densest_year(days), examples))
    return sorted(found, key=lambda one: (-one.weight, one.name))


def means_a_context(matcher: NameMatcher, name: str) -> bool:
    """Whether the whole of *name* is a name that *matcher* knows."""
    return any(found.start == 0 and found.end == len(composed(name)) for found in matcher.find(name))


def densest_year(days: Iterable[int]) -> int:
    """How many of these days (as ordinals) lie within a year of each other at most."""
    ordered = sorted(days)
    best = first = 0
    for last, day in enumerate(ordered):
        while day - ordered[first] > _YEAR:
            first += 1
        best = max(best, last - first + 1)
    return best


def _occurrences(rows: Iterable[tuple[int, int, str]]) -> dict[str, _Seen]:
    """The days and events in whose texts each phrase stands."""
    seen: dict[str, _Seen] = {}
    for event_id, day, text in rows:
        for name in set(phrases(text)):
            days, ids = seen.setdefault(name, (array("i"), array("q")))
            days.append(day)
            ids.append(event_id)
    return seen


def _containing(counts: Mapping[str, int]) -> dict[str, int]:
    """For each name, how often at most a longer one stands of whose words it is the first or last."""
    longer: dict[str, int] = {}
    for name, count in counts.items():
        for part in _ends(name):
            if part in counts:
                longer[part] = max(longer.get(part, 0), count)
    return longer


def _ends(name: str) -> Iterator[str]:
    words = name.split(" ")
    for at in range(1, len(words)):
        yield " ".join(words[:at])
        yield " ".join(words[at:]).removeprefix("the ")


def _joins_two(name: str, seen: Mapping[str, _Seen]) -> bool:
    """Whether *name* is two names with "and" between them, each of which stands alone twice as often."""
    first, _, second = name.partition(" and ")
    parts = (first, second.removeprefix("the "))
    return all(part in seen and len(seen[part][1]) >= 2 * len(seen[name][1]) for part in parts)
