"""The events application."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EventsConfig(AppConfig):
    """Registers the domain with Django and keeps the roles' groups true."""

    name = "events"
    verbose_name = "Archive"

    def ready(self) -> None:
        """Grant each role its rights after every migration (no other signal is used here)."""
        from events.actions.roles import grant_roles  # noqa: PLC0415  models must be loaded first

        post_migrate.connect(grant_roles, sender=self)
