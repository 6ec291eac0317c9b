"""``manage.py evaluate_related``: how good the rankings are."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import lzma
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import F

from events.management.progress import Progress
from events.models import Event
from events.related.evaluation import METRICS, Corpus, Item, evaluate
from events.related.rankings import RANKINGS
from events.vocabulary import DEFAULT_EDITION, EDITIONS, category_of


class Command(BaseCommand):
    """Evaluate rankings by name. Reads only."""

    help = (
        "Measure the rankings of related events on stories that people told apart: recall@10, nDCG@10, "
        "MRR and hit@10 with 95 % confidence intervals. Truth for an event are the others under its "
        "heading (headings of 2 to 50 events); headings are hidden from the rankings."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What is ranked, for which events, by what."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = (
            "CORPUS: JSON Lines with id, date, category, topics, text (plain, .xz or .gz); or a labelled\n"
            "set: a JSON list with belongsToStory (wikitimes), JSON Lines with newsCluster (giveme5w1h).\n"
            "Without it the published events of this archive, by their origin's ids, judged by their\n"
            "lead contexts."
        )
        parser.add_argument(
            "corpus", nargs="?", type=Path, metavar="CORPUS", help="the file whose events are ranked"
        )
        parser.add_argument(
            "--queries", nargs="*", type=Path, default=[], metavar="FILE",
            help="files with an id a line: the events to rank for (default: all that have a truth)",
        )  # fmt: skip
        parser.add_argument(
            "--ranking",
            nargs="*",
            choices=list(RANKINGS),
            default=list(RANKINGS),
            help="by name (default: all)",
        )
        parser.add_argument("--edition", choices=list(EDITIONS), default=DEFAULT_EDITION)
        parser.add_argument("--seed", type=int, default=1, help="of the drawing for the confidence intervals")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print a table a file of queries."""
        edition = options["edition"]
        items = list(_read(options["corpus"]) if options["corpus"] else _own(edition))
        corpus = Corpus(items, edition)
        if len(corpus.places) < len(items):
            raise CommandError("Two events of the corpus have the same id.")
        for path in options["queries"] or [None]:
            keys = _keys(path, corpus)
            self.stdout.write(f"{path.name if path else 'all with a truth'}, of {len(items):,} events")
            self.stdout.write(f"{'ranking':18}{'events':>8}" + "".join(f"{name:>24}" for name in METRICS))
            for name in options["ranking"]:
                self._row(corpus, keys, name, options["seed"])

    def _row(self, corpus: Corpus, keys: list[str], name: str, seed: int) -> None:
        done = 0
        with Progress(self.stderr, "events ranked") as progress:

            def step(count: int) -> None:
                nonlocal done
                done += count
                progress.show(done, len(keys))

            try:
                count, found = evaluate(corpus, keys, RANKINGS[name], seed=seed, progress=step)
            except KeyError as missing:
                raise CommandError(f"The corpus has no event {missing}.") from missing
        cells = [f"{one.mean:>10.3f} [{one.low:.3f}, {one.high:.3f}]" for one in found.values()]
        self.stdout.write(f"{name:18}{count:>8,}" + "".join(f"{cell:>24}" for cell in cells))


def _keys(path: Path | None, corpus: Corpus) -> list[str]:
    if path is None:
        return [corpus.items[place].key for places in corpus.stories.values() for place in places]
    try:
        return path.read_text("utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error


def _own(edition: str) -> Iterator[Item]:
    """The archive's own events; the contexts that stand for a story here are their lead contexts."""
    events = (
        Event.objects.published().filter(edition=edition).order_by("pk").annotate(heading=F("lead__name"))
    )
    ids = dict(
        events.filter(provenances__leading=True)
        .exclude(provenances__external_id="")
        .values_list("pk", "provenances__external_id")
    )
    for pk, date, category, text, heading in events.values_list("pk", "date", "category", "text", "heading"):
        yield Item(ids.get(pk, str(pk)), date, category, text, heading or "")


def _read(path: Path) -> Iterator[Item]:
    try:
        with _opened(path) as file:
            for number, row in enumerate(_objects(file)):
                yield _item(row, number)
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} is no corpus that can be read: {error!r}") from error


def _opened(path: Path) -> TextIO:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8")
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def _objects(file: TextIO) -> Iterable[dict[str, Any]]:
    first = file.read(1)
    if first == "[":
        return list(json.loads(first + file.read()))
    lines = iter(file)
    head = first + next(lines, "")
    return (json.loads(line) for line in (head, *lines) if line.strip())


def _item(row: dict[str, Any], number: int) -> Item:
    """An event as one of the three kinds of files has it."""
    if "newsCluster" in row:
        told, text = row["newsCluster"], f"{row['title']}. {row.get('description') or ''}"
        heading = f"{told['TopicId']} {told['EventId']} {told['Event']}"
        return Item(str(number), _day(row["date_publish"]), category_of(told["Category"]), text, heading)
    if "description" in row:
        story = row.get("belongsToStory") or {}
        category = category_of(str((row.get("category") or {}).get("name", "")).replace("_", " "))
        return Item(str(row["id"]), _day(row["date"]), category, row["description"], story.get("name") or "")
    heading = row["topics"][-1] if row["topics"] else ""
    return Item(str(row["id"]), _day(row["date"]), category_of(row["category"]), row["text"], heading)


def _day(said: str) -> dt.date:
    return dt.date.fromisoformat(said[:10])
