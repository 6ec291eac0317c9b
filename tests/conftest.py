"""What every test may ask for, and the account of what was not run."""

from __future__ import annotations

import gc
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

ROOT = Path(__file__).resolve().parent.parent
SKIP_REPORT = "NEWSARCHIVE_SKIP_REPORT"
"""Name of the environment variable that names a file for the account (scripts/run_tests.py reads it)."""

_left_out: Counter[str] = Counter()

# How long an example takes says how busy the machine is, not whether the rule holds.
hypothesis_settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("suite")


@pytest.fixture(scope="session")
def corpus() -> Callable[[str], Path]:
    """``corpus(name)``: the path of a piece of the real data; skips the test where it is not there."""

    def find(name: str) -> Path:
        folder = Path(os.environ.get("NEWSARCHIVE_CORPUS", ROOT / ".." / "shared" / "data")).resolve()
        if not (folder / name).exists():
            pytest.skip(f"no real data: {name} is not in NEWSARCHIVE_CORPUS (default ../shared/data)")
        return folder / name

    return find


@pytest.fixture(scope="session")
def run_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run have in common."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if hasattr(request.config, "workerinput") else base


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, run_folder: Path
) -> Iterator[None]:
    """In place of pytest-django's: migrations are applied once a run, not once a worker."""
    from tests.databases import database_of_this_worker  # noqa: PLC0415  Django must be ready

    with django_db_blocker.unblock(), database_of_this_worker(run_folder), django_db_blocker.block():
        yield


@pytest.fixture
def begin_with(run_folder: Path) -> Callable[[str, Callable[[], object]], None]:
    """``begin_with(name, make)``: the rows that *make* makes of an empty archive; made once a run."""
    from tests import rows  # noqa: PLC0415  Django must be ready

    return lambda name, make: rows.begin_with(run_folder, name, make)


@pytest.fixture
def sample_archive(db: None, begin_with: Callable[[str, Callable[[], object]], None]) -> None:
    """The archive that comes with the project, loaded by the command for that."""
    begin_with("sample_archive", lambda: call_command("seed_demo", stdout=StringIO(), stderr=StringIO()))


def pytest_collection_finish() -> None:
    """What was collected stays to the end; a full garbage collection that looked at it took half a second."""
    gc.freeze()


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Count what -m or -k left out, by the marker that has a make target of its own."""
    for item in items:
        marker = next((name for name in ("slow", "browser") if item.get_closest_marker(name)), "")
        _left_out[f"left out here: make test-{marker}" if marker else "deselected by -m or -k"] += 1


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In a worker of pytest-xdist: hand the counts to the controller."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left_out"] = dict(_left_out)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """In the controller: every worker collects everything, so the largest count is the true one."""
    for reason, count in getattr(node, "workeroutput", {}).get("left_out", {}).items():
        _left_out[reason] = max(_left_out[reason], count)


def skipped(reports: list[Any]) -> Counter[str]:
    """The reasons of skipped tests or modules, each with how many; a report that came twice counts once."""
    reasons = {}
    for report in reports:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[report.nodeid] = re.sub(r"^Skipped: ", "", reason)
    return Counter(reasons.values())


def closing_lines(counts: Counter[str]) -> list[str]:
    """The account, most frequent reason first."""
    if not counts:
        return ["Nothing was skipped."]
    lines = [
        f"  {count:>5}  {reason}" for reason, count in sorted(counts.items(), key=lambda c: (-c[1], c[0]))
    ]
    return [f"Skipped ({counts.total()}), and why:", *lines]


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Say what was skipped and why, after pytest's own closing line."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if hasattr(config, "workeroutput") or reporter is None or config.option.collectonly:
        return
    counts = skipped(reporter.stats.get("skipped", [])) + _left_out
    if report := os.environ.get(SKIP_REPORT):
        Path(report).write_text(json.dumps(counts), encoding="utf-8")
    else:
        for line in closing_lines(counts):
            reporter.write_line(line)
