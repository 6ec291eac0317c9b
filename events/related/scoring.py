"""The scores of events against each other, many at once (pure, no database).

A score is made of two events' features, their dates and categories, and of the statistics, and of
nothing else: it is to the last bit the same whichever other events are scored with them. That lets what
is computed for one new event end where computing everything would end.

Two events are scored only if they are candidates of each other: near in time, or sharing a rare
feature (``statistics``). So what an event costs does not grow with the archive.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from events.related.features import CONTEXT, NAME, NATION, WORD
from events.related.rankings import K1, LENGTH_SHARE, Ranking
from events.related.rows import Rows
from events.related.statistics import Statistics

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_DIGITS: Final = 4


class Scores(NamedTuple):
    """The places of an event's candidates, and their scores; in the order of ids."""

    places: Ints
    scores: Floats


class Scorer:
    """Scores the events of *rows* against each other.

    *everything*: all are candidates of all, which costs time by the square of their number.
    """

    def __init__(
        self, rows: Rows, statistics: Statistics, ranking: Ranking, *, everything: bool = False
    ) -> None:
        self.rows = rows
        self.statistics = statistics
        self._ranking = ranking
        self._everything = everything
        self._rare = statistics.is_rare(rows.terms)
        terms, number = np.unique(rows.terms, return_inverse=True)
        self._number = number
        self._terms = terms
        order = np.argsort(number, kind="stable")
        self._holders = rows.owners[order]
        self._held = self.weights[order]
        self._starts = np.concatenate(
            [np.zeros(1, np.int64), np.cumsum(np.bincount(number, minlength=len(terms)))]
        ).tolist()
        self._named = np.bincount(rows.owners[rows.kinds == NATION], minlength=len(rows)) > 0
        self._kind_of_category = np.unique(rows.categories, return_inverse=True)[1]

    @property
    def in_time(self) -> bool:
        """Whether nearness in time counts; else of equals the newest come first."""
        return bool(self._ranking.nearness)

    def left_of(self, apart: int) -> float:
        """What is left of a score at so many days' distance."""
        near = self._ranking.near
        return float(near[min(apart, len(near) - 1)])

    @cached_property
    def weights(self) -> Floats:
        """What each feature weighs in its own event: its count, damped, by the length of the text."""
        rows, counts = self.rows, self.rows.counts.astype(np.float64)
        if self._ranking.counted:
            return np.ones(len(counts))
        lengths = np.ones(len(counts))
        mean = self.statistics.words_mean or 1.0
        lengths = np.where(rows.kinds == WORD, rows.words[rows.owners] / mean, lengths)
        mean = self.statistics.names_mean or 1.0
        of_names = (rows.kinds == NAME) | (rows.kinds == NATION)
        lengths = np.where(of_names, rows.names[rows.owners] / mean, lengths)
        damped = counts * (K1 + 1) / (counts + K1 * (1 - LENGTH_SHARE + LENGTH_SHARE * lengths))
        return np.where(rows.kinds == CONTEXT, 1.0, damped)

    @cached_property
    def worth(self) -> Floats:
        """What each feature says by its kind and rarity."""
        weights = self._ranking.weights[self.rows.kinds]
        return weights if self._ranking.counted else weights * self.statistics.rarity_of(self.rows.terms)

    @cached_property
    def asked(self) -> Floats:
        """What each feature is worth when its event asks."""
        return self.worth * self.weights if self._ranking.mutual else self.worth

    def of(self, place: int, without: Collection[int] = ()) -> Scores:
        """The scores of the candidates of the event at *place*, itself left out.

        *without*: features that are no reason for this event's own links.
        """
        rows = self.rows
        span = rows.features_at(place)
        features = np.arange(span.start, span.stop)
        features = features[self.asked[span] > 0]
        if without:
            features = features[~np.isin(rows.terms[features], np.fromiter(without, np.int64))]
        total = self._sum(features, self.asked)
        apart = np.abs(rows.days - rows.days[place])
        found = total > 0
        if self._ranking.words_least > 1:
            found &= self._tells_enough(features)
        if not self._everything:
            near = apart <= self.statistics.window
            found &= near | self._shares(features[self._rare[features]])
        found[place] = False
        places = np.flatnonzero(found)
        return Scores(places, self._shaped(place, places, total[places], apart[places], features))

    def _shaped(self, place: int, places: Ints, total: Floats, apart: Ints, features: Ints) -> Floats:
        """Sums as they become by time, category and countries."""
        ranking, rows = self._ranking, self.rows
        scores = total * ranking.near[np.minimum(apart, len(ranking.near) - 1)]
        if ranking.category != 1:
            same = self._kind_of_category[places] == self._kind_of_category[place]
            scores = np.where(same, scores * ranking.category, scores)
        if ranking.strangers != 1 and self._named[place]:
            shared = self._shares(features[rows.kinds[features] == NATION])[places]
            scores = np.where(self._named[places] & ~shared, scores * ranking.strangers, scores)
        return np.round(scores, _DIGITS)

    def _sum(self, features: Ints, asked: Floats) -> Floats:
        """For each event what the features that it shares add up to, in the order of the features."""
        if not len(features):
            return np.zeros(len(self.rows))
        spans = [self._span(int(number)) for number in self._number[features]]
        holders = np.concatenate([self._holders[span] for span in spans])
        held = np.concatenate([self._held[span] for span in spans])
        worth = np.repeat(asked[features], [span.stop - span.start for span in spans])
        return np.bincount(holders, held * worth, minlength=len(self.rows)).astype(np.float64)

    def _tells_enough(self, features: Ints) -> npt.NDArray[np.bool_]:
        """Which events share a context, a word that is a name in one of them, or several words.

        One ordinary word relates nothing.
        """
        kinds = self.rows.kinds[features]
        words = np.zeros(len(self.rows), np.int64)
        for number in self._number[features[kinds == WORD]]:
            words[self._holders[self._span(int(number))]] += 1
        enough = words >= self._ranking.words_least
        enough |= self._shares(features[kinds == CONTEXT])
        # "Brexit" inside a sentence is a name; where it opens one, it is a word like others.
        twins = self.rows.terms[features[(kinds == WORD) | (kinds == NAME)]] ^ (WORD ^ NAME)
        places = np.minimum(np.searchsorted(self._terms, twins), len(self._terms) - 1)
        for number in places[self._terms[places] == twins]:
            enough[self._holders[self._span(int(number))]] = True
        return enough

    def _shares(self, features: Ints) -> npt.NDArray[np.bool_]:
        """Which events share one of the features."""
        found = np.zeros(len(self.rows), np.bool_)
        for number in self._number[features]:
            found[self._holders[self._span(int(number))]] = True
        return found

    def _span(self, number: int) -> slice:
        return slice(self._starts[number], self._starts[number + 1])
