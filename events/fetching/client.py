"""The guarded client: one request, one answer, everything about it bounded.

A name is resolved once; each address it has must be public; the connection goes to exactly the
address that was checked, while TLS still asks for the certificate of the name. So neither a name
that resolves to something else a moment later (DNS rebinding) nor an odd spelling of an IP address
leads anywhere else. No redirect is followed, no proxy is taken from the environment, no compression
is undone. One deadline covers everything after the name is resolved: a peer that sends a byte now
and then gains nothing.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Final

import urllib3.exceptions
from urllib3.connection import HTTPConnection, HTTPSConnection

from events.fetching.addresses import Address, Network, is_public, is_within, read_address
from events.fetching.errors import FetchError, Refused, Unreachable
from events.fetching.target import Target, read_target

CONNECT_SECONDS: Final = 5.0
TOTAL_SECONDS: Final = 15.0
BODY_MOST: Final = 64 * 1024
_ADDRESSES_TRIED: Final = 4
_NOT_PUBLIC: Final = "The host leads to an address that is not public; such addresses are not opened."


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. *headers* by lower-case name; *body* as it came, cut at the limit (*cut*)."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool


class Client:
    """Sends requests to public addresses over TLS. Safe to share among threads.

    *private*: networks that may be opened although they are not public, also without TLS. For tests
    and development; ``manage.py check --deploy`` refuses a site that has any.
    """

    def __init__(
        self,
        *,
        agent: str,
        private: Sequence[Network] = (),
        total_seconds: float = TOTAL_SECONDS,
        body_most: int = BODY_MOST,
    ) -> None:
        self._agent = agent
        self._private = tuple(private)
        self._total = total_seconds
        self._most = body_most
        self._tls = ssl.create_default_context()

    def check(self, url: str) -> Target:
        """What can be known about *url* without the network; raises ``Refused``."""
        target = read_target(url)
        if not target.secure and not self._private:
            raise Refused("The URL must begin with https://.")
        return target

    def send(self, method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str]) -> Answer:
        """One request and its answer, whatever its status.

        Raises ``Refused`` where the URL is not one we open, ``Unreachable`` where no whole answer
        came within the time (``total_seconds``, name resolution not included).
        """
        target = self.check(url)
        addresses = self._resolve(target)
        until = time.monotonic() + self._total
        connection = self._connection(target, addresses, until)
        try:
            # User-Agent and Accept-Encoding are ours, so that urllib3 adds none of its own.
            sent = {"User-Agent": self._agent, "Accept-Encoding": "identity", "Connection": "close"}
            connection.request(
                method, target.path, body=body, headers={**sent, **headers},
                preload_content=False, decode_content=False,
            )  # fmt: skip
            response = connection.getresponse()
            content = _read(response, self._most + 1)
            found = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, found, content[: self._most], len(content) > self._most)
        except FetchError:
            raise
        except (OSError, HTTPException, urllib3.exceptions.HTTPError, ValueError) as error:
            raise Unreachable(_why(error, late=time.monotonic() >= until)) from None
        finally:
            connection.close()
            connection.shut()

    def _resolve(self, target: Target) -> list[_Place]:
        """The checked addresses of the host; raises ``FetchError``."""
        try:
            rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Unreachable("The host's name cannot be resolved.") from None
        places = [_Place(family, read_address(str(where[0])), where) for family, _, _, _, where in rows]
        for place in places:
            inside = is_within(place.address, self._private)
            if not inside and not is_public(place.address):
                raise Refused(_NOT_PUBLIC)
            if not inside and not target.secure:
                raise Refused("The URL must begin with https://.")
        return places[:_ADDRESSES_TRIED]

    def _connection(
        self, target: Target, places: Sequence[_Place], until: float
    ) -> _PlainConnection | _SecureConnection:
        if target.secure:
            return _SecureConnection(
                target.host, target.port, timeout=self._total, ssl_context=self._tls, guard=(places, until)
            )
        return _PlainConnection(target.host, target.port, timeout=self._total, guard=(places, until))


@dataclass(frozen=True, slots=True)
class _Place:
    """One address that a name resolved to, in the form the socket takes (*where*)."""

    family: socket.AddressFamily
    address: Address
    where: Any


class _Guarded:
    """A urllib3 connection that opens the checked addresses only, and ends at its deadline."""

    sock: Any

    def __init__(self, *args: Any, guard: tuple[Sequence[_Place], float], **options: Any) -> None:
        super().__init__(*args, **options)
        self._places, self._until = guard
        self._opened: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        """In place of urllib3's, which would resolve the name again."""
        trouble: OSError = OSError("The host has no address.")
        for place in self._places:
            opened = socket.socket(place.family, socket.SOCK_STREAM)
            try:
                opened.settimeout(min(CONNECT_SECONDS, _left(self._until)))
                opened.connect(place.where)
                opened.settimeout(_left(self._until))
            except OSError as error:
                opened.close()
                trouble = error
            else:
                return opened
        raise trouble

    def connect(self) -> None:
        """Connect, with TLS where it is due; from then on every wait ends with the deadline."""
        super().connect()  # type: ignore[misc]
        self._opened = self.sock
        self.sock = _Timed(self.sock, self._until)

    def shut(self) -> None:
        """Close the socket itself; ``close`` leaves it to an answer that is still being read."""
        if self._opened is not None:
            self._opened.close()


class _PlainConnection(_Guarded, HTTPConnection):
    pass


class _SecureConnection(_Guarded, HTTPSConnection):
    pass


class _Timed:
    """A socket whose waits share one deadline.

    A socket's own timeout starts anew with each byte that comes.
    """

    def __init__(self, opened: socket.socket, until: float) -> None:
        self._opened = opened
        self._until = until

    def __getattr__(self, name: str) -> Any:
        return getattr(self._opened, name)

    def close(self) -> None:
        """Nothing: ``http.client`` closes it before the answer is read, and counts on shared files."""

    def sendall(self, data: bytes) -> None:
        self._opened.settimeout(_left(self._until))
        self._opened.sendall(data)

    def makefile(self, *_mode: Any, **_options: Any) -> io.BufferedReader:
        """What ``http.client`` reads the answer from."""
        return io.BufferedReader(_TimedReader(self._opened, self._until))


class _TimedReader(io.RawIOBase):
    def __init__(self, opened: socket.socket, until: float) -> None:
        super().__init__()
        self._opened = opened
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._opened.settimeout(_left(self._until))
        return self._opened.recv_into(buffer)


def _left(until: float) -> float:
    """The seconds left; raises ``TimeoutError`` where there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _read(response: Any, most: int) -> bytes:
    """At most so many bytes of the answer, undecoded."""
    parts: list[bytes] = []
    while most > 0 and (part := response.read(min(most, 16_384), decode_content=False)):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


def _why(error: Exception, *, late: bool) -> str:
    """What to tell a person of a failed request."""
    if late or isinstance(error, TimeoutError | urllib3.exceptions.TimeoutError):
        return "No whole answer came in time."
    if isinstance(error, ssl.SSLCertVerificationError | urllib3.exceptions.SSLError):
        said = getattr(error, "verify_message", "") or "TLS failed"
        return f"The certificate was not accepted: {said}."[:200]
    if isinstance(error, ssl.SSLError):
        return "The connection over TLS failed."
    if isinstance(error, ConnectionRefusedError):
        return "The connection was refused."
    if isinstance(error, OSError):
        return "The connection failed or was cut."
    return "The answer was not HTTP, or not whole."
