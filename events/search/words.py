"""The words of a text as the index and the query see them, each with its place in the original.

Both databases are given these words and cut nothing themselves, so they find the same. A word is
a run of letters and digits after folding (``events.text.normalise.fold``), and each CJK character
is one, in simplified form. Between CJK characters that something stands between, no phrase runs on.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

import Stemmer

from events.text.normalise import fold, is_cjk
from events.text.script import simplified

WORD_MAX: Final = 60
"""Longer words are cut, in the index and the query alike."""
WORDS_MAX: Final = 16_000
"""Of a longer text only so many words are indexed: PostgreSQL counts places no further."""
BREAK: Final = "\ue000"
"""Stands in the index where no phrase runs on. A private character: no query has it."""

_STEMMERS: Final = {"en": "english"}
"""Editions whose words have stems, and the language in Snowball's words."""
_PLAIN: Final = re.compile(r"[^\W_]+")
_QUOTES: Final = str.maketrans("’‘ʼ“”„–—‐‑", "'''\"\"\"----")
# What stands between ASCII's signs.
_CHUNK: Final = re.compile(r"[^\x00-/:-@\[-`{-\x7f]+")
_REMEMBERED: Final = 20_000
_JAMO: Final = re.compile("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")
_RUNS_ON: Final = frozenset("·・‧•-‐‑")
"""Signs inside of CJK names."""


class Word(NamedTuple):
    """A word, and from where to where it stands in the original text."""

    word: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """The words of *text* in order, with :data:`BREAK` where no phrase runs on."""
    plain = text.translate(_QUOTES)
    if plain.isascii():
        found = [
            Word(match[0][:WORD_MAX], match.start(), match.end()) for match in _PLAIN.finditer(plain.lower())
        ]
        return found[:WORDS_MAX]
    return list(_words_of_any(text))[:WORDS_MAX]


def plain_words(text: str) -> list[str]:
    """The words of :func:`words_of` without their places; five times as fast, for what is written."""
    plain = text if text.isascii() else text.translate(_QUOTES)
    if plain.isascii():
        found = _PLAIN.findall(plain.lower())
    else:
        found = []
        for chunk in _CHUNK.findall(plain):
            if chunk.isascii():
                found.append(chunk.lower())
            elif (parts := _parts(chunk)) is not None:
                found += parts
            else:  # Chinese: what stands between its characters counts
                return [word.word for word in words_of(text)]
    if len(max(found, key=len, default="")) > WORD_MAX:
        found = [word[:WORD_MAX] for word in found]
    return found[:WORDS_MAX]


@lru_cache(maxsize=_REMEMBERED)
def _parts(chunk: str) -> tuple[str, ...] | None:
    """The words of a run of letters; none where it is Chinese, Japanese or Korean."""
    words = tuple(word.word for word in _words_of_any(chunk))
    foreign = any(_kind(char) in ("c", "j") for char in chunk) or any(is_cjk(word[0]) for word in words)
    return None if foreign else words


def stem(word: str, edition: str) -> str:
    """The stem of *word* in the language of *edition*; "" where it has none."""
    language = _STEMMERS.get(edition)
    return _stem(language)(word) if language else ""


def stems(words: Iterable[str], edition: str) -> list[str]:
    """The stems that any of *words* has in the language of *edition*, each once."""
    language = _STEMMERS.get(edition)
    found = dict.fromkeys(map(_stem(language), words)) if language else {}
    found.pop("", None)
    return list(found)


def stems_of(word: str) -> list[str]:
    """The stems of *word* in the languages of all editions."""
    return list(dict.fromkeys(found for edition in _STEMMERS if (found := stem(word, edition))))


@lru_cache(maxsize=8)
def _stem(language: str) -> Callable[[str], str]:
    """What gives a word of *language* its stem, which is "" for what is no word of letters."""
    stemmer = Stemmer.Stemmer(language, 0)
    lock = threading.Lock()

    @lru_cache(maxsize=_REMEMBERED)
    def stem_of(word: str) -> str:
        if len(word) < 3 or not (word.isascii() and word.isalpha()):
            return ""
        with lock:  # a stemmer works on itself
            return str(stemmer.stemWord(word))[:WORD_MAX]

    return stem_of


@lru_cache(maxsize=20_000)
def _kind(char: str) -> str:
    """ "c" a CJK character, "j" a part of a Korean syllable, "w" part of a word, "m" a mark, "" neither."""
    if _JAMO.match(char):
        return "j"
    if is_cjk(char):
        return "c"
    folded = fold(char)
    if any(part.isalnum() for part in folded):
        return "c" if is_cjk(folded[0]) else "w"
    return "m" if unicodedata.category(char)[0] == "M" or char.translate(_INVISIBLE) == "" else ""


_INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """From where to where each CJK character and each other word stands, marks included."""
    start, before = 0, ""
    for at, char in enumerate(text):
        kind = _kind(char)
        if kind == "m" and before:
            continue
        if kind == before and kind != "c":
            continue
        if before:
            yield start, at
        start, before = at, kind
    if before:
        yield start, len(text)


def _words_of_any(text: str) -> Iterator[Word]:
    end, cjk_before = 0, False
    for start, stop in _pieces(text):
        for match in _PLAIN.finditer(simplified(fold(text[start:stop]))):
            cjk = is_cjk(match[0][0])
            if cjk and cjk_before and not _RUNS_ON.issuperset(text[end:start]):
                yield Word(BREAK, end, start)
            yield Word(match[0][:WORD_MAX], start, stop)
            end, cjk_before = stop, cjk
