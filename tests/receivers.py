"""Real servers on loopback for tests of what the archive sends out."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

from events.fetching.addresses import read_networks

LOOPBACK = read_networks(["127.0.0.0/8", "::1/128"])


@dataclass
class Received:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What came, and what is answered: *answers* in turn, the last one for ever."""

    url: str = ""
    answers: list[Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, request: Received) -> Callable[[BaseHTTPRequestHandler], None]:
        with self.lock:
            self.received.append(request)
            if not self.answers:
                return status(204)
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def status(
    code: int, headers: dict[str, str] | None = None, body: bytes = b""
) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer with this status."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def after(event: threading.Event, code: int = 200) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer that waits for *event*."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        event.wait(timeout=30)
        with suppress(OSError):
            status(code)(handler)

    return answer


@contextmanager
def receiver(
    *answers: Callable[[BaseHTTPRequestHandler], None], tls: ssl.SSLContext | None = None
) -> Iterator[Receiver]:
    """A web server in a thread; ``url`` is where it listens."""
    known = Receiver(answers=list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            known.take(Received(self.command, self.path, headers, body))(self)

        do_POST = do_GET = do_any  # noqa: N815  the names are http.server's

        def log_message(self, *_args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    known.url = f"{'https' if tls else 'http'}://localhost:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


@contextmanager
def raw_server(behave: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does with each connection what *behave* does; gives its URL."""
    listening = socket.create_server(("127.0.0.1", 0))
    open_ones: list[socket.socket] = []

    def one(connection: socket.socket) -> None:
        with suppress(OSError):
            behave(connection)
        connection.close()

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                open_ones.append(connection)
                threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for connection in open_ones:
            connection.close()


@contextmanager
def certified(folder: Path, *names: str) -> Iterator[tuple[ssl.SSLContext, Path]]:
    """A server's context with a certificate for *names*, and the file of the authority that signed it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    root = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(root))
    yield context, root
