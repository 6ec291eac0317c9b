"""What changed, for readers (layer 4): the corrections that people made, and when an event really changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, Final

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from events.catalogue import timestamp
from events.models import Address, Change, Event, Revision
from events.past import Step, moves_of, spells
from events.prepared import Prepared
from events.vocabulary import LEAVING, ChangeKind, State, Subject

Json = dict[str, Any]
_TELLING: Final = ("text", "summary", "date", "category", "lead", "citations")
"""The fields whose corrections readers are shown; contexts are shown where they stand."""
_LEFT_READ: Final = 500


def public_corrections() -> QuerySet[Revision]:
    """The corrections of published events with their events, in no order.

    Each is looked at, and then its event: asked of the joined rows, what is published would lead SQLite
    through all events there are. ``event_edition`` and ``event_date`` are for filters, for the same reason.
    """
    found: QuerySet[Revision] = (
        Revision.objects.corrections()
        .order_by()
        .filter(Exists(Event.objects.published().filter(pk=OuterRef("event"))), kind=ChangeKind.CORRECTED)
        .alias(
            event_edition=Coalesce("event__edition", Value("")),
            event_date=Coalesce("event__date", Value(dt.date.max)),
        )
        .select_related("event")
        .only(
            "number", "at", "grade", "note", "actor_name", "fields", "kind",
            "event__text", "event__date", "event__edition", "event__state",
        )
    )  # fmt: skip
    return found


def corrections(edition: str, *, before: int | None = None, limit: int = 50) -> list[Json]:
    """The newest corrections of published events, newest first, those before the revision id *before*.

    Each with its event as it stands now, and of each corrected field the value before and after. Three
    queries, and again as many where some of those found are not told (see :func:`corrections_of`).
    """
    of_edition = public_corrections().filter(Q(event_edition=edition)).order_by("-pk")
    found: list[Json] = []
    while len(found) < limit:
        wanted = limit - len(found)
        rows = list((of_edition if before is None else of_edition.filter(pk__lt=before))[:wanted])
        found += _told(rows)
        if len(rows) < wanted:
            break
        before = rows[-1].pk
    return found


def corrections_of(ids: Sequence[int]) -> list[Json]:
    """These corrections in the form of :func:`corrections`, in the order asked for; three queries.

    Who was not there to read the wrong words is not told of them: corrections of what was a draft,
    held or withdrawn at the time are left out.
    """
    rows = public_corrections().in_bulk(ids)
    return _told([rows[pk] for pk in ids if pk in rows])


def _told(rows: Collection[Revision]) -> list[Json]:
    events = {row.event_id for row in rows if row.event_id}
    paths, moves = addresses(events), moves_of(events)
    return [
        {
            "id": row.pk,
            "event": row.event_id,
            "address": paths[row.event_id],
            "text": row.event.text,
            "date": row.event.date.isoformat(),
            "revision": row.number,
            "at": timestamp(row.at),
            "grade": str(row.grade),
            "note": row.note,
            "by": row.actor_name,
            "changes": [
                {"field": name, "old": change.get("old"), "new": change.get("new")}
                for name, change in row.fields.items()
                if name in _TELLING
            ],
        }
        for row in rows
        if row.event is not None and row.event_id in paths and _was_read(row, moves.get(row.event_id, []))
    ]


def _was_read(row: Revision, moves: list[Step]) -> bool:
    """Whether readers had the event before this revision."""
    return any(
        spell.state == State.PUBLISHED
        and spell.first < row.number
        and (spell.last is None or row.number <= spell.last + 1)
        for spell in spells(State.PUBLISHED, moves)
    )


def addresses(event_ids: Collection[int]) -> dict[int, str]:
    """The present path of each of these events; one query."""
    return {row.event_id: row.path for row in Address.objects.current().filter(event__in=set(event_ids))}


_changed_at: Final = Prepared(
    lambda ids: (
        Revision.objects.filter(event__in=ids)
        .exclude(kind=ChangeKind.CURATED)
        .order_by()
        .values_list("event")
        .annotate(at=Max("at"))
    )
)


def changed_at(event_ids: Collection[int]) -> dict[int, dt.datetime]:
    """When each of these events last really changed; what editors decide about its links is no change."""
    return dict(_changed_at.rows(ids=list(event_ids)))


def withdrawn_because(event_id: int) -> str:
    """The reason that readers were given when this event ceased to be public; one query."""
    told = Exists(Change.objects.filter(subject=Subject.EVENT, subject_id=event_id, revision=OuterRef("pk")))
    rows = Revision.objects.filter(told, event=event_id, kind=ChangeKind.WITHDRAWN).order_by("-number")
    return rows.values_list("note", flat=True).first() or ""


def left_since(edition: str, since: dt.datetime, *, limit: int = 100) -> list[tuple[int, dt.datetime]]:
    """The events of *edition* that ceased to be public after *since*, newest first, and when.

    Of each way to leave the newest :data:`_LEFT_READ` of all editions are looked at. Four queries.
    """
    # As a condition on the column it would lead SQLite through all that ever happened to events.
    of_events = Change.objects.alias(about=Coalesce("subject", Value(""))).filter(about=Subject.EVENT)
    rows: list[tuple[int, int, dt.datetime]] = []
    for kind in LEAVING:
        newest = of_events.filter(kind=kind).order_by("-seq").values_list("seq", "subject_id", "at")
        rows += [row for row in newest[:_LEFT_READ] if row[2] > since]
    left: dict[int, dt.datetime] = {}
    for _, event_id, at in sorted(rows, reverse=True):
        left.setdefault(event_id, at)
    theirs = Address.objects.current().filter(event__in=left, edition=edition)
    gone = set(theirs.values_list("event", flat=True))
    gone -= set(Event.objects.published().filter(pk__in=gone).values_list("pk", flat=True))
    return [(event_id, at) for event_id, at in left.items() if event_id in gone][:limit]
