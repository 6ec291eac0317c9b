"""How well rewordings are told from look-alikes (docs: goals, "Same event, reworded").

    python -m benchmarks.sameness [--show]

Replays the captured days as repeated harvests; compares all same-day pairs of the large archive as
strangers; matches the left-over pages of the Chinese archive with the listed events of their day.
``--show`` prints every automatic decision that is not a listed rewording, for judging by reading.
The real data is looked for where NEWSARCHIVE_CORPUS points, else in ../shared/data.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import re
import tarfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from events.text.pairing import pair_day
from events.text.sameness import Match, Verdict, compare
from events.text.story import Story, story
from events.text.urls import normalise_url

CAPTURES = "portal-2025/captures.jsonl.xz"
REWORDINGS = "portal-2025/rewordings.jsonl"
STRANGERS = "portal-en-2002-2018.jsonl.xz"
CHINESE = ("thecontext-zh-2019-01.tar.xz", "thecontext-zh-2019-06.tar.xz")


@dataclass
class Known:
    """An event as the replay knows it: its latest text and all it ever had."""

    latest: Story
    texts: set[str]


@dataclass
class Decision:
    """A pairing of texts that are not equal."""

    verdict: Verdict
    score: float
    before: str
    after: str
    reasons: tuple[str, ...]
    listed: bool


@dataclass
class Replay:
    """What a replay of the captures found."""

    listed: int = 0
    recognised: int = 0
    decisions: list[Decision] = field(default_factory=list)

    def count(self, verdict: Verdict) -> int:
        return sum(decision.verdict is verdict for decision in self.decisions)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file, packed or not."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def replay(captures: Path, rewordings: Path) -> Replay:
    """Harvest the captures of each day in the order in which they were seen."""
    listed: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in read_lines(rewordings):
        listed[row["date"], row["seen_after"]][row["after"].strip()] = row["before"].strip()
    result = Replay(listed=sum(map(len, listed.values())))
    days: defaultdict[str, list[Known]] = defaultdict(list)
    for capture in sorted(read_lines(captures), key=lambda row: (row["date"], row["seen"])):
        _harvest(capture, days[capture["date"]], listed[capture["date"], capture["seen"]], result)
    return result


def _harvest(capture: dict[str, Any], known: list[Known], listed: dict[str, str], result: Replay) -> None:
    new = [
        story(event["text"], sources=[url for raw in event["sources"] if (url := normalise_url(raw))])
        for event in capture["events"]
    ]
    paired = set()
    for pairing in pair_day(new, [event.latest for event in known]):
        before, after = known[pairing.known_index], new[pairing.new_index]
        is_listed = listed.get(after.text) in before.texts
        if pairing.verdict is Verdict.SAME:
            result.recognised += is_listed
        if before.latest.text != after.text:
            result.decisions.append(
                Decision(
                    pairing.verdict, pairing.score, before.latest.text, after.text, pairing.reasons, is_listed
                )
            )
        if pairing.verdict is Verdict.SAME:
            paired.add(pairing.new_index)
            before.latest = after
            before.texts.add(after.text)
    known.extend(Known(event, {event.text}) for at, event in enumerate(new) if at not in paired)


def strangers(
    archive: Path, wanted: Callable[[str], bool] = lambda _: True
) -> tuple[int, list[tuple[Match, str, str]]]:
    """All pairs of one day of *archive*, dates chosen by *wanted*: how many, and those not DIFFERENT."""
    days: defaultdict[str, list[Story]] = defaultdict(list)
    for row in read_lines(archive):
        if wanted(row["date"]):
            days[row["date"]].append(story(row["text"]))
    found = []
    pairs = 0
    for stories in days.values():
        for at, one in enumerate(stories):
            for other in stories[:at]:
                pairs += 1
                match = compare(one, other)
                if match.verdict is not Verdict.DIFFERENT:
                    found.append((match, one.text, other.text))
    return pairs, found


def left_overs(archive: Path) -> tuple[Counter[str], list[tuple[Match, str, str]]]:
    """Pages of a Chinese archive that their own day does not list, against the listed ones of the day."""
    pages: defaultdict[PurePosixPath, dict[str, str]] = defaultdict(dict)
    with tarfile.open(archive) as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            stream = tar.extractfile(member) if path.suffix == ".md" and "news" in path.parts else None
            if stream is not None and path.name != "README.md":
                pages[path.parent][path.name] = stream.read().decode("utf-8")
    counts: Counter[str] = Counter()
    found = []
    for texts in pages.values():
        index = texts.pop("index.md", "")
        listed = [_page(text) for name, text in texts.items() if f"/{name})" in index]
        for name, text in texts.items():
            if f"/{name})" in index:
                continue
            counts["left over"] += 1
            page = _page(text)
            best = max(
                ((compare(page, one), one.text) for one in listed),
                key=lambda pair: pair[0].score,
                default=None,
            )
            if best is None:
                counts["alone on its day"] += 1
                continue
            counts[best[0].verdict.value] += 1
            if best[0].verdict is not Verdict.DIFFERENT:
                found.append((best[0], page.text, best[1]))
    return counts, found


def _page(markdown: str) -> Story:
    title = re.search(r"^# (.*)$", markdown, re.MULTILINE)
    urls = re.findall(r"^\d+\. \[.*?\]\((https?://[^)]*)\)", markdown, re.MULTILINE)
    sources = [url for raw in urls if (url := normalise_url(raw))]
    return story(title[1] if title else "", sources=sources, cjk=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Rewordings against look-alikes.")
    parser.add_argument("--show", action="store_true", help="print the decisions for judging")
    show = parser.parse_args().show
    root = Path(__file__).resolve().parent.parent
    data = Path(os.environ.get("NEWSARCHIVE_CORPUS", root / ".." / "shared" / "data"))

    started = time.perf_counter()
    result = replay(data / CAPTURES, data / REWORDINGS)
    unlisted = [one for one in result.decisions if not one.listed and one.verdict is Verdict.SAME]
    print(
        f"captures: {result.recognised} of {result.listed} listed rewordings recognised, "
        f"{len(unlisted)} further SAME decisions to judge, {result.count(Verdict.DOUBTFUL)} doubtful, "
        f"{time.perf_counter() - started:.1f} s"
    )
    if show:
        for one in sorted(result.decisions, key=lambda decision: -decision.score):
            if not one.listed:
                print(f"{one.verdict.value} {one.score} {one.reasons}\n  - {one.before}\n  + {one.after}")

    started = time.perf_counter()
    pairs, found = strangers(data / STRANGERS)
    verdicts = Counter(match.verdict.value for match, _, _ in found)
    print(f"strangers: {pairs} same-day pairs, {dict(verdicts)}, {time.perf_counter() - started:.1f} s")
    _show(found if show else [])

    for name in CHINESE:
        started = time.perf_counter()
        counts, matched = left_overs(data / name)
        print(f"{name}: {dict(counts)}, {time.perf_counter() - started:.1f} s")
        _show(matched if show else [])


def _show(found: list[tuple[Match, str, str]]) -> None:
    for match, one, other in sorted(found, key=lambda row: -row[0].score):
        print(f"{match.verdict.value} {match.score} {match.reasons}\n  - {one}\n  + {other}")


if __name__ == "__main__":
    main()
