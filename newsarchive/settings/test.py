"""Settings of the test suite: ``TEST_DATABASE_URL`` names a PostgreSQL, else SQLite."""

from __future__ import annotations

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 40)

from newsarchive.settings.base import *
from newsarchive.settings.base import BASE_DIR, STORAGES, env
from newsarchive.settings.databases import database

DATABASES = {
    "default": database(env.str("TEST_DATABASE_URL", default=f"sqlite:///{BASE_DIR}/var/test.sqlite3"))
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
ALLOWED_HOSTS = ["*"]
AXES_ENABLED = False
