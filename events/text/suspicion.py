"""Whether a reworded text of a settled event should wait for an editor before it is published.

The harvest holds a suspicious change: the old text stays public and a review item asks (issue 2,
section 3). Few false alarms matter more than catching everything: an editor who is asked for
nothing stops looking.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final, Literal

from events.text.figures import Figure, figures
from events.text.normalise import is_cjk, published

Reason = Literal["shrunk", "figure", "shouting", "junk"]

# A text of at least so many characters may not shrink below this share.
_LONG: Final = 60
_LONG_CJK: Final = 20
_SHRUNK_TO: Final = 1 / 3
_JUMP: Final = 10
_SHOUTED_SHARE: Final = 0.7
_SHOUTED_LETTERS: Final = 20
_LONGEST_REPEAT: Final = 6
_LETTERS_SHARE: Final = 0.5
_MOST_ADDRESSES: Final = 2

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ufffd\ud800-\udfff]")
# UTF-8 read as Latin-1 or Windows-1252: "Ã©", "â€™", "ä¸\xad".
_HIGH: Final = "\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€"
_MOJIBAKE: Final = re.compile(rf"[ÃÂ][{_HIGH}]|â€[{_HIGH}]|[äåæçèé][{_HIGH}][{_HIGH}]")
_REPEATS: Final = re.compile(rf"([^\s.\d_=-])\1{{{_LONGEST_REPEAT - 1},}}")
_SAME_WORD: Final = re.compile(r"\b(\w+)(?:\W+\1\b){3,}", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+")
# A source left in the text by the ancestor's markup, slashes as dashes: nothing of the news itself.
_LEFT_MARKUP: Final = re.compile(r"\[https?:--[^\]]*\]")

_CASUALTY_WORDS: Final = {
    "dead": re.compile(
        r"\b(?:dead|deaths?|die[sd]?|dying|kill(?:s|ed|ing)?|fatalit(?:y|ies)|casualt(?:y|ies)|lives|victims?|bodies)\b",
        re.IGNORECASE,
    ),
    "hurt": re.compile(
        r"\b(?:injur(?:e[sd]?|ing|ies|y)|wound(?:s|ed|ing)|hurt|hospitali[sz]ed)\b", re.IGNORECASE
    ),
    "missing": re.compile(r"\b(?:missing|trapped|unaccounted)\b", re.IGNORECASE),
}
_CASUALTY_WORDS_CJK: Final = {
    "dead": re.compile("死|亡|遇难|遇難|丧生|喪生|丧命|喪命|罹难|罹難|遇害|毙|斃|杀|殺"),
    "hurt": re.compile("伤|傷"),
    "missing": re.compile("失踪|失蹤|被困"),
}
_LENGTH_USED: Final = 5_000
_NEAR: Final = 30
_NEAR_CJK: Final = 8
_CLAUSE_END: Final = re.compile(r"[;:!?。；！？]|\.\s|,\s(?!and\b)|，")
# Not people: dates, ages, spans of time, money, sizes, and what is counted besides people.
_NOT_PEOPLE: Final = re.compile(
    r"^[-\s]*(?:(?:st|nd|rd|th)\b|years?|months?|weeks?|days?|hours?|minutes?|km|kilomet|met(?:er|re)s?"
    r"|miles?|feet|foot|mph|percent|per cent|%|dollars?|euros?|pounds?|homes|houses|buildings|vehicles|°|º"
    r"|[年月日岁歲时時分度级級公里米元])",
    re.IGNORECASE,
)
_YEAR: Final = range(1500, 2101)
_MONEY: Final = frozenset("$€£¥")


def suspicion(old: str, new: str, *, cjk: bool = False) -> str | None:
    """A reason code where *new* is a suspicious rewording of *old*, else None.

    ``"junk"``: control characters, mojibake, repeated characters or words, hardly a letter, or
    addresses piled up; ``"shrunk"``: less than a third is left of a long text; ``"shouting"``:
    mostly capitals; ``"figure"``: a casualty figure is ten times what it was, or a tenth.
    What the old text had already is no reason.
    """
    old, new = (published(_LEFT_MARKUP.sub("", text)) for text in (old, new))
    if old == new:
        return None
    reason: Reason | None = None
    if _is_junk(new) and not _is_junk(old):
        reason = "junk"
    elif len(old) >= (_LONG_CJK if cjk else _LONG) and len(new) < len(old) * _SHRUNK_TO:
        reason = "shrunk"
    elif _shouts(new) and not _shouts(old):
        reason = "shouting"
    elif _figure_jumps(old, new, cjk=cjk):
        reason = "figure"
    return reason


def _is_junk(text: str) -> bool:
    solid = [char for char in text if not char.isspace()]
    letters = sum(char.isalpha() for char in solid)
    return (
        letters < len(solid) * _LETTERS_SHARE
        or not letters
        or len(_ADDRESS.findall(text)) > _MOST_ADDRESSES
        or any(pattern.search(text) for pattern in (_CONTROLS, _MOJIBAKE, _REPEATS, _SAME_WORD))
    )


def _shouts(text: str) -> bool:
    """Mostly capitals, short abbreviations aside; scripts without capitals cannot shout."""
    words = [word for word in _WORD.findall(text) if len(word) > 3 and not is_cjk(word[0])]
    letters = "".join(words)
    cased = sum(char.isupper() or char.islower() for char in letters)
    return cased >= _SHOUTED_LETTERS and sum(map(str.isupper, letters)) > cased * _SHOUTED_SHARE


def _figure_jumps(old: str, new: str, *, cjk: bool) -> bool:
    """Whether, of one kind of casualty, the figures that changed are all tenfold apart."""
    before, after = _casualties(old[:_LENGTH_USED], cjk=cjk), _casualties(new[:_LENGTH_USED], cjk=cjk)
    for kind in before.keys() & after.keys():
        gone, come = before[kind] - after[kind], after[kind] - before[kind]
        if gone and come and all(_apart(one, other) for one in gone for other in come):
            return True
    return False


def _apart(one: float, other: float) -> bool:
    low, high = sorted((one, other))
    return high >= _JUMP * max(low, 1) and high >= _JUMP


def _casualties(text: str, *, cjk: bool) -> dict[str, Counter[float]]:
    """The figures near words of death, injury and loss, by kind of word."""
    near = _NEAR_CJK if cjk else _NEAR
    found: dict[str, Counter[float]] = {}
    spots = [
        (kind, match.start(), match.end())
        for kind, pattern in (_CASUALTY_WORDS_CJK if cjk else _CASUALTY_WORDS).items()
        for match in pattern.finditer(text)
    ]
    for figure in figures(text, cjk=cjk):
        if not _counts_people(text, figure):
            continue
        distances = [
            (gap, kind)
            for kind, start, end in spots
            if (gap := _distance(text, figure.start, figure.end, start, end)) is not None and gap <= near
        ]
        if distances:
            found.setdefault(min(distances)[1], Counter())[figure.value] += 1
    return found


def _counts_people(text: str, figure: Figure) -> bool:
    """Not a date, an age, a span of time, a sum of money or a size."""
    if figure.value in _YEAR and text[figure.start : figure.end].isdigit():
        return False
    before = text[figure.start - 1 : figure.start]
    return before not in _MONEY and _NOT_PEOPLE.match(text[figure.end : figure.end + 12]) is None


def _distance(text: str, start: int, end: int, word_start: int, word_end: int) -> int | None:
    """Characters between a figure and a word; None where a clause ends between them."""
    between = text[end:word_start] if word_start >= end else text[word_end:start]
    return None if _CLAUSE_END.search(between) else len(between)
