"""The demo: one machine, one command, no settings to know (``make demo``).

    demo.py port           fails with a clear message if the port is taken; needs nothing installed
    demo.py run            database, static files, sample archive, editor; then the site and its two workers
    demo.py password       a new password for the editor
    demo.py manage ARGS    manage.py with the demo's settings

The settings are in ``var/demo.env``, made once and readable by its owner only. What the
caller's environment says about a real site is not looked at.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "var" / "demo.env"
HOST = "127.0.0.1"
PATIENCE_SECONDS = 15
NOT_OURS = (
    "ALLOWED_HOSTS",
    "BEHIND_PROXY",
    "CACHE_URL",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "DJANGO_SETTINGS_MODULE",
    "SITE_NAME",
    "STATIC_ROOT",
    "TIME_ZONE",
)
"""Variables of a real site that the demo must not take from its caller."""


class StopAsked(Exception):  # noqa: N818 (it is no error)
    """Somebody asked the demo to end."""


def say(line: str = "") -> None:
    """One line for the person at the terminal, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def port() -> int:
    """The port from ``PORT``; ends the program if it is none."""
    said = os.environ.get("PORT", "") or "8000"
    if not (said.isascii() and said.isdigit() and 0 < int(said) < 65536):
        sys.exit(f"PORT={said} is no port. Take a number from 1024 to 65535: PORT=8001 make demo")
    return int(said)


def check_port() -> None:
    """End the program with one message if the site could not listen."""
    number = port()
    other = 8001 if number != 8001 else 8002
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
        except PermissionError:
            sys.exit(f"Port {number} may not be opened by this user. Take another: PORT={other} make demo")
        except OSError:
            sys.exit(
                f"Port {number} on {HOST} is taken, perhaps by another make demo. "
                f"Stop that program, or take another port: PORT={other} make demo"
            )


def settings() -> dict[str, str]:
    """The environment of the demo's programs; makes ``var/demo.env`` the first time."""
    if not SETTINGS.exists():
        SETTINGS.parent.mkdir(exist_ok=True)
        lines = (
            f"SECRET_KEY={secrets.token_urlsafe(50)}",
            "DATABASE_URL=sqlite:///var/archive.sqlite3",
            "DEBUG=0",
            "HTTPS=0",
            "LOG_FORMAT=plain",
            "LOG_LEVEL=WARNING",
            "WEB_CONCURRENCY=2",
        )
        fresh = SETTINGS.with_name(f"demo.env.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        fresh.replace(SETTINGS)
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    for line in SETTINGS.read_text("utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            environment[name.strip()] = value.strip()
    environment["BASE_URL"] = f"http://{HOST}:{port()}"
    # The demo has no name on the Internet; a receiver to try webhooks with is on this machine, too.
    environment["WEBHOOKS_PRIVATE"] = f"{HOST}/32"
    return environment


def python(*arguments: str) -> list[str]:
    """A command line for this interpreter."""
    return [sys.executable, *arguments]


def prepare(environment: dict[str, str]) -> None:
    """Everything that must stand before the site starts; safe to repeat."""
    for title, arguments in (
        ("Database …", ("manage.py", "migrate", "--verbosity", "0")),
        ("Static files …", ("manage.py", "collectstatic", "--noinput", "--verbosity", "0")),
        ("Sample archive …", ("manage.py", "seed_demo")),
        ("Editor …", ("scripts/demo_account.py", "--if-missing")),
    ):
        say(title)
        status = subprocess.run(python(*arguments), cwd=ROOT, env=environment, check=False).returncode
        if status:
            sys.exit(f"The demo stops here: {' '.join(arguments)} ended with status {status}.")


def answers(url: str) -> bool:
    """Whether a web server answers at *url*, whatever it says."""
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 (our own address)
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def watch(programs: dict[str, subprocess.Popen[bytes]], url: str) -> str:
    """Stay until a program ends or the caller is gone; tell which. Says when the site answers."""
    caller = os.getppid()
    ready = False
    while os.getppid() == caller:
        for name, program in programs.items():
            if program.poll() is not None:
                return f"The {name} ended with status {program.returncode}."
        if not ready and answers(url):
            ready = True
            say(f"\n  The site is at {url}   editors: {url}admin/ (user editor)")
            say("  A new password: make demo-password   Stop: Ctrl-C\n")
        time.sleep(0.2)
    return "The program that started the demo is gone."


def stop(programs: dict[str, subprocess.Popen[bytes]]) -> None:
    """End the programs together; kill what does not end in time."""
    for program in programs.values():
        program.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for program in programs.values():
        try:
            program.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()


def asked_to_stop(_number: int, _frame: FrameType | None) -> None:
    """Signal handler; a second signal does not break the orderly end."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise StopAsked


def run() -> int:
    """The demo from database to site; ends with all its programs stopped."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, asked_to_stop)
    programs: dict[str, subprocess.Popen[bytes]] = {}
    try:
        check_port()
        environment = settings()
        prepare(environment)
        check_port()
        commands = {
            "web server": python(
                "-m", "gunicorn", "--config", "python:newsarchive.gunicorn", "newsarchive.wsgi"
            ),
            "task worker": python("manage.py", "db_worker", "--verbosity", "0"),
            "webhook worker": python("manage.py", "deliver_webhooks", "--verbosity", "0"),
        }
        environment["BIND"] = f"{HOST}:{port()}"
        for name, command in commands.items():
            # A session of its own: a Ctrl-C reaches this program only, which then ends them.
            programs[name] = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
        say(watch(programs, f"http://{HOST}:{port()}/"))
        return 1
    except StopAsked:
        say("Stopping …")
        return 0
    finally:
        stop(programs)


def main(arguments: list[str]) -> int:
    """Do what the first argument names."""
    os.chdir(ROOT)
    match arguments:
        case ["port"]:
            check_port()
            return 0
        case ["run"]:
            return run()
        case ["password"]:
            command = python("scripts/demo_account.py")
        case ["manage", *rest]:
            command = python("manage.py", *rest)
        case _:
            sys.exit(__doc__)
    return subprocess.run(command, env=settings(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
