"""A text as a row of tokens that joins back to exactly the same text."""

from __future__ import annotations

import re
from typing import Final

from events.text.normalise import is_cjk

# A figure stays whole ("1,200", "3.5"), so that two changes to its parts can never be mixed; so
# does a word with its hyphens and apostrophes; so does a run of blanks.
_TOKEN: Final = re.compile(r"\s+|\d+(?:[.,:]\d+)*|[^\W\d]\w*(?:['’‐‑-]\w+)*|\w+|[^\w\s]")


def tokenise(text: str, *, cjk: bool = False) -> list[str]:
    """Split *text* into words, figures, runs of blanks and single other characters.

    With *cjk*, every CJK character is a token of its own. ``"".join`` gives *text* back.
    """
    if not cjk:
        return _TOKEN.findall(text)
    tokens: list[str] = []
    for token in _TOKEN.findall(text):
        if len(token) == 1 or token.isascii():
            tokens.append(token)
        else:
            tokens.extend(_split_cjk(token))
    return tokens


def _split_cjk(token: str) -> list[str]:
    parts: list[str] = []
    run = ""
    for char in token:
        if is_cjk(char):
            if run:
                parts.append(run)
                run = ""
            parts.append(char)
        else:
            run += char
    if run:
        parts.append(run)
    return parts
