"""From scores to a list of links: their order, what is left out as the same again, and why each is there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from events.related.features import CONTEXT, NAME, NATION, WORD, context_of
from events.related.scoring import Scorer, Scores

Ints = npt.NDArray[np.int64]

LINKS: Final = 10
"""How many links an event has at most."""
WORDS_SHOWN: Final = 4
"""So many of the most telling shared words are kept with a link."""
SAME: Final = 0.8
"""Texts that have so much of their words in common tell the same again."""
SAME_LEAST: Final = 5
"""Shorter texts, in words, are too short to tell that."""
SAME_DAYS: Final = 3
"""An event told the same within so many days is likely this one once more."""
_AT_FIRST: Final = 64


class Link(NamedTuple):
    """A computed link; ``reason`` as ``models.RelatedLink`` keeps it."""

    target: int
    score: float
    reason: dict[str, Any]


class Picker:
    """Picks the links of events of a scorer."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self._rows = scorer.rows
        self._words: dict[int, frozenset[int]] = {}

    def ranked(self, place: int, without: Collection[int] = (), most: int = LINKS) -> list[tuple[int, float]]:
        """The best candidates and their scores, before any is left out; for evaluation."""
        found = self._scorer.of(place, without)
        return [
            (at, score) for (at, score), _ in zip(self._in_order(place, found), range(most), strict=False)
        ]

    def links(
        self, place: int, written: Mapping[int, str], without: Collection[int] = (), most: int | None = None
    ) -> list[Link]:
        """The links of the event at *place*, best first. *written*: how its features stand in its text.

        Left out are events that tell the same as a better one, or as the event itself within days:
        these are likely it once more.
        """
        most = LINKS if most is None else most
        picked: list[tuple[int, float]] = []
        for at, score in self._in_order(place, self._scorer.of(place, without)):
            if len(picked) == most:
                break
            if self._is_again(place, at) or any(self._alike(other, at) for other, _ in picked):
                continue
            picked.append((at, score))
        return [
            Link(int(self._rows.ids[at]), score, self._reason(place, at, written, without))
            for at, score in picked
        ]

    def _in_order(self, place: int, found: Scores) -> Iterator[tuple[int, float]]:
        """The highest score first, then the nearest in time, then the newest, then the last arrived."""
        places, scores = found
        if len(places) > 2 * _AT_FIRST:
            enough = np.partition(scores, len(scores) - _AT_FIRST)[len(scores) - _AT_FIRST]
            best = scores >= enough
            yield from self._sorted(place, places[best], scores[best])
            places, scores = places[~best], scores[~best]
        yield from self._sorted(place, places, scores)

    def _sorted(
        self, place: int, places: Ints, scores: npt.NDArray[np.float64]
    ) -> Iterator[tuple[int, float]]:
        days = self._rows.days[places]
        nearness = np.abs(days - self._rows.days[place]) if self._scorer.in_time else days * 0
        for at in np.lexsort((-self._rows.ids[places], -days, nearness, -scores)):
            yield int(places[at]), float(scores[at])

    def _is_again(self, place: int, other: int) -> bool:
        apart = abs(int(self._rows.days[place]) - int(self._rows.days[other]))
        return apart <= SAME_DAYS and self._alike(place, other)

    def _alike(self, one: int, other: int) -> bool:
        mine, theirs = self._words_of(one), self._words_of(other)
        common = len(mine & theirs)
        return common >= SAME_LEAST and common >= SAME * (len(mine) + len(theirs) - common)

    def _words_of(self, place: int) -> frozenset[int]:
        found = self._words.get(place)
        if found is None:
            span = self._rows.features_at(place)
            terms = self._rows.terms[span][self._rows.kinds[span] == WORD]
            found = self._words[place] = frozenset(terms.tolist())
        return found

    def _reason(
        self, place: int, other: int, written: Mapping[int, str], without: Collection[int]
    ) -> dict[str, Any]:
        """Why the two are related: see ``models.RelatedLink``."""
        scorer, rows = self._scorer, self._rows
        mine, theirs = rows.features_at(place), rows.features_at(other)
        shared, at, there = np.intersect1d(
            rows.terms[mine], rows.terms[theirs], assume_unique=True, return_indices=True
        )
        points = scorer.asked[mine][at] * scorer.weights[theirs][there]
        counts = scorer.statistics.counts_of(shared)
        contexts: list[tuple[int, int, float]] = []
        story = 0
        words: dict[str, tuple[float, int]] = {}
        rows_of_shared = zip(
            shared.tolist(), points.tolist(), counts.tolist(),
            rows.counts[mine][at].tolist(), rows.counts[theirs][there].tolist(), strict=True,
        )  # fmt: skip
        for term, said, events, often, often_there in rows_of_shared:
            if term in without:
                continue
            kind = term & 3
            if kind == CONTEXT:
                contexts.append((context_of(term), events, round(said, 2)))
                story = context_of(term) if often > 1 and often_there > 1 else story
            elif said > 0 and kind in (WORD, NAME, NATION) and (word := written.get(term)):
                before, most = words.get(word, (0.0, 0))
                words[word] = (before + said, max(most, events))
        best = sorted(words.items(), key=lambda item: (-item[1][0], item[0]))[:WORDS_SHOWN]
        contexts.sort()
        apart = abs(int(rows.days[place]) - int(rows.days[other]))
        reason: dict[str, Any] = {
            "contexts": [pk for pk, _, _ in contexts],
            "counts": [events for _, events, _ in contexts],
            "points": [said for _, _, said in contexts],
            "words": [[word, events, round(said, 2)] for word, (said, events) in best],
            "near": round(scorer.left_of(apart), 3),
        }
        return {**reason, "story": story} if story else reason
