"""``manage.py purge_answers``: forget the answers that were kept for repeated requests."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from events.actions.programs.answered import KEPT, purge_answers


class Command(BaseCommand):
    """For a timer, once a day."""

    help = (
        "Forget what the API answered to requests with an Idempotency-Key, after "
        f"{KEPT.days * 24} hours. Run it by a timer, once a day; older ones are never given again anyhow."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Forget them."""
        count = purge_answers()
        self.stdout.write(f"Forgot {count} answer{'' if count == 1 else 's'}.")
