"""What ``manage.py check`` looks at beside Django's own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from events.fetching.addresses import read_networks


@register(Tags.security)
def private_networks_are_networks(**_options: Any) -> list[CheckMessage]:
    """``WEBHOOKS_PRIVATE`` can be read."""
    try:
        read_networks(settings.WEBHOOKS_PRIVATE)
    except ValueError as error:
        return [Error(f"WEBHOOKS_PRIVATE: {error}.", hint="Write 127.0.0.0/8.", id="newsarchive.E001")]
    return []


@register(Tags.security, deploy=True)
def no_private_networks_are_open(**_options: Any) -> list[CheckMessage]:
    """A real site sends nothing into its own network."""
    if settings.WEBHOOKS_PRIVATE:
        return [
            Error(
                "WEBHOOKS_PRIVATE is set: whoever may make webhooks can reach machines behind this one.",
                hint="Leave it out on a real site; it is for tests and development.",
                id="newsarchive.E002",
            )
        ]
    return []
