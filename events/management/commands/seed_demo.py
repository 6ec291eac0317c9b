"""``manage.py seed_demo``: the sample archive that ships with the project, through the real reader."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.actions.contexts.naming import find_contexts
from events.actions.harvesting.batch import COUNTED
from events.actions.harvesting.run import run_harvest
from events.harvest.markdown import MarkdownReader
from events.harvest.records import BadRecord
from events.management.progress import Progress
from events.models import Harvest, Origin
from events.vocabulary import DEFAULT_EDITION, HarvestState

HARVESTS: Final = (
    ("first-harvest", dt.datetime(2014, 1, 1, tzinfo=dt.UTC)),
    ("second-harvest", dt.datetime(2025, 1, 1, tzinfo=dt.UTC)),
)
"""The folders of ``sample/`` in their order, and when each was true."""
ORIGIN: Final = {
    "name": "The newsarchive sample archive",
    "licence": "BSD-3-Clause",
    "licence_url": "https://opensource.org/license/bsd-3-clause",
    "attribution": "The newsarchive sample archive",
}


class Command(BaseCommand):
    """Load the sample's two harvests; those that are already there are left alone."""

    help = (
        "Load the sample archive (sample/): two harvests of the same days, through the same reader as any "
        "other archive. Does nothing where they are already loaded. Load the first only, correct something "
        "in the admin, then load the second, and see the correction survive."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which of the two, and whether again."""
        parser.add_argument("--first-only", action="store_true", help="load the first harvest only")
        parser.add_argument("--again", action="store_true", help="harvest what is already loaded once more")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Harvest; raises ``CommandError`` where the sample is not there or holds a bad record."""
        folder = Path(settings.BASE_DIR) / "sample"
        origin, _ = Origin.objects.get_or_create(slug="sample", defaults=ORIGIN)
        total: Counter[str] = Counter()
        failed = False
        for name, moment in HARVESTS[:1] if options["first_only"] else HARVESTS:
            if not (folder / name).is_dir():
                raise CommandError(f"sample/{name} is not there; it belongs to the project.")
            done = Harvest.objects.filter(origin=origin, source_name=name).exclude(state=HarvestState.RUNNING)
            if done.exists() and not options["again"]:
                self.stdout.write(f"sample/{name} is already loaded.")
                continue
            harvest = self._harvest(folder / name, origin, moment)
            failed = failed or harvest.state == HarvestState.FAILED
            total.update({count: harvest.counts.get(count, 0) for count in COUNTED})
        self.stdout.write(", ".join(f"{total[name]:,} {name}" for name in COUNTED) + ".")
        if failed:
            raise CommandError("Some records could not be read; the rest was taken.")

    def _harvest(self, folder: Path, origin: Origin, moment: dt.datetime) -> Harvest:
        reader = MarkdownReader(
            folder,
            edition=DEFAULT_EDITION,
            known_names=lambda names: set(find_contexts(DEFAULT_EDITION, list(names))),
        )
        with Progress(self.stderr, reader.unit) as progress:
            return run_harvest(
                reader, origin=origin, moment=moment, progress=progress.show, on_bad=self._complain, tags=True
            )

    def _complain(self, bad: BadRecord) -> None:
        self.stderr.write(f"{bad.place}: {bad.reason}")
