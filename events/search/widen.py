"""Most of the words, where hardly any event has all of them; each hit says which were not asked of it.

Only plain words are ever left out: never a phrase, a ``prefix*``, an alternative, what there must
not be, nor a field. Frequent words first, then as few as possible of the others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from events.search.backends import Backend, Span
from events.search.language import Terms
from events.search.tree import Leaf, Tree

FEW: Final = 5
"""With fewer hits than these, most of the words are asked for."""
_WORDS_MOST: Final = 5
"""Of so many words, the rarest, the different choices are tried."""
_FREQUENT: Final = 5_000
"""A word that so many events have is left out before any other."""


@dataclass(frozen=True, slots=True)
class Wider:
    """A tree without some of the words. Trees of one widening have no hit in common.

    ``share``: how much its hits count, of 1: less where what was left out would have told more.
    """

    tree: Tree
    left_out: tuple[str, ...] = ()
    share: float = 1.0


def widened(tree: Tree, span: Span, backend: Backend, *, found: bool) -> list[list[Wider]]:
    """Trees that find something, those with most of the words first; none where nothing can be left out.

    *found*: whether *tree* itself finds anything; then it comes first. Some 40 short queries at most.
    """
    plain: dict[tuple[str, ...], Terms] = {}
    kept: list[tuple[Leaf, ...]] = []
    for clause in tree.clauses:
        word = _plain_word(clause)
        if word is None:
            kept.append(clause)
        else:
            plain.setdefault(word.words, word)
    others = any(isinstance(leaf, Terms) and not leaf.negated for clause in kept for leaf in clause)
    words = list(plain.values())
    if len(words) + others < 2 or (found and len(words) > _WORDS_MOST):
        return []
    counts = dict(zip(words, backend.frequencies(words, _FREQUENT), strict=True))
    chosen = words if found else _rarest(counts)
    base = Tree(tuple(kept), tree.without)
    tiers = [[Wider(tree)]] if found else []
    most = len(chosen) - (len(chosen) == len(words))
    for count in range(most, 0 if not others else -1, -1):
        tier = [one for one in _choices(base, counts, chosen, count) if backend.newest(one.tree, span, 1)]
        if tier:
            return [*tiers, tier]
    return []


def _plain_word(clause: tuple[Leaf, ...]) -> Terms | None:
    """The one word, in any form, that the clause is; None where it is anything else."""
    if len(clause) != 1 or not isinstance(clause[0], Terms):
        return None
    terms = clause[0]
    return terms if terms.said and not (terms.negated or terms.exact or terms.prefix) else None


def _rarest(counts: dict[Terms, int]) -> list[Terms]:
    """The words that tell most, of those that the archive has."""
    known = sorted((word for word in counts if counts[word]), key=counts.__getitem__)
    rare = [word for word in known if counts[word] < _FREQUENT]
    return (rare if len(rare) > 1 else known)[:_WORDS_MOST]


def _choices(base: Tree, counts: dict[Terms, int], chosen: list[Terms], count: int) -> Iterator[Wider]:
    """With *count* of the *chosen* words and without the others of them."""
    told = {word: math.log(1 + 4 * _FREQUENT / counts[word]) for word in chosen}
    for there in combinations(chosen, count):
        lacking = [word for word in chosen if word not in there]
        tree = Tree((*base.clauses, *((word,) for word in there)), (*base.without, *lacking))
        left_out = tuple(word.said for word in counts if word not in there)
        left = (1 + sum(told[word] for word in there)) / (1 + sum(told.values()))
        yield Wider(tree, left_out, left * left)
