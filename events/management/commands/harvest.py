"""``manage.py harvest READER INPUT``: read records and reconcile them with the archive."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentTypeError
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from events.actions.contexts.naming import find_contexts
from events.actions.errors import InvalidAction
from events.actions.harvesting.batch import COUNTED
from events.actions.harvesting.deliver import origin_called
from events.actions.harvesting.run import run_harvest
from events.harvest.jsonl import JsonlReader
from events.harvest.markdown import MarkdownReader
from events.harvest.records import BadRecord, Reader
from events.management.progress import Progress
from events.models import Origin
from events.vocabulary import DEFAULT_EDITION, EDITIONS, HarvestState

_READERS: dict[str, tuple[str, Callable[[Path, str], Reader]]] = {
    "markdown": (
        "a folder in the Markdown archive layout, or one page of it",
        lambda path, edition: MarkdownReader(
            path, edition=edition, known_names=lambda names: set(find_contexts(edition, list(names)))
        ),
    ),
    "jsonl": (
        "a file of JSON Lines, plain, .gz or .xz, or a folder that export jsonl wrote",
        lambda path, edition: JsonlReader(path, edition=edition),
    ),
}


class Command(BaseCommand):
    """Harvest one input. Safe to repeat; a killed harvest goes on where it stopped."""

    help = (
        "Read records and reconcile them with the archive: new events are created, what changed upstream "
        "is merged with what people wrote, doubts are left to the editors. Safe to repeat; a killed harvest "
        "goes on where it stopped. Exit status 0 only if every record could be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand a reader, all with the same options."""
        readers = parser.add_subparsers(dest="reader", required=True, metavar="READER")
        for name, (what, _) in _READERS.items():
            reader = readers.add_parser(name, help=what)
            reader.add_argument("input", type=Path, help=what)
            reader.add_argument("--edition", choices=list(EDITIONS), default=DEFAULT_EDITION)
            reader.add_argument(
                "--origin",
                default=name,
                metavar="SLUG",
                help="whose archive it is (default: the reader's name)",
            )
            reader.add_argument(
                "--origin-name", default="", metavar="NAME", help="the origin's name for readers"
            )
            reader.add_argument("--licence", default="", help="the licence of its texts, e.g. CC BY-SA 3.0")
            reader.add_argument("--licence-url", default="", metavar="URL")
            reader.add_argument("--attribution", default="", help="the line its licence asks for")
            reader.add_argument(
                "--moment", type=_moment, metavar="TIME",
                help="when the input was true (ISO 8601, UTC unless it says); older ones overwrite nothing",
            )  # fmt: skip
            reader.add_argument(
                "--no-tags", action="store_true",
                help="do not look for contexts in the texts; manage.py tag_texts does it later",
            )  # fmt: skip
            reader.add_argument(
                "--dry-run", action="store_true",
                help="print what would change and write nothing (on SQLite other writers wait meanwhile)",
            )  # fmt: skip

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the harvest; raises ``CommandError`` where a record was bad or the input is not there."""
        path: Path = options["input"]
        if not path.exists():
            raise CommandError(f"{path} does not exist.")
        reader = _READERS[options["reader"]][1](path, options["edition"])
        dry_run: bool = options["dry_run"]
        trial = transaction.atomic() if dry_run else nullcontext()
        with Progress(self.stderr, reader.unit) as progress, trial:
            harvest = run_harvest(
                reader,
                origin=_origin(options),
                moment=options["moment"],
                dry_run=dry_run,
                tags=not options["no_tags"],
                progress=None if dry_run else progress.show,
                report=self._tell if dry_run else None,
                on_bad=self._complain,
            )
            if dry_run:
                transaction.set_rollback(True)
        summary = ", ".join(f"{harvest.counts.get(name, 0):,} {name}" for name in COUNTED)
        self.stdout.write(f"{'Would be: ' if dry_run else ''}{summary}.")
        if harvest.state == HarvestState.FAILED:
            raise CommandError("Some records could not be read; the rest was taken.")

    def _tell(self, what: str, where: str, text: str) -> None:
        self.stdout.write(f"{what}: {where}" + (f" → {text[:120]}" if text else ""))

    def _complain(self, bad: BadRecord) -> None:
        self.stderr.write(f"{bad.place}: {bad.reason}")


def _origin(options: dict[str, Any]) -> Origin:
    """The origin named on the command line; created at its first harvest, completed at later ones."""
    about = {
        "name": options["origin_name"],
        "licence": options["licence"],
        "licence_url": options["licence_url"],
        "attribution": options["attribution"],
    }
    try:
        return origin_called(options["origin"], about, complete=True)
    except InvalidAction as refusal:
        raise CommandError(str(refusal)) from refusal


def _moment(said: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(said)
    except ValueError as error:
        raise ArgumentTypeError(f"“{said}” is no time; write it like 2019-01-23T12:00:00Z") from error
    return moment if moment.tzinfo is not None else timezone.make_aware(moment, dt.UTC)
