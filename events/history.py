"""What became of an event, revision by revision, as far as readers may know (layer 4).

Readers met an event only while it was published. What stood in it while it was held, a draft or
withdrawn was never public: such revisions are left out, and what they changed is told as one change
by the revision that made the event public (again). What editors decide about related links is told
without its values, which may name events that are not public.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from django.db.models import Q, QuerySet

from events.catalogue import timestamp
from events.models import Revision
from events.past import VALUES, Spell, Step, citation_of, moves_of, spells
from events.vocabulary import ChangeKind, State, Subject

Json = dict[str, Any]
TOLD: Final = (*(name for name in VALUES if name != "state"), "address")
"""The fields whose changes readers are shown."""
_REVISIONS_MOST: Final = 10_000


class Chronicle(NamedTuple):
    """A public event's id, and the states that it went through."""

    event_id: int
    spells: list[Spell]

    @property
    def hidden(self) -> list[Spell]:
        """The spells without readers; the revision by which readers lost it is told all the same."""
        found = []
        for before, spell in zip([None, *self.spells], self.spells, strict=False):
            if spell.state == State.PUBLISHED:
                continue
            told = before is not None and before.state == State.PUBLISHED
            found.append(spell._replace(first=spell.first + told))
        return found

    @property
    def leavings(self) -> list[int]:
        """The revisions by which it ceased to be public."""
        pairs = zip(self.spells, self.spells[1:], strict=False)
        return [after.first for before, after in pairs if before.state == State.PUBLISHED]

    def shows(self, number: int) -> bool:
        """Whether readers had an event to read after the revision *number*."""
        hidden = any(spell.first <= number <= (spell.last or number) for spell in self.hidden)
        return not hidden and number not in self.leavings

    def unseen_before(self, number: int) -> tuple[int, int] | None:
        """The revisions from, to that nobody saw and that the public one *number* came after."""
        start = None
        for spell in self.spells:
            if spell.state == State.PUBLISHED:
                if spell.first == number and start is not None:
                    return start, number - 1
                start = None
            elif start is None:
                start = spell.first
        return None


def chronicle(event_id: int) -> Chronicle:
    """The states of an event that is public now; one query."""
    return Chronicle(event_id, spells(State.PUBLISHED, moves_of([event_id])[event_id]))


def _public(of: Chronicle) -> QuerySet[Revision]:
    rows = Revision.objects.filter(event=of.event_id)
    for spell in of.hidden:
        if spell.last is not None and spell.first <= spell.last:
            rows = rows.exclude(number__gte=spell.first, number__lte=spell.last)
    return rows


def versions(of: Chronicle, *, before: int | None = None, limit: int = 50) -> list[Json]:
    """The revisions that readers may know, newest first, those below the number *before*.

    Two queries at most. Each: ``number at kind by robot grade note changes``; the kind of the first
    that was public is always "created"; ``changes`` has each field's value before and after.
    """
    rows = _public(of).order_by("-number").select_related(None)
    if before is not None:
        rows = rows.filter(number__lt=before)
    found = list(rows[:limit])
    unseen = _unseen(of, found)
    return [_version(of, row, unseen.get(row.number, [])) for row in found]


def _unseen(of: Chronicle, rows: Iterable[Revision]) -> dict[int, list[Step]]:
    """What nobody saw of what each of these revisions made public."""
    spans = {row.number: span for row in rows if (span := of.unseen_before(row.number))}
    if not spans:
        return {}
    asked = Q()
    for first, last in spans.values():
        asked |= Q(number__gte=first, number__lte=last)
    steps = [
        Step(*row)
        for row in Revision.objects.filter(asked, event=of.event_id)
        .order_by("number")
        .values_list("number", "at", "fields")
    ]
    return {
        number: [step for step in steps if first <= step.number <= last]
        for number, (first, last) in spans.items()
    }


def _version(of: Chronicle, row: Revision, unseen: Sequence[Step]) -> Json:
    first = row.number == 1 or any(step.number == 1 for step in unseen)
    told = row.kind != ChangeKind.CURATED and row.number not in of.leavings
    steps = [*unseen, Step(row.number, row.at, row.fields)] if told else []
    return {
        "number": row.number,
        "at": timestamp(row.at),
        "kind": str(ChangeKind.CREATED) if first else row.kind,
        "by": row.actor_name,
        "robot": row.by_robot,
        "grade": row.grade,
        "note": row.note,
        "changes": list(_changes(steps, first=first)),
    }


def _changes(steps: Sequence[Step], *, first: bool) -> Iterator[Json]:
    for name in TOLD:
        found = [step.fields[name] for step in steps if name in step.fields]
        if not found:
            continue
        old = None if first else _plain(name, found[0].get("old"))
        new = _plain(name, found[-1].get("new"))
        if old != new:
            yield {"field": name, "old": old, "new": new}


def _plain(name: str, value: Any) -> Any:
    if name == "citations":
        return [citation_of(row) for row in value or ()]
    return value or ([] if name == "contexts" else "")


def moments(of: Chronicle, *, after: dt.datetime | None = None, limit: int) -> list[dt.datetime]:
    """When each public version was made, oldest first, whole seconds and those from *after* on; one query."""
    rows = _versions(of) if after is None else _versions(of).filter(at__gte=after)
    times = rows.order_by("number").values_list("at", flat=True)
    return list(dict.fromkeys(at.replace(microsecond=0) for at in times[:limit]))


def moments_of_many(event_ids: Collection[int], date: dt.date | None = None) -> list[dt.datetime]:
    """When readers could see one of these public events change, oldest first, in whole seconds; two queries.

    *date*: only while the event stood on that day. Of very many revisions the first ten thousand count.
    """
    chronicles = {pk: Chronicle(pk, spells(State.PUBLISHED, moves)) for pk, moves in _moves(event_ids)}
    rows = Revision.objects.filter(event__in=event_ids).exclude(kind=ChangeKind.CURATED)
    columns = ("event", "number", "at", "fields__date")
    stood: dict[int, str] = {}
    told: set[dt.datetime] = set()
    for pk, number, at, change in rows.order_by("event", "number").values_list(*columns)[:_REVISIONS_MOST]:
        if pk is None:
            continue
        if change is not None:
            stood[pk] = change.get("new") or ""
        here = date is None or stood.get(pk, date.isoformat()) == date.isoformat()
        if here and chronicles[pk].shows(number):
            told.add(at.replace(microsecond=0))
    return sorted(told)


def _moves(event_ids: Collection[int]) -> Iterator[tuple[int, list[Step]]]:
    moved = moves_of(event_ids)
    return ((pk, moved[pk]) for pk in event_ids)


def moments_of_context(context_id: int) -> list[dt.datetime]:
    """When what a context says of itself changed, in whole seconds, oldest first; one query."""
    rows = Revision.objects.filter(context=context_id).order_by("number").values_list("at", flat=True)
    return [at.replace(microsecond=0) for at in rows[:_REVISIONS_MOST]]


def moment_at(of: Chronicle, until: dt.datetime) -> dt.datetime | None:
    """When the version was made that readers had before *until*, or the first one they ever had.

    Two queries at most; None where no revision is on record.
    """
    rows = _versions(of).values_list("at", flat=True)
    return rows.filter(at__lt=until).order_by("-number").first() or rows.order_by("number").first()


def _versions(of: Chronicle) -> QuerySet[Revision]:
    return _public(of).exclude(kind=ChangeKind.CURATED).exclude(number__in=of.leavings)


_CONTEXT_TOLD: Final = frozenset(
    {"name", "aliases", "broader", "profile", "wikidata", "wikipedia", "generic", "merged_into"}
)


def changed_after(subject: Subject, pk: int, number: int) -> Json:
    """What was changed of an event or a context since its revision *number*: ``{field: {then, now}}``.

    Fields whose values are not told stand there without them. One query.
    """
    told = _CONTEXT_TOLD if subject is Subject.CONTEXT else {*TOLD, "state"}
    if subject not in (Subject.EVENT, Subject.CONTEXT):
        return {}
    column = "context" if subject is Subject.CONTEXT else "event"
    later = Revision.objects.filter(**{column: pk}, number__gt=number).order_by("number")
    found: Json = {}
    for fields in later.values_list("fields", flat=True):
        for name, change in fields.items():
            if name in told:
                entry = found.setdefault(name, {"then": change.get("old")})
                entry["now"] = change.get("new")
            else:
                found.setdefault(name, {})
    return {name: entry for name, entry in found.items() if not entry or entry["then"] != entry["now"]}
