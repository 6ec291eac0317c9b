"""Settings of the test suite: ``TEST_DATABASE_URL`` names a PostgreSQL, else SQLite.

Not in ``settings/``: importing that package already asks for a secret, which tests need not have.
"""

from __future__ import annotations

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 40)

os.environ["EMAIL_URL"] = "memorymail://"

from newsarchive.settings.base import *
from newsarchive.settings.base import BASE_DIR, STORAGES, env
from newsarchive.settings.databases import database

_default = database(env.str("TEST_DATABASE_URL", default=f"sqlite:///{BASE_DIR}/var/test.sqlite3"))
# One name a run, so that two runs at once never share a database (pytest-xdist gives its workers the id).
_run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
_scratch = BASE_DIR / "var" / "tmp"
if _default["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: only then do the threads of one test see one database, with the locks of production.
    _default["TEST"] = {"NAME": str(_scratch / f"test-{_run}.sqlite3")}
    # A power cut may cost a test database; waiting for the disk at each commit would cost minutes.
    _default["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
else:
    _default["TEST"] = {"NAME": f"test_{_default['NAME']}_{_run}"}
    _default["OPTIONS"].setdefault("options", "-c synchronous_commit=off")
DATABASES = {"default": _default}
STATIC_ROOT = _scratch / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
ALLOWED_HOSTS = ["*"]
AXES_ENABLED = False
