"""Several processes that share one task, each with the same moment's view of the archive."""

from __future__ import annotations

import multiprocessing
import queue
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from multiprocessing.context import ForkProcess
from typing import Any, Final

from django.db import connections

from events.actions.export.snapshot import snapshot

_TRIES: Final = 100
_PATIENCE: Final = 60.0
"""Seconds that workers wait for each other before they begin."""
_LOOK: Final = 0.2
"""Seconds between looks whether all workers live."""
_fork = multiprocessing.get_context("fork")

Task = Callable[[int, Iterator[int], Callable[[int, int], None]], Any]
"""A worker's part: its number, the turns it takes, whom to tell how far it is; gives its result."""


class WorkerFailedError(Exception):
    """A worker ended early; the message says how."""


def run_together(count: int, task: Task, progress: Callable[[int, int], None] | None) -> list[Any]:
    """Run *task* in *count* processes that take turns; their results. Raises ``WorkerFailedError``."""
    connections.close_all()  # no process may use what another opened
    told: Any = _fork.Queue()
    turn = _fork.Value("q", 0)
    moments = _fork.Array("q", count)
    start = _fork.Barrier(count)
    processes = [
        _fork.Process(target=_run, args=(task, number, told, turn, moments, start)) for number in range(count)
    ]
    for process in processes:
        process.start()
    try:
        return _listen(processes, told, progress)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def _listen(
    processes: list[ForkProcess], told: Any, progress: Callable[[int, int], None] | None
) -> list[Any]:
    results: list[Any] = []
    done = 0
    while len(results) < len(processes):
        try:
            kind, said = told.get(timeout=_LOOK)
        except queue.Empty:
            if lost := [process for process in processes if process.exitcode]:
                raise WorkerFailedError(f"A worker ended with status {lost[0].exitcode}.") from None
            continue
        if kind == "result":
            results.append(said)
        elif kind == "error":
            raise WorkerFailedError(said)
        else:
            done += 1
            if progress is not None:
                progress(done, said)
    return results


def _run(task: Task, number: int, told: Any, turn: Any, moments: Any, start: Any) -> None:
    """A worker's life."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a handler of the process that was forked would run here
    try:
        with ExitStack() as stack:
            try:
                _enter_one_moment(stack, number, moments, start)
            except BaseException:
                start.abort()  # only now: a task that fails early breaks nobody who is still waking up
                raise
            told.put(("result", task(number, _turns(turn), lambda _done, total: told.put(("part", total)))))
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception:  # noqa: BLE001  whatever it is, the one who waits is told
        told.put(("error", traceback.format_exc()))
    finally:
        connections.close_all()


def _enter_one_moment(stack: ExitStack, number: int, moments: Any, start: Any) -> None:
    """Begin reading at the same number of the public sequence as all other workers."""
    for _ in range(_TRIES):
        attempt = ExitStack()
        moments[number] = attempt.enter_context(snapshot())
        start.wait(_PATIENCE)
        same = len(set(moments)) == 1
        start.wait(_PATIENCE)  # all have looked before the next attempt
        if same:
            stack.push(attempt)
            return
        attempt.close()
    raise WorkerFailedError("The archive is written to without a pause: try again, or with one worker.")


def _turns(turn: Any) -> Iterator[int]:
    while True:
        with turn.get_lock():
            mine = turn.value
            turn.value += 1
        yield mine
