"""Which of many names are likely to mean the same (goals: contexts; the desk's suggestions).

Names are compared only where they share a key, so 13,000 of them take about a second:

* **script**: the same in traditional and in simplified characters (俄羅斯, 俄罗斯);
* **form**: the same but for case, accents, hyphens, quotation marks, blanks and a leading "the";
* **disambiguation**: the same but for "(disambiguation)";
* **alias**: an alias of the one is the other's name, or alias, in one of the ways above;
* **country**: the same but for the name of a country (北韓, 朝鲜);
* **words**: the same words in another order or number ("Paris attack", "attacks in Paris");
* **spelling**: one word, or one part of a transliterated name, differs in a letter or two.

Spelling is the least certain. Two names that both stand often in the archive are two things (Iran and
Iraq; not so transliterated ones: 默克尔 and 梅克尔 are both in use), words with figures differ in their
figures, and of two words that both stand in several names none is a misspelling of the other.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from events.text.contrasts import CONTRAST_OF
from events.text.hanzi import one_country, one_script
from events.text.normalise import fold, is_cjk

REASONS: Final = ("script", "form", "disambiguation", "alias", "country", "words", "spelling")
"""Why two names may be one, the most certain first."""
RARE_MOST: Final = 3
"""A misspelling stands in so many events at most,"""
TIMES_LEAST: Final = 3
"""and what it stands for in so many times as many."""
_GROUP_MOST: Final = 60
_APART: Final = re.compile(r"\s*[(（](?:disambiguation|消歧义|消歧義)[)）]\s*$", re.IGNORECASE)
_BETWEEN_DIGITS: Final = re.compile(r"(?<=\d)[^\w\s](?=\d)")
_MARKS: Final = re.compile(r"[^\w+#&%$€《》]+|_")
"""What makes no difference in a name. Title marks do: 《科学》 is a journal."""
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_PARTS: Final = re.compile(r"[·・•‧]")
_SMALL: Final = frozenset(
    ("a", "an", "the", "of", "in", "on", "at", "for", "to", "by", "and", "de", "la", "le", "el", "du")
)
_SHORT_LEAST: Final = 6
_ACRONYM_MOST: Final = 5
_LONG_LEAST: Final = 9
_PLURAL_LEAST: Final = 5


class Name(NamedTuple):
    """A name and what bears it; ``own`` where it is no alias."""

    target: int
    text: str
    own: bool = True


class Like(NamedTuple):
    """Two things, the smaller number first, that may be one: why, and by which of their names."""

    one: int
    other: int
    reason: str
    names: tuple[str, str]


def likely_same(names: Iterable[Name], *, count: Mapping[int, int]) -> list[Like]:
    """The pairs of things that are likely one, each once, for its most certain reason.

    *count*: in how many events each stands. Of many that share a key each is paired with the most frequent.
    """
    rows = list(names)
    found: dict[tuple[int, int], Like] = {}

    def keep(one: Name, other: Name, reason: str) -> None:
        if one.target == other.target:
            return
        if reason and not (one.own and other.own):
            reason = "alias" if REASONS.index(reason) < REASONS.index("country") else ""
        if reason:
            first, second = sorted((one, other))
            found.setdefault(
                (first.target, second.target),
                Like(first.target, second.target, reason, (first.text, second.text)),
            )

    for key, why in ((_plain_key, _why_equal), (_country_key, "country"), (_words_key, "words")):
        for group in _groups(rows, key):
            most = max(group, key=lambda name: (name.own, count.get(name.target, 0), -name.target))
            for name in group:
                keep(most, name, why(most.text, name.text) if callable(why) else why)
    for one, other in _misspelt([name for name in rows if name.own], count):
        keep(one, other, "spelling")
    return sorted(found.values(), key=lambda like: (REASONS.index(like.reason), like.one, like.other))


def _groups(rows: Sequence[Name], key: Callable[[str], str]) -> Iterator[list[Name]]:
    groups: dict[str, list[Name]] = defaultdict(list)
    for name in rows:
        if said := key(name.text):
            groups[said].append(name)
    return (group for group in groups.values() if len({name.target for name in group}) > 1)


def _plain_key(name: str) -> str:
    """A name without all that makes no difference."""
    said = _BETWEEN_DIGITS.sub("x", _APART.sub("", name))
    return _MARKS.sub("", fold(one_script(said)).removeprefix("the "))


def _why_equal(one: str, other: str) -> str:
    if one.casefold() == other.casefold() and _is_acronym(one) != _is_acronym(other):
        return ""
    if one_script(one) == one_script(other):
        return "script" if one != other else "form"
    return "disambiguation" if bool(_APART.search(one)) != bool(_APART.search(other)) else "form"


def _is_acronym(name: str) -> bool:
    """Whether capitals are what the name is made of: MARS is not Mars."""
    return name.isupper() and len(name) <= _ACRONYM_MOST


def _country_key(name: str) -> str:
    return _MARKS.sub("", one_country(name)) if any(map(is_cjk, name)) else ""


def _words_key(name: str) -> str:
    """The words of a name, without endings and small ones, in the order of the alphabet."""
    if any(map(is_cjk, name)):
        return ""
    words = [word for word in _WORD.findall(fold(name)) if word not in _SMALL]
    if not words or (len(words) == 1 and len(words[0]) < _PLURAL_LEAST):
        return ""
    return " ".join(sorted(_singular(word) for word in words))


def _singular(word: str) -> str:
    word = word.removesuffix("'s")
    if len(word) >= _PLURAL_LEAST and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) >= _PLURAL_LEAST and word[-1] == "s" and word[-2] not in "siu" else word


class _Parted(NamedTuple):
    """A name as its parts: words, or what stands between the dots of a transliterated name."""

    name: Name
    parts: tuple[str, ...]


def _misspelt(rows: Sequence[Name], count: Mapping[int, int]) -> Iterator[tuple[Name, Name]]:
    """Pairs of names that differ in one part, and there in a letter or two."""
    parted = [_Parted(name, parts) for name in rows if (parts := _parts(name.text))]
    uses = Counter(part for one in parted for part in set(one.parts))
    for group in _blocks(parted):
        for at, one in enumerate(group):
            for other in group[at + 1 :]:
                pair = _differing(one.parts, other.parts)
                if pair is None or not _near(*pair) or min(uses[pair[0]], uses[pair[1]]) > 1:
                    continue
                rare, often = sorted((count.get(one.name.target, 0), count.get(other.name.target, 0)))
                if is_cjk(pair[0][0]) or (rare <= RARE_MOST and often >= TIMES_LEAST * rare):
                    yield one.name, other.name


def _parts(name: str) -> tuple[str, ...]:
    """The parts in which a name may be misspelt; none for Chinese names that are not transliterated."""
    if not any(map(is_cjk, name)):
        return tuple(_WORD.findall(fold(name)))
    parts = tuple(_MARKS.sub("", part) for part in _PARTS.split(one_script(name)))
    return parts if len(parts) > 1 and all(parts) else ()


def _blocks(parted: Sequence[_Parted]) -> Iterator[list[_Parted]]:
    """Names that are the same without one of their parts, or, of one part, without one letter."""
    blocks: dict[tuple[str, ...], list[_Parted]] = defaultdict(list)
    for one in parted:
        keys: set[tuple[str, ...]] = set()
        if len(one.parts) > 1:
            keys = {(*one.parts[:at], "", *one.parts[at + 1 :]) for at in range(len(one.parts))}
        elif len(word := one.parts[0]) >= _SHORT_LEAST:
            keys = {(word,), *((word[:at] + word[at + 1 :],) for at in range(len(word)))}
        for key in keys:
            blocks[key].append(one)
    return (block for block in blocks.values() if 1 < len(block) <= _GROUP_MOST)


def _differing(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, str] | None:
    if len(one) != len(other):
        return None
    found = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    return found[0] if len(found) == 1 else None


def _near(one: str, other: str) -> bool:
    """Whether one of two words is likely the other, misspelt."""
    if one in CONTRAST_OF or other in CONTRAST_OF or any(map(str.isdigit, one + other)):
        return False
    shorter = min(len(one), len(other))
    if is_cjk(one[0]):
        return shorter >= 3 and OSA.distance(one, other) == 1
    if one[0] != other[0] or shorter < _SHORT_LEAST:
        return False
    return OSA.distance(one, other) <= (2 if shorter >= _LONG_LEAST else 1)
