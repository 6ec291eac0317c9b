"""``manage.py publish DIR``: the public site as files for any static host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.management.progress import Progress
from events.public.static_site.folder import UnfitFolderError
from events.public.static_site.publish import publish
from events.public.static_site.workers import WorkerFailedError


class Command(BaseCommand):
    """Write the public site to a folder, or bring an earlier one up to date."""

    help = (
        "Write the whole public site as files: pages in all formats, feeds, sitemaps, redirects. Again: only "
        "what changed is written, what is no longer public is removed; files of others are left alone. A "
        "killed run is taken up by the next. Exit status 0 only if everything was written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder, where the site stands, and how many processes."""
        parser.add_argument(
            "folder", type=Path, metavar="DIR", help="empty, not there yet, or written by publish before"
        )
        parser.add_argument("--base-url", default="", help="where the files will stand; default: BASE_URL")
        parser.add_argument(
            "--live-url", default="",
            help="where the site with a server stands, for search and the like; without it they are left out",
        )  # fmt: skip
        parser.add_argument("--workers", type=int, default=1, help="processes that write at once (default 1)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Publish; raises ``CommandError`` where something could not be written."""
        for name in ("base_url", "live_url"):
            if options[name] and not options[name].startswith(("http://", "https://")):
                raise CommandError(f"--{name.replace('_', '-')} must begin with http:// or https://.")
        if not 1 <= options["workers"] <= 64:
            raise CommandError("--workers takes a number from 1 to 64.")
        try:
            with Progress(self.stderr, "parts") as progress:
                done = publish(
                    options["folder"],
                    base_url=options["base_url"],
                    live_url=options["live_url"],
                    workers=options["workers"],
                    progress=progress.show,
                )
        except (UnfitFolderError, WorkerFailedError, OSError) as error:
            raise CommandError(str(error)) from error
        for problem in done.problems:
            self.stderr.write(problem)
        counts = done.counts
        self.stdout.write(
            f"{counts['written']:,} files written, {counts['unchanged']:,} unchanged, "
            f"{counts['removed']:,} removed in {done.seconds:,.1f} s "
            f"({counts['events']:,} events, {counts['events'] / max(done.seconds, 0.001):,.0f} a second)."
        )
        if left := counts["foreign"] + counts["unfit"]:
            raise CommandError(f"{left:,} files could not be written.")
