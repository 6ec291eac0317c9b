"""Where a text has what was looked for: parts of the original, never markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from events.search.language import Query, Terms
from events.search.words import Word, stem, stems_of, words_of

SNIPPET: Final = 280
"""Letters that a cut text has, about."""
ELLIPSIS: Final = "…"


class Part(NamedTuple):
    """A piece of a text, and whether it is what was looked for."""

    text: str
    found: bool


def spans(text: str, query: Query, edition: str = "en") -> list[tuple[int, int]]:
    """From where to where *text* has what *query* looks for, in order and apart from each other."""
    words = words_of(text)
    found = [False] * len(words)
    for terms in query.terms():
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
    (wanted,) = terms.words
    stems = set() if terms.exact or terms.prefix else set(stems_of(wanted))
    # Forms of one word begin with one letter, and finding a stem takes long.
    initials = {one[0] for one in stems}
    for at, (word, _, _) in enumerate(words):
        if (
            word == wanted
            or (word[0] in initials and stem(word, edition) in stems)
            or (terms.prefix and word.startswith(wanted))
        ):
            found[at] = True


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
