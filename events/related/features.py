"""What of an event is compared with others: its words, names, peoples and contexts (pure, no database).

English words count by their stems, without those that say nothing ("the", "reported"). A word with a
capital inside a sentence counts as a name, too; one that opens a sentence only where the next has a
capital as well ("Angela Merkel"). "Turkish" and "Turkey" are one. Offices ("President") are words and
no names. Of Chinese the pairs of neighbouring characters count, the countries, and names in Latin letters.

A feature is kept as a number, so that rows stay small and databases compare no texts.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

from events.search.words import stem
from events.text.hanzi import grams, latin_names_in, nations_in, simplify
from events.text.naming import OPENERS
from events.text.nations import NATION_OF, join_compounds
from events.text.normalise import fold, is_cjk
from events.text.phrases import OFFICES
from events.text.story import STOP_WORDS

WORD, NAME, NATION, CONTEXT = range(4)
"""The kinds of features: the lowest two bits of each say which it is."""
KIND_BITS: Final = 2
KIND_MASK: Final = (1 << KIND_BITS) - 1
LENGTH_USED: Final = 4_000
"""Of a longer text only the beginning is compared."""
FEATURES_MOST: Final = 600
"""An event has so many features at most, the first in its text: this bounds what one row costs."""
_COUNT_MOST: Final = 255
_CJK_SHARE: Final = 0.2
_LOOKED_AT: Final = 200
_WORD: Final = re.compile(r"[^\W_]+")
_DOTTED: Final = re.compile(r"\b(?:[A-Z]\.){2,}")
_POSSESSIVE: Final = re.compile(r"['’]s(?=\W|$)")
_SHOWN: Final = {
    "America": "United States", "Britain": "United Kingdom", "Southkorea": "South Korea",
    "Northkorea": "North Korea", "Southafrica": "South Africa", "Southsudan": "South Sudan",
    "Newzealand": "New Zealand", "Saudi": "Saudi Arabia", "Srilanka": "Sri Lanka",
    "Ivorycoast": "Ivory Coast", "Hongkong": "Hong Kong", "Isis": "Islamic State",
}  # fmt: skip
"""How names that ``join_compounds`` made one word are shown."""
_ENDS_SENTENCE: Final = re.compile(r"[.!?:;–—]\s*[\"“]?$")


class Features(NamedTuple):
    """An event's features, ascending, how often each stands in it, and how it is written there."""

    terms: tuple[int, ...]
    counts: tuple[int, ...]
    written: tuple[str, ...]

    @property
    def packed_terms(self) -> bytes:
        """The terms as they are stored: eight bytes each, the lowest first."""
        return struct.pack(f"<{len(self.terms)}q", *self.terms)

    @property
    def packed_counts(self) -> bytes:
        """The counts as they are stored: a byte each."""
        return bytes(self.counts)


class _Said(NamedTuple):
    kind: int
    key: str
    written: str


def features_of(
    text: str, *, edition: str, contexts: Collection[int] = (), lead: int | None = None,
    not_counting: Iterable[str] = (),
) -> Features:  # fmt: skip
    """The features of an event of *edition* with these contexts.

    *not_counting*: names of contexts that are no reason to relate events; their words are none either.
    """
    left_out = {(said.kind, said.key) for name in not_counting for said in _said(name)}
    counts: dict[int, int] = {}
    written: dict[int, str] = {}
    for said in _said(text[:LENGTH_USED]):
        if (said.kind, said.key) in left_out:
            continue
        term = term_of(said.kind, said.key, edition)
        if term not in counts and len(counts) >= FEATURES_MOST:
            continue
        counts[term] = counts.get(term, 0) + 1
        written.setdefault(term, said.written)
    for context_id in contexts:
        counts[context_term(context_id)] = 1
    if lead is not None and lead in contexts:
        counts[context_term(lead)] = 2
    terms = tuple(sorted(counts))
    return Features(
        terms,
        tuple(min(counts[term], _COUNT_MOST) for term in terms),
        tuple(written.get(term, "") for term in terms),
    )


def terms_of_name(name: str, edition: str) -> set[int]:
    """The features that a context's name gives a text: they do not count where the context does not."""
    return {term_of(said.kind, said.key, edition) for said in _said(name)}


@lru_cache(maxsize=200_000)
def term_of(kind: int, key: str, edition: str) -> int:
    """The number of a feature; the same words of two editions are two features.

    A word and the name that it may be differ in their kind only.
    """
    digest = blake2b(f"{edition} {key}".encode("utf-8", "replace"), digest_size=6).digest()
    return int.from_bytes(digest) << KIND_BITS | kind


def context_term(context_id: int) -> int:
    """The number of the feature "has this context"."""
    return context_id << KIND_BITS | CONTEXT


def context_of(term: int) -> int:
    """The context's id in its feature."""
    return term >> KIND_BITS


def is_chinese(text: str) -> bool:
    """Whether a text is to be cut as Chinese is."""
    if text[:_LOOKED_AT].isascii():
        return False
    letters = [char for char in text[:_LOOKED_AT] if char.isalpha()]
    return sum(map(is_cjk, letters)) > _CJK_SHARE * len(letters)


def _said(text: str) -> Iterator[_Said]:
    return _said_in_chinese(text) if is_chinese(text) else _said_in_words(text)


def _said_in_words(text: str) -> Iterator[_Said]:
    plain = _POSSESSIVE.sub("", join_compounds(_DOTTED.sub(_undotted, text)))
    found = list(_WORD.finditer(plain))
    end, opens = 0, True
    for at, match in enumerate(found):
        raw = match[0]
        shown = _SHOWN.get(raw, raw)
        opens = opens or (at > 0 and _ENDS_SENTENCE.search(plain, end, match.start()) is not None)
        end = match.end()
        word = raw.lower() if raw.isascii() else fold(raw)
        if raw[0].isupper():
            nation = NATION_OF.get(word)
            if nation is not None:
                yield _Said(WORD, nation, shown)
                yield _Said(NATION, nation, shown)
                opens = False
                continue
            follows = found[at + 1][0][0].isupper() if at + 1 < len(found) else False
            shouted = len(raw) > 1 and raw.isupper()
            named = not opens or shouted or (follows and word not in OPENERS)
        else:
            named = False
        opens = False
        if word in STOP_WORDS and not named:
            continue
        key = stem(word, "en") or word
        yield _Said(WORD, key, shown)
        if named and word not in OFFICES:
            yield _Said(NAME, key, shown)


def _undotted(match: re.Match[str]) -> str:
    return match[0].replace(".", "")


def _said_in_chinese(text: str) -> Iterator[_Said]:
    plain = simplify(text)
    for pair in sorted(grams(plain)):
        if len(pair) > 1:
            yield _Said(WORD, pair, pair)
    for nation in sorted(nations_in(plain)):
        yield _Said(NATION, nation, nation)
    for name in sorted(latin_names_in(plain)):
        yield _Said(WORD, name, name)
        yield _Said(NAME, name, name)
