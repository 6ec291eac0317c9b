"""Which context names of an input have a comma inside: found before any of its lines is split.

So that the order of files does not matter, the whole input is asked first, and the archive
(docs/archive-layout.md, "A day page").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from events.harvest.layout import context_names
from events.harvest.names import SEPARATOR, escaped_names, possible_names

KnownNames = Callable[[Iterable[str]], set[str]] | Iterable[str]
"""The archive's names with commas inside: themselves, or a function that picks them from possible ones."""

_ASK_AT: Final = 5_000
"""Possible names in one question to the archive; it bounds the memory and the query."""


def learn_names(texts: Iterable[str], edition: str, asked: KnownNames) -> frozenset[str]:
    """The names with ", " inside that the pages *texts* prove, and those of *asked* that they may hold."""
    known = set() if callable(asked) else {name for name in asked if SEPARATOR in name}
    possible: set[str] = set()
    for line in _lines(texts, edition):
        if isinstance(line, _Heading):
            known.add(line.name)
            continue
        known.update(escaped_names(line))
        if not callable(asked):
            continue
        for name in possible_names(line):
            possible.add(name)
            if len(possible) >= _ASK_AT:
                known |= asked(possible)
                possible = set()
    if callable(asked) and possible:
        known |= asked(possible)
    return frozenset(known)


@dataclass(frozen=True, slots=True)
class _Heading:
    """A lead context's heading: one whole name."""

    name: str


def _lines(texts: Iterable[str], edition: str) -> Iterator[_Heading | str]:
    """The headings and the context lines (not yet split) that have a comma."""
    for text in texts:
        for line in text.split("\n"):
            if SEPARATOR not in line:
                continue
            if line.startswith("##### "):
                yield _Heading(line[6:].strip())
            elif line.rstrip().endswith("_"):
                names = context_names(line if line[0] == "_" else line[line.rfind(") _") + 2 :], edition)
                if names:
                    yield names
