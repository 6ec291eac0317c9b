"""While a reader types, and when a reader mistyped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import extract

from events.models import Context, SearchWord
from events.search import backends
from events.search.asking import Filters, ask
from events.search.find import Hit, search
from events.search.index import VOCABULARY_LENGTHS, bucket
from events.search.language import Query, Terms, parse, storable
from events.search.tree import Tree
from events.text.normalise import fold

_SEEN_MOST: Final = 50
_CHOICES: Final = 8
_NAMES_READ: Final = 60
PREFIX_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What the typed beginning may become: contexts (id, name, path), and events."""

    contexts: list[tuple[int, str, str]]
    events: list[Hit]


def suggest(prefix: str, *, edition: str | None = None, limit: int = 6) -> Suggestions:
    """Contexts whose name or other name has a word that begins so, and events. Two or three queries."""
    prefix = storable(prefix)[:PREFIX_MAX].strip()
    if not prefix:
        return Suggestions([], [])
    contexts = Context.objects.standing()
    if edition is not None:
        contexts = contexts.of_edition(edition)
    begins = Q(name__istartswith=prefix) | Q(aliases__name__istartswith=prefix)
    rows = list(contexts.filter(begins).distinct().order_by("name")[:_NAMES_READ])
    if len(rows) < limit:
        inside = contexts.filter(name__icontains=f" {prefix}").order_by("name")
        rows += [row for row in inside[:_NAMES_READ] if row not in rows]
    start = fold(prefix)
    rows.sort(key=lambda row: (not fold(row.name).startswith(start), len(row.name), row.name))
    filters = Filters(editions=(edition,) if edition else ())
    going_on = prefix if prefix.endswith(('"', "*")) else f"{prefix}*"
    found = search(parse(going_on), filters=filters, limit=limit)
    return Suggestions([(row.pk, row.name, row.path) for row in rows[:limit]], found.hits)


def did_you_mean(query: Query) -> str | None:
    """The query with the words that the archive does not have replaced by like ones that it has; else None.

    A word that a few events have is replaced where a like one is in ten times as many.
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
    rows = SearchWord.objects.filter(bucket__in=[bucket(word[0], length) for length in lengths])
    words = [other for other in rows.values_list("word", flat=True) if other != word]
    found = extract(
        word, words, scorer=DamerauLevenshtein.distance, limit=_CHOICES, score_cutoff=distance_most
    )
    near = [(distance, other) for other, distance, _ in found]
    weighed = [(distance, -_frequency(other, _SEEN_MOST), other) for distance, other in near[:_CHOICES]]
    best = min((found for found in weighed if -found[1] >= least), default=None)
    return best[2] if best is not None else None


def _frequency(word: str, most: int) -> int:
    """How many published events have the word itself; counted up to *most*."""
    span = ask(Query(said=""), None)
    tree = Tree(((Terms((word,), exact=True),),))
    return len(backends.current().newest(tree, span.span, most)) if span is not None else 0
