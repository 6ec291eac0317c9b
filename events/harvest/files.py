"""Reading files that somebody else made: bounded in memory, never following links out of the input.

Everything here raises :class:`Refused` with a reason that says what to do; a reader turns it
into a BadRecord and goes on.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

FILE_MAX: Final = 1024 * 1024
"""Bytes a single page may have; real pages stay below 26,000."""
LINES_MAX: Final = 20_000
"""Lines a single page may have."""

# O_NONBLOCK: opening a named pipe must not wait for a writer. Windows has neither flag.
_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
_FLAGS: Final = os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_NONBLOCK", 0)


class Refused(Exception):  # noqa: N818 - it is the input that is refused, nothing failed
    """Input that is not read; ``reason`` says why and what to do, ``line`` where (from 1)."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def printable(text: str, limit: int = 80) -> str:
    """*text* as it may stand in a message: at most *limit* characters, nothing unprintable or undecodable."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in cut)


def open_regular(path: str | Path, *, follow: bool = False) -> tuple[int, int]:
    """A handle of the regular file *path* and its size; refuses devices and, unless *follow*, links."""
    try:
        handle = os.open(path, _FLAGS if not follow else _FLAGS & ~_NO_FOLLOW)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Refused("is a symbolic link: put a copy of the file in its place") from error
        raise Refused(f"cannot be opened ({error.strerror}): check the file and its rights") from error
    state = os.fstat(handle)
    if not stat.S_ISREG(state.st_mode):
        os.close(handle)
        raise Refused("is not a regular file: put a plain file in its place")
    return handle, state.st_size


def read_bounded(path: str | Path, limit: int = FILE_MAX) -> bytes:
    """The bytes of the regular file *path*; refuses links, devices and more than *limit* bytes."""
    handle, size = open_regular(path)
    try:
        if size > limit:
            raise Refused(f"has {size:,} bytes, more than {limit:,}: split or shorten it")
        with os.fdopen(handle, "rb", closefd=False) as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise Refused(f"cannot be read ({error.strerror}): check the disk and the file") from error
    finally:
        os.close(handle)
    if len(data) > limit:
        raise Refused(f"grew beyond {limit:,} bytes while it was read: try again when it is finished")
    return data


def decode_text(data: bytes) -> str:
    """*data* as UTF-8 text without a byte order mark; refuses other encodings and NUL characters."""
    nul = data.find(b"\0")
    if nul >= 0:
        line = data.count(b"\n", 0, nul) + 1
        raise Refused("contains a NUL character: it is no text file, or damaged", line)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Refused("is not UTF-8: save the file as UTF-8", line) from error


def split_lines(text: str) -> list[str]:
    """The lines of a page, ended by LF or CRLF only: other Unicode line ends may stand in a text."""
    if text.count("\n") > LINES_MAX:
        raise Refused(f"has more than {LINES_MAX:,} lines: split it into pages", LINES_MAX)
    lines = text.split("\n")
    return [line.removesuffix("\r") for line in lines] if "\r" in text else lines
