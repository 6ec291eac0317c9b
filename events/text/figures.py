"""Figures in a text, whether written with digits, in words or in Chinese numerals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ONES: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES: Final = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
NUMBER_WORDS: Final[dict[str, int]] = {
    **{word: value for value, word in enumerate(_ONES)},
    **{word: 10 * value for value, word in enumerate(_TENS, 2)},
}
_WORDS: Final = "|".join(sorted([*NUMBER_WORDS, *_SCALES], key=len, reverse=True))
_ENGLISH: Final = re.compile(
    r"(?<![\w.,])(?P<digits>\d{1,3}(?:[, ]\d{3})+|\d+)(?:\.\d+)?"
    r"(?:[ -](?P<scale>thousand|million|billion)\b)?(?![\d%])"
    rf"|\b(?P<words>(?:a |an )?(?:{_WORDS})(?:(?:[ -]|,? and )(?:{_WORDS}))*)\b",
    re.IGNORECASE,
)
_CJK_DIGITS: Final = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "兩": 2,
}
_CJK_SCALES: Final = {"十": 10, "百": 100, "千": 1_000}
_CJK_MYRIADS: Final = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_CHINESE: Final = re.compile(
    r"(?:\d[\d,]*(?:\.\d+)?|[零〇一二三四五六七八九两兩十百千]+)[余餘多]?[百千]?"
    r"(?:[万萬亿億][零〇一二三四五六七八九两兩十百千]*)*"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and where it stands in its text."""

    value: float
    start: int
    end: int


def figures(text: str, *, cjk: bool = False) -> list[Figure]:
    """All whole numbers of *text*, in order. "Sixty-four", "1,200", "2 million", "三百二十", "1.5万"."""
    found = []
    for match in (_CHINESE if cjk else _ENGLISH).finditer(text):
        value = _chinese(match[0]) if cjk else _english(match)
        if value is not None:
            found.append(Figure(value, match.start(), match.end()))
    return found


def _english(match: re.Match[str]) -> float | None:
    digits = match["digits"]
    if digits is not None:
        if len(digits) > 15:
            return None
        return float(re.sub(r"[, ]", "", digits)) * _SCALES.get((match["scale"] or "").lower(), 1)
    total = part = 0
    for word in re.findall(_WORDS, match["words"].lower()):
        if word == "hundred":
            part = max(part, 1) * 100
        elif word in _SCALES:
            total += max(part, 1) * _SCALES[word]
            part = 0
        else:
            part += NUMBER_WORDS[word]
    return float(total + part)


def _chinese(numeral: str) -> float | None:
    numeral = re.sub("[余餘多,]", "", numeral)
    if len(numeral) > 20:
        return None
    total = part = digit = 0.0
    run = ""
    for char in numeral:
        if char.isascii():
            run += char
            continue
        if run:
            digit, run = float(run), ""
        if char in _CJK_DIGITS:
            digit = digit * 10 + _CJK_DIGITS[char] if digit else _CJK_DIGITS[char]
        elif char in _CJK_SCALES:
            part += (digit or 1) * _CJK_SCALES[char]
            digit = 0
        elif char in _CJK_MYRIADS:
            total += (part + digit or 1) * _CJK_MYRIADS[char]
            part = digit = 0
        else:
            return None  # a digit of another script
    return total + part + (float(run) if run else digit)
