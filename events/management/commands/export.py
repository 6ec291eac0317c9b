"""``manage.py export jsonl|csv|sqlite|markdown|related DEST``: the archive as files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.actions.errors import InvalidAction
from events.actions.export.csv_files import export_csv
from events.actions.export.jsonl import export_jsonl
from events.actions.export.markdown import export_markdown
from events.actions.export.related import export_related
from events.actions.export.sqlite_file import export_sqlite
from events.management.progress import Progress
from events.vocabulary import DEFAULT_EDITION, EDITIONS


class Command(BaseCommand):
    """Export the archive as it stands at one moment, streamed, with a manifest of checksums."""

    help = (
        "Write the archive to a folder, as it stands at one moment, with a manifest of checksums; others may "
        "write to the archive meanwhile. An earlier export of the same sort is replaced when the new one is "
        "whole; a folder that holds anything else is refused. Exit status 0 only if everything was written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand a format."""
        formats = parser.add_subparsers(dest="format", required=True, metavar="FORMAT")
        jsonl = formats.add_parser(
            "jsonl",
            help="everything but accounts, private things too: keep it like a backup; restore makes an "
            "archive of it. With --public what readers may see",
        )
        jsonl.add_argument("--public", action="store_true", help="only what readers may see; not restorable")
        jsonl.add_argument("--gzip", action="store_true", help="pack the files")
        csv = formats.add_parser("csv", help="what readers may see, as tables that join")
        csv.add_argument(
            "--for", dest="made_for", choices=["machines", "spreadsheets"], default="machines",
            help="spreadsheets: formulas in cells are made harmless; by default each cell is the very value",
        )  # fmt: skip
        sqlite = formats.add_parser(
            "sqlite", help="what readers may see, as one SQLite file with full-text search, for Datasette"
        )
        markdown = formats.add_parser(
            "markdown", help="the public archive of one edition in the Markdown layout; again: what changed"
        )
        markdown.add_argument("--edition", choices=list(EDITIONS), default=DEFAULT_EDITION)
        for command in (jsonl, csv, sqlite, markdown):
            command.add_argument(
                "destination", type=Path, metavar="DEST",
                help="a folder that is empty, does not exist or holds an earlier export",
            )  # fmt: skip

        related = formats.add_parser(
            "related", help="each event's related events by their origins' ids, one JSON line an event"
        )
        related.add_argument(
            "--as-ranked", action="store_true",
            help="the best ten as ranked, with those that lists leave out because they tell the same again",
        )  # fmt: skip
        related.add_argument("destination", type=Path, metavar="FILE", help="the file to write")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Export; raises ``CommandError`` where that is not possible."""
        try:
            if options["format"] == "markdown":
                self._markdown(options["destination"], options["edition"])
            elif options["format"] == "related":
                self._related(options["destination"], as_ranked=options["as_ranked"])
            else:
                self._dump(options)
        except (InvalidAction, OSError) as error:
            raise CommandError(str(error)) from error

    def _dump(self, options: dict[str, Any]) -> None:
        destination = options["destination"]
        with Progress(self.stderr, "lines") as progress:
            if options["format"] == "csv":
                spreadsheets = options["made_for"] == "spreadsheets"
                manifest = export_csv(destination, spreadsheets=spreadsheets, progress=progress.show)
            elif options["format"] == "sqlite":
                manifest = export_sqlite(destination, progress=progress.show)
            else:
                public, packed = options["public"], options["gzip"]
                manifest = export_jsonl(destination, public=public, packed=packed, progress=progress.show)
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in _counted(manifest))
        size = sum(file["bytes"] for file in manifest["files"].values())
        sort = "what readers may see" if manifest["public"] else "everything, private things too"
        self.stdout.write(
            f"Exported at sequence {manifest['sequence']:,}: {kinds or 'nothing'} ({size:,} bytes; {sort})."
        )

    def _markdown(self, destination: Path, edition: str) -> None:
        with Progress(self.stderr, "days") as progress:
            counts = export_markdown(
                destination, edition=edition, progress=progress.show, on_unfit=self._complain
            )
        self.stdout.write(
            f"{counts['written']:,} files written, {counts['unchanged']:,} unchanged, "
            f"{counts['removed']:,} removed."
        )
        if unfit := counts["unfit"]:
            raise CommandError(f"{unfit:,} pages could not be written: their addresses are no file names.")

    def _related(self, path: Path, *, as_ranked: bool) -> None:
        with Progress(self.stderr, "events") as progress:
            written = export_related(path, as_ranked=as_ranked, progress=progress.show)
        self.stdout.write(f"{written:,} events written with their related events.")

    def _complain(self, address: str) -> None:
        self.stderr.write(f"{address}: cannot be the name of a file; the day's page lists the event")


def _counted(manifest: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """What was written and how much of it, by the kind of lines or by the file where all are rows."""
    for name, file in manifest["files"].items():
        for kind, count in file["kinds"].items():
            yield (name.removesuffix(".csv") if kind == "row" else kind), count
