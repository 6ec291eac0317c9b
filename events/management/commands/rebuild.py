"""``manage.py rebuild related``: derived data made anew from what is stored."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.actions.relate import mark_all_due, relate_due
from events.management.progress import Progress
from events.models import Document


class Command(BaseCommand):
    """Rebuild derived data. Safe to repeat and to kill; what is right already is not written."""

    help = (
        "Make derived data anew. Safe to run while the site is in use; a killed run goes on where it "
        "stopped. Exit status 0 only if everything was done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand for each kind of derived data."""
        kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
        related = kinds.add_parser("related", help="compute related links")
        related.add_argument(
            "--all", action="store_true",
            help="compute the links of all events; without it only what is due, or was left by a killed run",
        )  # fmt: skip

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run it; raises ``CommandError`` where other writers kept some events from being done."""
        if options["all"]:
            mark_all_due()
        due = Document.objects.filter(related_due=True)
        total = due.count()
        done = 0
        with Progress(self.stderr, "events") as progress:

            def step(count: int) -> None:
                nonlocal done
                done += count
                progress.show(done, total)

            related = relate_due(progress=step)
        self.stdout.write(f"{related:,} events related.")
        if left := due.count():
            raise CommandError(f"{left:,} events are still due: others were writing them. Run it again.")
