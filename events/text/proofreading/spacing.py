"""Blanks and punctuation marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from events.text.proofreading.rule import Example, Hit, Rule, Severity, hits

_SPACES: Final = re.compile(r"(?<=\S)[ \t\xa0]{2,}(?=\S)|(?<=\S)\t(?=\S)")
# A blank before a mark; not where a figure or word is lost before it, nor before ".com" and "...".
_BEFORE_MARK: Final = re.compile(r" +(?P<mark>[,;.:?!])(?=\s|$)")
_LAST: Final = re.compile(r"[\w)\"”’]+$")
_NO_END_WORDS: Final = """
a an and approximately approx around as at about between by costs exceed exceeding estimated for from
had has have high in into is least low measured measuring nearly of on over reach reached reaches
reaching record some than the to total up usd us worth was were weighing weighs with which that
within exceeds dumping dropped rose fell minus plus age euros eur gbp inr rs tests km miles feet
company carrying after before while or but not sentences approximate standing towards toward
"""
_NO_END: Final = frozenset(_NO_END_WORDS.split())
_NO_BLANK: Final = re.compile(
    r"(?<![\w./@-])(?P<left>[a-z]{3,})(?P<mark>[.,;])(?P<right>[A-Z][a-z]+|(?<=,)[a-z]{2,})(?=[ ,.;]|$)"
)
_PLACES: Final = re.compile(r"(?P<left>[A-Z][a-z]{2,}),(?P<right>[A-Z][a-z]{2,}|[a-z]{4,})(?=[ ,.;]|$)")
_SUFFIXES: Final = frozenset(
    [
        "com",
        "org",
        "net",
        "edu",
        "gov",
        "info",
        "biz",
        "tv",
        "uk",
        "us",
        "ca",
        "au",
        "de",
        "fr",
        "ru",
        "jp",
        "cn",
        "eu",
        "io",
        "co",
    ]
)
_TWICE: Final = re.compile(r"(?:\.\.|,,|;;|,\.)(?=\s|$)")
_BRACKET: Final = re.compile(r"(?<=[a-z]{3})\((?=[A-Z][a-z]|[A-Z]{2})")
_UNITS: Final = re.compile(r"(?<=\d)(million|billion|trillion)\b")


def _several_blanks(text: str) -> Iterator[Hit]:
    if "  " in text or "\t" in text or "\xa0" in text:
        for match in _SPACES.finditer(text):
            yield Hit(match.start(), match.end(), " ")


def _blank_before(text: str) -> Iterator[Hit]:
    for match in _BEFORE_MARK.finditer(text):
        last = _LAST.search(text, max(0, match.start() - 40), match.start())
        word = last[0].strip('"”’)') if last else ""
        if word and not word[0].isdigit() and word.lower() not in _NO_END and not word.endswith("ing"):
            yield Hit(match.start(), match.end(), match["mark"])


def _blank_after(text: str) -> Iterator[Hit]:
    for match in _NO_BLANK.finditer(text):
        if match["right"].lower() not in _SUFFIXES:
            yield Hit(match.start("mark"), match.end("mark"), f"{match['mark']} ")
    for match in _PLACES.finditer(text):
        yield Hit(match.end("left"), match.end("left") + 1, ", ")


def _marks_twice(text: str) -> Iterator[Hit]:
    if ".." in text or ",," in text or ";;" in text or ",." in text:
        for match in _TWICE.finditer(text):
            if text[match.start() - 1 : match.start()] not in (".", ","):
                yield Hit(match.start(), match.end(), match[0][-1])


RULES: Final = (
    Rule(
        id="double-space",
        title="Several blanks in a row",
        explanation="Between two words stands one blank.",
        severity=Severity.TYPOGRAPHY,
        find=_several_blanks,
        bad=(Example("The strike  ends.", "The strike ends."),),
        good=("The strike ends.",),
    ),
    Rule(
        id="space-before-mark",
        title="A blank before a punctuation mark",
        explanation=(
            "No blank stands before a comma, a full stop or the like. Where a figure or a word is lost in "
            "front of the mark, this is left to the rule for lost words."
        ),
        severity=Severity.TYPOGRAPHY,
        find=_blank_before,
        bad=(Example("The minister resigns , and leaves.", "The minister resigns, and leaves."),),
        good=("They reach a depth of .", "The .com domain; he waits ... and leaves.", "5 : 3 is the score."),
    ),
    Rule(
        id="space-after-mark",
        title="No blank after a punctuation mark",
        explanation=(
            "A blank stands after a comma and between two sentences. Names of web sites and figures are "
            "left alone."
        ),
        severity=Severity.TYPOGRAPHY,
        find=_blank_after,
        bad=(
            Example(
                "The dispute continues.Hints of a deal appear.",
                "The dispute continues. Hints of a deal appear.",
            ),
            Example("The skater,won gold.", "The skater, won gold."),
        ),
        good=("Amazon.com and Change.org, 1,000 people and 3.5 million.", "W32.Blaster worm; ASP.NET."),
    ),
    Rule(
        id="doubled-mark",
        title="A punctuation mark twice",
        explanation="Two full stops or commas where one is meant; three full stops stay.",
        severity=Severity.TYPOGRAPHY,
        find=_marks_twice,
        bad=(
            Example("They meet in Washington, D.C.. They talk.", "They meet in Washington, D.C. They talk."),
            Example("A bridge,, a road and a dam.", "A bridge, a road and a dam."),
        ),
        good=(
            "He waits... and leaves.",
            "Wetten, dass..? ends.",
            "Apple Inc., a company, and the U.S., too; R-Mich., says.",
        ),
    ),
    Rule(
        id="space-before-bracket",
        title="No blank before a bracket",
        explanation="A blank stands before a bracket that opens.",
        severity=Severity.TYPOGRAPHY,
        find=hits(_BRACKET, " ("),
        bad=(Example("Four Black Watch(Scottish) soldiers", "Four Black Watch (Scottish) soldiers"),),
        good=("The (A)H1N1 flu; a subsystem(s) test.",),
    ),
    Rule(
        id="figure-spacing",
        title="No blank after a figure",
        explanation="A blank stands between a figure and million, billion or trillion.",
        severity=Severity.TYPOGRAPHY,
        find=hits(_UNITS, r" \1"),
        bad=(Example("It costs $35billion.", "It costs $35 billion."),),
        good=("It costs $35 billion.",),
    ),
)
