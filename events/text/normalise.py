"""Two ways to bring a text into one form: for publishing, and for finding.

:func:`published` says what is compared and shown. :func:`fold` is the one search normaliser
(architecture.md, decision 5): the index and the query go through it alike.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Invisible, without width, and meaningless at the edge of a text or inside a search word.
_ZERO_WIDTH: Final = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
# All that ``str.isspace`` calls blank, and the invisible ones. A test looks at every character.
_EDGES: Final = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    f"\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000{_ZERO_WIDTH}"
)
_CJK: Final = (
    "\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3040-\u30ff\u3100-\u318f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_CJK_CHAR: Final = re.compile(f"[{_CJK}]")
_HYPHENS: Final = re.compile("[-\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]+")
# Letters that Unicode does not take apart, and apostrophes that keyboards do not have.
_LETTERS: Final = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th",
        "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"',
        **dict.fromkeys(_ZERO_WIDTH, ""),
    }
)  # fmt: skip


def published(text: str) -> str:
    """The text as compared and published: outer blanks and invisible marks off, the rest untouched."""
    return text.strip(_EDGES)


def is_cjk(char: str) -> bool:
    """Whether *char* is a Chinese, Japanese or Korean character, which counts as a word of its own."""
    return _CJK_CHAR.match(char) is not None


def fold(text: str) -> str:
    """The text as search sees it.

    Compatibility forms unified (NFKC), case folded, accents and other marks off, hyphens split,
    invisible characters gone, a blank around each CJK character, runs of blanks made one.
    Folding what is folded changes nothing.
    """
    if text.isascii():
        return " ".join(text.lower().replace("-", " ").replace("`", "'").split())
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).casefold()
    marks_off = "".join(
        char for char in folded.translate(_LETTERS) if not unicodedata.category(char).startswith("M")
    )
    composed = unicodedata.normalize("NFC", marks_off).translate(_LETTERS)
    spaced = _CJK_CHAR.sub(r" \g<0> ", _HYPHENS.sub(" ", composed))
    return " ".join(spaced.split())
