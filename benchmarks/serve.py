"""How fast the site answers, as ratios to a constant page in the same run (goals.md, "Serve" and "API").

    python -m benchmarks.serve [--events N] [--rounds N] [--seconds N] [--archive URL] [--only WORD]

Loads real events where the corpus is there, else made-up ones, into an archive of its own (SQLite, or
a new database on the server that ``DATABASE_URL`` names), which is gone afterwards; ``--archive`` asks
one that is there already. Each round starts the site anew, so that its page cache is empty, beside the
same gunicorn, Django and middleware with one constant page, and puts each row's question to it for a
few seconds. *First view*: no address is asked twice in a round.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from benchmarks.harvest import corpus, lines
from benchmarks.load import CONNECTIONS, ROOT, Asked, ask, fetch, gunicorn

API = "/api/v1/"
DEEP = 3000
PAGE = 20
CONTEXTS = 100
SEARCHES = 2000
Walk = list[tuple[str, str]]
CONSTANT: Walk = [("/constant", "")]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what is asked, and how much of the constant page's rate it should have.

    ``once``: no address may be asked twice. ``empty``: the answers have no body. ``limit``: how many
    times dearer than the row named *against* it may be, instead of a share of the constant page.
    """

    name: str
    walk: Walk
    goal: float = 0.0
    once: bool = False
    empty: bool = False
    against: str = ""
    limit: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """Addresses of the archive that the rows are made of."""

    events: list[dict[str, Any]]
    cursors: list[str]
    deep: int
    deep_cursor: str

    def ranges(self) -> list[dict[str, str]]:
        """The largest contexts, each with the days between the first and the last quarter of its events."""
        dates: dict[str, list[str]] = defaultdict(list)
        for event in self.events:
            for context in event["contexts"]:
                dates[context["slug"]].append(event["date"])
        largest = sorted(dates.items(), key=lambda item: len(item[1]), reverse=True)[:CONTEXTS]
        return [
            {"context": slug, "date_from": days[len(days) * 3 // 4], "date_to": days[len(days) // 4]}
            for slug, days in largest
        ]


def explore(port: int) -> Found:
    """Walk the API's lists as any client would."""
    events: list[dict[str, Any]] = []
    cursors: list[str] = []
    deep, deep_cursor, cursor = 1, "", ""
    while True:
        left = (DEEP - 1) * PAGE - len(events)
        size = left if 0 < left < 500 else 500
        query = {"fields": "id,address,date,contexts", "page_size": size} | (
            {"cursor": cursor} if cursor else {}
        )
        page = _json(port, f"{API}events/?{urlencode(query)}")
        events += page["results"]
        if page["next"] is None:
            break
        cursor = parse_qs(urlsplit(page["next"]).query)["cursor"][0]
        cursors.append(cursor)
        if len(events) <= (DEEP - 1) * PAGE:
            deep, deep_cursor = len(events) // PAGE + 1, cursor
    return Found(events, cursors, deep, deep_cursor)


def _json(port: int, path: str) -> Any:
    status, _, body = fetch(port, path)
    if status != 200:
        raise RuntimeError(f"{path} answers {status}.")
    return json.loads(body)


def rows(port: int, found: Found) -> list[Row]:
    """What is measured; the ETags are taken from the running site."""
    pages = [f"{event['address']}.html" for event in found.events]
    # The newest events are the ones seen before; the others are still unknown to the page cache.
    known, fresh = pages[:300], pages[300:]
    days = list(dict.fromkeys(f"{page.rsplit('/', 1)[0]}/" for page in fresh))
    listed = f"{API}events/"
    return [
        Row("event page, first view", _walk(fresh), 0.10, once=True),
        Row("event page, seen before", _walk(known), 0.42),
        Row("event page, 304", [(page, fetch(port, page)[1]["etag"]) for page in known], 0.42, empty=True),
        Row("day page, first view", _walk(days), 0.15, once=True),
        Row("API list of 20, any page", _walk([f"{listed}?cursor={one}" for one in found.cursors]), 0.15),
        Row("API list of 20, first page", _walk([listed]), 0.15),
        Row(
            f"API list of 20, page {found.deep:,}",
            _walk([f"{listed}?cursor={found.deep_cursor}"]),
            against="API list of 20, first page",
            limit=1.2,
        ),
        Row(
            "API context and date range",
            _walk([f"{listed}?{urlencode(one)}" for one in found.ranges()]),
            0.12,
        ),
        Row("API search, a word", _walk(searches(found.events, 1)), 0.10),
        Row("API search, three words", _walk(searches(found.events, 3))),
        Row("API detail", _walk([f"{listed}{event['id']}/" for event in found.events]), 0.40),
    ]


def searches(events: Sequence[dict[str, Any]], count: int) -> list[str]:
    """Searches for *count* words of the events' slugs, of many different events.

    Of three words, half find fewer than five events, and then those with most of the words too.
    """
    step = max(1, len(events) // SEARCHES)
    asked = []
    for event in events[::step]:
        words = [word for word in event["address"].rpartition("/")[2].split("-") if len(word) > 3]
        asked.append(" ".join(words[:count]))
    return [f"{API}search/?{urlencode({'q': said})}" for said in dict.fromkeys(asked) if said]


def _walk(paths: Sequence[str]) -> Walk:
    return [(path, "") for path in paths]


def measure(row: Row, port: int, *, seconds: int, offset: int, folder: Path) -> Asked:
    """Ask for *row*; raises where the answers are not what the row is about."""
    start = offset % len(row.walk)
    asked = ask(port, row.walk[start:] + row.walk[:start], seconds, folder)
    if asked.failed:
        raise RuntimeError(f"{row.name}: {asked.failed} of {asked.requests} answers are errors.")
    if row.empty and asked.size > 2_000:
        raise RuntimeError(f"{row.name}: the answers have bodies.")
    if row.once and asked.requests > len(row.walk):
        print(f"  {row.name}: {asked.requests} requests for {len(row.walk)} addresses, not all first views")
    return asked


def run(env: dict[str, str], options: argparse.Namespace, folder: Path) -> None:
    """All rounds, and the table."""
    rates: dict[str, list[float]] = defaultdict(list)
    ratios: dict[str, list[float]] = defaultdict(list)
    chosen: list[Row] = []
    found: Found | None = None
    for number in range(options.rounds):
        with ExitStack() as running:
            constant = running.enter_context(gunicorn("benchmarks.constant.settings", env, "/constant"))
            bare = running.enter_context(gunicorn("benchmarks.constant.bare", env, "/constant"))
            site = running.enter_context(gunicorn("newsarchive.settings", env, "/livez"))
            found = found or explore(site)
            chosen = [row for row in rows(site, found) if options.only in row.name]
            for row in chosen:
                # Templates and statements are made ready in both workers; pages seen before are seen.
                ask(site, row.walk[-40:] if row.once else row.walk, 1, folder)
                base = ask(constant, CONSTANT, 1, folder).rate
                asked = measure(
                    row,
                    site,
                    seconds=options.seconds,
                    offset=number * len(row.walk) // options.rounds,
                    folder=folder,
                )
                again = ask(constant, CONSTANT, 1, folder).rate
                rates["constant page"] += [base, again]
                rates[row.name].append(asked.rate)
                ratios[row.name].append(asked.rate / ((base + again) / 2))
            rates["constant page, no middleware"].append(ask(bare, CONSTANT, options.seconds, folder).rate)
    counts = count_queries(env, chosen)
    table(rates, ratios, chosen, counts)


def table(
    rates: dict[str, list[float]], ratios: dict[str, list[float]], chosen: list[Row], counts: dict[str, str]
) -> None:
    """Print the medians beside the goals."""
    print(f"{'':34}{'requests/s':>11}{'of constant':>13}{'goal':>12}{'':8}{'SQL':>6}")
    for name in ("constant page", "constant page, no middleware"):
        print(f"{name:34}{statistics.median(rates[name]):11,.0f}")
    for row in chosen:
        share = statistics.median(ratios[row.name])
        line = f"{row.name:34}{statistics.median(rates[row.name]):11,.0f}{share:13.1%}"
        if row.against in ratios:
            dearer = statistics.median(
                first / this for first, this in zip(ratios[row.against], ratios[row.name], strict=True)
            )
            kept = "kept" if dearer <= row.limit else "MISSED"
            line += f"{f'{dearer:.2f} x/{row.limit:g}':>12} {kept:7}"
        elif row.goal:
            line += f"{row.goal:12.0%} {'kept' if share >= row.goal else 'MISSED':7}"
        print(f"{line}{counts[row.name]:>6}")


def count_queries(env: dict[str, str], chosen: Sequence[Row]) -> dict[str, str]:
    """How many statements each row's answers take, in a process of its own."""
    sample = {row.name: row.walk[:5] for row in chosen}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.serve", "--count"],
        input=json.dumps(sample), env={**env, "DJANGO_SETTINGS_MODULE": "newsarchive.settings"},
        cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _count(sample: dict[str, Walk]) -> dict[str, str]:
    import django

    django.setup()
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "127.0.0.1"})
    counts = {}
    for name, walk in sample.items():
        seen = set()
        for path, etag in walk:
            if "seen before" in name:
                client.get(path)
            elif not etag:
                cache.clear()
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(path, headers={"if-none-match": etag} if etag else {})
            seen.add(len(queries))
        counts[name] = str(min(seen)) if len(seen) == 1 else f"{min(seen)}-{max(seen)}"
    return counts


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """The URL of an empty database that is gone afterwards."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield f"sqlite:///{folder}/archive.sqlite3"
        return
    import psycopg

    name = f"serve_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{server.rsplit('/', 1)[0]}/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def fill(env: dict[str, str], count: int, folder: Path) -> None:
    """Harvest *count* events into the empty archive, related links and all."""
    path = folder / "input.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(lines(count))
    for arguments in (["migrate", "--verbosity=0"], ["harvest", "jsonl", str(path)]):
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)


def main() -> None:
    """Load, measure, print."""
    parser = argparse.ArgumentParser(description="Requests a second, beside a constant page.")
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2, help="of each row in each round")
    parser.add_argument("--archive", default="", metavar="URL", help="ask this archive, and load nothing")
    parser.add_argument("--only", default="", metavar="WORD", help="only the rows that have it in their name")
    parser.add_argument("--count", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.count:
        print(json.dumps(_count(json.load(sys.stdin))))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = {
            **os.environ,
            "SECRET_KEY": "only-for-benchmarks-" + "x" * 40,
            "DEBUG": "0",
            "STATIC_ROOT": str(folder / "static"),
        }
        (folder / "static").mkdir()
        with ExitStack() as stack:
            if options.archive:
                env["DATABASE_URL"] = options.archive
                kind = "an archive that was there"
            else:
                env["DATABASE_URL"] = stack.enter_context(database(folder))
                fill(env, options.events, folder)
                kind = f"{options.events:,} {'real' if corpus() else 'made-up'} events"
            engine = "PostgreSQL" if env["DATABASE_URL"].startswith("postgres") else "SQLite"
            client = "wrk" if shutil.which("wrk") else "threads of Python (wrk is not here)"
            print(
                f"{kind} on {engine}; 2 workers; {CONNECTIONS} connections by {client}; "
                f"medians of {options.rounds} rounds"
            )
            run(env, options, folder)


if __name__ == "__main__":
    main()
