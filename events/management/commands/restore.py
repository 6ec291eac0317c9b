"""``manage.py restore SRC``: an empty database becomes what ``backup`` or ``export jsonl`` wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from events.actions.backup import is_backup, restore_backup
from events.actions.errors import InvalidAction
from events.actions.relate import relate_due
from events.actions.restore import restore_export, settle_related
from events.management.progress import Progress
from events.models import Document


class Command(BaseCommand):
    """Restore an export. The archive is there as a whole or not at all."""

    help = (
        "Bring a backup, or an export that export jsonl wrote, into an empty, migrated database, with ids, "
        "history and curation; an export also from SQLite to PostgreSQL and back. The files are checked "
        "first; a failed run leaves the database empty. Accounts are part of a backup, not of an export. "
        "Exit status 0 only if all was restored."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder."""
        parser.add_argument(
            "source", type=Path, metavar="SRC", help="the folder that backup or export jsonl wrote"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Restore, and compute an export's related links; raises ``CommandError`` with the reason."""
        if is_backup(options["source"]):
            self._bring_back(options["source"])
            return
        try:
            with Progress(self.stderr, "lines") as progress:
                counts = restore_export(options["source"], progress=progress.show)
        except (InvalidAction, DatabaseError, OSError) as error:
            raise CommandError(f"Nothing was restored. {error}") from error
        self._relate()
        summary = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
        self.stdout.write(f"Restored: {summary or 'an empty archive'}.")

    def _bring_back(self, source: Path) -> None:
        try:
            rows = restore_backup(source)
        except (InvalidAction, DatabaseError, OSError) as error:
            raise CommandError(f"The backup was not restored. {error}") from error
        self.stdout.write(f"Restored: {sum(rows.values()):,} rows in {len(rows)} tables. Run migrate next.")

    def _relate(self) -> None:
        due = Document.objects.filter(related_due=True)
        with Progress(self.stderr, "steps") as progress:
            relate_due(progress=progress.show)
        settle_related()
        if left := due.count():
            raise CommandError(
                f"The archive is restored, but {left:,} events are not related yet: run rebuild related."
            )
