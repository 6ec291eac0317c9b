"""Which events an event is related to: the ancestor's rule (layer 3, reads only).

Related are other published events of the same edition that share contexts with it; most shared
contexts first, then the newest (by date, then by id). Contexts that are too generic relate nothing; those
that editors banned as a reason of one event bring nothing into its own list, and still take it into
the lists of others.

The answer is exact although no list of candidates is read whole. An event that shares exactly one
context, and is among the best ten, must be among the newest eleven of that context: whatever is
newer there shares at least as much. Those that share two or more are found by intersecting the
postings of the contexts pair by pair. Events with the same contexts have the same candidates,
which are therefore ranked once.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import combinations, islice
from typing import Any, Final, NamedTuple

from django.db.models import F

from events.models import BannedReason, Event, RelatedLink

LINKS: Final = 10
"""How many links an event has at most."""
POSTING_MAX: Final = 100_000
"""How many events of one context are considered, the newest ones. This bounds memory; it cuts events
that share with another only contexts of more than this many events, and are old in each of them."""
POSTINGS_KEPT: Final = 500_000
"""How many entries of postings are kept in memory; one costs about 80 bytes."""
_RANKED_KEPT: Final = 10_000
_CONTEXTS_AT_ONCE: Final = 500
_WORST_AT_ONCE: Final = 250_000
_ID_BITS: Final = 40
_ID_MASK: Final = (1 << _ID_BITS) - 1


class Link(NamedTuple):
    """A computed link: its target, how many contexts are shared, and which (ids, ascending)."""

    target: int
    score: float
    contexts: tuple[int, ...]


class Standing(NamedTuple):
    """What the ranking sees of an event: its place in time (see :func:`time_key`) and its contexts.

    ``banned``: those of them that are no reason for its own links.
    """

    key: int
    contexts: tuple[int, ...]
    banned: tuple[int, ...] = ()

    @property
    def reasons(self) -> tuple[int, ...]:
        """The contexts that its own links are computed by."""
        if not self.banned:
            return self.contexts
        return tuple(pk for pk in self.contexts if pk not in self.banned)


NOWHERE: Final = Standing(0, ())
"""The standing of an event that relates to nothing: not published, or without contexts that count."""


def time_key(date: dt.date, event_id: int) -> int:
    """One number that orders events by date, then by id, and still tells the id."""
    return date.toordinal() << _ID_BITS | event_id


@dataclass(slots=True)
class _Posting:
    """The events of one context as time keys, and the newest of them, newest first."""

    keys: set[int]
    newest: list[int]


class SharedContexts:
    """The ranking by shared contexts. Remembers what it read until told to forget it.

    *most*: how many links it gives an event; :data:`LINKS`, which are stored, where nothing is said.
    """

    def __init__(self, kept: int = POSTINGS_KEPT, *, most: int | None = None) -> None:
        self._kept = kept
        self._most = LINKS if most is None else most
        self._postings: dict[int, _Posting] = {}
        self._size = 0
        self._ranked: dict[tuple[int, ...], list[tuple[int, int]]] = {}

    def forget(self) -> None:
        """Read everything anew from now on: the archive has changed."""
        self._postings.clear()
        self._ranked.clear()
        self._size = 0

    def standing(self, event_ids: Collection[int]) -> dict[int, Standing]:
        """How those of these events stand that can have links; always read, never remembered. Two queries."""
        found: dict[int, tuple[dt.date, list[int]]] = {}
        for context_id, event_id, date in _tagged(pk__in=event_ids):
            found.setdefault(event_id, (date, []))[1].append(context_id)
        banned: dict[int, list[int]] = {}
        bans = BannedReason.objects.filter(event__in=found).order_by("context_id")
        for event_id, context_id in bans.values_list("event_id", "context_id"):
            banned.setdefault(event_id, []).append(context_id)
        return {
            pk: Standing(time_key(date, pk), tuple(sorted(ids)), tuple(banned.get(pk, ())))
            for pk, (date, ids) in found.items()
        }

    def links(self, standing: Mapping[int, Standing]) -> dict[int, list[Link]]:
        """The links of events that stand so, best first. At most one query for up to 500 new contexts."""
        self._read({pk for stands in standing.values() for pk in stands.contexts})
        return {pk: self._links(pk, stands) for pk, stands in standing.items()}

    def entered_by(self, standing: Mapping[int, Standing], apart: Collection[int] = ()) -> set[int]:
        """The events, *apart* from some, into whose stored links one of these belongs by its standing.

        Compares each with the last stored link of all events that share a context with it. Those that
        link to it already are not looked at again.
        """
        entered: set[int] = set()
        for part in self._parts(list(standing.values())):
            wanted = {pk for stands in part for pk in stands.contexts}
            self._read(wanted)
            last = _last_links(wanted)
            for stands in part:
                shared: Counter[int] = Counter()
                for context_id in stands.contexts:
                    shared.update(self._postings[context_id].keys)
                own = stands.key
                shared.pop(own, None)
                for key, count in shared.items():
                    if (count, own) > last.get(key & _ID_MASK, (0, 0)):
                        entered.add(key & _ID_MASK)
        return entered.difference(apart)

    def _parts(self, standing: Sequence[Standing]) -> Iterator[list[Standing]]:
        """*standing* in parts whose postings, with the last links of all events in them, fit into memory."""
        part: list[Standing] = []
        contexts: set[int] = set()
        for stands in standing:
            self._read(contexts.union(stands.contexts))
            size = sum(len(self._postings[pk].keys) for pk in contexts.union(stands.contexts))
            if part and size > _WORST_AT_ONCE:
                yield part
                part, contexts = [], set()
            part.append(stands)
            contexts.update(stands.contexts)
        if part:
            yield part

    def _links(self, event_id: int, stands: Standing) -> list[Link]:
        reasons = stands.reasons
        best = self._best(reasons)
        others = islice(((count, key) for count, key in best if key & _ID_MASK != event_id), self._most)
        return [
            Link(
                key & _ID_MASK,
                float(count),
                tuple(pk for pk in reasons if key in self._postings[pk].keys),
            )
            for count, key in others
        ]

    def _best(self, contexts: tuple[int, ...]) -> list[tuple[int, int]]:
        """The best candidates for an event with these contexts, itself perhaps among them."""
        best = self._ranked.get(contexts)
        if best is None:
            postings = [self._postings[pk] for pk in contexts]
            candidates = {key for posting in postings for key in posting.newest}
            for one, other in combinations(postings, 2):
                candidates |= one.keys & other.keys
            shared: Counter[int] = Counter()
            for posting in postings:
                shared.update(candidates & posting.keys)
            best = nlargest(self._most + 1, zip(shared.values(), shared.keys(), strict=True))
            if len(self._ranked) >= _RANKED_KEPT:
                del self._ranked[next(iter(self._ranked))]
            self._ranked[contexts] = best
        return best

    def _read(self, wanted: set[int]) -> None:
        """Have the postings of these contexts in memory; those not used for longest make room."""
        missing = sorted(wanted.difference(self._postings))
        for context_id in wanted.intersection(self._postings):
            self._postings[context_id] = self._postings.pop(context_id)
        for start in range(0, len(missing), _CONTEXTS_AT_ONCE):
            chunk = missing[start : start + _CONTEXTS_AT_ONCE]
            keys: dict[int, set[int]] = {context_id: set() for context_id in chunk}
            for context_id, event_id, date in _tagged(taggings__context__in=chunk):
                posting = keys[context_id]
                posting.add(time_key(date, event_id))
                if len(posting) > 2 * POSTING_MAX:
                    keys[context_id] = set(nlargest(POSTING_MAX, posting))
            for context_id in chunk:
                posting = keys.pop(context_id)
                if len(posting) > POSTING_MAX:
                    posting = set(nlargest(POSTING_MAX, posting))
                self._postings[context_id] = _Posting(posting, nlargest(self._most + 1, posting))
                self._size += len(posting)
        while self._size > self._kept and (oldest := next(iter(self._postings))) not in wanted:
            self._size -= len(self._postings.pop(oldest).keys)


def _tagged(**which: Any) -> Iterable[tuple[int, int, dt.date]]:
    """(context, event, date) of all that counts: published events, contexts that are not too generic."""
    rows = Event.objects.published().filter(
        taggings__removed=False,
        taggings__context__generic=False,
        taggings__context__edition=F("edition"),
        **which,
    )
    return rows.order_by().values_list("taggings__context_id", "pk", "date").iterator(chunk_size=10_000)


def _last_links(contexts: set[int]) -> dict[int, tuple[int, int]]:
    """(shared contexts, time key) of the last link of those of their events that have a full list."""
    rows = RelatedLink.objects.filter(rank=LINKS, event__taggings__context__in=contexts).order_by()
    found = rows.values_list("event_id", "score", "target_id", "target__date").iterator(chunk_size=10_000)
    return {event_id: (int(score), time_key(date, target_id)) for event_id, score, target_id, date in found}
