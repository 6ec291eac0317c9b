"""While a reader types, and when a reader mistyped."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import extract

from events.models import SearchWord
from events.search import backends
from events.search.asking import Filters, ask
from events.search.find import Hit, search
from events.search.index import VOCABULARY_LENGTHS, bucket
from events.search.language import Query, Terms, parse, storable
from events.search.names import PREFIX_MAX, contexts_named
from events.search.tree import Tree

_SEEN_MOST: Final = 50
_CHOICES: Final = 8
_LETTERS: Final = string.ascii_lowercase


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What the typed beginning may become: contexts (id, name, path), and events."""

    contexts: list[tuple[int, str, str]]
    events: list[Hit]


def suggest(prefix: str, *, edition: str | None = None, limit: int = 6) -> Suggestions:
    """Contexts whose name or other name has a word that begins so, and events. Four queries."""
    prefix = storable(prefix)[:PREFIX_MAX].strip()
    if not prefix:
        return Suggestions([], [])
    filters = Filters(editions=(edition,) if edition else ())
    going_on = prefix if prefix.endswith(('"', "*")) else f"{prefix}*"
    found = search(parse(going_on), filters=filters, limit=limit)
    named = contexts_named(prefix, edition=edition, limit=limit)
    return Suggestions([(row.pk, row.name, row.path) for row in named], found.hits)


def did_you_mean(query: Query) -> str | None:
    """The query with the words that the archive does not have replaced by like ones that it has; else None.

    A word that a few events have is replaced where a like one is in ten times as many. Letters are
    missing, too many, wrong or in wrong order: one of them, or two in a word of six or more; where
    the first letter is, nothing else may be.
    """
    changed = query.said
    for terms in query.terms():
        if len(terms.words) != 1 or terms.exact or terms.prefix or not terms.said:
            continue
        word = terms.words[0]
        if len(word) in VOCABULARY_LENGTHS and word.isalpha():
            better = _better(word)
            if better is not None:
                changed = changed.replace(terms.said, better, 1)
    return changed if changed != query.said else None


def _better(word: str) -> str | None:
    own = _frequency(word, 5)
    if own >= 3:
        return None
    least = 10 * own + 1
    distance_most = 1 if len(word) < 6 else 2
    lengths = range(len(word) - distance_most, len(word) + distance_most + 1)
    alike = Q(bucket__in=[bucket(word[0], length) for length in lengths]) | Q(word__in=_begun_wrong(word))
    rows = SearchWord.objects.filter(alike)
    words = [other for other in rows.values_list("word", flat=True) if other != word]
    found = extract(
        word, words, scorer=DamerauLevenshtein.distance, limit=_CHOICES, score_cutoff=distance_most
    )
    near = [(distance, other) for other, distance, _ in found]
    weighed = [(distance, -_frequency(other, _SEEN_MOST), other) for distance, other in near[:_CHOICES]]
    best = min((found for found in weighed if -found[1] >= least), default=None)
    return best[2] if best is not None else None


def _begun_wrong(word: str) -> set[str]:
    """Words that this one may be meant for if it was begun wrong.

    Its first letter is another one's, one too many, after the second or missing, the rest is right.
    """
    rest = word[1:]
    begun = {first + tail for first in (*_LETTERS, *word[:2]) for tail in (rest, word)}
    return begun | {rest, word[1] + word[0] + word[2:]}


def _frequency(word: str, most: int) -> int:
    """How many published events have the word itself; counted up to *most*."""
    span = ask(Query(said=""), None)
    tree = Tree(((Terms((word,), exact=True),),))
    return len(backends.current().newest(tree, span.span, most)) if span is not None else 0
