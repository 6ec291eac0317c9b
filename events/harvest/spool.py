"""Folders for files that are needed for a while only, and that no killed process leaves behind for long."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def spool(name: str) -> Iterator[Path]:
    """A new folder in the temporary one, for this block; *name* tells its sort.

    Who is killed in the block leaves it: the next spool of the same sort removes it. Those of blocks that
    are at work, in other processes too, are locked and stay.
    """
    start = f"newsarchive-{name}-"
    for left in Path(tempfile.gettempdir()).glob(f"{start}*"):
        with suppress(OSError):  # another account's, or no folder
            remove_unlocked(left)
    lock = -1
    while lock < 0:  # another one may take it for left behind before it is locked
        folder = Path(tempfile.mkdtemp(prefix=start))
        lock = lock_folder(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def lock_folder(folder: Path, *, wait: bool = True) -> int:
    """An open lock on *folder*, or -1 where it is gone, or is another's who is not to be waited for."""
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return -1
    try:
        fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(lock), folder.stat()):
            return lock
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(lock)
    return -1


def remove_unlocked(folder: Path) -> None:
    """Remove a folder that nobody at work has locked. Raises ``OSError`` for what is no folder of ours."""
    lock = lock_folder(folder, wait=False)
    if lock >= 0:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)
