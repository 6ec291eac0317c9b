"""Words and links that are escaped once, where they are made, so that templates need not do it again.

A page prints hundreds of them, and the names of contexts over and over: this halves what a list
costs. ``Ready`` comes from the functions here only.
"""

from __future__ import annotations

import html
from functools import lru_cache
from urllib.parse import quote


class Ready(str):
    """Text that may stand in HTML, in an attribute too, as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """What Django's autoescaping takes instead of escaping."""
        return self


def ready(text: str) -> Ready:
    """*text* with the five signs escaped that mean something in HTML."""
    return Ready(html.escape(text))


@lru_cache(maxsize=4096)
def name(text: str) -> Ready:
    """As :func:`ready`, remembered: for names that stand on many pages."""
    return ready(text)


@lru_cache(maxsize=4096)
def href(path: str, suffix: str = "") -> Ready:
    """A public path (and a suffix such as ``.html``) as a link carries it.

    Everything but ASCII letters, digits and ``/_.-~`` becomes a percent escape, so nothing is left
    that HTML would have to escape.
    """
    return Ready(quote(path) + suffix)


def moment(at: str) -> str:
    """A time as our formats write it, to the second: HTML allows no microseconds in ``datetime``."""
    return f"{at[:19]}Z"
