"""``manage.py tag_texts``: give events the contexts whose names stand in their texts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from events.actions.contexts.tagging import tag_from_texts
from events.actions.relate import relate_due
from events.management.progress import Progress
from events.vocabulary import EDITIONS


class Command(BaseCommand):
    """Tag from texts. Safe to repeat and to kill; what is right already is not written."""

    help = (
        "Find the names of known contexts in the texts of all events and tag them, marked as found in the "
        "text; take back such tags where the text no longer names the context. What editors took away stays "
        "away. A harvest does this for the events it touched; run it after contexts were made, renamed or "
        "given aliases. Safe to repeat and to run while the site is in use; a killed run is resumed by the "
        "next. Exit status 0 only if everything was done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One edition, or all."""
        parser.add_argument("--edition", choices=list(EDITIONS), help="only this one (default: all)")
        parser.add_argument(
            "--no-relate", action="store_true", help="leave related links due (rebuild related computes them)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the pass and print what it did."""
        with Progress(self.stderr, "events") as progress:
            counts = tag_from_texts(edition=options["edition"], progress=progress.show)
        if counts.changed and not options["no_relate"]:
            relate_due()
        self.stdout.write(
            f"{counts.read:,} events read, {counts.changed:,} changed: "
            f"{counts.added:,} contexts added, {counts.removed:,} taken back."
        )
