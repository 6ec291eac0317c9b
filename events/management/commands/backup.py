"""``manage.py backup DEST``: the whole database, verified, for ``restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.actions.backup import back_up
from events.actions.errors import InvalidAction


class Command(BaseCommand):
    """Copy the database into a folder with a manifest."""

    help = (
        "Copy the whole database, accounts too, into a folder, while the site is in use: SQLite by its "
        "backup interface, PostgreSQL by pg_dump. The copy is read through, its SHA-256 and its rows are "
        "written down; an earlier backup there is replaced when the new one is whole. restore brings it back "
        "into an empty database of the same kind. Exit status 0 only if the backup is good."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder."""
        parser.add_argument(
            "destination", type=Path, metavar="DEST",
            help="a folder that is empty, does not exist or holds an earlier backup",
        )  # fmt: skip

    def handle(self, *_args: Any, **options: Any) -> None:
        """Back up; raises ``CommandError`` where that is not possible."""
        try:
            manifest = back_up(options["destination"])
        except (InvalidAction, OSError) as error:
            raise CommandError(f"Nothing was backed up. {error}") from error
        for name, file in manifest["files"].items():
            self.stdout.write(
                f"{options['destination'] / name}: {sum(file['kinds'].values()):,} rows in "
                f"{len(file['kinds'])} tables, {file['bytes']:,} bytes, at number {manifest['sequence']:,}."
            )
