"""Load on a site of one's own: gunicorn as the site runs it, and who asks (wrk, else a few threads).

Everything is started on a free port of 127.0.0.1 and stopped by its process's own handle.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = 16
_START_SECONDS = 30
_WALK = """
local asked = {}
for line in io.lines(os.getenv("WALK")) do
  local path, etag = line:match("^([^\\t]+)\\t?(.*)$")
  local headers = {}
  if etag ~= "" then headers["If-None-Match"] = etag end
  asked[#asked + 1] = wrk.format("GET", path, headers)
end
local at = 0
request = function()
  at = at % #asked + 1
  return asked[at]
end
done = function(summary, latency)
  local failed = summary.errors
  io.write(string.format('\\n{"requests":%d,"microseconds":%d,"bytes":%d,"failed":%d,"p99":%d}\\n',
    summary.requests, summary.duration, summary.bytes,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout, latency:percentile(99)))
end
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a few seconds of asking gave; ``size`` is the mean of an answer in bytes, headers included."""

    requests: int
    rate: float
    size: float
    failed: int
    p99: float


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def gunicorn(settings: str, env: dict[str, str], ready: str) -> Iterator[int]:
    """The port of a site with these *settings*, once it answers *ready*; stopped afterwards."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "python:newsarchive.gunicorn",
        "newsarchive.wsgi",
    ]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**env, "DJANGO_SETTINGS_MODULE": settings, "BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "2"},
    )
    try:
        _wait(process, port, ready)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, ready: str) -> None:
    until = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            status, _, _ = fetch(port, ready)
        except OSError:
            time.sleep(0.1)
            continue
        if status != 200:
            raise RuntimeError(f"{ready} answers {status}.")
        return
    raise RuntimeError("gunicorn did not start.")


def fetch(port: int, path: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (names in lower case) and body of one page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def ask(port: int, walk: Sequence[tuple[str, str]], seconds: int, folder: Path) -> Asked:
    """Sixteen connections ask for the paths of *walk* (each with an ETag or "") in turn, over and over."""
    wrk = shutil.which("wrk")
    if wrk is None:
        return _ask_with_threads(port, walk, seconds)
    script, paths = folder / "walk.lua", folder / "walk.txt"
    script.write_text(_WALK, encoding="utf-8")
    paths.write_text("".join(f"{path}\t{etag}\n" for path, etag in walk), encoding="utf-8")
    command = [
        wrk,
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "-s",
        str(script),
        f"http://127.0.0.1:{port}/",
    ]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, "WALK": str(paths)}
    )
    said = json.loads(done.stdout.splitlines()[-1])
    return Asked(
        requests=said["requests"],
        rate=said["requests"] / said["microseconds"] * 1_000_000,
        size=said["bytes"] / max(said["requests"], 1),
        failed=said["failed"],
        p99=said["p99"] / 1000,
    )


def _ask_with_threads(port: int, walk: Sequence[tuple[str, str]], seconds: int) -> Asked:
    """As :func:`ask`; Python asks slower than wrk, so it takes more of the machine from the site."""
    turn = iter(range(sys.maxsize))
    times: list[float] = []
    sizes: list[int] = []
    failures: list[str] = []
    started = time.perf_counter()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.perf_counter() - started < seconds:
            path, etag = walk[next(turn) % len(walk)]
            began = time.perf_counter()
            connection.request("GET", path, headers={"If-None-Match": etag} if etag else {})
            answer = connection.getresponse()
            head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
            sizes.append(head + len(answer.read()))
            times.append(time.perf_counter() - began)
            if answer.status >= 400:
                failures.append(path)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - started
    ordered = sorted(times) or [0.0]
    return Asked(
        requests=len(times),
        rate=len(times) / taken,
        size=sum(sizes) / max(len(sizes), 1),
        failed=len(failures),
        p99=ordered[int(len(ordered) * 0.99)] * 1000,
    )
