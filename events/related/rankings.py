"""The rankings by name: by what, and how much, two events are related (docs/related.md has the figures)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Ranking:
    """How the score of two events is made of what both have.

    Words and names count as in BM25, by their rarity and by how long the texts are. With *mutual*
    how often a word stands counts in both texts, so that the score is the same from either side.
    ``words`` … ``contexts`` weigh the kinds of features. *counted*: each shared one counts 1, whatever its
    rarity. *exhaustive*: evaluations rank the whole corpus by it, as a baseline, and not only the
    candidates that an archive looks at. *nearness*: (share, days, power) of the curves
    ``(1 + distance / days) ** -power`` whose sum is what a distance in time leaves of the score; where an
    archive has fewer events a day than :data:`DENSITY`, the curves are as much longer.
    *words_least*: so many words must be shared where no name and no context is. *category*: times this in
    one category; *strangers*: times this where both name countries and none is in both. *least*: a link must
    score so many times what a word says that stands nowhere else, or tell the same story. *close*: so many
    times that it must score where only the root of what the distance in time leaves is taken; a link of less
    is loose, and left out of readers' pages.
    """

    name: str
    words: float = 0.0
    names: float = 0.0
    nations: float = 0.0
    contexts: float = 0.0
    mutual: bool = True
    counted: bool = False
    exhaustive: bool = True
    nearness: tuple[tuple[float, float, float], ...] = ()
    words_least: int = 1
    category: float = 1.0
    strangers: float = 1.0
    least: float = 0.0
    close: float = 0.0

    @cached_property
    def weights(self) -> npt.NDArray[np.float64]:
        """The weights by the kind of feature."""
        return np.array([self.words, self.names, self.nations, self.contexts], np.float64)

    def left_by_day(self, density: float) -> npt.NDArray[np.float64]:
        """What is left of a score by distance in days, in an archive of so many events a day.

        The last figure stands for all farther ones.
        """
        return _left_by_day(self.nearness, min(max(density / DENSITY, _LONGEST), 1.0))


@lru_cache(maxsize=16)
def _left_by_day(nearness: tuple[tuple[float, float, float], ...], pace: float) -> npt.NDArray[np.float64]:
    days = np.arange(_DAYS, dtype=np.float64) * pace
    curves = [share * (1 + days / scale) ** -power for share, scale, power in nearness]
    return np.sum(curves, axis=0) if curves else np.ones(_DAYS)


_DAYS: Final = 40_000
DENSITY: Final = 12.0
"""Events a day of the archive that the curves of nearness were found in."""
_LONGEST: Final = 1 / 16
K1: Final = 1.2
LENGTH_SHARE: Final = 0.75
"""BM25's k1 and b."""

STORIES: Final = Ranking(
    "stories", words=1.0, names=1.0, nations=2.0, contexts=1.0, exhaustive=False,
    nearness=((0.5, 3.0, 1.0), (0.5, 200.0, 0.5)), words_least=2, category=1.3, strangers=0.8, least=1.0,
    close=2.4,
)  # fmt: skip
BM25: Final = Ranking("bm25", words=1.0, mutual=False)
BM25_IN_TIME: Final = Ranking("bm25-in-time", words=1.0, mutual=False, nearness=((1.0, 100.0, 1.0),))
SHARED_CONTEXTS: Final = Ranking("shared-contexts", contexts=1.0, counted=True)
RARE_CONTEXTS: Final = Ranking("rare-contexts", contexts=1.0, nearness=((1.0, 100.0, 1.0),))
RANKINGS: Final = {
    ranking.name: ranking for ranking in (STORIES, BM25, BM25_IN_TIME, SHARED_CONTEXTS, RARE_CONTEXTS)
}
"""What is evaluated and may be chosen by name; the first is the default."""
