"""Words that stand twice in a row, by mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from operator import eq
from typing import Final

from events.text.proofreading.rule import Example, Hit, Rule, Severity

# No grammar lets these follow themselves. "had had", "that that", "in in" (sworn in in May), "on on",
# "is is", "to to" and "do do" may be right.
_NEVER_WORDS: Final = """
the a an of at for from with and or but as are was were be been has have his her their its this these
those into than then they he she it we who which when while after before during between against
among through under over about because since until where would could should will may might must not
also only other said says
"""
_NEVER: Final = frozenset(_NEVER_WORDS.split())
_TWICE: Final = re.compile(
    r"(?<![\w'’.&/-])(?P<word>[A-Za-z]+) (?P<again>(?P=word))(?![\w'’&/-])", re.IGNORECASE
)


def _twice(text: str) -> Iterator[Hit]:
    words = text.lower().split(" ")
    if not any(map(eq, words, islice(words, 1, None))):
        return
    for match in _TWICE.finditer(text):
        word, again = match["word"], match["again"]
        # "The the" begins a sentence; "the The" may be a title.
        if again in _NEVER and word[1:] == again[1:]:
            yield Hit(match.start(), match.end(), word)


RULES: Final = (
    Rule(
        id="doubled-word",
        title="A word twice in a row",
        explanation=(
            "Words that no sentence has twice in a row (“the the”, “at at”). Not “had had” and “that that”, "
            "which may be right, nor names (Duran Duran, Abdullah Abdullah)."
        ),
        severity=Severity.MISTAKE,
        find=_twice,
        quotations=False,
        bad=(
            Example("The toll stands at at least 280.", "The toll stands at least 280."),
            Example("The the strike ends.", "The strike ends."),
        ),
        good=(
            "She had had a cold, and he knew that that was over.",
            "Duran Duran play in Baden Baden; Abdullah Abdullah looks on.",
            "He was sworn in in Vienna.",
        ),
    ),
)
