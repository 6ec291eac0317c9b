"""``manage.py proofread``: run the rules over everything, fill the review queue."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from events.actions.proofreading.findings import Named
from events.actions.proofreading.run import proofread
from events.management.progress import Progress
from events.text.proofreading import RULES, acts, judged
from events.vocabulary import EDITIONS


class Command(BaseCommand):
    """Proofread. Nothing is changed before an editor accepts."""

    help = (
        "Read the texts that changed since the last run, find what is wrong with them, and put it to the "
        "editors in the review queue; close what was put right meanwhile. No text is changed. What an editor "
        "said is no error is not found again. Safe to repeat and to run while the site is in use; a killed "
        "run is taken up where it stopped. Exit status 0 only if everything was read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which rules, which events, and whether to write."""
        parser.add_argument(
            "--rule", action="append", choices=list(RULES), metavar="RULE",
            help=f"only this rule (may be given several times): {', '.join(RULES)}",
        )  # fmt: skip
        parser.add_argument("--edition", choices=list(EDITIONS), help="only this one (default: all)")
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--since", type=_moment, metavar="TIME",
            help="events that changed since then (ISO 8601, UTC unless it says); default: since the last run",
        )  # fmt: skip
        which.add_argument("--all", action="store_true", help="read every event again")
        parser.add_argument("--dry-run", action="store_true", help="print the findings and write nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the rules and print what they found, rule by rule."""
        dry_run: bool = options["dry_run"]
        with Progress(self.stderr, "events") as progress:
            counts = proofread(
                edition=options["edition"],
                rules=options["rule"],
                since=options["since"],
                whole=options["all"],
                dry_run=dry_run,
                progress=None if dry_run else progress.show,
                report=self._tell if dry_run else None,
            )
        for rule, count in counts.found.most_common():
            right = judged(rule)
            known = f"{right.right} of {right.of} judged were right" if right.of else "not judged"
            does = "fixes" if acts(rule) else "suggests"
            self.stdout.write(f"{count:>7,}  {rule:<24} {does:<9} {known}")
        said = f"{counts.read:,} events read, {counts.found.total():,} findings"
        if dry_run:
            self.stdout.write(f"{said}.")
            return
        self.stdout.write(
            f"{said}: {counts.asked:,} put to the editors, {counts.ignored:,} of those they said are no "
            f"errors, {counts.obsolete:,} closed."
        )

    def _tell(self, event_id: int, finding: Named) -> None:
        data = finding.data
        fix = "" if data["fix"] is None else f" → {data['fix']!r}"
        self.stdout.write(f"{event_id}: {data['rule']}: {data['found']!r}{fix}")


def _moment(said: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(said)
    except ValueError as error:
        raise ArgumentTypeError(f"“{said}” is no time; write it like 2019-01-23T12:00:00Z") from error
    return moment if moment.tzinfo is not None else timezone.make_aware(moment, dt.UTC)
