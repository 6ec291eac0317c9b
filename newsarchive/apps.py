"""Wiring of Django's own applications."""

from __future__ import annotations

from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Django's admin, with the editors' desk as its site."""

    default_site = "events.admin.site.DeskSite"

    def ready(self) -> None:
        """Load our checks, and our pages first: they register themselves with the site among them."""
        import_module("events.admin")
        import_module("newsarchive.checks")
        super().ready()
