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


bind: str = env.str("BIND", default="127.0.0.1:8000")
worker_class = "gthread"
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
