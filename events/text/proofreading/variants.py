"""Names that differ in a letter or two from the name of a known context: likely misspelt.

A name of several words is held against the known ones that have all words but one in common.
Nothing is found where what stands there is itself known, where the words differ in figures or an
ending, or where the other word is too short to tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from rapidfuzz.distance import OSA

from events.text.proofreading.rule import Hit, Rule, Severity

_RUN: Final = re.compile(r"[^\W\d_a-z][\w’'-]*(?: [^\W\d_a-z][\w’'-]*)+")
_POSSESSIVE: Final = re.compile(r"['’]s?$")
_WORDS_MOST: Final = 4
_LETTERS_LEAST: Final = 5
_LONG: Final = 9
# Words that other words are like: forms of one word, spellings of one language's two sides.
_LIKE_OTHERS: Final = """
america american africa african asia asian europe european austria australia austrian australian iran iraq
iranian iraqi niger nigeria slovakia slovenia county country world court march french france party parts
general generals minister ministry union united unity president presidents presidential commission
commissioner democrat democrats democratic democracy republic republican center centre organisation
organization defence defense labor labour harbor harbour northern southern northeast northwest southeast
southwest eastern western francisco franciscan theater theatre centers centres
"""
_COMMON: Final = frozenset(_LIKE_OTHERS.split())


class KnownNames:
    """Names to hold texts against: those of several words, each with how often it is used."""

    def __init__(self, names: Iterable[str], *, others: Iterable[str] = ()) -> None:
        """*names*: what texts may have misspelt; *others*: known names that are none of these."""
        self._patterns: dict[tuple[str, ...], list[str]] = {}
        self._known: set[str] = set(others)
        for name in names:
            self._known.add(name)
            words = name.split(" ")
            if (
                not 2 <= len(words) <= _WORDS_MOST
                or not name.isascii()
                or not all(w[:1].isupper() for w in words)
            ):
                continue
            for at, word in enumerate(words):
                if len(word) >= _LETTERS_LEAST and word.isalpha():
                    self._patterns.setdefault((*words[:at], "", *words[at + 1 :]), []).append(word)

    def find(self, text: str) -> Iterator[Hit]:
        """Each run of capitalised words in *text* that is a known name but for a letter or two."""
        if not self._patterns:
            return
        for run in _RUN.finditer(text):
            places = [(m.start(), m.end()) for m in re.finditer(r"\S+", run[0])]
            for first in range(len(places)):
                hit = self._at(run[0], places[first : first + _WORDS_MOST])
                if hit is not None:
                    yield Hit(run.start() + hit.start, run.start() + hit.end, hit.fix)
                    break

    def _at(self, run: str, places: list[tuple[int, int]]) -> Hit | None:
        words = [run[start:end] for start, end in places]
        for count in range(len(words), 1, -1):
            named = [*words[: count - 1], _POSSESSIVE.sub("", words[count - 1])]
            if " ".join(named) in self._known:
                return None
            for at, word in enumerate(named):
                right = self._right(named, at, word)
                if right is not None:
                    return Hit(places[at][0], places[at][0] + len(word), right)
        return None

    def _right(self, named: list[str], at: int, word: str) -> str | None:
        if len(word) < _LETTERS_LEAST - 1 or not word.isalpha() or word.lower() in _COMMON:
            return None
        for known in self._patterns.get((*named[:at], "", *named[at + 1 :]), ()):
            most = 2 if len(known) >= _LONG else 1
            if known.lower() in _COMMON or known == word or _ending(known, word):
                continue
            if word[0] == known[0] and OSA.distance(known, word, score_cutoff=most) <= most:
                return known
        return None


def _ending(one: str, other: str) -> bool:
    """Whether the words differ only as forms of one word do: plural, nationality, adjective."""
    short, long = sorted((one.lower(), other.lower()), key=len)
    return (
        any(short + end == long for end in ("s", "es", "n", "an", "ern", "e", "ed"))
        or short[:-1] + "ies" == long
    )


RULE: Final = Rule(
    id="name-variant",
    title="A name like a known one",
    explanation=(
        "A name that differs in a letter or two from the name of a context that many events have. It may be "
        "misspelt, or be another's name."
    ),
    severity=Severity.MISTAKE,
    only_suggests=True,
    find=lambda _text: (),
    bad=(),
    good=(),
)
