"""gunicorn's settings: ``gunicorn --config python:newsarchive.gunicorn newsarchive.wsgi``.

docs/operations.md lists the variables.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import environ
from gunicorn import glogging
from gunicorn.workers.gthread import ThreadWorker

env = environ.Env()


def _between(name: str, default: int, low: int, high: int) -> int:
    """The whole number in variable *name*, kept between *low* and *high*."""
    wanted: int = env.int(name, default=default)
    return max(low, min(wanted, high))


class AccessLog(glogging.Logger):  # type: ignore[misc]  # gunicorn has no types
    """One JSON object a request; neither the reader's address nor the search behind "?" is in it."""

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: dt.timedelta) -> None:
        """Write the line of one answered request (no tracking: architecture.md, decision 10)."""
        if not self.cfg.accesslog:
            return
        line = {
            "time": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
            "method": environ.get("REQUEST_METHOD", ""),
            "path": environ.get("PATH_INFO", ""),
            "status": int(str(resp.status).split()[0]),
            "bytes": getattr(resp, "sent", 0),
            "milliseconds": round(request_time.total_seconds() * 1000, 1),
        }
        self.access_log.info("%s", json.dumps(line))


class _AsProblem:
    """A client's socket; what gunicorn says to it of a request that it cannot read becomes a problem."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def sendall(self, said: bytes) -> None:
        """Send the problem of the status in *said*, a whole answer."""
        # Imported here, where Django has its settings: gunicorn reads this module before.
        from events.api.problems import of_status  # noqa: PLC0415

        answer = of_status(int(said.split(b" ", 2)[1])).response()
        head = [
            f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}",
            "Connection: close",
            f"Content-Type: {answer.headers['Content-Type']}",
            f"Content-Length: {len(answer.content)}",
        ]
        self._socket.sendall("\r\n".join([*head, "", ""]).encode("latin-1") + answer.content)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's own, with problems (RFC 9457) instead of its pages for requests that no view ever sees."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer a request that cannot be read: too long, no HTTP, a header that is none."""
        super().handle_error(req, _AsProblem(client), addr, exc)


bind: str = env.str("BIND", default="127.0.0.1:8000")
worker_class = "newsarchive.gunicorn.Worker"
workers: int = _between("WEB_CONCURRENCY", 2, 1, 64)
threads: int = _between("WEB_THREADS", 4, 1, 64)
# Open connections of one worker, busy or idle. A slow reader of a long stream holds a thread; the rest wait
# in the kernel's queue instead of filling the memory.
worker_connections: int = _between("WEB_CONNECTIONS", 200, 8, 10_000)
backlog = 512
timeout: int = _between("WEB_TIMEOUT", 60, 5, 3600)
graceful_timeout = 10
keepalive = 15
# A cut slug's address and a search's filters fit; anything longer is no address of ours.
limit_request_line = 8190
# The control socket would be written into the home directory, outside this folder.
control_socket_disable = True
if Path("/dev/shm").is_dir():  # noqa: S108 (a heartbeat file must not wait for a disk)
    worker_tmp_dir = "/dev/shm"  # noqa: S108

loglevel = "warning"
accesslog: str | None = "-" if env.bool("ACCESS_LOG", default=False) else None
logger_class = AccessLog
