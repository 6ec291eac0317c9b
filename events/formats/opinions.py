"""The list of opinion pieces in the Markdown archive layout (docs/archive-layout.md)."""

from __future__ import annotations

from collections.abc import Iterable

from events.editorials import EditorialRow
from events.vocabulary import EDITIONS


def opinions_markdown(edition: str, editorials: Iterable[EditorialRow]) -> str:
    """``opinion/index.md``: title and author of each piece, in the given order, as on the front page."""
    lines = [f"## [{EDITIONS[edition].labels.opinion}]({EDITIONS[edition].prefix}/opinion/index.md)", ""]
    for piece in editorials:
        lines.append(f"### [{_line(piece.title)}]({piece.path}index.md)")
        lines += [f"#### by {_line(piece.author)}", ""] if piece.author else [""]
    return "\n".join(lines)


def _line(text: str) -> str:
    return " ".join(text.splitlines())
