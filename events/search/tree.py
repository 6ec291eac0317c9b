"""What the databases are asked, in no database's words: all of the clauses, of each any item."""

from __future__ import annotations

from dataclasses import dataclass

from events.search.language import Terms


@dataclass(frozen=True, slots=True)
class Labels:
    """Any of these labels, as the index has them (``index.label_token``)."""

    tokens: tuple[str, ...]
    negated: bool = False


Leaf = Terms | Labels


@dataclass(frozen=True, slots=True)
class Tree:
    """No clause: everything. ``without``: what none of these matches."""

    clauses: tuple[tuple[Leaf, ...], ...] = ()
    without: tuple[Leaf, ...] = ()


def tree_of(clauses: list[tuple[Leaf, ...]]) -> Tree:
    """The tree of these clauses; those of one negated item alone are what there must not be."""
    alone = [clause[0] for clause in clauses if len(clause) == 1 and clause[0].negated]
    return Tree(
        tuple(clause for clause in clauses if not (len(clause) == 1 and clause[0].negated)), tuple(alone)
    )
