"""The events application."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EventsConfig(AppConfig):
    """Registers the domain with Django; keeps the roles' groups and the public sequence's row in being."""

    name = "events"
    verbose_name = "Archive"

    def ready(self) -> None:
        """See to both after every migration and flush (no other signal is used here)."""
        # Models must be loaded first.
        from events.actions.recording import start_sequence  # noqa: PLC0415
        from events.actions.roles import grant_roles  # noqa: PLC0415

        post_migrate.connect(grant_roles, sender=self)
        post_migrate.connect(start_sequence, sender=self)
