"""Is this text the same event as that one, reworded?

A transparent score with named parts, no trained model. Likeness of the words alone proves nothing
(archive-layout.md, "What the files teach"): on one day "Peru votes" and "Chad votes" are two events,
while "160 dead" and "207 dead" are one. So a name that only one side has, where the other side
has another one, speaks against; a figure does not; a shared source helps and proves nothing.
What is not certain is DOUBTFUL and goes to a person: a wrong merge is worse than a duplicate.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from rapidfuzz.distance import Indel, JaroWinkler, Levenshtein

from events.text.nations import COMMON_NAMES, NATIONS
from events.text.story import Story, word_key

# Below this likeness of words nothing else is looked at, unless one text has all words of the other.
_WORTH_A_LOOK: Final = 0.4
# Three views of likeness: words shared of all, of the shorter text's, and the order of characters.
_SHARED_OF_ALL: Final = 0.45
_SHARED_OF_SHORTER: Final = 0.20
_CHARACTERS: Final = 0.35
# What helps.
_SHARED_SOURCE: Final = 0.10
_SHARED_FIGURE: Final = 0.02
_MOST_FIGURES: Final = 2
_GROWN: Final = 0.15
# What speaks against.
_OTHER_NAMES: Final = 0.50
_SHARED_NAME_EASES: Final = 0.35
_SHARED_WORD_EASES: Final = 0.1
_USUAL_WORDS: Final = 6
_EXTRA_NAME: Final = 0.02
_MOST_EXTRA_NAMES: Final = 3
_CONTRAST: Final = 0.30
_NAMES_SWAPPED: Final = 0.35
_MOST_SWAPPED: Final = 6
_FEW_WORDS: Final = 5
_FEW_WORDS_COST: Final = 0.08
_SWAPPED_RUNS: Final = 1.6
# The verdicts.
SAME_FROM: Final = 0.73
DOUBTFUL_FROM: Final = 0.63
_ONE_SPELLING: Final = 0.9


class Verdict(Enum):
    """The answer to "is it the same event?"."""

    SAME = "same"
    DOUBTFUL = "doubtful"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Match:
    """A verdict, its score (0 to 1) and the reasons that moved it, as codes for people to read."""

    verdict: Verdict
    score: float
    reasons: tuple[str, ...]


_EXACT: Final = Match(Verdict.SAME, 1.0, ("same text",))
_NOTHING_SHARED: Final = Match(Verdict.DIFFERENT, 0.0, ())


def compare(one: Story, other: Story) -> Match:
    """How sure it is that both texts, of one day, tell of the same event. Symmetric."""
    size_one, size_other = len(one.tokens), len(other.tokens)
    shared = len(one.tokens & other.tokens)
    fewer = min(size_one, size_other)
    if 2 * shared < _WORTH_A_LOOK * (size_one + size_other) and (shared < fewer or fewer < _FEW_WORDS):
        return _NOTHING_SHARED
    if one.key == other.key and one.key:
        return _EXACT
    if not shared:
        return _NOTHING_SHARED
    likeness = (
        _SHARED_OF_ALL * 2 * shared / (size_one + size_other)
        + _SHARED_OF_SHORTER * shared / fewer
        + _CHARACTERS * Indel.normalized_similarity(one.key, other.key)
    )
    reasons = [f"likeness {likeness:.2f}"]
    score = likeness + _support(one, other, reasons) - _objections(one, other, shared, reasons)
    score = round(min(1.0, max(0.0, score)), 4)
    return Match(_verdict(score), score, tuple(reasons))


def _verdict(score: float) -> Verdict:
    if score >= SAME_FROM:
        return Verdict.SAME
    return Verdict.DOUBTFUL if score >= DOUBTFUL_FROM else Verdict.DIFFERENT


def _support(one: Story, other: Story, reasons: list[str]) -> float:
    gain = 0.0
    if not one.sources.isdisjoint(other.sources):
        gain += _SHARED_SOURCE
        reasons.append("shared source")
    short, long = sorted((one, other), key=lambda story: len(story.key))
    if len(short.tokens) >= _FEW_WORDS and short.key.rstrip(".。 ") in long.key:
        gain += _GROWN
        reasons.append("one text within the other")
    figures = min(len(one.figures & other.figures), _MOST_FIGURES)
    if figures:
        gain += _SHARED_FIGURE * figures
        reasons.append("same figures")
    return gain


def _objections(one: Story, other: Story, shared: int, reasons: list[str]) -> float:
    cost = 0.0
    if one.cjk:
        mine, theirs = set(one.names - other.names), set(other.names - one.names)
        swapped = _swapped_share(one.key, other.key)
        if swapped:
            cost += _SWAPPED_RUNS * swapped
            reasons.append(f"other words in place: {swapped:.2f}")
    else:
        mine, theirs = _names_apart(one, other)
    known = ((one.names | other.names) & one.tokens & other.tokens) - COMMON_NAMES
    clashing = min(len(mine), len(theirs))
    if clashing:
        ease = _SHARED_NAME_EASES * len(known) + _SHARED_WORD_EASES * max(0, shared - _USUAL_WORDS)
        cost += _OTHER_NAMES * clashing / (clashing + (0.0 if one.cjk else ease))
        reasons.append(f"other names: {', '.join(sorted(mine))} / {', '.join(sorted(theirs))}")
    extra = min(max(len(mine), len(theirs)) - clashing, _MOST_EXTRA_NAMES)
    if extra:
        cost += _EXTRA_NAME * extra
        reasons.append("further names")
    if not (mine or theirs or one.cjk) and _names_swapped(one, other):
        cost += _NAMES_SWAPPED
        reasons.append("names change places")
    contrasts = _contrasts(one, other)
    if contrasts:
        cost += _CONTRAST * len(contrasts)
        reasons.extend(contrasts)
    if shared < _FEW_WORDS:
        cost += _FEW_WORDS_COST
        reasons.append("few words")
    return cost


def _names_apart(one: Story, other: Story) -> tuple[set[str], set[str]]:
    """The names that only one side has, without those that are another form of a name over there."""
    mine, theirs = set(one.names - other.tokens), set(other.names - one.tokens)
    if not (mine and theirs):
        # A word that opens a sentence counts as a name only where the other side has a name instead.
        mine |= one.soft - other.tokens
        theirs |= other.soft - one.tokens
    if mine and theirs:
        _drop_acronyms(one, mine, other, theirs)
        _drop_acronyms(other, theirs, one, mine)
        for name in sorted(mine):
            twin = next((far for far in sorted(theirs) if _one_name(name, far)), None)
            if twin is not None:
                mine.discard(name)
                theirs.discard(twin)
    return mine, theirs


def _drop_acronyms(short: Story, of_short: set[str], long: Story, of_long: set[str]) -> None:
    """Take out an acronym of one side, and the words it stands for of the other."""
    for acronym in short.acronyms:
        spelt_out = _spelt_out(acronym, long)
        if spelt_out:
            of_short.discard(acronym)
            of_long -= spelt_out


def _names_swapped(one: Story, other: Story) -> bool:
    """Whether the texts differ only in names that stand in each other's place ("A attacks B").

    Names next to each other, as in a list, may change places.
    """
    here, there = one.key.split(), other.key.split()
    if len(here) != len(there) or sorted(here) != sorted(there):
        return False
    apart = [at for at, (word, other_word) in enumerate(zip(here, there, strict=True)) if word != other_word]
    if not apart or len(apart) > _MOST_SWAPPED:
        return False
    names = one.names | one.soft
    if any(word_key(here[at]) not in names for at in apart):
        return False
    return any(word_key(word) not in names | {""} for word in here[apart[0] : apart[-1]])


def _swapped_share(one: str, other: str) -> float:
    """How much of the shorter Chinese text has other words in the same place, as a share of it.

    Single characters and runs that share a character do not count: names are spelt with various
    characters, and a table of scripts is never complete. Nor do figures.
    """
    swapped = 0
    for edit in Levenshtein.opcodes(one, other):
        if edit.tag != "replace":
            continue
        here, there = one[edit.src_start : edit.src_end], other[edit.dest_start : edit.dest_end]
        if (
            len(here) > 1
            and len(there) > 1
            and not set(here) & set(there)
            and not any(map(str.isdigit, here + there))
        ):
            swapped += min(len(here), len(there))
    return swapped / max(1, min(len(one), len(other)))


def _spelt_out(acronym: str, story: Story) -> frozenset[str]:
    """The words of a name in *story* whose initials are *acronym*, if there is one."""
    size = len(acronym)
    for phrase in story.phrases:
        for start in range(len(phrase) - size + 1):
            part = phrase[start : start + size]
            if all(word.startswith(letter) for word, letter in zip(part, acronym, strict=True)):
                return frozenset(part)
    return frozenset()


def _one_name(name: str, other: str) -> bool:
    """Whether two keys are spellings of one name; countries and figures have only one."""
    if name in NATIONS or other in NATIONS or name.isdigit() or other.isdigit():
        return False
    short, long = sorted((name, other), key=len)
    if len(short) >= 5 and long.startswith(short):
        return True
    return len(short) >= 4 and JaroWinkler.similarity(name, other) >= _ONE_SPELLING


def _contrasts(one: Story, other: Story) -> list[str]:
    """Groups of which each side has words and no word is shared."""
    if not one.contrasts or not other.contrasts:
        return []
    groups = {group for group, _ in one.contrasts} & {group for group, _ in other.contrasts}
    agreed = {group for group, _ in one.contrasts & other.contrasts}
    return [
        "/".join(sorted(word for named, word in one.contrasts ^ other.contrasts if named == group))
        for group in sorted(groups - agreed)
    ]
