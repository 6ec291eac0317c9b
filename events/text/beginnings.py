"""What a name may be found by while it is typed: its text from any of its words on (layer 0).

Names and what is typed go through here alike, as texts and queries go through ``fold``.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from events.text.normalise import fold, is_cjk
from events.text.script import simplified

_MOST: Final = 40
"""So many of its words a name is found by."""
_OPENING: Final = re.compile(r"[\s('\"\[/]")


def comparable(said: str) -> str:
    """A name, or the beginning of one, as both are compared.

    Folded, Chinese in one script, and no blanks beside Chinese, Japanese or Korean characters.
    """
    words = simplified(fold(said)).split(" ")
    found = words[0]
    for one, other in pairwise(words):
        found += other if is_cjk(one[-1:]) or is_cjk(other[:1]) else f" {other}"
    return found


def beginnings(name: str) -> list[str]:
    """*name* as it is compared, from each of its words on; each Chinese character counts as a word."""
    said = comparable(name)
    places = [
        at
        for at, char in enumerate(said)
        if not char.isspace()
        and (at == 0 or is_cjk(char) or is_cjk(said[at - 1]) or _OPENING.match(said[at - 1]))
    ]
    return list(dict.fromkeys(said[at:] for at in places[:_MOST]))
