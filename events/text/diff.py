"""Readable differences between two versions of a text, by words (Chinese: by characters)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from diff_match_patch import diff_match_patch

from events.text.tokens import tokenise

# Tokens stand in for the characters that diff-match-patch compares: words as letters, other marks
# as private characters, blanks as themselves, so that its sense for word edges holds.
_WORDS_FROM: Final = 0x20000
_MARKS_FROM: Final = 0xF0000
_ROOM: Final = 0xA000
_SECONDS: Final = 0.3
_TOKEN_LIMIT: Final = 20_000
_OPS: Final[dict[int, Literal["equal", "insert", "delete"]]] = {-1: "delete", 0: "equal", 1: "insert"}


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text that both versions have, or only the new one, or only the old one."""

    op: Literal["equal", "insert", "delete"]
    text: str


def word_diff(old: str, new: str, *, cjk: bool = False) -> tuple[Part, ...]:
    """What changed from *old* to *new*; deletions come before the insertions that replace them.

    The parts other than inserts join to *old*, those other than deletes to *new*. Very long texts
    and texts that would take over a third of a second get a coarser answer, never a wrong one.
    """
    if old == new:
        return (Part("equal", old),) if old else ()
    old_tokens, new_tokens = tokenise(old, cjk=cjk), tokenise(new, cjk=cjk)
    codes = _codes([*old_tokens, *new_tokens])
    if codes is None or max(len(old_tokens), len(new_tokens)) > _TOKEN_LIMIT:
        return tuple(part for part in (Part("delete", old), Part("insert", new)) if part.text)
    tokens = {code: token for token, code in codes.items()}
    matcher = diff_match_patch()
    matcher.Diff_Timeout = _SECONDS
    old_coded, new_coded = ("".join(codes[token] for token in row) for row in (old_tokens, new_tokens))
    diffs = matcher.diff_main(old_coded, new_coded, False)
    matcher.diff_cleanupSemantic(diffs)
    return tuple(Part(_OPS[op], "".join(tokens[code] for code in coded)) for op, coded in diffs)


def _codes(tokens: list[str]) -> dict[str, str] | None:
    """A character for each distinct token; None where there are more than the ranges hold."""
    codes: dict[str, str] = {}
    words = marks = 0
    for token in tokens:
        if token in codes:
            continue
        if token in (" ", "\n"):
            codes[token] = token
        elif token[0].isalnum():
            codes[token] = chr(_WORDS_FROM + words)
            words += 1
        else:
            codes[token] = chr(_MARKS_FROM + marks)
            marks += 1
        if max(words, marks) >= _ROOM:
            return None
    return codes
