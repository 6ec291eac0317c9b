"""Real days, captured again and again, through the real harvest (docs: goals, "Same event, reworded").

    python -m benchmarks.captures [--show]

Each capture is one harvest without ids and addresses, true at the moment it was seen, in the order
in which they were seen. ``--show`` prints the automatic decisions that are no listed rewordings and
that the replay without a database (``benchmarks.sameness``) did not make. The archive is a SQLite file
in a temporary folder. The real data is looked for where NEWSARCHIVE_CORPUS points, else in ../shared/data.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.sameness import CAPTURES, REWORDINGS, read_lines
from events.harvest.records import CitedSource, Item, Place, Record
from events.text.normalise import published

ROOT = Path(__file__).resolve().parent.parent


class CaptureReader:
    """One captured day as an input of its own."""

    edition = "en"
    unit = "events"
    position = 0

    def __init__(self, capture: dict[str, Any]) -> None:
        self.name = f"{capture['date']} seen {capture['seen']}"
        self._capture = capture

    def items(self) -> Iterator[Item]:
        date = dt.date.fromisoformat(self._capture["date"])
        for line, event in enumerate(self._capture["events"], start=1):
            sources = tuple(CitedSource("", url) for url in event["sources"])
            yield Record("en", date, event["text"], Place(self.name, line), citations=sources)

    def total(self) -> int:
        return len(self._capture["events"])

    def fingerprint(self) -> str:
        return hashlib.sha256(self.name.encode()).hexdigest()


@dataclass
class Outcome:
    """What the harvests decided. ``taken``: pairs of texts (before, after) that became one event."""

    listed: int = 0
    recognised: int = 0
    texts: int = 0
    events: int = 0
    doubled: int = 0
    taken: set[tuple[str, str]] = field(default_factory=set)
    missed: list[tuple[str, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def replay(captures: Path, rewordings: Path, wanted: Callable[[str], bool] = lambda _: True) -> Outcome:
    """Harvest all captures of the dates *wanted* into the present database, which must be empty."""
    from events.actions.harvesting.run import run_harvest
    from events.actions.harvesting.upstream import record_key
    from events.models import Event, Origin, Provenance

    origin = Origin.objects.create(slug="captures", name="Captured days")
    outcome = Outcome()
    event_of: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    last_text: dict[int, str] = {}
    for capture in sorted(read_lines(captures), key=lambda row: (row["seen"], row["date"])):
        if not wanted(capture["date"]):
            continue
        reader = CaptureReader(capture)
        moment = dt.datetime.fromisoformat(capture["seen"])
        outcome.counts.update(run_harvest(reader, origin=origin, moment=moment).counts)
        records = [item for item in reader.items() if isinstance(item, Record)]
        ids = dict(
            Provenance.objects.filter(key__in=[record_key(record) for record in records]).values_list(
                "key", "event"
            )
        )
        seen = event_of[capture["date"], capture["seen"]]
        for record in records:
            text = published(record.text)
            seen[text] = ids[record_key(record)]
            before = last_text.get(seen[text], text)
            if before != text:
                outcome.taken.add((before, text))
            last_text[seen[text]] = text
        outcome.texts += len(seen)
        outcome.doubled += len(seen) - len(set(seen.values()))
    for row in filter(lambda row: wanted(row["date"]), read_lines(rewordings)):
        before, after = published(row["before"]), published(row["after"])
        outcome.listed += 1
        was = event_of[row["date"], row["seen_before"]].get(before)
        if was is not None and was == event_of[row["date"], row["seen_after"]].get(after):
            outcome.recognised += 1
        else:
            outcome.missed.append((before, after))
        outcome.taken.discard((before, after))
    outcome.events = Event.objects.count()
    return outcome


def main() -> None:
    parser = argparse.ArgumentParser(description="Captured days through the real harvest.")
    parser.add_argument("--show", action="store_true", help="print decisions for judging")
    show = parser.parse_args().show
    data = Path(os.environ.get("NEWSARCHIVE_CORPUS", ROOT / ".." / "shared" / "data"))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/captures.sqlite3"
        os.environ.setdefault("SECRET_KEY", "only-for-benchmarks-" + "x" * 40)
        os.environ["DJANGO_SETTINGS_MODULE"] = "newsarchive.settings"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        started = time.perf_counter()
        outcome = replay(data / CAPTURES, data / REWORDINGS)
        seconds = time.perf_counter() - started
    _print(outcome, seconds)
    if show:
        from benchmarks.sameness import replay as pure_replay

        judged = {
            (one.before.strip(), one.after.strip())
            for one in pure_replay(data / CAPTURES, data / REWORDINGS).decisions
        }
        for title, pairs in (("taken", sorted(outcome.taken - judged)), ("missed", outcome.missed)):
            for before, after in pairs:
                print(f"{title}\n  - {before}\n  + {after}")
    sys.exit(outcome.recognised < 0.95 * outcome.listed or outcome.doubled > 0)


def _print(outcome: Outcome, seconds: float) -> None:
    print(
        f"{outcome.texts} texts, {outcome.events} events; {outcome.recognised} of {outcome.listed} listed "
        f"rewordings recognised; {len(outcome.taken)} further texts taken for an event known; "
        f"{outcome.doubled} texts of one capture taken for one event; {dict(outcome.counts)}; {seconds:.1f} s"
    )


if __name__ == "__main__":
    main()
