"""``manage.py propose_contexts``: what is to be looked at about contexts, put to the editors."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from events.actions.contexts.candidates import COUNT_LEAST, DAYS_LEAST, WAITING_MOST, propose_contexts
from events.actions.contexts.suggestions import WAITING_MOST as SUGGESTIONS_MOST
from events.actions.contexts.suggestions import propose_duplicates, propose_named
from events.management.progress import Progress
from events.vocabulary import DEFAULT_EDITION, EDITIONS


class Command(BaseCommand):
    """Propose contexts. Nothing is created before an editor accepts."""

    help = (
        "Find recurring names in the texts of published events that no context bears, and put them to the "
        "editors as candidate contexts in the review queue; likewise contexts that are likely one, and "
        "contexts that an event names and does not carry. What was rejected is never proposed again. "
        "Safe to repeat. Exit status 0 only if everything was done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which edition, how many may wait, and from what on a name recurs."""
        parser.add_argument("--edition", choices=list(EDITIONS), default=DEFAULT_EDITION)
        parser.add_argument(
            "--only", choices=("candidates", "duplicates", "named"), help="one of the three kinds alone"
        )
        parser.add_argument(
            "--limit", type=_figure, metavar="N",
            help=f"how many may wait at the same time (default {WAITING_MOST} candidates, "
            f"{SUGGESTIONS_MOST} of the others)",
        )  # fmt: skip
        parser.add_argument(
            "--count", type=_figure, default=COUNT_LEAST, metavar="N",
            help=f"in how many events a name stands at least (default {COUNT_LEAST})",
        )  # fmt: skip
        parser.add_argument(
            "--days", type=_figure, default=DAYS_LEAST, metavar="N",
            help=f"on how many distinct days (default {DAYS_LEAST})",
        )  # fmt: skip

    def handle(self, *_args: Any, **options: Any) -> None:
        """Propose and print the counts."""
        for kind, propose in (
            ("candidates", self._candidates), ("duplicates", self._duplicates), ("named", self._named)
        ):  # fmt: skip
            if options["only"] in (None, kind):
                propose(options)

    def _candidates(self, options: dict[str, Any]) -> None:
        with Progress(self.stderr, "events") as progress:
            counts = propose_contexts(
                edition=options["edition"],
                limit=options["limit"] or WAITING_MOST,
                count_least=options["count"],
                days_least=options["days"],
                progress=progress.show,
            )
        self.stdout.write(
            f"{counts['found']:,} recurring names that are no contexts; {counts['proposed']:,} proposed, "
            f"{counts['updated']:,} brought up to date, {counts['obsolete']:,} closed as known by now."
        )

    def _duplicates(self, options: dict[str, Any]) -> None:
        counts = propose_duplicates(edition=options["edition"], limit=options["limit"] or SUGGESTIONS_MOST)
        self.stdout.write(
            f"{counts['found']:,} pairs of contexts that are likely one; {counts['proposed']:,} proposed, "
            f"{counts['obsolete']:,} closed as merged by now."
        )

    def _named(self, options: dict[str, Any]) -> None:
        with Progress(self.stderr, "events") as progress:
            counts = propose_named(
                edition=options["edition"], limit=options["limit"] or SUGGESTIONS_MOST,
                progress=progress.show,
            )  # fmt: skip
        self.stdout.write(
            f"{counts['proposed']:,} contexts proposed for events that name them and do not carry them, "
            f"{counts['obsolete']:,} closed as tagged by now."
        )


def _figure(said: str) -> int:
    if not said.isdecimal() or int(said) < 1:
        raise ArgumentTypeError(f"“{said}” is no whole number from 1 on")
    return int(said)
