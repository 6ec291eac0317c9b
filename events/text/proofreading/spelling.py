"""Well-known misspellings, where they can be nothing else.

Only words in small letters are looked at: names, titles and foreign words are full of what a bare
dictionary takes for mistakes (goals: it is right in 4 of 100 hits). Not what somebody said in
quotation marks, nor what an editor marked with "(sic)".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from events.text.proofreading.misspellings import MISSPELLINGS
from events.text.proofreading.rule import Example, Hit, Rule, Severity

_WORD: Final = re.compile(r"(?<![\w'’.&/@#-])[a-z]{4,}(?![\w'’&/@-]|\.\w)")
_SIC: Final = re.compile(r"\s?[(\[]sic[)\]]")


def _misspelt(text: str) -> Iterator[Hit]:
    for word in MISSPELLINGS.keys() & set(_WORD.findall(text)):
        for match in _WORD.finditer(text):
            if match[0] == word and not _SIC.match(text, match.end()):
                yield Hit(match.start(), match.end(), MISSPELLINGS[word])


RULES: Final = (
    Rule(
        id="misspelling",
        title="A well-known misspelling",
        explanation=(
            "Words in small letters that are no English word and whose right spelling is plain. Names, "
            "titles, quotations and whatever has a capital are left alone; so are American and British "
            "spellings."
        ),
        severity=Severity.MISTAKE,
        find=_misspelt,
        quotations=False,
        bad=(
            Example("The goverment resigns.", "The government resigns."),
            Example("An explosion occured in the port.", "An explosion occurred in the port."),
        ),
        good=(
            "Goverment is the title of an album.",
            "The colour and the color of the organisation's programme and program.",
            "She wrote “the goverment must resign”.",
            "It was accomodated (sic) in a hotel.",
        ),
    ),
)
