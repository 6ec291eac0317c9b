"""Chinese as search compares it: one script, whichever a text was written in.

The table at hand (``events.text.hanzi``) has the common characters. Where OpenCC is installed (the
extra ``chinese``), its table of some four thousand is asked besides. Index and queries go through
here alike; with or without OpenCC is another index, so ``rebuild search`` follows a change.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from events.text.hanzi import one_script

_CHARACTERS: Final = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000))
_FIRST: Final = chr(_CHARACTERS[0].start)


def simplified(text: str) -> str:
    """*text* with traditional characters as their simplified forms, one for one."""
    plain = one_script(text)
    return plain.translate(_table()) if plain and max(plain) >= _FIRST else plain


@cache
def _table() -> dict[int, str]:
    """What OpenCC simplifies, character by character; nothing where it is not installed."""
    try:
        convert = import_module("opencc").OpenCC("t2s").convert
    except ImportError:
        return {}
    found = {number: convert(chr(number)) for characters in _CHARACTERS for number in characters}
    return {number: to for number, to in found.items() if len(to) == 1 and to != chr(number)}
