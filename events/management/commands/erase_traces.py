"""``erase_traces``: write the database anew, so that nothing deleted is left in its files."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.actions.removal.purging import truncate_log, vacuum


class Command(BaseCommand):
    """Thin: ``actions.purging`` does it."""

    help = (
        "Write the whole database anew, so that its files hold nothing that was deleted: after a removal for "
        "legal reasons. SQLite: writers wait meanwhile, and as much disk again is needed. PostgreSQL: VACUUM "
        "FULL, readers wait too, table by table."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask; for scripts")

    def handle(self, *_args: Any, yes: bool, **options: Any) -> None:
        if not yes:
            answer = input("The site waits while the database is written anew. Go on? [y/N] ")
            if answer.strip().lower() not in {"y", "yes"}:
                raise CommandError("Nothing was done.")
        vacuum()
        if not truncate_log():
            raise CommandError(
                "The database was written anew, but readers kept the old log in use: stop the site, and run "
                "this again."
            )
        if options["verbosity"]:
            self.stdout.write("The database was written anew; nothing deleted is left in its files.")
