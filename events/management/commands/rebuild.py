"""``manage.py rebuild related``, ``search``, ``counts``, ``names``: derived data made anew."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.actions.contexts.starts import write_all_starts
from events.actions.relate import mark_all_due, relate_due
from events.actions.tallies import count_anew
from events.management.progress import Progress
from events.models import Document
from events.search.check import disagreement, rebuild


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
            help="compute the links of all events; without it only what is due, or was left by a killed run. "
            "What is stored already is confirmed: nothing is written where nothing differs",
        )  # fmt: skip
        related.add_argument(
            "--recount", action="store_true",
            help="count anew first how rare words, names and contexts are, and compute all links by that; "
            "happens by itself when an edition has more than doubled since",
        )  # fmt: skip
        related.add_argument(
            "--processes", type=int, default=os.cpu_count() or 1, metavar="N",
            help="how many compute at once (default: %(default)s, the processors there are)",
        )  # fmt: skip
        search = kinds.add_parser("search", help="make the full-text index agree with the archive")
        search.add_argument(
            "--all", action="store_true", help="write every entry; without it only those that are not right"
        )
        search.add_argument("--check", action="store_true", help="write nothing, say what does not agree")

        kinds.add_parser(
            "counts", help="count the events of contexts, publishers and months anew, should they be wrong"
        )
        kinds.add_parser(
            "names", help="note anew what contexts are found by while a name is typed, should it be wrong"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run it; raises ``CommandError`` where something is left to do."""
        if options["kind"] == "related":
            self._related(whole=options["all"], recount=options["recount"], processes=options["processes"])
        elif options["kind"] == "counts":
            count_anew()
            self.stdout.write("Events counted anew, by context and year, by publisher and by month.")
        elif options["kind"] == "names":
            write_all_starts()
            self.stdout.write("Contexts are found by their names again.")
        elif options["check"]:
            self._check_search()
        else:
            self._search(whole=options["all"])

    def _check_search(self) -> None:
        found = disagreement()
        for said in found.faults:
            self.stdout.write(said)
        self.stdout.write(
            f"{len(found.wrong):,} events are not in the index as they are published, "
            f"{len(found.leftover):,} are in it and not published."
        )
        if found:
            raise CommandError("Index and archive do not agree: run rebuild search.")

    def _search(self, *, whole: bool) -> None:
        total = Document.objects.count()
        done = 0
        with Progress(self.stderr, "events") as progress:

            def step(count: int) -> None:
                nonlocal done
                done += count
                progress.show(done, total)

            changed = rebuild(whole=whole, progress=step)
        self.stdout.write(f"{changed:,} entries of the index written or removed.")

    def _related(self, *, whole: bool, recount: bool, processes: int) -> None:
        if whole or recount:
            mark_all_due(recount=recount)
        with Progress(self.stderr, "steps") as progress:
            related = relate_due(progress=progress.show, processes=processes)
        self.stdout.write(f"{related:,} lists of related events computed.")
        if left := Document.objects.filter(related_due=True).count():
            raise CommandError(f"{left:,} events are still due: others were writing them. Run it again.")
