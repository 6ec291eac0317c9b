"""Reading a URL once, for the check and for the connection alike, so that the two cannot differ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from events.fetching.errors import Refused

URL_MAX: Final = 500
_PRINTABLE: Final = re.compile(r"[!-~]+")
_NAME: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?")
_SIX: Final = re.compile(r"[0-9a-f:.]{2,45}")
_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: *host* in lower case, without brackets; *path* with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def secure(self) -> bool:
        """Whether it is reached over TLS."""
        return self.scheme == "https"


def read_target(url: str) -> Target:
    """The parts of *url*; raises ``Refused`` with words for whoever wrote it."""
    if not url or len(url) > URL_MAX:
        raise Refused(f"Write a URL of at most {URL_MAX} characters.")
    if not _PRINTABLE.fullmatch(url) or "\\" in url:
        raise Refused("A URL has no blanks, backslashes or letters beyond ASCII: escape them (%20, xn--).")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise Refused("This is not a URL.") from None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS:
        raise Refused("The URL must begin with https://.")
    if "@" in parts.netloc:
        raise Refused("A URL with a user name or password is not taken.")
    if "#" in url:
        raise Refused("A URL with a fragment (#…) is not taken.")
    known = _SIX if "[" in parts.netloc else _NAME
    if len(host) > 253 or not known.fullmatch(host):
        raise Refused("The URL names no host.")
    if port == 0:
        raise Refused("Port 0 is none.")
    path = parts.path or "/"
    return Target(scheme, host, port or _PORTS[scheme], f"{path}?{parts.query}" if parts.query else path)
