"""Which of a day's harvested texts are which of the events known for that day: one to one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Final

from events.text.sameness import Match, Verdict, compare
from events.text.story import Story

# A rival this near leaves a person to choose.
_TOO_CLOSE: Final = 0.06


@dataclass(frozen=True, slots=True)
class Pairing:
    """New text *new_index* is (SAME), or may be (DOUBTFUL), the known event *known_index*."""

    new_index: int
    known_index: int
    verdict: Verdict
    score: float
    reasons: tuple[str, ...] = ()


def pair_day(
    new: Sequence[Story], known: Sequence[Story], *, blocked: Container[tuple[int, int]] = ()
) -> list[Pairing]:
    """Assign the texts of one day and edition to the known events, each at most once.

    Equal texts first; then the best of the rest, best score first. Where a rival of either side
    is nearly as good and has nobody better, the pairing is DOUBTFUL. Pairs ``(new, known)`` in
    *blocked* are never made. The answer is ordered by *new_index*; what is not in it is new.
    """
    pairings = _equal_texts(new, known, blocked)
    used_new = {pairing.new_index for pairing in pairings}
    used_known = {pairing.known_index for pairing in pairings}
    candidates: dict[tuple[int, int], Match] = {}
    free_known = [index for index in range(len(known)) if index not in used_known]
    for at in range(len(new)):
        if at in used_new:
            continue
        for index in free_known:
            match = compare(new[at], known[index])
            if match.verdict is not Verdict.DIFFERENT and (at, index) not in blocked:
                candidates[at, index] = match
    pairings.extend(_best_of(candidates))
    return sorted(pairings, key=lambda pairing: pairing.new_index)


def _equal_texts(
    new: Sequence[Story], known: Sequence[Story], blocked: Container[tuple[int, int]]
) -> list[Pairing]:
    """Exactly equal texts, then those equal but for case, accents and blanks."""
    pairings: list[Pairing] = []
    used: set[int] = set()
    done: set[int] = set()
    for form in ("text", "key"):
        waiting: defaultdict[str, list[int]] = defaultdict(list)
        for index, story in enumerate(known):
            if index not in used:
                waiting[getattr(story, form)].append(index)
        for at, story in enumerate(new):
            if at in done or not story.key:
                continue
            row = waiting[getattr(story, form)]
            match = next((index for index in row if (at, index) not in blocked), None)
            if match is not None:
                row.remove(match)
                used.add(match)
                done.add(at)
                pairings.append(Pairing(at, match, Verdict.SAME, 1.0, ("same text",)))
    return pairings


def _best_of(candidates: dict[tuple[int, int], Match]) -> list[Pairing]:
    """Take the best pairs first; a pair with a serious rival is doubtful."""
    of_new: defaultdict[int, dict[int, float]] = defaultdict(dict)
    of_known: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for (at, index), match in candidates.items():
        of_new[at][index] = match.score
        of_known[index][at] = match.score
    pairings: list[Pairing] = []
    used_new: set[int] = set()
    used_known: set[int] = set()
    for (at, index), match in sorted(candidates.items(), key=lambda item: (-item[1].score, item[0])):
        if at in used_new or index in used_known:
            continue
        used_new.add(at)
        used_known.add(index)
        rivals = _has_rival(of_new[at], of_known, at, index) or _has_rival(of_known[index], of_new, index, at)
        doubtful = rivals and match.verdict is Verdict.SAME
        verdict = Verdict.DOUBTFUL if doubtful else match.verdict
        reasons = (*match.reasons, "a rival is nearly as good") if doubtful else match.reasons
        pairings.append(Pairing(at, index, verdict, match.score, reasons))
    return pairings


def _has_rival(
    choices: dict[int, float], suitors_of: defaultdict[int, dict[int, float]], chooser: int, chosen: int
) -> bool:
    """Whether *chooser* could nearly as well have another, who has nobody clearly better."""
    for rival, score in choices.items():
        if rival == chosen or score < choices[chosen] - _TOO_CLOSE:
            continue
        better = [other for suitor, other in suitors_of[rival].items() if suitor != chooser]
        if max(better, default=0.0) <= score + _TOO_CLOSE:
            return True
    return False
