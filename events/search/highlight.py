"""Where a text has what was looked for: parts of the original, never markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from events.search.language import Query, Terms
from events.search.words import WORD_MAX, Word, stem, stems_of, words_of

SNIPPET: Final = 280
"""Letters that a cut text has, about."""
ELLIPSIS: Final = "…"


class Part(NamedTuple):
    """A piece of a text, and whether it is what was looked for."""

    text: str
    found: bool


def spans(text: str, query: Query, edition: str = "en") -> list[tuple[int, int]]:
    """From where to where *text* has what *query* looks for, in order and apart from each other."""
    sought = query.terms()
    if sought and text.isascii() and all(len(terms.words) == 1 for terms in sought):
        return _plain_spans(text, sought, edition)
    words = words_of(text)
    found = [False] * len(words)
    for terms in sought:
        _mark(words, terms, edition, found)
    joined: list[tuple[int, int]] = []
    before = False
    for word, hit in zip(words, found, strict=True):
        if hit:
            if joined and (word.start < joined[-1][1] or (before and word.start == joined[-1][1])):
                joined[-1] = (joined[-1][0], max(joined[-1][1], word.end))
            else:
                joined.append((word.start, word.end))
        before = hit
    return joined


def _mark(words: Sequence[Word], terms: Terms, edition: str, found: list[bool]) -> None:
    if len(terms.words) == 1:
        _mark_word(words, terms, edition, found)
        return
    first, *others = terms.words
    for start in range(len(words) - len(others)):
        if words[start].word != first:
            continue
        for offset, wanted in enumerate(others, start=1):
            word = words[start + offset].word
            goes_on = terms.prefix and offset == len(others) and word.startswith(wanted)
            if word != wanted and not goes_on:
                break
        else:
            found[start : start + len(terms.words)] = [True] * len(terms.words)


def _mark_word(words: Sequence[Word], terms: Terms, edition: str, found: list[bool]) -> None:
    sought = _Sought(terms)
    for at, (word, _, _) in enumerate(words):
        if sought.is_in(word, edition):
            found[at] = True


class _Sought:
    """One word that is looked for, and how its forms are told."""

    def __init__(self, terms: Terms) -> None:
        (self.word,) = terms.words
        self.prefix = terms.prefix
        self.stems = set() if terms.exact or terms.prefix else set(stems_of(self.word))
        # Forms of one word begin with one letter, and finding a stem takes long.
        self.initials = {one[0] for one in self.stems}

    def is_in(self, word: str, edition: str) -> bool:
        """Whether *word* is one of its forms."""
        return (
            word == self.word
            or (word[0] in self.initials and stem(word, edition) in self.stems)
            or (self.prefix and word.startswith(self.word))
        )


def _plain_spans(text: str, terms: Sequence[Terms], edition: str) -> list[tuple[int, int]]:
    """As :func:`spans`, for single words in a text of ASCII: only words of their initials are looked at."""
    beginning, sought = _what_to_find(tuple(terms))
    return [
        match.span()
        for match in beginning.finditer(text.lower())
        if any(one.is_in(match[0][:WORD_MAX], edition) for one in sought)
    ]


@lru_cache(maxsize=200)
def _what_to_find(terms: tuple[Terms, ...]) -> tuple[re.Pattern[str], list[_Sought]]:
    """The words that may be meant, by their initials, and how to tell; made once for all hits of a page."""
    sought = [_Sought(one) for one in terms]
    initials = {initial for one in sought for initial in (one.word[0], *one.initials)}
    return re.compile(rf"(?<![^\W_])[{''.join(sorted(initials))}][^\W_]*"), sought


def highlight(text: str, query: Query, edition: str = "en", length: int | None = SNIPPET) -> list[Part]:
    """*text* in parts, cut to about *length* letters around the first place that has most of what was sought.

    Without *length* it is whole. The parts joined are the text, but for the ellipses where it was cut.
    """
    places = spans(text, query, edition)
    start, end = 0, len(text)
    if length is not None and len(text) > length * 1.2:
        start, end = _window(text, places, length)
    parts = [Part(ELLIPSIS, False)] if start else []
    at = start
    for first, last in places:
        low, high = max(first, start), min(last, end)
        if low >= high:
            continue
        if low > at:
            parts.append(Part(text[at:low], False))
        parts.append(Part(text[low:high], True))
        at = high
    if at < end:
        parts.append(Part(text[at:end], False))
    if end < len(text):
        parts.append(Part(ELLIPSIS, False))
    return parts


def _window(text: str, places: list[tuple[int, int]], length: int) -> tuple[int, int]:
    """Where to cut: the stretch of *length* with most places in it, the first of those, at blanks."""
    best, most = 0, 0
    for first, (low, _) in enumerate(places):
        inside = sum(1 for _, high in places[first:] if high <= low + length)
        if inside > most:
            best, most = low, inside
    start = max(0, min(best - length // 4, len(text) - length))
    end = min(len(text), start + length)
    if start and (blank := text.find(" ", start, start + 25)) >= 0 and blank < best:
        start = blank + 1
    if end < len(text) and (blank := text.rfind(" ", end - 25, end)) > start:
        end = blank
    return start, end
