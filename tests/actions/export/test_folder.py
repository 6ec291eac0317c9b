"""The folder of an export is the old one or the new one, whole, whatever happens."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import time
from pathlib import Path

import pytest

from events.actions.errors import InvalidAction
from events.actions.export import folder as folders
from events.actions.export.folder import ExportFolder, Layout

LAYOUT = Layout("numbers", 1, frozenset({"one.txt", "two.txt"}))
KILLS = 25


def write(destination: Path, number: int) -> None:
    """An export whose files all say the same number."""
    with ExportFolder(destination, LAYOUT) as folder:
        for name in LAYOUT.names:
            with folder.file(name) as out:
                out.write(f"{number}\n".encode(), "line")
        folder.finish(sequence=number, public=True)


def numbers(destination: Path) -> set[int]:
    """What the files and the manifest say."""
    said = {int((destination / name).read_text()) for name in LAYOUT.names}
    return said | {json.loads((destination / "manifest.json").read_text())["sequence"]}


def _for_ever(destination: Path, start: int) -> None:
    number = start
    while True:
        number += 1
        write(destination, number)


def test_killed_at_any_moment_the_old_or_the_new_is_there_and_the_next_run_tidies(tmp_path: Path) -> None:
    destination, chance = tmp_path / "dump", random.Random(8)
    write(destination, 0)
    context = multiprocessing.get_context("fork")
    last = 0
    for _ in range(KILLS):
        child = context.Process(target=_for_ever, args=(destination, last))
        child.start()
        time.sleep(chance.uniform(0.02, 0.08))  # a moment, any one, is what is to be tried
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        (number,) = numbers(destination)
        assert number >= last
        last = number
    write(destination, last + 1)
    assert [path.name for path in tmp_path.iterdir()] == ["dump"]


def test_where_names_cannot_be_exchanged_the_old_one_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Nothing:
        """A C library that knows no renameat2."""

    monkeypatch.setattr(folders.ctypes, "CDLL", lambda *_, **__: Nothing())
    destination = tmp_path / "dump"
    write(destination, 1)
    write(destination, 2)
    assert numbers(destination) == {2}
    rename = Path.rename

    def killed(self: Path, target: Path) -> Path:
        if self.name.startswith(".dump.partial-") and destination.exists() is False:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", killed)
    with pytest.raises(KeyboardInterrupt):
        write(destination, 3)
    assert not destination.exists()
    monkeypatch.setattr(Path, "rename", rename)
    with ExportFolder(destination, LAYOUT):
        assert numbers(destination) == {2}
    write(destination, 4)
    assert numbers(destination) == {4}
    assert [path.name for path in tmp_path.iterdir()] == ["dump"]


def test_a_run_at_work_is_left_alone_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    destination = tmp_path / "dump"
    with ExportFolder(destination, LAYOUT) as folder:
        monkeypatch.setattr(os, "getpid", lambda: -1)
        write(destination, 1)
        assert numbers(destination) == {1}
        for name in LAYOUT.names:
            with folder.file(name) as out:
                out.write(b"2\n", "line")
        folder.finish(sequence=2, public=True)
    assert numbers(destination) == {2}
    assert [path.name for path in tmp_path.iterdir()] == ["dump"]


@pytest.mark.parametrize("foreign", ["letter.txt", "one.txt.bak", "folder"])
def test_what_came_into_the_folder_meanwhile_is_not_lost(tmp_path: Path, foreign: str) -> None:
    destination = tmp_path / "dump"
    write(destination, 1)
    with ExportFolder(destination, LAYOUT) as folder:
        if foreign == "folder":
            (destination / foreign).mkdir()
        else:
            (destination / foreign).write_text("mine")
        with pytest.raises(InvalidAction, match="no earlier export"):
            folder.finish(sequence=2, public=True)
    assert numbers(destination) == {1}
    assert (destination / foreign).exists()


def test_links_lead_to_the_folder_and_are_never_followed_out_of_it(tmp_path: Path) -> None:
    real, mine = tmp_path / "real", tmp_path / "letter.txt"
    mine.write_text("mine")
    write(real, 1)
    (tmp_path / "link").symlink_to(real)
    write(tmp_path / "link", 2)
    assert numbers(real) == {2}
    assert (tmp_path / "link").is_symlink()
    (real / "two.txt").unlink()
    (real / "two.txt").symlink_to(mine)
    (tmp_path / ".real.partial-1").symlink_to(tmp_path)
    write(real, 3)
    assert numbers(real) == {3}
    assert mine.read_text() == "mine"
    assert not (real / "two.txt").is_symlink()
