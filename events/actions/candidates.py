"""Candidates for new contexts: recurring names in texts, proposed to editors and never created unseen.

A candidate is a ``ReviewItem`` of kind ``CANDIDATE`` with key ``edition:name`` and in ``data`` its
``name``, ``count`` (events), ``days`` (distinct) and ``examples`` (ids of its newest events). Accepted,
it becomes a context and is tagged (:func:`accept_candidate`, ``tagging``); rejected, it is never
proposed again. Proposed first is what makes a story: many events within one year, few outside it.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from events.actions.naming import contexts_for
from events.actions.recording import Actor, recording
from events.actions.relate import relate_soon
from events.actions.tagging import names_of, tag_from_texts
from events.models import Event, ReviewItem
from events.text.naming import NameMatcher
from events.text.phrases import phrases
from events.vocabulary import ReviewKind, ReviewState, Right

COUNT_LEAST: Final = 8
"""In how many events a name stands at least."""
DAYS_LEAST: Final = 5
"""On how many distinct days."""
WAITING_MOST: Final = 50
"""How many candidates of an edition wait for an editor at the same time."""
EXAMPLES: Final = 5
_YEAR: Final = 365
_KEY_MAX: Final = 200
_READ_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that recurs: in how many events, on how many days, and how many at most within one year."""

    name: str
    count: int
    days: int
    densest: int
    examples: tuple[int, ...]

    @property
    def weight(self) -> float:
        """Candidates are proposed in this order, greatest first: the densest year, times its share of all."""
        return self.densest * self.densest / self.count


def propose_contexts(
    *,
    edition: str,
    limit: int = WAITING_MOST,
    count_least: int = COUNT_LEAST,
    days_least: int = DAYS_LEAST,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """Put recurring names to the editors until *limit* of the edition's candidates wait; the counts.

    Those whose name has become a context's since are closed as obsolete, the others brought up to date.
    """
    found = {
        one.name: one
        for one in candidates(edition, count_least=count_least, days_least=days_least, progress=progress)
    }
    counts = {"found": len(found), "proposed": 0, "updated": 0, "obsolete": 0}
    asked = set()
    known = NameMatcher(names_of(edition))
    waiting = 0
    for item in ReviewItem.objects.filter(kind=ReviewKind.CANDIDATE, key__startswith=f"{edition}:"):
        name = item.data["name"]
        asked.add(name)
        if item.state != ReviewState.OPEN:
            continue
        if is_known(known, name):
            counts["obsolete"] += _change(item, state=ReviewState.OBSOLETE)
            continue
        waiting += 1
        if name in found and _data(found[name]) != item.data:
            counts["updated"] += _change(item, data=_data(found[name]))
    fresh = sorted(
        (one for one in found.values() if one.name not in asked), key=lambda one: (-one.weight, one.name)
    )
    for one in fresh[: max(0, limit - waiting)]:
        _, created = ReviewItem.objects.get_or_create(
            kind=ReviewKind.CANDIDATE, key=_key(edition, one.name), defaults={"data": _data(one)}
        )
        counts["proposed"] += created
    return counts


def candidates(
    edition: str,
    *,
    count_least: int = COUNT_LEAST,
    days_least: int = DAYS_LEAST,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Candidate]:
    """The names that recur in the texts of published events and that no context bears."""
    seen = _occurrences(edition, progress)
    known = NameMatcher(names_of(edition))
    recurring = {
        name: (days, ids)
        for name, (days, ids) in seen.items()
        if len(ids) >= count_least and len(set(days)) >= days_least and len(_key(edition, name)) <= _KEY_MAX
    }
    del seen
    longer = _containing({name: len(ids) for name, (_, ids) in recurring.items()})
    for name, (days, ids) in recurring.items():
        if longer.get(name, 0) * 2 >= len(ids) or joins_two(name, recurring) or is_known(known, name):
            continue
        newest = sorted(zip(days, ids, strict=True), reverse=True)[:EXAMPLES]
        yield Candidate(
            name, len(ids), len(set(days)), densest_year(days), tuple(event_id for _, event_id in newest)
        )


def joins_two(name: str, recurring: Mapping[str, tuple[array[int], array[int]]]) -> bool:
    """Whether *name* is two names with "and" between them, each of which stands alone twice as often."""
    first, _, second = name.partition(" and ")
    parts = (first, second.removeprefix("the "))
    return all(part in recurring and len(recurring[part][1]) >= 2 * len(recurring[name][1]) for part in parts)


def is_known(matcher: NameMatcher, name: str) -> bool:
    """Whether the whole of *name* means a context already."""
    return any(found.start == 0 and found.end == len(name) for found in matcher.find(name))


def densest_year(days: Iterator[int] | array[int]) -> int:
    """How many of these days (as ordinals) lie within a year of each other at most."""
    ordered = sorted(days)
    best = first = 0
    for last, day in enumerate(ordered):
        while day - ordered[first] > _YEAR:
            first += 1
        best = max(best, last - first + 1)
    return best


def accept_candidate(item: ReviewItem, *, actor: Actor) -> None:
    """Create the context that *item* proposes; joins the caller's recording."""
    actor.require(Right.TAG)
    edition, _, _ = item.key.partition(":")
    with recording(actor) as trace:
        contexts_for(edition, [item.data["name"]], create=True, trace=trace)


def tag_candidate(item: ReviewItem) -> None:
    """Tag the events that name the new context; the robot does, in transactions of its own."""
    edition, _, _ = item.key.partition(":")
    longest = max(item.data["name"].split(), key=len)
    named = Event.objects.of_edition(edition).filter(text__icontains=longest)
    tag_from_texts(edition=edition, event_ids=list(named.values_list("pk", flat=True)))
    relate_soon()


def _key(edition: str, name: str) -> str:
    return f"{edition}:{name}"


def _data(one: Candidate) -> dict[str, Any]:
    return {"name": one.name, "count": one.count, "days": one.days, "examples": list(one.examples)}


def _change(item: ReviewItem, **values: Any) -> int:
    """Change an item unless an editor answered it just now; how many were changed."""
    return ReviewItem.objects.open().filter(pk=item.pk).update(**values)


def _occurrences(
    edition: str, progress: Callable[[int, int], None] | None
) -> dict[str, tuple[array[int], array[int]]]:
    """The days and events in whose texts each phrase stands."""
    events = Event.objects.published().of_edition(edition).order_by()
    total = events.count() if progress is not None else 0
    seen: dict[str, tuple[array[int], array[int]]] = {}
    rows = events.values_list("pk", "date", "text").iterator(chunk_size=_READ_AT_ONCE)
    for number, (event_id, date, text) in enumerate(rows, start=1):
        for name in set(phrases(text)):
            days, ids = seen.setdefault(name, (array("i"), array("q")))
            days.append(date.toordinal())
            ids.append(event_id)
        if progress is not None and number % _READ_AT_ONCE == 0:
            progress(number, total)
    return seen


def _containing(counts: dict[str, int]) -> dict[str, int]:
    """For each name, how often at most a longer one stands of whose words it is the first or last."""
    longer: dict[str, int] = {}
    for name, count in counts.items():
        words = name.split(" ")
        for at in range(1, len(words)):
            for part in (" ".join(words[at:]).removeprefix("the "), " ".join(words[:at])):
                if part in counts:
                    longer[part] = max(longer.get(part, 0), count)
    return longer
