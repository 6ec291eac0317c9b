"""The house: settings from the environment, a suite that runs on both databases, a clean repository."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Group
from django.core.checks import run_checks
from django.db import connection, transaction

from tests.conftest import closing_lines, skipped

ROOT = Path(__file__).resolve().parent.parent


def settings_import(**environment: str) -> subprocess.CompletedProcess[str]:
    """Import the production settings in a fresh process that knows only *environment*."""
    known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", "import newsarchive.settings as s; print(s.DEBUG, s.SESSION_COOKIE_SECURE)"],
        env=known | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_without_a_secret_is_a_clear_error() -> None:
    result = settings_import()
    assert result.returncode != 0
    assert "SECRET_KEY is not set" in result.stderr


def test_debug_is_off_unless_asked_and_https_secures_the_cookies() -> None:
    assert settings_import(SECRET_KEY="x" * 50).stdout.split() == ["False", "False"]
    assert settings_import(SECRET_KEY="x" * 50, HTTPS="1").stdout.split() == ["False", "True"]
    assert settings_import(DEBUG="1").stdout.split() == ["True", "False"]


def test_a_real_site_sends_nothing_into_its_own_network(settings: LazySettings) -> None:
    def found(*, deploy: bool) -> set[str | None]:
        return {one.id for one in run_checks(tags=["security"], include_deployment_checks=deploy)}

    settings.WEBHOOKS_PRIVATE = ["127.0.0.0/8"]
    assert "newsarchive.E002" in found(deploy=True)
    assert "newsarchive.E002" not in found(deploy=False)
    settings.WEBHOOKS_PRIVATE = []
    assert "newsarchive.E002" not in found(deploy=True)
    settings.WEBHOOKS_PRIVATE = ["my network"]
    assert "newsarchive.E001" in found(deploy=False)


@pytest.mark.django_db(transaction=True)
def test_threads_of_one_test_share_one_database() -> None:
    def write(name: str) -> None:
        try:
            with transaction.atomic():
                Group.objects.create(name=name)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(f"group {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Group.objects.filter(name__startswith="group ").count() == 4


def test_the_account_of_skips_groups_by_reason_and_counts_a_report_once() -> None:
    reports = [
        SimpleNamespace(nodeid="a", longrepr=("a.py", 1, "Skipped: no data")),
        SimpleNamespace(nodeid="a", longrepr=("a.py", 1, "Skipped: no data")),
        SimpleNamespace(nodeid="b", longrepr=("b.py", 1, "Skipped: no data")),
        SimpleNamespace(nodeid="c", longrepr=("c.py", 1, "Skipped: no browser")),
    ]
    assert closing_lines(skipped(reports)) == [
        "Skipped (3), and why:",
        "      2  no data",
        "      1  no browser",
    ]
    assert closing_lines(Counter()) == ["Nothing was skipped."]
