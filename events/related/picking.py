"""From scores to a list of links: their order, what is left out as the same again, and why each is there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from events.related.features import CONTEXT, KIND_MASK, WORD, context_of
from events.related.scoring import Pairs, Scorer

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

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
        return list(islice(self._in_order(place, found.places, found.scores), most))

    def links(
        self, place: int, written: Mapping[int, str], without: Collection[int] = (), most: int | None = None
    ) -> list[Link]:
        """The links of the event at *place*, best first. *written*: how its features stand in its text.

        Left out are events that are not worth a link, and those that tell the same as a better one, or as
        the event itself within days: these are likely it once more.
        """
        most = LINKS if most is None else most
        found = self._scorer.of(place, without)
        picked: list[tuple[int, float]] = []
        for at, score in self._in_order(place, found.places[found.worthy], found.scores[found.worthy]):
            if len(picked) == most:
                break
            if self._is_again(place, at) or any(self._alike(other, at) for other, _ in picked):
                continue
            picked.append((at, score))
        return [
            Link(int(self._rows.ids[at]), score, self._reason(place, at, score, written, found.shared))
            for at, score in picked
        ]

    def _in_order(self, place: int, places: Ints, scores: Floats) -> Iterator[tuple[int, float]]:
        """The highest score first, then the nearest in time, then the newest, then the last arrived."""
        if len(places) > 2 * _AT_FIRST:
            enough = np.partition(scores, len(scores) - _AT_FIRST)[len(scores) - _AT_FIRST]
            best = scores >= enough
            yield from self._sorted(place, places[best], scores[best])
            places, scores = places[~best], scores[~best]
        yield from self._sorted(place, places, scores)

    def _sorted(self, place: int, places: Ints, scores: Floats) -> Iterator[tuple[int, float]]:
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
            terms = self._rows.terms[self._rows.features_at(place)]
            found = self._words[place] = frozenset(terms[terms & KIND_MASK == WORD].tolist())
        return found

    def _reason(
        self, place: int, other: int, score: float, written: Mapping[int, str], shared: Pairs
    ) -> dict[str, Any]:
        """Why the two are related: see ``models.RelatedLink``."""
        scorer, rows = self._scorer, self._rows
        begin, end = rows.starts[other], rows.starts[other + 1]
        here = (shared.theirs >= begin) & (shared.theirs < end)
        mine, theirs = shared.mine[here], shared.theirs[here]
        contexts: list[tuple[int, int, float]] = []
        story = 0
        words: dict[str, tuple[float, int]] = {}
        for term, said, events, often, often_there in zip(
            rows.terms[mine].tolist(), (scorer.asked[mine] * scorer.weights[theirs]).tolist(),
            scorer.counted[mine].tolist(), rows.counts[mine].tolist(), rows.counts[theirs].tolist(),
            strict=True,
        ):  # fmt: skip
            kind = term & KIND_MASK
            if kind == CONTEXT:
                contexts.append((context_of(term), events, round(said, 2)))
                story = context_of(term) if often > 1 and often_there > 1 else story
            elif word := written.get(term):
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
        if story:
            return {**reason, "story": story}
        return {**reason, "loose": True} if scorer.is_loose(score, apart) else reason
