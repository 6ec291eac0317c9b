"""Find and replace over a search: looked at first, then done in the background.

:func:`look` reads what a search finds and says what would change; nothing is written.
:func:`start_replacing` has it done. Each event is then replaced in as it stands at that moment: what
somebody changed since the look is not overwritten, and what no longer is there is left alone.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from events.actions.bulk.change import CorrectingWork
from events.actions.bulk.start import start_bulk_change
from events.actions.errors import InvalidAction
from events.actions.recording import Actor
from events.actions.values import EventValues, one_paragraph
from events.models import BulkChange, Event, Tagging
from events.search.asking import Filters
from events.search.find import LIMIT_MOST, search
from events.search.language import parse
from events.text.replacing import BadPattern, Finding, Replaced, Replacer, TooSlow
from events.vocabulary import BulkKind, Grade

FIELDS: Final = ("text", "summary")
SHOWN_MOST: Final = 50
"""How many events a look shows in full."""
LOOK_SECONDS: Final = 20.0
"""How long a look may take; what it did not come to is not part of the change."""
MUCH: Final = 0.2
"""What share of a text's characters must be replaced for it to be pointed out."""
_SLOW_MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """A replacement over a search: the query in the archive's search language, filters, fields."""

    finding: Finding
    query: str = ""
    filters: Filters = field(default_factory=Filters)
    fields: tuple[str, ...] = ("text",)


@dataclass(frozen=True, slots=True)
class Sample:
    """One event that would change: old and new of each field that does, and what is odd about it."""

    event: Event
    fields: dict[str, tuple[str, str]]
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class Look:
    """What a replacement would do.

    ``scanned``: events read; ``event_ids``: those that would change; ``places``: replacements in
    them; ``odd``: how many events each warning is about; ``slow``: events that the expression took too
    long over (they are left out); ``whole``: whether the search was read to its end in time.
    """

    scanned: int = 0
    places: int = 0
    event_ids: list[int] = field(default_factory=list)
    years: Counter[int] = field(default_factory=Counter)
    odd: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)
    slow: list[int] = field(default_factory=list)
    whole: bool = True


def look(wanted: Wanted) -> Look:
    """What *wanted* would do to the events that readers can find. Raises ``InvalidAction``."""
    replacer = _replacer(wanted.finding)
    fields = _fields(wanted.fields)
    found = Look()
    until = time.monotonic() + LOOK_SECONDS
    for event_ids in _found(wanted):
        if time.monotonic() > until or len(found.slow) > _SLOW_MOST:
            found.whole = False
            break
        rows = Event.objects.published().filter(pk__in=event_ids).order_by("-date", "-id")
        matching = []
        for event in rows.only("pk", "edition", "date", "version", *fields):
            found.scanned += 1
            try:
                changes = _changes(event, fields, replacer)
            except TooSlow:
                found.slow.append(event.pk)
                continue
            if changes:
                matching.append((event, changes))
        _note(found, matching)
    if len(found.slow) > _SLOW_MOST:
        raise InvalidAction("The expression takes too long over many texts; make it simpler.")
    return found


def start_replacing(
    *, actor: Actor, wanted: Wanted, seen: int, without: Collection[int], grade: Grade, note: str
) -> BulkChange:
    """Queue the replacement in all events that *wanted* matches now, but those in *without*.

    *seen*: how many events matched when the person looked; raises ``InvalidAction`` where it is no
    longer so many, so that nobody agrees to what they did not see, and as ``start_bulk_change``.
    """
    found = look(wanted)
    if len(found.event_ids) != seen:
        raise InvalidAction(f"Now {len(found.event_ids):,} events match, not {seen:,}: look again.")
    finding = wanted.finding
    asked: dict[str, Any] = {
        "find": finding.find, "put": finding.put, "expression": finding.expression,
        "whole": finding.whole, "case": finding.case, "fields": list(_fields(wanted.fields)),
        "query": wanted.query, "without": sorted(without), "grade": str(grade),
    }  # fmt: skip
    events = set(found.event_ids) - set(without)
    return start_bulk_change(
        actor=actor, kind=BulkKind.REPLACE, asked=asked, events=events, note=note
    )  # fmt: skip


class ReplaceWork(CorrectingWork):
    """Replaces in each event as it stands."""

    def __init__(self) -> None:
        self._replacer: Replacer | None = None

    def values(self, event: Event, change: BulkChange) -> EventValues | None:
        asked = change.asked
        if self._replacer is None:
            self._replacer = _replacer(
                Finding(asked["find"], asked["put"], asked["expression"], asked["whole"], asked["case"])
            )
        try:
            changes = _changes(event, asked["fields"], self._replacer)
        except TooSlow as slow:
            raise InvalidAction(str(slow)) from None
        values: EventValues = {}
        for name, (_, replaced) in changes.items():
            values[name] = replaced.text  # type: ignore[literal-required]
        return values


def _replacer(finding: Finding) -> Replacer:
    try:
        return Replacer(finding)
    except BadPattern as bad:
        raise InvalidAction(str(bad)) from None


def _fields(fields: Sequence[str]) -> tuple[str, ...]:
    known = tuple(name for name in FIELDS if name in fields)
    if not known:
        raise InvalidAction("Say where to look: in texts, in summaries, or both.")
    return known


def _found(wanted: Wanted) -> Iterator[list[int]]:
    """The ids of the search's hits, a page after the other, newest first."""
    query, after = parse(wanted.query), None
    while True:
        page = search(query, filters=wanted.filters, order="date", limit=LIMIT_MOST, after=after)
        if page.hits:
            yield [hit.event_id for hit in page.hits]
        if page.after is None:
            return
        after = page.after


def _changes(event: Event, fields: Sequence[str], replacer: Replacer) -> dict[str, tuple[str, Replaced]]:
    """Old text and what becomes of it, of each field that changes in what is published."""
    changes = {}
    for name in fields:
        old = getattr(event, name)
        if not old:
            continue
        try:
            replaced = replacer.replace(old)
        except BadPattern as bad:
            raise InvalidAction(str(bad)) from None
        if replaced.places and one_paragraph(replaced.text) != one_paragraph(old):
            changes[name] = (old, replaced)
    return changes


def _note(found: Look, matching: list[tuple[Event, dict[str, tuple[str, Replaced]]]]) -> None:
    """Count what one page of the search would have changed, and keep the first events to show."""
    names = _names_of([event.pk for event, _ in matching])
    for event, changes in matching:
        found.event_ids.append(event.pk)
        found.years[event.date.year] += 1
        found.places += sum(len(replaced.places) for _, replaced in changes.values())
        warnings = tuple(_warnings(changes, names.get(event.pk, ())))
        found.odd.update(warnings)
        if len(found.samples) < SHOWN_MOST:
            shown = {name: (old, replaced.text) for name, (old, replaced) in changes.items()}
            found.samples.append(Sample(event, shown, warnings))


def _names_of(event_ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of the contexts that the events have."""
    names: dict[int, list[str]] = {}
    rows = Tagging.objects.active().filter(event_id__in=event_ids).order_by()
    for event_id, name in rows.values_list("event_id", "context__name"):
        names.setdefault(event_id, []).append(name)
    return names


def _warnings(changes: dict[str, tuple[str, Replaced]], names: Sequence[str]) -> Iterator[str]:
    """What a person should look at twice."""
    old, replaced = changes.get("text", ("", None))
    if replaced is not None and not one_paragraph(replaced.text):
        yield "would empty the text"
    much = any(
        sum(end - start for start, end in done.places) > MUCH * len(was) for was, done in changes.values()
    )
    if much:
        yield f"changes more than {MUCH:.0%} of it"
    if replaced is not None and any(_inside(old, replaced, name) for name in names):
        yield "inside the name of one of its contexts"


def _inside(text: str, replaced: Replaced, name: str) -> bool:
    """Whether a place of *replaced* lies within *name* as it stands in *text*."""
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        if any(begin < end and start < last for begin, last in replaced.places):
            return True
        start = text.find(name, end)
    return False
