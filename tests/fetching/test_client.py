"""The guarded client against servers that mean no good."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from events.fetching.client import Client
from events.fetching.errors import FetchError, Refused, Unreachable
from tests.receivers import LOOPBACK, certified, raw_server, receiver, status


def client(**options: Any) -> Client:
    return Client(agent="newsarchive", **{"private": LOOPBACK, "total_seconds": 3.0, **options})


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Have names resolve to each of *answers* in turn; the names that were asked for."""
    asked: list[str] = []
    left = list(answers)

    def resolve(host: str, port: int, **_options: Any) -> list[Any]:
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        families = [socket.AF_INET6 if ":" in text else socket.AF_INET for text in found]
        return [
            (family, socket.SOCK_STREAM, 6, "", (text, port))
            for family, text in zip(families, found, strict=True)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "localhost.", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "[::1]",
     "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "169.254.169.254",
     "[fd00:ec2::254]", "0.0.0.0"],  # noqa: S104
)  # fmt: skip
def test_no_spelling_of_a_private_address_is_opened(host: str) -> None:
    with receiver() as there:
        port = there.url.split(":")[2].split("/")[0]
        with pytest.raises(FetchError):
            client(private=()).send("POST", f"https://{host}:{port}/", headers={})
        assert there.received == []


def test_a_name_with_one_private_address_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(Refused, match="not public"):
        client(private=()).send("GET", "https://example.org/", headers={})


def test_a_name_that_rebinds_between_check_and_connection_leads_nowhere_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = resolving(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    opened: list[Any] = []

    def connect(_socket: socket.socket, where: Any) -> None:
        opened.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(Unreachable, match="refused"):
        client(private=()).send("GET", "https://rebinding.example/", headers={})
    assert asked == ["rebinding.example"]
    assert opened == [("93.184.216.34", 443)]


def test_plain_http_goes_to_allowed_networks_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as there:
        assert client().send("POST", there.url, headers={}).status == 204
        with pytest.raises(Refused, match="https"):
            client(private=()).send("POST", there.url, headers={})
    resolving(monkeypatch, ["93.184.216.34"])
    with pytest.raises(Refused, match="https"):
        client().send("POST", "http://example.org/", headers={})


def test_no_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as proxy, receiver() as there:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert client().send("POST", there.url, headers={}).status == 204
        assert proxy.received == []


def test_redirects_are_not_followed() -> None:
    with receiver() as inner, receiver(status(302, {"Location": inner.url})) as there:
        answer = client().send("POST", there.url, headers={})
        assert (answer.status, answer.headers["location"]) == (302, inner.url)
        assert inner.received == []


def test_what_is_sent_is_what_was_asked_for() -> None:
    with receiver(status(200, {"X-Said": "yes"}, b"thanks")) as there:
        answer = client().send("POST", f"{there.url}?a=b", body=b"{}", headers={"Content-Type": "text/x"})
        (request,) = there.received
    assert (answer.status, answer.headers["x-said"], answer.body, answer.cut) == (
        200,
        "yes",
        b"thanks",
        False,
    )
    assert (request.method, request.path, request.body) == ("POST", "/hook?a=b", b"{}")
    assert request.headers["user-agent"] == "newsarchive"
    assert request.headers["content-type"] == "text/x"
    assert request.headers["host"].startswith("localhost:")


def test_headers_cannot_be_smuggled_in() -> None:
    with receiver() as there:
        with pytest.raises(FetchError):
            client().send("POST", there.url, headers={"X-One": "1\r\nX-Two: 2"})
        assert there.received == []


def test_an_answer_is_cut_at_the_limit() -> None:
    with receiver(status(200, body=b"x" * 5_000)) as there:
        answer = client(body_most=1_000).send("GET", there.url, headers={})
    assert (len(answer.body), answer.cut) == (1_000, True)


def test_a_compressed_bomb_stays_compressed() -> None:
    bomb = gzip.compress(b"\0" * 20_000_000)
    with receiver(status(200, {"Content-Encoding": "gzip"}, bomb)) as there:
        answer = client().send("GET", there.url, headers={})
    assert bomb.startswith(answer.body)
    assert len(answer.body) <= 64 * 1024


def endless_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65_536)


def endless_chunks(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"1\r\nx\r\n")


@pytest.mark.parametrize("behave", [endless_body, endless_chunks])
def test_an_endless_answer_ends_at_the_limit(behave: Callable[[socket.socket], None]) -> None:
    with raw_server(behave) as url:
        answer = client(total_seconds=20.0).send("GET", url, headers={})
    assert (len(answer.body), answer.cut) == (64 * 1024, True)


def dripping(*head: bytes) -> Callable[[socket.socket], None]:
    """A server that sends a byte every twentieth of a second, for ever."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(b"".join(head))
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)

    return behave


@pytest.mark.parametrize(
    "behave",
    [
        dripping(),
        dripping(b"HTTP/1.1 200 OK\r\nX-Slow: "),
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;"),
        lambda connection: threading.Event().wait(5),
    ],
    ids=["status", "header", "body", "chunk", "silent"],
)
def test_a_server_that_drips_is_left_at_the_deadline(behave: Callable[[socket.socket], None]) -> None:
    started = time.monotonic()
    with raw_server(behave) as url, pytest.raises(Unreachable, match="in time"):
        client(total_seconds=0.4).send("POST", url, body=b"{}", headers={})
    assert time.monotonic() - started < 3


def continuing(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


@pytest.mark.parametrize(
    "behave",
    [
        continuing,
        lambda connection: connection.sendall(b"nonsense\r\n\r\n"),
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500),
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000),
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"),
        lambda connection: None,
    ],
    ids=["continues", "nonsense", "headers", "long", "chunks", "short", "closed"],
)
def test_what_is_not_http_is_an_error_with_words(behave: Callable[[socket.socket], None]) -> None:
    with raw_server(behave) as url, pytest.raises(Unreachable):
        client(total_seconds=1.0).send("POST", url, body=b"{}", headers={})


def test_tls_asks_for_the_certificate_of_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with certified(tmp_path, "localhost") as (context, root), receiver(tls=context) as there:
        with pytest.raises(Unreachable, match="certificate"):
            client().send("POST", there.url, headers={})
        monkeypatch.setenv("SSL_CERT_FILE", str(root))
        assert client().send("POST", there.url, headers={}).status == 204
        with pytest.raises(Unreachable, match="certificate"):
            client().send("POST", there.url.replace("localhost", "127.0.0.1"), headers={})
    assert len(there.received) == 1


def test_a_handshake_that_never_ends_is_left_at_the_deadline() -> None:
    with raw_server(lambda connection: threading.Event().wait(5)) as url, pytest.raises(Unreachable):
        client(total_seconds=0.4).send("POST", url.replace("http:", "https:"), headers={})
