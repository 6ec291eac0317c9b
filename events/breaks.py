"""Where a page of a long list ends (layer 0)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence


def page_break(keys: Sequence[int | str]) -> int:
    """How many of the next rows of a list a page shows; *keys* name them: as many as a page may have at most.

    Somewhere in their second half, behind the row whose key has the smallest checksum. If each page had
    the same number, a new row at the top would make every page behind it begin elsewhere, under another
    address; so the rows themselves say where pages end, and one that comes or goes moves few of them
    (as chunks are cut by what they hold in backups).
    """
    at = min(range(len(keys) // 2, len(keys)), key=lambda at: zlib.crc32(f"{keys[at]}".encode()))
    return at + 1
