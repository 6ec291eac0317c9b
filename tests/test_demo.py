"""``scripts/demo.py`` over a stand-in for the site: ports, settings, and its programs ending together."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

MANAGE = """
import json, os, pathlib, signal, sys, time
pathlib.Path("steps").open("a").write(sys.argv[1] + "\\n")
if sys.argv[1] == "show":
    print(json.dumps(dict(os.environ)))
if sys.argv[1] in ("db_worker", "deliver_webhooks"):
    name = "worker" if sys.argv[1] == "db_worker" else "webhooks"
    pathlib.Path(f"{name}.pid").write_text(str(os.getpid()))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while not pathlib.Path("worker-fails").exists():
        time.sleep(0.05)
    sys.exit(7)
"""
GUNICORN = """
import http.server, os, pathlib
host, port = os.environ["BIND"].split(":")
pathlib.Path("server.pid").write_text(str(os.getpid()))
http.server.ThreadingHTTPServer((host, int(port)), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A checkout in which manage.py and gunicorn are stand-ins that leave their traces."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "demo.py", tmp_path / "scripts")
    (tmp_path / "scripts" / "demo_account.py").write_text("")
    (tmp_path / "manage.py").write_text(MANAGE)
    (tmp_path / "gunicorn.py").write_text(GUNICORN)
    return tmp_path


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


def start(site: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "scripts/demo.py", *arguments],
        cwd=site,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited for nothing"
        time.sleep(0.05)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
            return True
    except OSError:
        return False


def alive(site: Path, name: str) -> bool:
    try:
        os.kill(int((site / name).read_text()), 0)
    except ProcessLookupError:
        return False
    return True


def test_a_taken_port_is_one_clear_message_before_anything_is_done(site: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for command in ("port", "run"):
            demo = start(site, command, PORT=str(port))
            output, error = demo.communicate(timeout=30)
            assert demo.returncode == 1
            assert output == ""
            assert error.count("\n") == 1
            assert f"Port {port} on 127.0.0.1 is taken" in error
            assert "PORT=8001 make demo" in error
    assert not (site / "steps").exists()
    assert not (site / "var").exists()


@pytest.mark.parametrize("said", ["eighty", "0", "65536", "-1", "８０"])
def test_what_is_no_port_is_told(site: Path, said: str) -> None:
    demo = start(site, "port", PORT=said)
    assert "is no port" in demo.communicate(timeout=30)[1]
    assert demo.returncode == 1


def test_the_secret_is_made_once_readable_by_its_owner_only_and_the_callers_site_is_not_touched(
    site: Path,
) -> None:
    def shown() -> dict[str, str]:
        environment = {"DATABASE_URL": "postgres://a/real/site", "SECRET_KEY": "real", "PORT": "8123"}
        output, _ = start(site, "manage", "show", **environment).communicate(timeout=30)
        told: dict[str, str] = json.loads(output)
        return told

    first, second = shown(), shown()
    assert first["SECRET_KEY"] == second["SECRET_KEY"] != "real"
    assert len(first["SECRET_KEY"]) >= 50
    assert first["DATABASE_URL"] == "sqlite:///var/archive.sqlite3"
    assert first["BASE_URL"] == "http://127.0.0.1:8123"
    assert stat.S_IMODE((site / "var" / "demo.env").stat().st_mode) == 0o600
    assert [path.name for path in (site / "var").iterdir()] == ["demo.env"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_stops_web_server_and_task_worker_together(
    site: Path, free_port: int, number: signal.Signals
) -> None:
    demo = start(site, "run", PORT=str(free_port))
    wait_for(lambda: answers(free_port) and (site / "worker.pid").exists())
    assert (site / "steps").read_text().split()[:3] == ["migrate", "collectstatic", "seed_demo"]
    demo.send_signal(number)
    output, _ = demo.communicate(timeout=30)
    assert demo.returncode == 0
    assert output.endswith("Stopping …\n")
    assert not alive(site, "worker.pid")
    assert not alive(site, "server.pid")


def test_when_one_of_the_two_ends_the_other_is_stopped_too(site: Path, free_port: int) -> None:
    demo = start(site, "run", PORT=str(free_port))
    wait_for(lambda: answers(free_port) and (site / "worker.pid").exists())
    (site / "worker-fails").touch()
    output, _ = demo.communicate(timeout=30)
    assert demo.returncode == 1
    assert "The task worker ended with status 7." in output
    assert not alive(site, "server.pid")
