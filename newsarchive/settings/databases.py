"""How ``DATABASE_URL`` and ``CACHE_URL`` become settings (architecture.md, decision 2)."""

from __future__ import annotations

from typing import Any, Final

import environ

_SQLITE_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA foreign_keys=ON;"
    "PRAGMA busy_timeout=20000;"
    "PRAGMA cache_size=-32000;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA secure_delete=ON;"
)


_REDIS_OPTIONS: Final = {"socket_connect_timeout": 0.25, "socket_timeout": 0.25, "retry": None}
_PAGES_IN_MEMORY: Final = 2000
"""About 25 MB a worker, when all are taken."""


def cache(url: str) -> dict[str, Any]:
    """The ``CACHES`` entry for *url*: a frozen Redis costs a page a quarter of a second, never more."""
    config: dict[str, Any] = dict(environ.Env.cache_url_config(url))
    options = config.setdefault("OPTIONS", {})
    if "redis" in config["BACKEND"]:
        config["OPTIONS"] = {**_REDIS_OPTIONS, **options}
    else:
        options.setdefault("MAX_ENTRIES", _PAGES_IN_MEMORY)
    return config


def database(url: str) -> dict[str, Any]:
    """The ``DATABASES`` entry for *url*: connections are kept open, SQLite gets its pragmas.

    SQLite: write-ahead log, every commit reaches the disk, transactions take the write lock
    at their start (``IMMEDIATE``) so that none fails half-way for want of it. The file is not mapped
    into memory: no question is answered faster so, a harvest takes a twentieth more, and its pages
    count as the process's own.
    """
    config: dict[str, Any] = dict(environ.Env.db_url_config(url))
    config["CONN_MAX_AGE"] = None
    options = config.setdefault("OPTIONS", {})
    if config["ENGINE"] == "django.db.backends.sqlite3":
        options.setdefault("transaction_mode", "IMMEDIATE")
        options.setdefault("init_command", _SQLITE_PRAGMAS)
        options.setdefault("timeout", 20)
    else:
        config["CONN_HEALTH_CHECKS"] = True
        config["DISABLE_SERVER_SIDE_CURSORS"] = False
    return config
