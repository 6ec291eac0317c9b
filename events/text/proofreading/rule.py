"""What a proofreading rule is, and what it finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

PRECISION_LEAST: Final = 0.9
"""A rule that is right less often only suggests (goals: "Proofreading")."""
JUDGED_LEAST: Final = 10
"""Fewer judged findings than this say too little for a rule to act."""


class Severity(StrEnum):
    """How much a finding spoils the text, gravest first."""

    DAMAGE = "damage"
    MISTAKE = "mistake"
    TYPOGRAPHY = "typography"

    @property
    def label(self) -> str:
        """In words, for the desk."""
        return _SEVERITIES[self]


_SEVERITIES: Final = {
    Severity.DAMAGE: "Damaged text",
    Severity.MISTAKE: "Mistake in the language",
    Severity.TYPOGRAPHY: "Typography",
}


class Hit(NamedTuple):
    """A place in a text that breaks a rule; ``fix`` replaces it, ``None`` where only a person can tell."""

    start: int
    end: int
    fix: str | None


class Finding(NamedTuple):
    """A :class:`Hit` with its rule's id and the words that were found."""

    rule: str
    start: int
    end: int
    found: str
    fix: str | None

    def applied(self, text: str) -> str:
        """*text*, in which this was found, with the fix; as it is where there is none."""
        return text if self.fix is None else text[: self.start] + self.fix + text[self.end :]


@dataclass(frozen=True, slots=True)
class Example:
    """A text as it is found and as it is fixed; ``after`` is ``None`` where nothing is proposed."""

    before: str
    after: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked for.

    ``cjk``: in editions written in Chinese characters (``True``), in the others (``False``), in all
    (``None``). ``bad``: texts with a finding, ``good``: texts that must be left alone; both are
    shown to editors and tested. ``quotations``: whether what stands in quotation marks is looked
    at; who is quoted may write as they like. ``only_suggests``: however often it is right, a person
    decides each time. ``find`` gives the hits in a text.
    """

    id: str
    title: str
    explanation: str
    severity: Severity
    find: Callable[[str], Iterable[Hit]]
    bad: tuple[Example, ...]
    good: tuple[str, ...]
    cjk: bool | None = False
    quotations: bool = True
    only_suggests: bool = False


class Judged(NamedTuple):
    """How many findings of a rule a person judged, and how many of them were right, fix and all."""

    right: int
    of: int

    @property
    def precision(self) -> float:
        """The share that was right; 0 where none was judged."""
        return self.right / self.of if self.of else 0.0

    @property
    def acts(self) -> bool:
        """Whether the rule's fixes may be accepted unseen, many at once."""
        return self.of >= JUDGED_LEAST and self.precision >= PRECISION_LEAST


def hits(pattern: re.Pattern[str], fix: str | None) -> Callable[[str], Iterable[Hit]]:
    """Find what *pattern* matches; *fix* is a template for ``Match.expand``."""

    def find(text: str) -> Iterable[Hit]:
        for match in pattern.finditer(text):
            yield Hit(match.start(), match.end(), None if fix is None else match.expand(fix))

    return find
