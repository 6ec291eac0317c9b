r"""Context names in one line: ``Cold War, Portland\, Oregon, Taliban``.

We write ``\,`` for a comma inside a name (and ``\\`` for a backslash). The ancestor escaped nothing, so
a line of its own is split by the longest names known from elsewhere (docs/archive-layout.md, "A day page").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

SEPARATOR: Final = ", "
COMMAS_MAX: Final = 5
"""Commas that an unescaped name may have inside; longer runs are not looked for."""
_ESCAPE_OR_SEPARATOR = re.compile(r"\\[\\,]|, ")


def join_names(names: Iterable[str]) -> str:
    """One line of *names* that :func:`split_names` takes apart again. Names have no outer blanks."""
    return SEPARATOR.join(name.replace("\\", "\\\\").replace(",", "\\,") for name in names)


def split_names(line: str, known: Collection[str] = frozenset()) -> tuple[str, ...]:
    r"""The names in *line*, in order, without empty and repeated ones.

    *known* are whole names with ", " inside. Where the pieces of a line can be put together to
    one of them, the longest wins, from left to right. A line with ``\,`` was written by us: it says
    itself where names end, and *known* is not asked.
    """
    parts, escaped = _pieces(line)
    if known and not escaped and len(parts) > 1:
        parts = _together(parts, known)
    return tuple(dict.fromkeys(name for part in parts if (name := part.strip())))


def possible_names(line: str) -> Iterator[str]:
    """Every run of two or more pieces of *line* that could be one name with commas inside."""
    parts, escaped = _pieces(line)
    if escaped:
        return
    for start in range(len(parts) - 1):
        for end in range(start + 2, min(start + COMMAS_MAX + 1, len(parts)) + 1):
            yield SEPARATOR.join(parts[start:end])


def escaped_names(line: str) -> tuple[str, ...]:
    r"""The names in *line* whose comma stands escaped: certain to be one name each."""
    if "\\," not in line:
        return ()
    return tuple(name for name in split_names(line) if SEPARATOR in name)


def _pieces(line: str) -> tuple[list[str], bool]:
    r"""*line* cut at every unescaped ", "; and whether it holds an escaped comma."""
    if "\\" not in line:
        return line.split(SEPARATOR), False
    parts, piece, last, escaped = [], "", 0, False
    for match in _ESCAPE_OR_SEPARATOR.finditer(line):
        piece += line[last : match.start()]
        last = match.end()
        if match[0] == SEPARATOR:
            parts.append(piece)
            piece = ""
        else:
            piece += match[0][1]
            escaped = escaped or match[0] == "\\,"
    parts.append(piece + line[last:])
    return parts, escaped


def _together(parts: list[str], known: Collection[str]) -> list[str]:
    names, start = [], 0
    while start < len(parts):
        end = min(start + COMMAS_MAX + 1, len(parts))
        while end > start + 1 and SEPARATOR.join(parts[start:end]).strip() not in known:
            end -= 1
        names.append(SEPARATOR.join(parts[start:end]))
        start = end
    return names
