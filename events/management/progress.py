"""A bar on a terminal that says how far a command is; silent anywhere else."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Final, Self

from django.core.management.base import OutputWrapper

_WIDTH: Final = 30
_PAUSE: Final = 0.1


class Progress:
    """Draws on *stream* (a command's ``stderr``) while the ``with`` block runs, at most ten times a second.

    ``unit`` is what is counted, in the plural: "files".
    """

    def __init__(self, stream: OutputWrapper, unit: str) -> None:
        self._stream = stream
        self._unit = unit
        self._tty = stream.isatty()
        self._drawn_at = 0.0
        self._last = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the terminal's line empty for what the command says next."""
        if self._last:
            self._write("\r" + " " * len(self._last) + "\r")
            self._last = ""

    def show(self, done: int, total: int = 0) -> None:
        """*done* of *total* units are done; a *total* of 0 is unknown."""
        now = time.monotonic()
        if not self._tty or (now - self._drawn_at < _PAUSE and (not total or done < total)):
            return
        self._drawn_at = now
        line = f"{done:,} {self._unit}"
        if total:
            share = min(done / total, 1.0)
            filled = int(share * _WIDTH)
            line = (
                f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {share:4.0%}  {done:,} of {total:,} {self._unit}"
            )
        self._write("\r" + line.ljust(len(self._last)))
        self._last = line

    def _write(self, text: str) -> None:
        self._stream.write(text, style_func=str, ending="")
        self._stream.flush()
