"""Proofreading: deterministic rules that find what is wrong with a text, and most often its fix.

Pure functions over one text (goals: "Proofreading"). Each rule has an id, an explanation, examples,
a severity and a precision measured on findings that were judged one by one
(docs/proofreading-judgements.jsonl); one that is right in fewer than nine of ten only suggests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from events.text.proofreading import (
    articles,
    chinese,
    compounds,
    damage,
    markup,
    pairs,
    repeats,
    spacing,
    spelling,
    variants,
)
from events.text.proofreading.precision import PRECISION
from events.text.proofreading.rule import Example, Finding, Judged, Rule, Severity
from events.text.proofreading.variants import KnownNames
from events.vocabulary import EDITIONS

__all__ = [
    "RULES",
    "RULES_VERSION",
    "Example",
    "Finding",
    "Judged",
    "KnownNames",
    "Rule",
    "Severity",
    "acts",
    "find",
    "judged",
]

RULES: Final[dict[str, Rule]] = {
    rule.id: rule
    for rule in chain(
        markup.RULES, chinese.RULES, damage.RULES, articles.RULES, compounds.RULES, repeats.RULES,
        spelling.RULES, (variants.RULE,), spacing.RULES, pairs.RULES,
    )
}  # fmt: skip
"""Every rule by its id. Where two find something in the same place, the one that comes first here wins."""

RULES_VERSION: Final = 1
"""Counted up when a rule comes to find more or less than before: then every text is read again."""

_BY_SCRIPT: Final = {
    cjk: [rule for rule in RULES.values() if rule.cjk is None or rule.cjk == cjk] for cjk in (False, True)
}
_ADDRESS: Final = re.compile(r"(?:https?:(?://|--)|www\.)[^\s\[\]|]+")
_QUOTATION: Final = re.compile(r"\"[^\"]*\"|“[^”]*”|‘[^’]*’(?!\w)")


def judged(rule: str) -> Judged:
    """How many findings of *rule* were judged, and how many were right."""
    return PRECISION.get(rule, Judged(0, 0))


def acts(rule: str) -> bool:
    """Whether the fixes of *rule* may be accepted many at once: it was judged, and is right often enough."""
    return not RULES[rule].only_suggests and judged(rule).acts


def find(text: str, edition: str, *, names: KnownNames | None = None) -> list[Finding]:
    """What is wrong with *text*, in the order of the places; no finding overlaps another.

    *edition* chooses the rules by its script; *names* are the known names of contexts. Raises
    ``KeyError`` for an edition there is not.
    """
    found: list[Finding] = []
    for finding in _all(text, cjk=EDITIONS[edition].cjk, names=names):
        if all(finding.end <= other.start or other.end <= finding.start for other in found):
            found.append(finding)
    return sorted(found, key=lambda finding: finding.start)


def _all(text: str, *, cjk: bool, names: KnownNames | None) -> Iterator[Finding]:
    spans: dict[re.Pattern[str], list[range]] = {}

    def inside(pattern: re.Pattern[str], start: int) -> bool:
        if pattern not in spans:
            spans[pattern] = [range(match.start(), match.end()) for match in pattern.finditer(text)]
        return any(start in span for span in spans[pattern])

    for rule in _BY_SCRIPT[cjk]:
        for start, end, fix in names.find(text) if names and rule is variants.RULE else rule.find(text):
            if rule.id != "address-in-text" and inside(_ADDRESS, start):
                continue
            if not rule.quotations and inside(_QUOTATION, start):
                continue
            yield Finding(rule.id, start, end, text[start:end], fix)
