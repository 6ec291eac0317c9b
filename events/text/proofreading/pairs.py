"""Brackets and quotation marks that have no partner."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from events.text.proofreading.rule import Example, Hit, Rule, Severity

_PAIRS: Final = {")": "(", "]": "[", "）": "（", "」": "「", "』": "『", "》": "《", "】": "【"}
_OPENING: Final = frozenset(_PAIRS.values())
_BRACKET: Final = re.compile(r"[()\[\]（）「」『』《》【】]")
_ENUMERATION: Final = re.compile(r"(?:^|[\s;,:])(?:\w|\d\d|[ivx]{1,4})$")
_FACE: Final = re.compile(r"[:;]-?$")
# Inches, seconds of arc and minutes are written with the same mark.
_MEASURE: Final = re.compile(r"\d$|\d[¼½¾]$")
_MARK: Final = re.compile(r"[\"“”]")


def _alone(text: str) -> Iterator[Hit]:
    opened: list[tuple[str, int]] = []
    for match in _BRACKET.finditer(text):
        char, at = match[0], match.start()
        if char in _OPENING:
            opened.append((char, at))
        elif opened and opened[-1][0] == _PAIRS[char]:
            opened.pop()
        elif not _ENUMERATION.search(text, max(0, at - 5), at) and not _FACE.search(text, 0, at):
            yield Hit(at, at + 1, None)
    for _, at in opened:
        yield Hit(at, at + 1, None)


def _quotes(text: str) -> Iterator[Hit]:
    marks = [match.start() for match in _MARK.finditer(text)]
    if len(marks) % 2 == 0:
        return
    measures = sum(text[at] == '"' and bool(_MEASURE.search(text, max(0, at - 2), at)) for at in marks)
    if (len(marks) - measures) % 2:
        yield Hit(marks[-1], marks[-1] + 1, None)


RULES: Final = (
    Rule(
        id="single-bracket",
        title="A bracket without a partner",
        explanation="A bracket that opens and never closes, or the other way round. Something is missing.",
        severity=Severity.TYPOGRAPHY,
        find=_alone,
        only_suggests=True,
        cjk=None,
        bad=(
            Example("He runs in the [2012 election.", None),
            Example("Eight are wounded. Jazeera)", None),
        ),
        good=("The plan: 1) talks, b) a treaty (signed [later]).", "He closed the deal :)"),
    ),
    Rule(
        id="single-quotation-mark",
        title="A quotation mark without a partner",
        explanation="An odd number of quotation marks: one is missing. Inches and seconds do not count.",
        severity=Severity.TYPOGRAPHY,
        find=_quotes,
        only_suggests=True,
        bad=(Example('He plays in "Bull Durham, a film.', None),),
        good=('He plays in "Bull Durham", and on a 7" single.', "“It is over”, he says."),
    ),
)
