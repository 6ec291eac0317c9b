"""How many related links a harvest changes: the same records again, and new ones; and what a rebuild takes.

    python -m benchmarks.churn [--events N] [--new N] [--processes N]

Two archives, on a new SQLite file each, or in the PostgreSQL database that ``DATABASE_URL`` names, which is
emptied: the English corpus but for *new* events drawn (seeded) from its newest 2,700, which come
afterwards; and the Chinese one of June 2019, harvested twice. A list of links has changed where its targets
or their order have. At the end all lists are computed anew: increments end where a rebuild ends, or it says
how many lists differ. Seconds of the processor are those of all processes.
"""

from __future__ import annotations

import argparse
import os
import random
import tarfile
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from benchmarks.growth import environment
from benchmarks.harvest import corpus, fresh_database, lines
from benchmarks.replay import CORPUS

_NEWEST: Final = 2_700
_SEED: Final = 2026
Lists = dict[int, tuple[int, ...]]


def lists() -> Lists:
    """The stored links of each event that has any: their targets, best first."""
    from events.models import RelatedLink

    found: dict[int, list[int]] = {}
    rows = RelatedLink.objects.order_by("event_id", "rank").values_list("event_id", "target_id")
    for event_id, target_id in rows.iterator(20_000):
        found.setdefault(event_id, []).append(target_id)
    return {event_id: tuple(targets) for event_id, targets in found.items()}


def harvest(reader: Any) -> dict[str, int]:
    """How many records of *reader* ended how."""
    from events.actions.harvesting.run import run_harvest
    from events.models import Origin

    origin, _ = Origin.objects.get_or_create(slug="benchmark", defaults={"name": "Benchmark"})
    return dict(run_harvest(reader, origin=origin, relate=False).counts)


def relate(processes: int) -> str:
    """Compute what is due; how many lists, and what that took."""
    from events.actions.relate import relate_due

    began, started = time.perf_counter(), os.times()
    computed = relate_due(processes=processes)
    taken, ended = time.perf_counter() - began, os.times()
    used = sum(ended[:4]) - sum(started[:4])
    return f"{computed:,} lists computed in {taken:.1f} s ({used:.1f} s of the processor)"


def said(before: Lists, after: Lists) -> str:
    """How many lists and links of the events of *before* are others in *after*."""
    changed = [pk for pk in before if before[pk] != after.get(pk)]
    links = sum(len(set(before[pk]) ^ set(after.get(pk, ()))) for pk in changed)
    total = max(sum(map(len, before.values())), 1)
    return (
        f"{len(changed):,} of {len(before):,} lists changed ({len(changed) / max(len(before), 1):.2%}), "
        f"{links:,} links came or went, of {total:,} ({links / total:.2%})"
    )


def follow(first: Any, new: Any | None, processes: int) -> None:
    """Harvest *first* twice, then *new*, then compute all lists anew; print what changed each time."""
    from events.actions.relate import mark_all_due

    harvest(first)
    print(f"  first: {relate(processes)}", flush=True)
    stood = lists()
    steps: list[tuple[str, Any | None]] = [("the same again", first)]
    steps += [("new events", new)] if new is not None else []
    for name, reader in [*steps, ("all computed anew", None)]:
        ended = ""
        if reader is None:
            mark_all_due()
        else:
            counts = harvest(reader)
            ended = f"{', '.join(f'{count:,} {how}' for how, count in sorted(counts.items()) if count)}; "
        done = relate(processes)
        now = lists()
        print(f"  {name}: {ended}{done}; {said(stood, now)}", flush=True)
        stood = now


def english(folder: Path, events: int, new: int) -> tuple[Any, Any]:
    """Readers of the corpus without *new* events of its newest, and of these."""
    from events.harvest.jsonl import JsonlReader

    told = list(lines(events))
    last = range(max(len(told) - _NEWEST, 0), len(told))
    held_back = set(random.Random(_SEED).sample(last, min(new, len(last))))
    readers = []
    for name, wanted in (("first", False), ("new", True)):
        path = folder / f"{name}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(line for at, line in enumerate(told) if (at in held_back) is wanted)
        readers.append(JsonlReader(path, edition="en"))
    return readers[0], readers[1]


def chinese(folder: Path) -> Any | None:
    """A reader of June 2019, where it is."""
    from events.actions.contexts.naming import find_contexts
    from events.harvest.markdown import MarkdownReader

    path = corpus()
    packed = path.parent / "thecontext-zh-2019-06.tar.xz" if path else None
    if packed is None or not packed.exists():
        return None
    with tarfile.open(packed) as archive:
        archive.extractall(folder / "june", filter="data")
    return MarkdownReader(
        folder / "june", edition="zh", known_names=lambda names: set(find_contexts("zh", list(names)))
    )


def main() -> None:
    """Both archives, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, default=CORPUS)
    parser.add_argument("--new", type=int, default=100)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        started = environment(os.environ.get("DATABASE_URL", f"sqlite:///{folder}/archive.sqlite3"), folder)
        os.environ.update(started)
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        for title, readers in archives(folder, options.events, options.new):
            print(title, flush=True)
            if readers[0] is None:
                print("  left out: the real data is not here (NEWSARCHIVE_CORPUS names its folder)")
                continue
            connections.close_all()
            fresh_database(started, name)
            call_command("migrate", verbosity=0)
            follow(*readers, options.processes)


def archives(folder: Path, events: int, new: int) -> Iterable[tuple[str, tuple[Any, Any]]]:
    """What each is, and its readers."""
    yield f"English, {events - new:,} events and {new} more", english(folder, events, new)
    yield "Chinese, June 2019", (chinese(folder), None)


if __name__ == "__main__":
    main()
