"""Mentions in the order of the events they name, whatever the size of the archive.

What all pages of an input say of one event comes together, so that it is one change however many
pages say it, and wherever a batch ends.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from events.harvest.records import Mention, Place
from events.slugs import Address

_AT_ONCE = 1_000


def by_target(mentions: Iterable[Mention]) -> Iterator[Mention]:
    """*mentions* ordered by the address they name, and for one address as they came.

    They are kept in a temporary file meanwhile: memory stays bounded.
    """
    with tempfile.TemporaryDirectory(prefix="mentions-") as folder:
        connection = sqlite3.connect(Path(folder) / "mentions.sqlite3", isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=OFF")
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("CREATE TABLE mention (target TEXT, line TEXT)")
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO mention VALUES (?, ?)", map(_kept, mentions))
            connection.execute("COMMIT")
            rows = connection.execute("SELECT line FROM mention ORDER BY target, rowid")
            while chunk := rows.fetchmany(_AT_ONCE):
                for (line,) in chunk:
                    yield _read(line)
        finally:
            connection.close()


def _kept(mention: Mention) -> tuple[str, str]:
    target = "/".join(_kept_address(mention.address))
    kept = (
        mention.edition, _kept_address(mention.address), mention.text, mention.contexts,
        _kept_address(mention.by),
        mention.place.file, mention.place.line,
    )  # fmt: skip
    return target, json.dumps(kept)


def _read(line: str) -> Mention:
    edition, address, text, contexts, by, file, number = json.loads(line)
    return Mention(edition, _address(address), text, tuple(contexts), _address(by), Place(file, number))


def _kept_address(address: Address) -> tuple[str, str]:
    return address.date.isoformat(), address.slug


def _address(kept: list[str]) -> Address:
    return Address(dt.date.fromisoformat(kept[0]), kept[1])
