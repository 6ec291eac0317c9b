"""Events under several contexts and publishers at once, in the order of all lists (layer 4).

What few events have is read in the order in which it is kept (``Tagging.key``, ``Citation.key``), and each
event found there is asked for the rest by an index; so a page costs the same in an archive of any size.
Where two that are large have little in common, reading stops after :data:`LOOKED_MOST` events, and the next
page goes on there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from functools import cache
from heapq import merge
from itertools import groupby
from math import inf
from typing import Any, Final, Literal, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from events.keys import event_of
from events.models import Citation, ContextTally, Event, Publisher, PublisherTally, Tagging
from events.prepared import Prepared, Row

_SIZED: Final = ("context", "publisher")
LOOKED_MOST: Final = 2_000
"""So many events are looked at for one page."""


Kind = Literal["context", "publisher", "edition", "category"]


class Under(NamedTuple):
    """A condition: one at least of these contexts or publishers, or one of these editions or categories."""

    kind: Kind
    values: tuple[int | str, ...]


class Found(NamedTuple):
    """Date, id and stored document of each event of a page, in its order.

    ``stopped``: the key where reading stopped with too few events found, of one that may be on the page
    itself; None where it did not stop.
    """

    events: list[tuple[dt.date, int, str]]
    stopped: int | None


def events_under(asked: Sequence[Under], *, low: int, high: int, newest_first: bool, limit: int) -> Found:
    """The first *limit* events that meet all conditions, with keys from *low* to below *high*.

    One condition at least is of contexts or publishers. Two queries, one more for each further condition
    and for each further value of the one that fewest events meet, and one more where many meet that.
    """
    sizes = [_size(one) for one in asked] if len(asked) > 1 else [0.0]
    drives = min(range(len(asked)), key=sizes.__getitem__)
    rest = tuple(one for at, one in enumerate(asked) if at != drives)
    keys: list[list[int]] = []
    stops: list[int] = []
    for value in asked[drives].values:
        bounds: dict[str, Any] = {"value": value, "low": low, "high": high}
        if sizes[drives] > LOOKED_MOST:
            kept = _kept(asked[drives].kind, (), newest_first, LOOKED_MOST - 1, LOOKED_MOST + 1)
            if len(stop := kept.rows(**bounds)) > 1:
                stops.append(stop[0][0])
                bounds |= {"low": stops[-1]} if newest_first else {"high": stops[-1] + 1}
        kept = _kept(asked[drives].kind, tuple(one.kind for one in rest), newest_first, 0, limit)
        others = {f"other{at}": list(one.values) for at, one in enumerate(rest)}
        keys.append([key for (key,) in kept.rows(**bounds, **others)])
    return _cut(keys, stops, newest_first, limit)


def _cut(keys: list[list[int]], stops: list[int], newest_first: bool, limit: int) -> Found:
    """The page made of the keys found under each value, none of them beyond where reading stopped first."""
    stopped = (max if newest_first else min)(stops, default=None)
    found = [key for key, _ in groupby(merge(*keys, reverse=newest_first))][:limit]
    if stopped is not None:
        found = [key for key in found if key == stopped or (key > stopped) == newest_first]
    rows = Event.objects.published().filter(pk__in=[event_of(key) for key in found])
    read = {pk: (date, pk, body) for date, pk, body in rows.values_list("date", "pk", "document__body")}
    events = [read[event_of(key)] for key in found if event_of(key) in read]
    return Found(events, stopped if len(found) < limit else None)


@cache
def _kept(kind: str, others: tuple[str, ...], newest_first: bool, start: int, end: int) -> Prepared:
    """The keys under one value of *kind* whose events meet conditions of the *others*."""

    def build(value: int, low: int, high: int, **values: list[Any]) -> QuerySet[Any, Row]:
        rows = _under(kind, [value]).filter(key__gte=low, key__lt=high)
        for at, other in enumerate(others):
            beside = _beside(other, values[f"other{at}"])
            # As a join, or as EXISTS, a planner may read all of both.
            rows = rows.alias(**{f"beside{at}": Subquery(beside[:1])}).filter(**{f"beside{at}__gt": 0})
        return rows.order_by("-key" if newest_first else "key").values_list("key").distinct()[start:end]

    return Prepared(build)


def _beside(kind: str, values: Collection[Any]) -> QuerySet[Any, Any]:
    """What is there where the event of the outer row meets the condition too."""
    if kind in _SIZED:
        return _under(kind, values).filter(key=OuterRef("key")).values("key")
    same = Event.objects.published().filter(pk=OuterRef("event"))
    return same.filter(**{f"{kind}__in": values}).values("pk")


def _under(kind: str, ids: Collection[int]) -> QuerySet[Any, Any]:
    if kind == "context":
        return Tagging.objects.in_order().order_by().filter(context__in=ids)
    return Citation.objects.in_order().order_by().filter(publisher__in=ids)


def _size(asked: Under) -> float:
    """How many events meet the condition; an event counts once for each value it has. Infinite for editions
    and categories, which have no order of their own.
    """
    ids: Any = asked.values
    counts: QuerySet[Any, Any]
    if asked.kind not in _SIZED:
        return inf
    if asked.kind == "context":
        counts = ContextTally.objects.filter(context__in=ids)
    else:
        names = Publisher.objects.filter(pk__in=ids).values("name")
        counts = PublisherTally.objects.filter(name__in=names)
    return counts.aggregate(number=Sum("events"))["number"] or 0
