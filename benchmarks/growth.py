"""How the site grows from ten thousand events to a million: load, sizes, and every kind of question.

    python -m benchmarks.growth [--sizes 10000,100000,1000000] [--folder DIR] [--rounds N] [--only WORD]
                                [--harvested N]

Makes an archive of each size (``benchmarks.replay``) through the harvest, on SQLite in *folder*, or in
databases ``growth_SIZE`` on the server that ``DATABASE_URL`` names; one that is there already is asked
again, and not loaded. Of a larger archive than *harvested* only so much is harvested, and then multiplied
by ``benchmarks.multiply``. The table has, of each question and size, the median and the 95th percentile in
milliseconds, how many times a page without any query the median is, how many statements it takes, and
how many times dearer the greatest archive is than the smallest. SQLite answers within this process:
its times are those of the processor. PostgreSQL's are those of the clock. Of each call the fastest of
*rounds* counts, for what else runs on the machine only adds.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from benchmarks.harvest import ROOT, corpus
from benchmarks.replay import Replay

SIZES: Final = "10000,100000,1000000"
GOAL: Final = 1.3
GOAL_SEARCH: Final = 10.0
_PART: Final = 50_000
Answers = dict[str, dict[str, float]]


def archive_url(size: int, folder: Path) -> str:
    """Where the archive of this size is."""
    server = os.environ.get("DATABASE_URL", "")
    if server.startswith("postgres"):
        return f"{server.rsplit('/', 1)[0]}/growth_{size}"
    return f"sqlite:///{folder}/growth-{size}.sqlite3"


def prepare(size: int, folder: Path, harvested: int) -> None:
    """Load the archive where it is not there, part by part; what was loaded is noted beside it.

    Of more than *harvested* events the rest is multiplied.
    """
    url = archive_url(size, folder)
    vendor = "postgresql" if url.startswith("postgres") else "sqlite"
    note = folder / f"loaded-{vendor}-{size}.json"
    if note.exists():
        return
    env = environment(url, folder)
    _create(url)
    manage("migrate", env)
    replay, parts = Replay(size), []
    until = min(size, harvested)
    for first in range(0, until, _PART):
        path = folder / f"input-{vendor}-{size}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(replay.lines(first, min(first + _PART, until)))
        done = child(["--load", str(path)], env)
        path.unlink()
        parts.append(done)
        print(
            f"  {min(first + _PART, until):>9,} events: {done['rate']:,.0f}/s, "
            f"{done['rate'] / done['plain']:.2f} of plain, peak {done['peak']:.0f} MB", flush=True,
        )  # fmt: skip
    if until < size:
        command = [sys.executable, "-m", "benchmarks.multiply", "--events", str(size)]
        subprocess.run(command, cwd=ROOT, env=env, check=True)
    note.write_text(json.dumps(parts), encoding="utf-8")


def _create(url: str) -> None:
    if not url.startswith("postgres"):
        return
    import psycopg

    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchall():
            connection.execute(f'CREATE DATABASE "{name}"')


def environment(url: str, folder: Path) -> dict[str, str]:
    """What a child process is started with."""
    return {
        "SECRET_KEY": "only-for-benchmarks-" + "x" * 40,
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "newsarchive.settings",
        "DEBUG": "0",
        "DATABASE_URL": url,
        "STATIC_ROOT": str(folder / "static"),
    }


def manage(command: str, env: dict[str, str]) -> None:
    """Run a command of the site that says nothing."""
    arguments = [sys.executable, "manage.py", command, "--verbosity=0", "--no-input"]
    subprocess.run(arguments, cwd=ROOT, env=env, check=True)


def child(arguments: list[str], env: dict[str, str]) -> Any:
    """What this module prints in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.growth", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def load(path: Path) -> dict[str, float]:
    """Harvest *path*; events a second, those of plain ``bulk_create``, and the peak of memory in MB."""
    from benchmarks.harvest import harvest, plain

    rate = harvest(path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rate": rate, "peak": peak, "plain": plain(path)}


def measure(only: str, rounds: int) -> dict[str, Any]:
    """Ask everything of the archive that ``DATABASE_URL`` names."""
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from benchmarks.questions import constant, questions

    clock = time.thread_time if connection.vendor == "sqlite" else time.perf_counter
    answers: Answers = {}
    for question in [constant(), *(one for one in questions() if only in one.name)]:
        least = [float("inf")] * len(question.calls)
        statements: list[int] = []
        for number in range(1 if question.writes else rounds + 1):
            for at, call in enumerate(question.calls):
                cache.clear()
                if number == 0 and not question.writes:  # templates and statements are made ready
                    with CaptureQueriesContext(connection) as asked:
                        call()
                    statements.append(len(asked))
                    continue
                started = clock()
                call()
                least[at] = min(least[at], (clock() - started) * 1000)
        ordered = sorted(least)
        answers[question.name] = {
            "p50": statistics.median(ordered),
            "p95": ordered[int(len(ordered) * 0.95)],
            "statements": max(statements, default=0),
        }
        print(f"  {question.name}: {answers[question.name]}", file=sys.stderr, flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"answers": answers, "peak": peak, **sizes()}


def sizes() -> dict[str, float]:
    """Bytes of the database and of the full-text index in it."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_database_size(current_database()), pg_total_relation_size('events_searchentry')"
            )
            whole, index = cursor.fetchone()
            return {"database": whole, "index": index}
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        (whole,) = cursor.fetchone()
        cursor.execute("SELECT sum(length(block)) FROM events_searchtext_data")
        (blocks,) = cursor.fetchone()
        cursor.execute(
            "SELECT sum(length(c0) + length(c1) + length(c2) + length(c3)) FROM events_searchtext_content"
        )
        return {"database": whole, "index": blocks + (cursor.fetchone()[0] or 0)}


def table(found: dict[int, dict[str, Any]]) -> None:
    """Print what was found at each size, and how it grows."""
    counts = sorted(found)
    print(f"{'':32}" + "".join(f"{f'{size:,} events':^30}" for size in counts) + f"{'grows':>8}")
    print(f"{'':32}" + f"{'p50':>8}{'p95':>8}{'x page':>8}{'SQL':>5} " * len(counts))
    raw = {size: found[size]["answers"]["constant page"]["p50"] for size in counts}
    for name in found[counts[0]]["answers"]:
        cells, medians = "", []
        for size in counts:
            one = found[size]["answers"].get(name)
            if one is None:
                cells += f"{'-':>29} "
                continue
            medians.append(one["p50"] / raw[size])
            cells += f"{one['p50']:8.2f}{one['p95']:8.2f}{medians[-1]:8.1f}{one['statements']:5.0f} "
        grown = medians[-1] / medians[0]
        limit = GOAL_SEARCH if name.startswith(("search", "suggest")) else GOAL
        print(f"{name:32}{cells}{grown:7.2f}x {'' if grown <= limit else f'more than {limit:g}'}")
    for name, unit in (("database", 1e6), ("index", 1e6), ("peak", 1)):
        cells = "".join(f"{found[size][name] / unit:26,.0f} MB " for size in counts)
        print(f"{name:32}{cells}")


def main() -> None:
    """Load what is missing, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("--sizes", default=SIZES, help=f"how many events, with commas ({SIZES})")
    add("--folder", type=Path, default=ROOT / "var" / "growth", help="where archives are kept")
    add("--harvested", type=int, default=10**9, metavar="N", help="multiply what is harvested beyond N")
    add("--rounds", type=int, default=3)
    add("--only", default="", metavar="WORD", help="only the questions with it in their name")
    add("--load-only", action="store_true", help="make the archives and ask nothing")
    add("--load", type=Path, help=argparse.SUPPRESS)
    add("--ask", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.load or options.ask:
        import django

        django.setup()
        print(json.dumps(load(options.load) if options.load else measure(options.only, options.rounds)))
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    manage("collectstatic", environment("sqlite://:memory:", options.folder))
    found = {}
    for size in map(int, options.sizes.split(",")):
        print(f"{size:,} {'real, replayed' if corpus() else 'made-up'} events", flush=True)
        prepare(size, options.folder, options.harvested)
        if not options.load_only:
            asked = ["--ask", "--only", options.only, "--rounds", str(options.rounds)]
            found[size] = child(asked, environment(archive_url(size, options.folder), options.folder))
    if found:
        table(found)


if __name__ == "__main__":
    main()
