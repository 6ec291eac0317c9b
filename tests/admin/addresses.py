"""Every address of the desk, found by walking its URL patterns, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.contrib import admin
from django.urls import URLPattern, URLResolver, reverse


class DeskAddress(NamedTuple):
    """A named pattern of the admin: ``name`` without the namespace, and its parameters in their order."""

    name: str
    parameters: tuple[str, ...]

    def path(self, **values: object) -> str:
        """The path with these values of its parameters."""
        return reverse(f"admin:{self.name}", kwargs={name: values[name] for name in self.parameters})


def desk_addresses() -> list[DeskAddress]:
    """All of them, by name."""
    return sorted(set(_walk(admin.site.get_urls(), ())))


def _walk(patterns: list[URLPattern | URLResolver], before: tuple[str, ...]) -> Iterator[DeskAddress]:
    for pattern in patterns:
        own = (*before, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, own)
        elif pattern.name:
            yield DeskAddress(pattern.name, own)
