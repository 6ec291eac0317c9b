"""``manage.py export jsonl|markdown DEST``: the archive as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.actions.errors import InvalidAction
from events.actions.export.jsonl import export_jsonl
from events.actions.export.markdown import export_markdown
from events.management.progress import Progress
from events.vocabulary import DEFAULT_EDITION, EDITIONS


class Command(BaseCommand):
    """Export the archive as it stands at one moment, streamed, with a manifest of checksums."""

    help = (
        "Write the archive to a folder, as it stands at one moment, with a manifest of checksums; others may "
        "write to the archive meanwhile. Exit status 0 only if everything was written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand a format."""
        formats = parser.add_subparsers(dest="format", required=True, metavar="FORMAT")
        jsonl = formats.add_parser(
            "jsonl", help="everything but accounts, private things too; restore makes an archive of it"
        )
        jsonl.add_argument("--public", action="store_true", help="only what readers may see; not restorable")
        jsonl.add_argument("--gzip", action="store_true", help="pack the files")
        markdown = formats.add_parser(
            "markdown", help="the public archive of one edition in the Markdown layout; again: what changed"
        )
        markdown.add_argument("--edition", choices=list(EDITIONS), default=DEFAULT_EDITION)
        for command in (jsonl, markdown):
            command.add_argument(
                "destination", type=Path, metavar="DEST",
                help="a folder that is empty, does not exist or holds an earlier export",
            )  # fmt: skip

    def handle(self, *_args: Any, **options: Any) -> None:
        """Export; raises ``CommandError`` where that is not possible."""
        try:
            if options["format"] == "jsonl":
                self._jsonl(options["destination"], public=options["public"], packed=options["gzip"])
            else:
                self._markdown(options["destination"], options["edition"])
        except (InvalidAction, OSError) as error:
            raise CommandError(str(error)) from error

    def _jsonl(self, destination: Path, *, public: bool, packed: bool) -> None:
        with Progress(self.stderr, "lines") as progress:
            manifest = export_jsonl(destination, public=public, packed=packed, progress=progress.show)
        kinds = ", ".join(
            f"{kind} {count:,}"
            for file in manifest["files"].values()
            for kind, count in file["kinds"].items()
        )
        size = sum(file["bytes"] for file in manifest["files"].values())
        self.stdout.write(
            f"Exported at sequence {manifest['sequence']:,}: {kinds or 'nothing'} ({size:,} bytes)."
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

    def _complain(self, address: str) -> None:
        self.stderr.write(f"{address}: cannot be the name of a file; the day's page lists the event")
