"""How rare features are: counted once and then kept, so that scores depend on two events and nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from events.related.features import CONTEXT, KIND_MASK, WORD
from events.related.rows import Rows

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

RARE_MOST: Final = 300
"""A word or context in no more events than this makes candidates of events however far apart in time."""
NEAR_EVENTS: Final = 3_000
"""All events so near in time that about this many lie between are candidates."""
_DAYS_LEAST, _DAYS_MOST = 7, 3_650
SMALL: Final = 200
"""An edition of no more events is counted anew whenever something changes."""
_GROWN: Final = 2


@dataclass(frozen=True)
class Statistics:
    """The counts of one edition at one time. *terms* ascend; what is not among them counts as once."""

    version: int
    events: int
    days: int
    words_mean: float
    names_mean: float
    terms: Ints
    counts: Ints

    @cached_property
    def _rarities(self) -> Floats:
        return np.log1p((self.events - self.counts + 0.5) / (self.counts + 0.5))

    @cached_property
    def unseen(self) -> float:
        """How much a feature says that was in one event only, or in none."""
        return math.log1p((max(self.events, 1) - 0.5) / 1.5)

    @property
    def density(self) -> float:
        """Events a day."""
        return self.events / max(self.days, 1)

    @cached_property
    def window(self) -> int:
        """How many days apart events may be to be candidates whatever they share."""
        days = math.ceil(NEAR_EVENTS / 2 / self.density) if self.density else _DAYS_MOST
        return min(max(days, _DAYS_LEAST), _DAYS_MOST)

    def counts_of(self, terms: Ints) -> Ints:
        """In how many events each of these features was counted; 1 for those that were not there."""
        places, known = self._find(terms)
        return np.where(known, self.counts[places], 1) if len(self.terms) else np.ones(len(terms), np.int64)

    def rarity_of(self, terms: Ints) -> Floats:
        """How much each of these features says: the inverse document frequency of BM25, never negative."""
        if not len(self.terms):
            return np.full(len(terms), self.unseen)
        places, known = self._find(terms)
        return np.where(known, self._rarities[places], self.unseen)

    def is_rare(self, terms: Ints) -> npt.NDArray[np.bool_]:
        """Which of these features find candidates however far apart in time."""
        kinds = terms & KIND_MASK
        rare: npt.NDArray[np.bool_] = self.counts_of(terms) <= RARE_MOST
        finding: npt.NDArray[np.bool_] = (kinds == WORD) | (kinds == CONTEXT)
        return finding & rare

    def outgrown_by(self, events: int) -> bool:
        """Whether an edition of so many events is to be counted anew."""
        return events > _GROWN * self.events

    def _find(self, terms: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
        places = np.searchsorted(self.terms, terms)
        places[places == len(self.terms)] = 0
        known = self.terms[places] == terms if len(self.terms) else np.zeros(len(terms), np.bool_)
        return places, known


NOTHING_COUNTED: Final = Statistics(0, 0, 0, 0.0, 0.0, np.empty(0, np.int64), np.empty(0, np.int64))


def count_features(parts: Iterable[Rows], version: int) -> Statistics:
    """The statistics of all these events; *parts* are read one after the other and not kept."""
    terms = counts = np.empty(0, np.int64)
    events, words, names = 0, 0, 0
    first, last = 1 << 40, 0
    for rows in parts:
        if not len(rows):
            continue
        found, times = np.unique(rows.terms, return_counts=True)
        terms, counts = _added(terms, counts, found, times)
        events += len(rows)
        words += int(rows.words.sum())
        names += int(rows.names.sum())
        first, last = min(first, int(rows.days.min())), max(last, int(rows.days.max()))
    several = counts > 1
    return Statistics(
        version, events, max(last - first + 1, 0), words / max(events, 1), names / max(events, 1),
        terms[several], counts[several],
    )  # fmt: skip


def _added(terms: Ints, counts: Ints, more: Ints, times: Ints) -> tuple[Ints, Ints]:
    merged, places = np.unique(np.concatenate([terms, more]), return_inverse=True)
    return merged, np.bincount(places, np.concatenate([counts, times])).astype(np.int64)
