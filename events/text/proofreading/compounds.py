"""Hyphens in measures that stand before a noun: "a two-year sentence", "an 18-year-old man"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from events.text.proofreading.rule import Example, Hit, Rule, Severity

_NUMBER: Final = (
    r"(?:\d[\d,]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty"
    r"|fifty)"
)
_AGE: Final = re.compile(rf"\b(?P<number>{_NUMBER})(?: year old|-year old| year-old)(?=s?\b)", re.IGNORECASE)
_SPAN: Final = re.compile(
    rf"\b(?:[aA]n?|[aA]nother|[tT]he|[hH]is|[hH]er|[iI]ts|[tT]heir) (?P<measure>(?P<number>{_NUMBER}) "
    r"(?P<unit>year|month|week|day|hour|minute)(?P<long> long\b)?)(?= [a-z]{3,})"
    r"(?! (?:and|old|pregnant|per|ago|from|with|that|than|after|for)\b)"
)


def _ages(text: str) -> Iterator[Hit]:
    if "year" in text:
        for match in _AGE.finditer(text):
            yield Hit(match.start(), match.end(), f"{match['number']}-year-old")


def _spans(text: str) -> Iterator[Hit]:
    for match in _SPAN.finditer(text):
        yield Hit(
            match.start("measure"),
            match.end("measure"),
            f"{match['number']}-{match['unit']}{'-long' if match['long'] else ''}",
        )


RULES: Final = (
    Rule(
        id="age-hyphens",
        title="An age without its hyphens",
        explanation="“Year” in the singular joins its neighbours: an 18-year-old man, a 21-year-old.",
        severity=Severity.TYPOGRAPHY,
        find=_ages,
        quotations=False,
        bad=(
            Example("An 18 year old man is arrested.", "An 18-year-old man is arrested."),
            Example("A two-year old girl is found.", "A two-year-old girl is found."),
        ),
        good=("He is 18 years old, and she is an 18-year-old.",),
    ),
    Rule(
        id="measure-hyphen",
        title="A span of time without its hyphen",
        explanation="A figure and its unit that describe a noun are joined: a two-year sentence.",
        severity=Severity.TYPOGRAPHY,
        find=_spans,
        quotations=False,
        bad=(
            Example("He serves a two year sentence.", "He serves a two-year sentence."),
            Example("They end a six day long strike.", "They end a six-day-long strike."),
        ),
        good=("He serves two years; a one day and a two-day strike.", "The 2 year and 3 year bonds."),
    ),
)
