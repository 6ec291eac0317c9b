"""A copy of the public archive that follows its changes; it needs nothing but Python (docs/api.md).

    python scripts/replica.py https://news.example/ copy.sqlite3            bring the copy up to date
    python scripts/replica.py https://news.example/ copy.sqlite3 --write D  and write it as JSON Lines into D
    python scripts/replica.py https://news.example/ copy.sqlite3 --from D   begin with a public dump in D

What is written is, byte for byte, what the archive's own ``export jsonl --public`` writes at the same
number of the sequence. The copy is a SQLite database: ``thing`` holds every event, context, source and
editorial, ``pin`` what editors chose as related, ``change`` the sequence. A run that is stopped goes on
where it was.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Fetch = Callable[[str], Json]
PAGE = 500
FILES = {
    "event": "events.jsonl",
    "context": "contexts.jsonl",
    "source": "sources.jsonl",
    "editorial": "editorials.jsonl",
}
TABLES = """
CREATE TABLE IF NOT EXISTS thing (
  subject TEXT, id INTEGER, body TEXT NOT NULL, PRIMARY KEY (subject, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pin (
  event INTEGER, place INTEGER, body TEXT NOT NULL, PRIMARY KEY (event, place)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS change (
  seq INTEGER PRIMARY KEY, subject TEXT NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS change_of_subject ON change (subject, id);
"""


class OtherArchive(Exception):  # noqa: N818  it says what is the case
    """The archive's sequence is not the one that the copy followed: it was set back or replaced."""


class Replica:
    """The copy in the SQLite file *path*; *fetch* gets the JSON at a path of the archive.

    *shared*: threads may use it, one at a time.
    """

    def __init__(self, path: Path | str, fetch: Fetch, *, shared: bool = False) -> None:
        self._fetch = fetch
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=not shared)
        self._database.executescript(TABLES)

    def close(self) -> None:
        """Let the file go."""
        self._database.close()

    @property
    def last(self) -> int:
        """The number of the last change that the copy has."""
        return int(self._database.execute("SELECT coalesce(max(seq), 0) FROM change").fetchone()[0])

    def follow(self, told: Callable[[int], None] = lambda _last: None) -> int:
        """Apply every change there is, a page at a time; how many were new. *told* hears the last number.

        Asks from one before the last change on: that one must come again, or the archive is another.
        """
        last = self.last
        page = self._page(max(last - 1, 0))
        if last:
            known = self._database.execute("SELECT body FROM change WHERE seq = ?", (last,)).fetchone()[0]
            again = page["results"].pop(0) if page["results"] else {}
            if _identity(again) != _identity(json.loads(known)):
                raise OtherArchive(
                    f"Change {last} is not what it was: the archive was set back, or is another one. "
                    "Begin a new copy."
                )
        count = 0
        while page["results"]:
            self._apply(page["results"])
            count += len(page["results"])
            told(self.last)
            if page["next"] is None:
                break
            page = self._page(self.last)
        return count

    def _page(self, after: int) -> Json:
        return self._fetch(f"api/v1/changes/?after={after}&include=object&page_size={PAGE}")

    def _apply(self, changes: list[Json]) -> None:
        """One page in one transaction. A thing is replaced by what it is now, or goes if it is no more."""
        with self._transaction():
            for change in changes:
                subject, pk = change["subject"], change["id"]
                thing, pins = change.pop("object"), change.pop("pins", None)
                if change["seq"] != self.last + 1:
                    raise OtherArchive(f"Change {self.last + 1} is missing. Begin a new copy.")
                if subject == "context" and change["kind"] == "withdrawn":  # removed by law, with its history
                    self._forget_revisions(subject, pk)
                self._keep_change(change)
                self._database.execute("DELETE FROM thing WHERE subject = ? AND id = ?", (subject, pk))
                if thing is not None:
                    self._database.execute("INSERT INTO thing VALUES (?, ?, ?)", (subject, pk, encode(thing)))
                if pins is not None:
                    self._database.execute("DELETE FROM pin WHERE event = ?", (pk,))
                    self._keep_pins(pk, pins if thing is not None else [])

    def _keep_change(self, change: Json) -> None:
        row = change["seq"], change["subject"], change["id"], encode(change)
        self._database.execute("INSERT INTO change VALUES (?, ?, ?, ?)", row)

    def _keep_pins(self, event: int, pins: list[Json]) -> None:
        rows = [(event, place, encode(pin)) for place, pin in enumerate(pins, start=1)]
        self._database.executemany("INSERT INTO pin VALUES (?, ?, ?)", rows)

    def _forget_revisions(self, subject: str, pk: int) -> None:
        found = self._database.execute(
            "SELECT seq, body FROM change WHERE subject = ? AND id = ?", (subject, pk)
        ).fetchall()
        rows = [(encode({**json.loads(body), "revision": None}), seq) for seq, body in found]
        self._database.executemany("UPDATE change SET body = ? WHERE seq = ?", rows)

    def begin_with(self, dump: Path) -> None:
        """Fill the empty copy with what ``export jsonl --public`` wrote into *dump*, unpacked."""
        if self.last:
            raise SystemExit("The copy has begun already; name a new file.")
        with self._transaction():
            for subject, name in FILES.items():
                for line in _lines(dump / name):
                    line.pop("type", None)
                    row = subject, line["id"], encode(line)
                    self._database.execute("INSERT INTO thing VALUES (?, ?, ?)", row)
            pins: dict[int, list[Json]] = {}
            for line in _lines(dump / "curation.jsonl"):
                del line["type"]
                pins.setdefault(line.pop("event"), []).append(line)
            for event, found in pins.items():
                self._keep_pins(event, found)
            for line in _lines(dump / "revisions.jsonl"):
                del line["type"]
                self._keep_change(line)

    def write(self, folder: Path) -> None:
        """Write the copy as the files of a public dump."""
        folder.mkdir(parents=True, exist_ok=True)
        for subject, name in FILES.items():
            rows = self._database.execute("SELECT body FROM thing WHERE subject = ? ORDER BY id", (subject,))
            typed = {} if subject == "event" else {"type": subject}
            _write(folder / name, ({**typed, **json.loads(body)} for (body,) in rows))
        pins = self._database.execute("SELECT event, body FROM pin ORDER BY event, place")
        _write(
            folder / "curation.jsonl",
            ({"type": "pin", "event": event, **json.loads(body)} for event, body in pins),
        )
        rows = self._database.execute("SELECT body FROM change ORDER BY seq")
        _write(folder / "revisions.jsonl", ({"type": "change", **json.loads(body)} for (body,) in rows))

    def _transaction(self) -> _Transaction:
        return _Transaction(self._database)


class _Transaction:
    """All of it or nothing."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._database.execute("COMMIT" if kind is None else "ROLLBACK")


def encode(value: object) -> str:
    """JSON as the archive writes it: compact, not escaped to ASCII, keys in the order they came."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _identity(change: Json) -> tuple[Any, ...]:
    return tuple(change.get(key) for key in ("seq", "at", "kind", "subject", "id", "other"))


def _lines(path: Path) -> Iterator[Json]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield json.loads(line)


def _write(path: Path, lines: Iterator[Json]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{encode(line)}\n" for line in lines)


def over_http(start: str) -> Fetch:
    """How to get JSON from the archive at the web address *start*."""
    if not start.startswith(("http://", "https://")):
        raise SystemExit(f"{start} is no web address.")

    def fetch(path: str) -> Json:
        address = f"{start.rstrip('/')}/{path}"
        with urllib.request.urlopen(address, timeout=60) as response:  # noqa: S310  its scheme was looked at
            found: Json = json.load(response)
            return found

    return fetch


def _tell(last: int) -> None:
    sys.stderr.write(f"at {last:,}\n")


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description="Keep a copy of the public archive and follow its changes.")
    parser.add_argument("archive", help="the archive's web address")
    parser.add_argument("copy", type=Path, help="the copy, a SQLite file; made where there is none")
    parser.add_argument("--from", dest="dump", type=Path, metavar="D", help="begin with the public dump in D")
    parser.add_argument("--write", dest="folder", type=Path, metavar="D", help="then write the copy into D")
    asked = parser.parse_args()
    replica = Replica(asked.copy, over_http(asked.archive))
    try:
        if asked.dump is not None:
            replica.begin_with(asked.dump)
        count = replica.follow(_tell)
        if asked.folder is not None:
            replica.write(asked.folder)
    except (OSError, ValueError, HTTPException, OtherArchive) as error:
        sys.stderr.write(f"The copy is as it was at {replica.last:,}. {error}\n")
        return 1
    sys.stdout.write(f"{count:,} changes applied; the copy stands at {replica.last:,}.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
