"""The scores of events against each other, many at once (pure, no database).

A score is made of two events' features, their dates and categories, and of the statistics, and of
nothing else: it is to the last bit the same whichever other events are scored with them. That lets what
is computed for one new event end where computing everything would end.

Two events are scored only if they are candidates of each other: near in time, or sharing a rare
feature (``statistics``). So what an event costs does not grow with the archive.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from events.related.features import CONTEXT, KIND_MASK, NAME, NATION, WORD
from events.related.rankings import K1, LENGTH_SHARE, Ranking
from events.related.rows import Rows
from events.related.statistics import SMALL, Statistics

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Small = npt.NDArray[np.int32]
_DIGITS: Final = 4
_NONE: Final = np.empty(0, np.int32)


class Pairs(NamedTuple):
    """What an event shares with its candidates: its own features, and the same ones of the others.

    Both are places in the features of all events; the event's own ascend.
    """

    mine: Ints
    theirs: Small


class Scores(NamedTuple):
    """The places of an event's candidates, and their scores; in the order of time.

    *worthy*: which are worth a link, as the ranking's ``least`` has it. *shared*: why, with every candidate.
    """

    places: Ints
    scores: Floats
    worthy: Flags
    shared: Pairs


class Scorer:
    """Scores the events of *rows* against each other.

    *everything*: all are candidates of all, which costs time by the square of their number.
    Not for several threads at once.
    """

    def __init__(
        self, rows: Rows, statistics: Statistics, ranking: Ranking, *, everything: bool = False
    ) -> None:
        self.rows = rows
        self.statistics = statistics
        self._ranking = ranking
        self._everything = everything
        # By feature: where it stands among the features of all, and whose it is.
        self._order = np.argsort(rows.terms, kind="stable").astype(np.int32)
        ordered = rows.terms[self._order]
        begins = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])[: len(ordered)])
        self._terms = ordered[begins]
        self._starts: list[int] = [*begins.tolist(), len(ordered)]
        self._holders = rows.owners[self._order].astype(np.int32)
        self._number = np.empty(len(ordered), np.int32)
        self._number[self._order] = np.repeat(np.arange(len(begins)), np.diff(self._starts))
        # Which candidate an event is, and which feature is asked for, while one asks; -1 otherwise.
        self._candidate = np.full(len(rows), -1, np.int32)
        self._asked_for = np.full(len(begins), -1, np.int32)
        self._named = np.bincount(rows.owners[rows.kinds == NATION], minlength=len(rows)) > 0
        self._kind_of_category = np.unique(rows.categories, return_inverse=True)[1]
        self._left = ranking.left_by_day(statistics.density)
        # Among few events little is rare.
        unseen = statistics.unseen if statistics.events > SMALL else 0.0
        self._least, self._close = ranking.least * unseen, ranking.close * unseen

    @property
    def in_time(self) -> bool:
        """Whether nearness in time counts; else of equals the newest come first."""
        return bool(self._ranking.nearness)

    def left_of(self, apart: int) -> float:
        """What is left of a score at so many days' distance."""
        return float(self._left[min(apart, len(self._left) - 1)])

    def is_loose(self, score: float, apart: int) -> bool:
        """Whether two so many days apart, with this score, have too little in common for readers.

        The time between, which ranks them, counts by its root here: what happened the same day by chance has
        little in common, and a story's beginning years before much.
        """
        return score < self._close * math.sqrt(self.left_of(apart))

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
    def asked(self) -> Floats:
        """What each feature is worth when its event asks."""
        worth = self._ranking.weights[self._terms & KIND_MASK]
        if not self._ranking.counted:
            worth = worth * self.statistics.rarity_of(self._terms)
        asked: Floats = worth[self._number]
        return asked * self.weights if self._ranking.mutual else asked

    @cached_property
    def counted(self) -> Ints:
        """In how many events each feature was counted."""
        return self.statistics.counts_of(self._terms)[self._number]

    @cached_property
    def _rare(self) -> Flags:
        """Which features, by number, find candidates however far apart."""
        return self.statistics.is_rare(self._terms)

    @cached_property
    def _twins(self) -> Ints:
        """For each word the number of the name that it may be, and the other way round; -1 for none."""
        kinds = self._terms & KIND_MASK
        twins = self._terms ^ (WORD ^ NAME)
        places = np.minimum(np.searchsorted(self._terms, twins), max(len(self._terms) - 1, 0))
        there = (self._terms[places] == twins) & ((kinds == WORD) | (kinds == NAME))
        return np.where(there, places, -1)

    def of(self, place: int, without: Collection[int] = ()) -> Scores:
        """The scores of the candidates of the event at *place*, itself left out.

        *without*: features that are no reason for this event's own links.
        """
        rows = self.rows
        mine = np.arange(rows.starts[place], rows.starts[place + 1])
        mine = mine[self.asked[mine] > 0]
        if without:
            mine = mine[~np.isin(rows.terms[mine], np.fromiter(without, np.int64))]
        numbers = self._number[mine].astype(np.int64)
        looked_for, by_name = self._with_twins(numbers)
        places, at, which, theirs = self._candidates(place, looked_for, numbers[self._rare[numbers]])

        shared = which < len(mine)
        points = np.zeros(len(looked_for))
        points[: len(mine)] = self.asked[mine]
        total: Floats = np.bincount(at, points[which] * self.weights[theirs], len(places)).astype(np.float64)
        kinds = rows.kinds[theirs]
        found = total > 0
        if self._ranking.words_least > 1:
            # One ordinary word relates nothing; a context does, or a word that is a name in one of them:
            # "Brexit" inside a sentence is a name; where it opens one, it is a word like others.
            told = np.bincount(at[shared & (kinds == WORD)], minlength=len(places))
            enough = told >= self._ranking.words_least
            enough[at[(kinds == CONTEXT) | by_name[which]]] = True
            found &= enough
        found &= places != place

        apart = np.abs(rows.days[places] - rows.days[place])
        peoples = np.zeros(len(places), np.bool_)
        peoples[at[shared & (kinds == NATION)]] = True
        scores = self._shaped(place, places, total, apart, peoples)
        worthy = scores >= self._least
        at, theirs, mine = at[shared], theirs[shared], mine[which[shared]]
        of_story = (kinds[shared] == CONTEXT) & (rows.counts[mine] > 1) & (rows.counts[theirs] > 1)
        worthy[at[of_story]] = True
        return Scores(places[found], scores[found], worthy[found], Pairs(mine, theirs))

    def _with_twins(self, numbers: Ints) -> tuple[Ints, Flags]:
        """These features and the names or words that each may be, and which of them are such."""
        twins = self._twins[numbers]
        twins = twins[twins >= 0]
        self._asked_for[numbers] = np.arange(len(numbers))
        among = self._asked_for[twins]
        self._asked_for[numbers] = -1
        looked_for = np.concatenate([numbers, twins[among < 0]])
        such = np.zeros(len(looked_for), np.bool_)
        such[len(numbers) :] = True
        such[among[among >= 0]] = True
        return looked_for, such

    def _candidates(self, place: int, numbers: Ints, rare: Ints) -> tuple[Ints, Small, Ints, Small]:
        """The candidates, those near in time first, and what they have of the features *numbers*.

        For each thing had: whose it is, as a place among the candidates; which of *numbers*; its place
        among the features of all. In the order of *numbers*.
        """
        rows = self.rows
        first, last = 0, len(rows)
        if not self._everything:
            day, window = rows.days[place], self.statistics.window
            first, last = np.searchsorted(rows.days, [day - window, day + window + 1]).tolist()
        far = _joined([self._holders[span] for span in self._spans(rare)])
        far = np.sort(far[(far < first) | (far >= last)])
        far = far[np.diff(far, prepend=-1) > 0]  # np.unique takes ten times as long
        places = np.concatenate([np.arange(first, last), far])

        spans = self._spans(numbers)
        self._candidate[places] = np.arange(len(places))
        at = self._candidate[_joined([self._holders[span] for span in spans])]
        self._candidate[places] = -1
        had = np.flatnonzero(at >= 0)
        which = np.repeat(np.arange(len(spans)), [span.stop - span.start for span in spans])[had]
        return places, at[had], which, _joined([self._order[span] for span in spans])[had]

    def _spans(self, numbers: Ints) -> list[slice]:
        """Where these features stand in ``_order`` and ``_holders``."""
        starts = self._starts
        return [slice(starts[number], starts[number + 1]) for number in numbers.tolist()]

    def _shaped(self, place: int, places: Ints, total: Floats, apart: Ints, peoples: Flags) -> Floats:
        """Sums as they become by time, category and countries; *peoples*: where one is in both."""
        ranking = self._ranking
        scores = total * self._left[np.minimum(apart, len(self._left) - 1)]
        if ranking.category != 1:
            same = self._kind_of_category[places] == self._kind_of_category[place]
            scores = np.where(same, scores * ranking.category, scores)
        if ranking.strangers != 1 and self._named[place]:
            scores = np.where(self._named[places] & ~peoples, scores * ranking.strangers, scores)
        return np.round(scores, _DIGITS)


def _joined(parts: list[Small]) -> Small:
    return np.concatenate(parts) if parts else _NONE
