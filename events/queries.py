"""Reads across models (layer 4): what a page, an endpoint or an export is made of, as plain dicts.

Every list begins at ``Event.objects.published()``; texts come from the stored documents. The
*states* (``related_state``, ``day_state``, …) are what a page's validator is made of:
they load no text, so that an answer "not modified" stays cheap.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from events.editorials import editorials
from events.models import Context, Curation, Event, RelatedLink
from events.prepared import Prepared, Row
from events.related.reasons import reason_in_full
from events.slugs import Address as AddressValue
from events.slugs import day_path
from events.timeline import anniversaries
from events.vocabulary import EDITIONS, Decision

Json = dict[str, Any]
DOCUMENTS_KEPT: Final = 1_000
FRONT_DAYS: Final = 3
FRONT_EDITORIALS: Final = 5
FRONT_ANNIVERSARIES: Final = 5


class RelatedState(NamedTuple):
    """What an event's related list is validated by: its targets' states and versions."""

    rows: tuple[tuple[Any, ...], ...]
    changed_at: dt.datetime | None


_STATE_COLUMNS: Final = ("target_id", "target__state", "target__version", "target__updated_at")
_related_state: Final = Prepared(
    lambda event_id: (
        RelatedLink.objects.filter(event_id=event_id)
        .order_by()
        .values_list(*_STATE_COLUMNS)
        .union(Curation.objects.filter(event_id=event_id).order_by().values_list(*_STATE_COLUMNS))
        .order_by()
    ),
    convert=False,
)


def related_state(event_id: int) -> RelatedState:
    """One query, no text. A withdrawn or reworded target changes it."""
    rows = sorted(_related_state.rows(event_id=event_id))
    latest = max((row[3] for row in rows), default=None)
    if latest is not None and latest.tzinfo is None:
        latest = latest.replace(tzinfo=dt.UTC)
    return RelatedState(tuple(rows), latest)


_TARGET: Final = ("id", "edition", "date", "text", "addresses__date", "addresses__slug")
_links: Final = Prepared(
    lambda ids: (
        Event.objects.published()
        .filter(linked_from__event__in=ids, addresses__current=True)
        .order_by("linked_from__event", "linked_from__rank")
        .values_list(
            "linked_from__event", "linked_from__score", "linked_from__reason",
            Exists(Curation.objects.filter(event=OuterRef("linked_from__event"))), *_TARGET,
        )
    )
)  # fmt: skip
_curations: Final = Prepared(
    lambda ids: (
        Curation.objects.filter(event_id__in=ids)
        .order_by("event_id", F("position").asc(nulls_last=True), "id")
        .values_list("event_id", "target_id", "decision", "note")
    )
)
_targets: Final = Prepared(
    lambda ids: (
        Event.objects.published().filter(pk__in=ids, addresses__current=True).order_by().values_list(*_TARGET)
    )
)
_names: Final = Prepared(
    lambda ids: Context.objects.filter(pk__in=ids).order_by().values_list("id", "name", "merged_into__name")
)


def related_of(event_ids: Collection[int]) -> dict[int, list[Json]]:
    """The related lists of these events, composed of what was computed and what editors decided.

    Pins first, in their order, then the computed links that are neither pinned nor banned, some with
    an editor's note; only published targets. Two queries for events about which nothing was decided,
    four at most, for any number of events. Ids without links are missing.
    """
    ids = list(event_ids)
    links: dict[int, list[Row]] = defaultdict(list)
    targets: dict[int, Json] = {}
    unsure = set(ids)
    for event_id, score, reason, decided, *target in _links.rows(ids=ids):
        links[event_id].append((target[0], score, reason))
        targets[target[0]] = _target(*target)
        if not decided:
            unsure.discard(event_id)
    # Of those without links nobody has said yet whether something was decided about them.
    asked = [pk for pk in ids if pk in unsure]
    decisions: dict[int, list[Row]] = defaultdict(list)
    for event_id, *decision in _curations.rows(ids=asked):
        decisions[event_id].append(tuple(decision))
    missing = {row[0] for rows in decisions.values() for row in rows} - targets.keys()
    targets |= {row[0]: _target(*row) for row in _targets.rows(ids=list(missing))}
    reasons = {pk for rows in links.values() for link in rows for pk in link[2].get("contexts", ())}
    names = {pk: into or name for pk, name, into in _names.rows(ids=list(reasons))}
    return {
        event_id: _compose(links[event_id], decisions[event_id], targets, names)
        for event_id in sorted({*links, *decisions})
    }


def _target(pk: int, edition: str, date: dt.date, text: str, on: dt.date, slug: str) -> Json:
    return {
        "id": pk,
        "address": EDITIONS[edition].prefix + AddressValue(on, slug).path,
        "date": date.isoformat(),
        "text": text,
    }


def _compose(
    links: list[Row], decisions: list[Row], targets: dict[int, Json], names: dict[int, str]
) -> list[Json]:
    """*links*: target, score, reason by rank; *decisions*: target, decision, note in the editors' order."""
    computed = {target_id: (score, reason) for target_id, score, reason in links}
    noted = {target_id: note for target_id, said, note in decisions if said == Decision.NOTE}
    decided = {target_id for target_id, said, _ in decisions if said != Decision.NOTE}
    chosen = [(target_id, True, note) for target_id, said, note in decisions if said == Decision.PIN]
    chosen += [
        (target_id, False, noted.get(target_id, "")) for target_id, _, _ in links if target_id not in decided
    ]
    answer: list[Json] = []
    for target_id, pinned, note in chosen:
        if target_id not in targets:
            continue
        score, reason = computed.get(target_id, (0.0, {}))
        answer.append(
            {
                **targets[target_id],
                "rank": len(answer) + 1,
                "score": score,
                "reason": reason_in_full(reason, names),
                "pinned": pinned,
                "note": note,
            }
        )
    return answer


_bodies: Final = Prepared(
    lambda ids: (
        Event.objects.published()
        .filter(pk__in=ids, document__isnull=False)
        .order_by()
        .values_list("pk", "document__body")
    )
)


def bodies(event_ids: Collection[int]) -> dict[int, str]:
    """The stored documents (JSON) of those of these events that are published."""
    return dict(_bodies.rows(ids=list(event_ids)))


_kept: Final[ContextVar[dict[int, Json] | None]] = ContextVar("kept", default=None)


@contextmanager
def documents_kept() -> Iterator[None]:
    """In this block, which stands in a snapshot, the documents last read are not read again.

    For who makes all pages: an event stands in a dozen of them. Nobody may change such a document.
    """
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def documents(event_ids: Sequence[int]) -> list[Json]:
    """The stored documents of these events as dicts, in the order asked for; one query."""
    kept = _kept.get()
    if kept is None:
        found = bodies(event_ids)
        return [json.loads(found[pk]) for pk in event_ids if pk in found]
    if len(kept) > DOCUMENTS_KEPT:
        for pk in list(kept)[: len(kept) - DOCUMENTS_KEPT // 2]:
            del kept[pk]
    kept |= {pk: json.loads(body) for pk, body in bodies([pk for pk in event_ids if pk not in kept]).items()}
    return [kept[pk] for pk in event_ids if pk in kept]


@dataclass(frozen=True, slots=True)
class DayState:
    """A day's events (id, their documents' versions and times) in order; the nearest days that have any."""

    edition: str
    date: dt.date
    rows: tuple[tuple[Any, ...], ...]
    previous: dt.date | None
    next: dt.date | None


def _of_day(edition: str, date: dt.date) -> QuerySet[Event, Row]:
    of_edition = Event.objects.published().of_edition(edition)
    return of_edition.on_day(date).values_list(
        "id",
        "document__version",
        "document__written_at",
        Subquery(of_edition.filter(date__lt=date).order_by("-date").values("date")[:1]),
        Subquery(of_edition.filter(date__gt=date).order_by("date").values("date")[:1]),
    )


_day_rows: Final = Prepared(_of_day)


def day_state(edition: str, date: dt.date) -> DayState:
    """One query; an empty day has no rows and no neighbours (see ``timeline.nearest_days``)."""
    rows = _day_rows.rows(edition=edition, date=date)
    previous, after = rows[0][3:] if rows else (None, None)
    return DayState(edition, date, tuple(row[:3] for row in rows), previous, after)


def day_page(state: DayState) -> Json:
    """The day page made of its events' stored documents; one query."""
    return _day(
        state.edition, state.date, state.previous, state.next, documents([row[0] for row in state.rows])
    )


def _day(
    edition: str, date: dt.date, previous: dt.date | None, after: dt.date | None, events: list[Json]
) -> Json:
    return {
        "edition": edition,
        "date": date.isoformat(),
        "path": EDITIONS[edition].prefix + day_path(date),
        "previous": previous and previous.isoformat(),
        "next": after and after.isoformat(),
        "events": events,
    }


def newest_ids(edition: str, *, limit: int) -> list[int]:
    """The newest events of an edition; one query."""
    newest = Event.objects.published().of_edition(edition).newest_first()
    return list(newest.values_list("id", flat=True)[:limit])


@dataclass(frozen=True, slots=True)
class FrontState:
    """The newest days that have events, newest first, the day before them, and editorials."""

    edition: str
    days: tuple[dt.date, ...]
    previous: dt.date | None
    rows: tuple[tuple[Any, ...], ...]
    editorials: tuple[Any, ...]
    anniversaries: tuple[tuple[Any, ...], ...]


def front_state(edition: str) -> FrontState:
    """Four queries."""
    of_edition = Event.objects.published().of_edition(edition)
    newest = of_edition.order_by("-date").values_list("date", flat=True).distinct()[: FRONT_DAYS + 1]
    days = tuple(newest)
    past = tuple(anniversaries(edition, days[0], limit=FRONT_ANNIVERSARIES)) if days else ()
    rows = of_edition.filter(date__in=days[:FRONT_DAYS]).order_by("-date", "id")
    return FrontState(
        edition,
        days[:FRONT_DAYS],
        days[FRONT_DAYS] if len(days) > FRONT_DAYS else None,
        tuple(rows.values_list("id", "document__version", "document__written_at", "date")),
        tuple(editorials(edition, limit=FRONT_EDITORIALS)),
        past,
    )


def front_page(state: FrontState) -> Json:
    """The front page's days and editorials made of stored documents; one query."""
    found = {document["id"]: document for document in documents([row[0] for row in state.rows])}
    days = []
    for position, date in enumerate(state.days):
        before = state.days[position + 1] if position + 1 < len(state.days) else state.previous
        after = state.days[position - 1] if position else None
        events = [found[pk] for pk, *_, on in state.rows if on == date and pk in found]
        days.append(_day(state.edition, date, before, after, events))
    return {
        "edition": state.edition,
        "days": days,
        "editorials": [
            {"title": row.title, "author": row.author, "date": row.date.isoformat(), "path": row.path}
            for row in state.editorials
        ],
        "previous": state.previous and state.previous.isoformat(),
    }
