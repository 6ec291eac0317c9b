"""Computing lists of related links, in several processes where there is much to compute."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from django.db import connections

from events.related.neighbourhoods import Neighbourhood, statistics_of
from events.related.picking import Link
from events.related.rankings import Ranking

PARTS_LEAST: Final = 8
"""Fewer parts are not worth the start of a process."""
_AHEAD: Final = 2


class Computed(NamedTuple):
    """Lists as they follow from what was stored when it had changed *changes* times; a list for each id."""

    edition: str
    ids: list[int]
    ranking: Ranking
    changes: int
    links: dict[int, list[Link]]


def compute(edition: str, event_ids: Sequence[int], ranking: Ranking) -> Computed:
    """The lists of these events; reads only."""
    statistics, changes = statistics_of(edition)
    found = Neighbourhood(edition, event_ids, statistics, ranking).links()
    ids = list(event_ids)
    return Computed(edition, ids, ranking, changes, {pk: found.get(pk, []) for pk in ids})


def computing(
    edition: str, parts: Sequence[list[int]], ranking: Ranking, processes: int
) -> Iterator[Computed]:
    """The lists of all *parts*, in their order; a few parts ahead of the caller, who stores them.

    With more than one process the caller must not be in a transaction: all connections are closed once,
    so that no process uses one of another's.
    """
    if processes < 2 or len(parts) < PARTS_LEAST or "fork" not in multiprocessing.get_all_start_methods():
        for part in parts:
            yield compute(edition, part, ranking)
        return
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        waiting = deque(
            pool.apply_async(compute, (edition, part, ranking)) for part in parts[: processes * _AHEAD]
        )
        following = iter(parts[processes * _AHEAD :])
        while waiting:
            found = waiting.popleft().get()
            waiting.extend(
                pool.apply_async(compute, (edition, part, ranking)) for part in islice(following, 1)
            )
            yield found
