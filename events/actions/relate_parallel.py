"""Computing lists of related links, in several processes where there is much to compute."""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import ClassVar, Final, NamedTuple

from django.db import connections

from events.related.neighbourhoods import Neighbourhood, changes_of, statistics_of, whole
from events.related.picking import Link
from events.related.rankings import Ranking

PARTS_LEAST: Final = 8
"""Fewer parts are neither worth the start of a process nor reading the edition whole."""
_AHEAD: Final = 2


class Computed(NamedTuple):
    """Lists as they follow from what was stored when it had changed *changes* times; a list for each id."""

    edition: str
    ids: list[int]
    ranking: Ranking
    changes: int
    links: dict[int, list[Link]]


class _Whole(NamedTuple):
    """An edition read once for many parts, as it stood when it had changed *changes* times."""

    changes: int
    events: Neighbourhood


def compute(edition: str, event_ids: Sequence[int], ranking: Ranking, once: _Whole | None = None) -> Computed:
    """The lists of these events; reads only. *once* is made use of while nothing has changed since."""
    ids = list(event_ids)
    if once is not None and once.changes == changes_of(edition):
        changes, events = once
    else:
        statistics, changes = statistics_of(edition)
        events = Neighbourhood.around(edition, ids, statistics, ranking)
    found = events.links(ids)
    return Computed(edition, ids, ranking, changes, {pk: found.get(pk, []) for pk in ids})


def computing(
    edition: str, parts: Sequence[list[int]], ranking: Ranking, processes: int
) -> Iterator[Computed]:
    """The lists of all *parts*, in their order; a few parts ahead of the caller, who stores them.

    With more than one process the caller must not be in a transaction: all connections are closed once,
    so that no process uses one of another's.
    """
    once = _whole(edition, ranking) if len(parts) >= PARTS_LEAST else None
    if processes < 2 or len(parts) < PARTS_LEAST or "fork" not in multiprocessing.get_all_start_methods():
        for part in parts:
            yield compute(edition, part, ranking, once)
        return
    connections.close_all()
    # What is read is inherited, not sent: processes share its memory.
    work = partial(_work, edition=edition, ranking=ranking)
    with multiprocessing.get_context("fork").Pool(processes, _Process.start, (once,)) as pool:
        waiting = deque(pool.apply_async(work, (part,)) for part in parts[: processes * _AHEAD])
        following = iter(parts[processes * _AHEAD :])
        while waiting:
            found = waiting.popleft().get()
            waiting.extend(pool.apply_async(work, (part,)) for part in islice(following, 1))
            yield found
        pool.close()
        pool.join()


def _whole(edition: str, ranking: Ranking) -> _Whole | None:
    statistics, changes = statistics_of(edition)
    events = whole(edition, statistics, ranking)
    return None if events is None else _Whole(changes, events)


class _Process:
    """What a process was started with."""

    once: ClassVar[_Whole | None] = None

    @classmethod
    def start(cls, once: _Whole | None) -> None:
        # A handler of the process that was forked would run here too, and the pool could not end this one.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        cls.once = once


def _work(part: list[int], *, edition: str, ranking: Ranking) -> Computed:
    return compute(edition, part, ranking, _Process.once)
