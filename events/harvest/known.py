"""Which context names of an input have a comma inside: found before any of its lines is split.

So that the order of files does not matter, the whole input is asked first, and the archive
(docs/archive-layout.md, "A day page").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from events.harvest.layout import context_names
from events.harvest.names import SEPARATOR, escaped_names, possible_names

KnownNames = Callable[[Iterable[str]], set[str]] | Iterable[str]
"""The archive's names with commas inside: themselves, or a function that picks them from possible ones."""

_ASK_AT: Final = 20_000
"""Possible names that are collected before the archive is asked which of them it knows."""


def learn_names(texts: Iterable[str], edition: str, asked: KnownNames) -> frozenset[str]:
    """The names with ", " inside that the pages *texts* prove, and those of *asked* that they may hold."""
    if not callable(asked):
        known = {name for name in asked if SEPARATOR in name}
        for text in texts:
            known.update(_proven(text, edition, None))
        return frozenset(known)
    known, possible = set(), set[str]()
    for text in texts:
        known.update(_proven(text, edition, possible))
        if len(possible) >= _ASK_AT:
            known |= asked(possible)
            possible = set()
    return frozenset(known | asked(possible) if possible else known)


def _proven(text: str, edition: str, possible: set[str] | None) -> Iterable[str]:
    """Headings and escaped names of one page; what else its lines may hold is added to *possible*."""
    for line in text.split("\n"):
        if SEPARATOR not in line:
            continue
        if line.startswith("##### "):
            yield line[6:].strip()
        elif line.rstrip().endswith("_"):
            names = context_names(line if line[0] == "_" else line[line.rfind(") _") + 2 :], edition)
            if names:
                yield from escaped_names(names)
                if possible is not None:
                    possible.update(possible_names(names))
