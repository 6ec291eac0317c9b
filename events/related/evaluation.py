"""How good a ranking is, measured on stories that people told apart (layer 3, no database).

Truth for an event are the other events under the same heading, if 2 to 50 stand there. Headings are hidden
from the rankings; only names learnt from headings of earlier years may be found in texts, as an
archive's contexts are. Rankings are measured before anything alike is left out of a list.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from events.related.features import features_of
from events.related.picking import Picker
from events.related.rankings import Ranking
from events.related.rows import Row, Rows
from events.related.scoring import Scorer
from events.related.statistics import Statistics, count_features
from events.text.naming import NameMatcher
from events.text.phrases import phrases

DEPTH: Final = 10
HEADINGS: Final = range(2, 51)
"""A heading with so many events is a story."""
SAMPLES: Final = 1_000
METRICS: Final = ("recall@10", "nDCG@10", "MRR", "hit@10")
_DISCOUNTS: Final = 1 / np.log2(np.arange(2, DEPTH + 2))


class Item(NamedTuple):
    """One event of a corpus; *heading* is what it is judged by, "" for none."""

    key: str
    date: dt.date
    category: str
    text: str
    heading: str


class Estimate(NamedTuple):
    """A mean over queries and its 95 % confidence interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Corpus:
    """All events that are ranked, and what a ranking may see of them."""

    items: Sequence[Item]
    edition: str

    @cached_property
    def places(self) -> dict[str, int]:
        """Where an event stands, by its key."""
        return {item.key: place for place, item in enumerate(self.items)}

    @cached_property
    def stories(self) -> dict[str, list[int]]:
        """The places of the events of each heading that is a story."""
        found: dict[str, list[int]] = defaultdict(list)
        for place, item in enumerate(self.items):
            if item.heading:
                found[item.heading].append(place)
        return {heading: places for heading, places in found.items() if len(places) in HEADINGS}

    @cached_property
    def by_names(self) -> tuple[Rows, Statistics]:
        """Features of texts, and as contexts the names learnt from headings of earlier years."""
        return self._features(texts=True, contexts=_named_earlier(self.items))

    @cached_property
    def by_phrases(self) -> tuple[Rows, Statistics]:
        """As contexts the capitalised phrases of the texts, as the baselines of shared tags have them."""
        return self._features(texts=False, contexts=(phrases(item.text) for item in self.items))

    def _features(self, *, texts: bool, contexts: Iterable[Iterable[str]]) -> tuple[Rows, Statistics]:
        numbers: dict[str, int] = {}
        rows = []
        for place, (item, names) in enumerate(zip(self.items, contexts, strict=True)):
            tags = {numbers.setdefault(name, len(numbers)) for name in names}
            found = features_of(item.text if texts else "", edition=self.edition, contexts=tags)
            rows.append(
                Row(place, item.date.toordinal(), item.category, found.packed_terms, found.packed_counts)
            )
        together = Rows.of(rows)
        return together, count_features([together], 1)


def evaluate(
    corpus: Corpus, keys: Iterable[str], ranking: Ranking, *, seed: int = 1,
    progress: Callable[[int], None] | None = None,
) -> tuple[int, dict[str, Estimate]]:  # fmt: skip
    """How many of the events of these *keys* have a truth, and each of :data:`METRICS` over them.

    Rankings that compute lists in an archive have the candidates that they would have there; the baselines
    rank the whole corpus. Raises ``KeyError`` for a key that is not in the corpus.
    """
    plain = not (ranking.words or ranking.names)
    rows, statistics = corpus.by_phrases if plain else corpus.by_names
    picker = Picker(Scorer(rows, statistics, ranking, everything=ranking.exhaustive))
    figures = []
    for key in keys:
        place = corpus.places[key]
        truth = set(corpus.stories.get(corpus.items[place].heading, ())) - {place}
        if truth:
            found = [
                int(rows.ids[other]) in truth for other, _ in picker.ranked(rows.place_of(place), most=DEPTH)
            ]
            figures.append(_figures(np.array(found + [False] * (DEPTH - len(found))), len(truth)))
        if progress is not None:
            progress(1)
    table = np.array(figures, np.float64).reshape(-1, len(METRICS))
    return len(table), {name: _estimate(table[:, at], seed) for at, name in enumerate(METRICS)}


def _figures(found: npt.NDArray[np.bool_], wanted: int) -> tuple[float, ...]:
    best = float(_DISCOUNTS[: min(DEPTH, wanted)].sum())
    first = int(np.argmax(found)) if found.any() else -1
    return (
        float(found.sum()) / wanted,
        float((_DISCOUNTS * found).sum()) / best,
        1 / (first + 1) if first >= 0 else 0.0,
        float(found.any()),
    )


def _estimate(values: npt.NDArray[np.float64], seed: int) -> Estimate:
    """Mean and confidence interval by drawing the queries anew (bootstrap), seeded."""
    if not len(values):
        return Estimate(0.0, 0.0, 0.0)
    draws = np.random.default_rng(seed).integers(0, len(values), (SAMPLES, len(values)))
    means = values[draws].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return Estimate(float(values.mean()), float(low), float(high))


def _named_earlier(items: Sequence[Item]) -> Iterator[list[str]]:
    """For each event the headings of earlier years whose names its text has."""
    first: dict[str, int] = {}
    for item in items:
        if item.heading:
            first[item.heading] = min(first.get(item.heading, item.date.year), item.date.year)
    names = sorted(first)
    matcher = NameMatcher((name, number) for number, name in enumerate(names))
    for item in items:
        found = (names[number] for number in sorted(matcher.targets(item.text)))
        yield [name for name in found if first[name] < item.date.year]
