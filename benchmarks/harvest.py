"""How fast a harvest is, as ratios to plain ``bulk_create`` in the same run (goals.md, "Harvest").

``python -m benchmarks.harvest [--events N] [--rounds N]`` loads JSON Lines into an empty archive
named by ``DATABASE_URL`` (by default a SQLite file of its own) and prints the rate, the ratio to
three plain tables (event, tag, event-tag), the peak memory, and how long the same input takes
again. Real events are used where the corpus is there, else made-up ones of the same shape.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_NAME_MAX = 200


def corpus() -> Path | None:
    """The real events, where they are."""
    folder = Path(os.environ.get("NEWSARCHIVE_CORPUS", ROOT.parent / "shared" / "data"))
    path = folder / "portal-en-2002-2018.jsonl.xz"
    return path if path.exists() else None


def lines(count: int) -> Iterator[str]:
    """*count* lines of input: real ones, else made-up ones of the same shape."""
    path = corpus()
    if path is not None:
        with lzma.open(path, "rt", encoding="utf-8") as file:
            yield from islice(file, count)
        return
    for number in range(count):
        year, day = 2000 + number // 4000, number // 12 % 28 + 1
        yield json.dumps({
            "id": f"made-{number}",
            "date": f"{year}-{number // 340 % 12 + 1:02d}-{day:02d}",
            "category": "Politics",
            "topics": [f"Story {number % 700}"],
            "text": f"Council number {number} of town {number % 97} votes {number % 13} to {number % 7} on "
            f"plan {number * 7919 % 10007} after a debate of {number % 50} hours about road {number % 331}.",
            "sources": [f"Paper {number % 60}"],
        }) + "\n"  # fmt: skip


def plain(path: Path) -> float:
    """Events a second of plain ``bulk_create`` into three tables, a thousand events a transaction."""
    from django.db import connection, models, transaction

    class PlainEvent(models.Model):
        date = models.DateField(db_index=True)
        text = models.TextField()

        class Meta:
            app_label = "benchmarks"

    class PlainTag(models.Model):
        name = models.CharField(max_length=_NAME_MAX, unique=True)

        class Meta:
            app_label = "benchmarks"

    class PlainLink(models.Model):
        event = models.ForeignKey(PlainEvent, models.CASCADE)
        tag = models.ForeignKey(PlainTag, models.CASCADE)

        class Meta:
            app_label = "benchmarks"

    tables = (PlainEvent, PlainTag, PlainLink)
    with connection.schema_editor() as editor:
        for table in tables:
            editor.create_model(table)
    tags: dict[str, PlainTag] = {}
    started, count = time.perf_counter(), 0
    with path.open(encoding="utf-8") as file:
        while chunk := [json.loads(line) for line in islice(file, 1000)]:
            with transaction.atomic():
                events = PlainEvent.objects.bulk_create(
                    PlainEvent(date=one["date"], text=one["text"]) for one in chunk
                )
                new = {name for one in chunk for name in names(one) if name not in tags}
                for tag in PlainTag.objects.bulk_create(PlainTag(name=name) for name in sorted(new)):
                    tags[tag.name] = tag
                PlainLink.objects.bulk_create(
                    PlainLink(event=event, tag=tags[name])
                    for event, one in zip(events, chunk, strict=True)
                    for name in names(one)
                )
            count += len(chunk)
    taken = time.perf_counter() - started
    with connection.schema_editor() as editor:
        for table in reversed(tables):
            editor.delete_model(table)
    return count / taken


def names(line: dict) -> list[str]:
    """The tags of one line, as the plain loader takes them."""
    said = [line.get("category") or "none", *line.get("topics", [])]
    return list(dict.fromkeys(name[:_NAME_MAX] for name in said))


def harvest(path: Path) -> float:
    """Events a second of a harvest of *path* through reconciliation."""
    from events.actions.harvesting.run import run_harvest
    from events.harvest.jsonl import JsonlReader
    from events.models import Origin

    origin, _ = Origin.objects.get_or_create(slug="benchmark", defaults={"name": "Benchmark"})
    started = time.perf_counter()
    done = run_harvest(JsonlReader(path, edition="en"), origin=origin, relate=False)
    taken = time.perf_counter() - started
    return sum(done.counts.values()) / taken


def child(what: str, path: Path) -> None:
    """One measurement in a process of its own; prints rate and peak memory as JSON."""
    import django

    django.setup()
    from django.core.management import call_command

    if what != "again":
        call_command("migrate", verbosity=0)
    rate = plain(path) if what == "plain" else harvest(path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rate": rate, "peak": peak}))


def measure(what: str, path: Path, env: dict[str, str]) -> dict[str, float]:
    """Run *what* in a child process."""
    command = [sys.executable, "-m", "benchmarks.harvest", "--child", what, "--input", str(path)]
    out = subprocess.run(command, env=env, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return json.loads(out.splitlines()[-1])


def fresh_database(env: dict[str, str], folder: str) -> None:
    """An empty database: a new SQLite file, or the named PostgreSQL one emptied."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        for file in Path(folder).glob("archive.sqlite3*"):
            file.unlink()
        env["DATABASE_URL"] = f"sqlite:///{folder}/archive.sqlite3"
        return
    empty = (
        "from django.db import connection\n"
        "connection.cursor().execute('DROP SCHEMA public CASCADE; CREATE SCHEMA public')"
    )
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", empty]
    subprocess.run(command, env=env, cwd=ROOT, check=True, capture_output=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", choices=("plain", "harvest", "again"), help=argparse.SUPPRESS)
    parser.add_argument("--input", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.input)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input.jsonl"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(lines(options.events))
        env = {
            "SECRET_KEY": "benchmark",
            **os.environ,
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "newsarchive.settings"),
            "DEBUG": "0",
        }
        ratios, again, peaks = [], [], []
        print(f"{options.events:,} events, {'real' if corpus() else 'made up (the corpus is not here)'}")
        for number in range(1, options.rounds + 1):
            fresh_database(env, folder)
            base = measure("plain", path, env)
            first = measure("harvest", path, env)
            second = measure("again", path, env)
            ratios.append(first["rate"] / base["rate"])
            again.append(first["rate"] / second["rate"])
            peaks.append(first["peak"])
            print(f"round {number}: plain {base['rate']:,.0f}/s, harvest {first['rate']:,.0f}/s "
                  f"({ratios[-1]:.2f} of plain), again in {again[-1]:.2f} of the time, "
                  f"peak {first['peak']:.0f} MB")  # fmt: skip
    print(
        f"median: harvest {statistics.median(ratios):.2f} of plain (goal 0.30), again in "
        f"{statistics.median(again):.2f} of the time (goal 0.33), peak {max(peaks):.0f} MB (goal 200)"
    )


if __name__ == "__main__":
    main()
