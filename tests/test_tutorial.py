"""docs/api-tutorial.md: every command runs against the sample archive, and prints what the page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from events.vocabulary import ROBOTS, Role

PAGE = Path(__file__).resolve().parent.parent / "docs" / "api-tutorial.md"
BASE = "http://127.0.0.1:8000"
LANGUAGES = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"],
             "js": ["node", "--input-type=module", "-e"]}  # fmt: skip
STEP = re.compile(r"^```(sh|python|js)\n(.*?)^```\n\n^```text\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
MISSING = [command[0] for command in LANGUAGES.values() if shutil.which(command[0]) is None]


def steps() -> list[tuple[str, str, str]]:
    """Language, command and output of each step of the page, in order."""
    return STEP.findall(PAGE.read_text("utf-8"))


def prints(output: str, expected: str) -> bool:
    """Whether *output* is as *expected* says; ``…`` stands for anything."""
    pattern = ".*".join(map(re.escape, expected.strip().split("…")))
    return re.fullmatch(pattern, output.strip(), flags=re.DOTALL) is not None


def token(role: str) -> str:
    """A token of somebody with this role, as an operator makes it."""
    said = StringIO()
    call_command("make_token", f"tutorial-{role}", role=role, stdout=said, stderr=StringIO())
    return said.getvalue().strip()


def run(language: str, command: str, base: str, tokens: dict[str, str]) -> str:
    """What a step prints; where it fails, how."""
    done = subprocess.run(
        [*LANGUAGES[language], command.replace(BASE, base)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **tokens, "NO_PROXY": "*", "no_proxy": "*"},
    )
    said = done.stdout.replace(base, BASE)
    return said if done.returncode == 0 else f"{said}\nexit status {done.returncode}: {done.stderr}"


def test_every_block_of_the_page_is_a_step() -> None:
    fences = re.findall(r"^```(\w+)$", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    assert len(fences) == 2 * len(steps())
    assert set(fences) == {*LANGUAGES, "text"}


def test_a_step_that_prints_something_else_is_noticed() -> None:
    assert prints('{"a":1,"b":2}\n', '{"a":1,…}\n')
    assert not prints('{"a":3,"b":2}\n', '{"a":1,…}\n')


@pytest.mark.skipif(MISSING != [], reason=f"the tutorial's commands need {', '.join(MISSING)}")
@pytest.mark.django_db(transaction=True)
def test_every_step_prints_what_the_page_says(live_server: LiveServer, sample_archive: None) -> None:
    tokens = {"TOKEN": token(Role.EDITOR), "ROBOT": token(ROBOTS)}
    wrong = [
        (command, said, expected)
        for language, command, expected in steps()
        if not prints(said := run(language, command, live_server.url, tokens), expected)
    ]
    assert wrong == []
