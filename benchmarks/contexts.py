"""Contexts without hands on real data: how many are found in texts, how fast, and what is proposed.

    python -m benchmarks.contexts [--show N] [--seed N] [--candidates N]

The headings of ``portal-en-2002-2018.jsonl.xz`` are the known contexts; they are looked for in the texts
of all its events. ``--show`` prints so many random tags for judging by reading, ``--candidates`` so many
of the names that would be proposed first. The real data is looked for where NEWSARCHIVE_CORPUS points,
else in ../shared/data.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import lzma
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from events.text.naming import Found, NameMatcher, composed
from events.text.recurring import Candidate, means_a_context, recurring_names

ARCHIVE = "portal-en-2002-2018.jsonl.xz"
COUNT_LEAST, DAYS_LEAST = 8, 5
_AROUND = 90

Row = dict[str, Any]


@dataclass
class Tagged:
    """What was found in the texts. ``tags``: one an event and context, headings of its own left out."""

    names: list[str]
    matcher: NameMatcher
    seconds: float = 0.0
    tags: list[tuple[Row, Found]] = field(default_factory=list)
    under: int = 0
    """Tags whose context the event stands under anyway."""

    @property
    def events(self) -> int:
        return len({row["id"] for row, _ in self.tags})


def read_rows(archive: Path, wanted: Callable[[str], bool] = lambda _: True) -> list[Row]:
    """The events of the archive whose dates are *wanted*."""
    with lzma.open(archive, "rt", encoding="utf-8") as lines:
        return [row for line in lines if wanted((row := json.loads(line))["date"])]


def find_contexts(rows: list[Row]) -> Tagged:
    """Look for the headings of all *rows* in the texts of all of them."""
    names = list(dict.fromkeys(name for row in rows for name in row["topics"]))
    result = Tagged(names, NameMatcher((name, number) for number, name in enumerate(names)))
    started = time.perf_counter()
    found = [(row, result.matcher.find(row["text"])) for row in rows]
    result.seconds = time.perf_counter() - started
    for row, hits in found:
        for hit in {hit.target: hit for hit in hits}.values():
            if names[hit.target] in row["topics"]:
                result.under += 1
            else:
                result.tags.append((row, hit))
    return result


def propose(rows: list[Row], matcher: NameMatcher) -> list[Candidate]:
    """The names that would be proposed, weightiest first."""
    return recurring_names(
        (
            (number, dt.date.fromisoformat(row["date"]).toordinal(), row["text"])
            for number, row in enumerate(rows)
        ),
        known=lambda name: means_a_context(matcher, name),
        count_least=COUNT_LEAST,
        days_least=DAYS_LEAST,
    )


def show(tagged: Tagged, count: int, seed: int) -> None:
    """Print random tags with the words around them."""
    for row, hit in random.Random(seed).sample(tagged.tags, min(count, len(tagged.tags))):
        text = composed(row["text"])
        before, here, after = text[: hit.start], text[hit.start : hit.end], text[hit.end :]
        print(
            f"{row['date']} | {tagged.names[hit.target]} | …{before[-_AROUND:]}[[{here}]]{after[:_AROUND]}…"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Contexts found in texts, and proposed ones.")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N random tags for judging")
    parser.add_argument("--seed", type=int, default=50, metavar="N", help="of the random choice (default 50)")
    parser.add_argument(
        "--candidates", type=int, default=50, metavar="N", help="print the first N candidates"
    )
    options = parser.parse_args()
    root = Path(__file__).resolve().parent.parent
    data = Path(os.environ.get("NEWSARCHIVE_CORPUS", root / ".." / "shared" / "data"))

    rows = read_rows(data / ARCHIVE)
    tagged = find_contexts(rows)
    print(
        f"{len(rows):,} events, {len(tagged.names):,} known contexts: {len(tagged.tags):,} tags found on "
        f"{tagged.events:,} events, {tagged.under:,} more were headings of the event itself; "
        f"{tagged.seconds:.1f} s"
    )
    counts = Counter(tagged.names[hit.target] for _, hit in tagged.tags)
    print(f"{len(counts):,} of the contexts were found; most often: ")
    print("  " + ", ".join(f"{name} {count:,}" for name, count in counts.most_common(20)))
    show(tagged, options.show, options.seed)

    started = time.perf_counter()
    proposed = propose(rows, tagged.matcher)
    print(f"{len(proposed):,} candidates; {time.perf_counter() - started:.1f} s")
    for one in proposed[: options.candidates]:
        print(f"  {one.name}: {one.count} events on {one.days} days, {one.densest} in the densest year")


if __name__ == "__main__":
    main()
