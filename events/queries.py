"""Reads across models (layer 4): what a page, an endpoint or an export is made of, as plain dicts.

Every list begins at ``Event.objects.published()``; texts come from the stored documents. The
*states* (``related_state``, ``day_state``, …) are what a page's validator is made of:
they load no text, so that an answer "not modified" stays cheap.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.db.models import Count, Exists, Q, Subquery

from events.catalogue import timestamp
from events.models import Broader, Context, Curation, Editorial, Event, RelatedLink
from events.slugs import Address as AddressValue
from events.slugs import day_path
from events.vocabulary import DEFAULT_EDITION, EDITIONS, Decision

Json = dict[str, Any]
CONTEXT_EVENTS: Final = 200
CONTEXTS_AT_ONCE: Final = 200
FRONT_DAYS: Final = 3
FRONT_EDITORIALS: Final = 5
MERGES_FOLLOWED: Final = 20
EDITORIALS_AT_ONCE: Final = 200
_YEARS_AT_ONCE: Final = 200


class RelatedState(NamedTuple):
    """What an event's related list is validated by: its targets' states and document versions."""

    rows: tuple[tuple[Any, ...], ...]
    changed_at: dt.datetime | None


def related_state(event_id: int) -> RelatedState:
    """One query, no text. A withdrawn or reworded target changes it."""
    columns = ("target_id", "target__state", "target__document__version", "target__updated_at")
    links = RelatedLink.objects.filter(event_id=event_id).order_by().values_list(*columns)
    curated = Curation.objects.filter(event_id=event_id).order_by().values_list(*columns)
    rows: list[tuple[Any, ...]] = sorted(links.union(curated), key=lambda row: row[0])
    return RelatedState(tuple(tuple(row[:3]) for row in rows), max((row[3] for row in rows), default=None))


def related_of(event_ids: Collection[int]) -> dict[int, list[Json]]:
    """The related lists of these events, composed of what was computed and what editors decided.

    Pins first, in their order, then the computed links that are neither pinned nor banned; only
    published targets. Four queries for any number of events. Ids without links are missing.
    """
    links: dict[int, list[RelatedLink]] = defaultdict(list)
    for link in RelatedLink.objects.filter(event_id__in=event_ids).order_by("event_id", "rank"):
        links[link.event_id].append(link)
    curated: dict[int, list[Curation]] = defaultdict(list)
    for curation in Curation.objects.filter(event_id__in=event_ids).order_by("event_id", "position", "id"):
        curated[curation.event_id].append(curation)
    linked = {link.target_id for rows in links.values() for link in rows}
    targets = _targets(linked | {row.target_id for rows in curated.values() for row in rows})
    names = _context_names(
        {pk for rows in links.values() for link in rows for pk in link.reason.get("contexts", ())}
    )
    return {
        event_id: _compose(links[event_id], curated[event_id], targets, names)
        for event_id in sorted({*links, *curated})
    }


def _compose(
    links: list[RelatedLink], curated: list[Curation], targets: dict[int, Json], names: dict[int, str]
) -> list[Json]:
    computed = {link.target_id: link for link in links}
    decided = {row.target_id for row in curated}
    pins = [row for row in curated if row.decision == Decision.PIN]
    pins.sort(key=lambda row: (row.position is None, row.position or 0, row.pk))
    chosen: list[tuple[int, Curation | None]] = [(row.target_id, row) for row in pins]
    chosen += [(link.target_id, None) for link in links if link.target_id not in decided]
    answer: list[Json] = []
    for target_id, pin in chosen:
        target = targets.get(target_id)
        if target is None:
            continue
        link = computed.get(target_id)
        shared = [] if link is None else [names[pk] for pk in link.reason.get("contexts", ()) if pk in names]
        answer.append(
            {
                **target,
                "rank": len(answer) + 1,
                "score": 0.0 if link is None else link.score,
                "reason": {"contexts": sorted(shared)},
                "pinned": pin is not None,
                "note": "" if pin is None else pin.note,
            }
        )
    return answer


def _targets(ids: Collection[int]) -> dict[int, Json]:
    rows: Any = Event.objects.published().filter(pk__in=ids).order_by().with_address()
    return {
        pk: {
            "id": pk,
            "address": EDITIONS[edition].prefix + AddressValue(on, slug).path,
            "date": date.isoformat(),
            "text": text,
        }
        for pk, edition, date, text, on, slug in rows.values_list(
            "id", "edition", "date", "text", "address_date", "address_slug"
        )
        if slug is not None
    }


def _context_names(ids: Collection[int]) -> dict[int, str]:
    rows = Context.objects.filter(pk__in=ids).order_by().values_list("id", "name", "merged_into__name")
    return {pk: into or name for pk, name, into in rows}


def bodies(event_ids: Collection[int]) -> dict[int, str]:
    """The stored documents (JSON) of those of these events that are published."""
    rows = Event.objects.published().filter(pk__in=event_ids, document__isnull=False)
    return dict(rows.order_by().values_list("pk", "document__body"))


def documents(event_ids: Sequence[int]) -> list[Json]:
    """The stored documents of these events as dicts, in the order asked for; one query."""
    found = bodies(event_ids)
    return [json.loads(found[pk]) for pk in event_ids if pk in found]


@dataclass(frozen=True, slots=True)
class DayState:
    """A day's events (id, their documents' versions and times) in order; the nearest days that have any."""

    edition: str
    date: dt.date
    rows: tuple[tuple[Any, ...], ...]
    previous: dt.date | None
    next: dt.date | None


def day_state(edition: str, date: dt.date) -> DayState:
    """One query; an empty day has no rows and no neighbours (see :func:`nearest_days`)."""
    of_edition = Event.objects.published().of_edition(edition)
    rows = list(
        of_edition.on_day(date).values_list(
            "id",
            "document__version",
            "document__written_at",
            Subquery(of_edition.filter(date__lt=date).order_by("-date").values("date")[:1]),
            Subquery(of_edition.filter(date__gt=date).order_by("date").values("date")[:1]),
        )
    )
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


def nearest_days(edition: str, date: dt.date, until: dt.date | None = None) -> tuple[dt.date | None, ...]:
    """The nearest days with events before *date* and after *until* (*date* if not given); two queries."""
    days = Event.objects.published().of_edition(edition)
    return (
        days.filter(date__lt=date).order_by("-date").values_list("date", flat=True).first(),
        days.filter(date__gt=until or date).order_by("date").values_list("date", flat=True).first(),
    )


@dataclass(frozen=True, slots=True)
class FrontState:
    """The newest days that have events, newest first, the day before them, and editorials."""

    edition: str
    days: tuple[dt.date, ...]
    previous: dt.date | None
    rows: tuple[tuple[Any, ...], ...]
    editorials: tuple[Any, ...]


def front_state(edition: str) -> FrontState:
    """Three queries."""
    of_edition = Event.objects.published().of_edition(edition)
    newest = of_edition.order_by("-date").values_list("date", flat=True).distinct()[: FRONT_DAYS + 1]
    days = tuple(newest)
    rows = of_edition.filter(date__in=days[:FRONT_DAYS]).order_by("-date", "id")
    return FrontState(
        edition,
        days[:FRONT_DAYS],
        days[FRONT_DAYS] if len(days) > FRONT_DAYS else None,
        tuple(rows.values_list("id", "document__version", "document__written_at", "date")),
        tuple(editorials(edition, limit=FRONT_EDITORIALS)),
    )


def front_page(state: FrontState) -> Json:
    """The front page made of stored documents; one query."""
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


class EditorialRow(NamedTuple):
    edition: str
    date: dt.date
    slug: str
    title: str
    author: str
    version: int

    @property
    def path(self) -> str:
        """Its public path, the edition's prefix included."""
        return editorial_path(self.edition, self.date, self.slug)


def editorial_path(edition: str, date: dt.date, slug: str) -> str:
    """The path of an editorial: ``/opinion/2017/04/4/SLUG/`` behind the edition's prefix."""
    return f"{EDITIONS[edition].prefix}/opinion/{day_path(date).removeprefix('/news/')}{slug}/"


def editorials(edition: str, *, limit: int = EDITORIALS_AT_ONCE) -> list[EditorialRow]:
    """The newest editorials of an edition; one query."""
    rows = Editorial.objects.published().filter(edition=edition).order_by("-date", "-id")[:limit]
    return [EditorialRow(*row) for row in rows.values_list(*EditorialRow._fields)]


def editorial_page(editorial: Editorial) -> Json:
    """The editorial as the formats take it; no query."""
    return {
        "id": editorial.pk,
        "edition": editorial.edition,
        "title": editorial.title,
        "author": editorial.author,
        "date": editorial.date.isoformat(),
        "path": editorial_path(editorial.edition, editorial.date, editorial.slug),
        "body": editorial.body,
        "revision": editorial.version,
        "updated": timestamp(editorial.updated_at),
    }


def find_editorial(edition: str, date: dt.date, slug: str) -> Editorial | None:
    """The editorial at this address, whatever its state; one query."""
    return Editorial.objects.filter(edition=edition, date=date, slug=slug).first()


@dataclass(frozen=True, slots=True)
class ContextState:
    """A context with everything around it but the texts of its events."""

    context: Context
    aliases: tuple[str, ...]
    broader: tuple[Context, ...]
    narrower: tuple[Context, ...]
    count: int
    rows: tuple[tuple[Any, ...], ...]

    @property
    def validator(self) -> tuple[Any, ...]:
        """What the context's page is validated by."""
        around = [(row.pk, row.name, row.slug) for row in (*self.broader, *self.narrower)]
        return (self.context.pk, self.context.version, self.aliases, around, self.count, self.rows)


def find_context(slug: str, edition: str | None) -> Context | None:
    """The context of this slug, merged or not; without an *edition*, the default one's comes first."""
    editions = [edition] if edition else list(EDITIONS)
    found = list(Context.objects.filter(edition__in=editions, slug=slug).select_related("merged_into"))
    return min(found, key=lambda context: context.edition != DEFAULT_EDITION, default=None)


def context_state(context: Context) -> ContextState:
    """Four queries."""
    tagged = Event.objects.published().filter(taggings__context=context, taggings__removed=False)
    newest = tagged.newest_first().values_list("id", "document__version", "document__written_at")[
        : CONTEXT_EVENTS + 1
    ]
    rows = tuple(newest)
    steps = list(
        Broader.objects.filter(Q(narrower=context) | Q(broader=context)).select_related("narrower", "broader")
    )
    return ContextState(
        context,
        tuple(context.aliases.values_list("name", flat=True)),
        _standing(step.broader for step in steps if step.narrower_id == context.pk),
        _standing(step.narrower for step in steps if step.broader_id == context.pk),
        len(rows) if len(rows) <= CONTEXT_EVENTS else tagged.count(),
        rows,
    )


def _standing(contexts: Iterable[Context]) -> tuple[Context, ...]:
    return tuple(sorted((row for row in contexts if row.merged_into_id is None), key=lambda row: row.name))


def context_page(state: ContextState) -> Json:
    """The context page made of its events' stored documents; one query."""
    context = state.context
    return {
        "id": context.pk,
        "edition": context.edition,
        "name": context.name,
        "slug": context.slug,
        "path": context.path,
        "aliases": list(state.aliases),
        "broader": [_neighbour(row) for row in state.broader],
        "narrower": [_neighbour(row) for row in state.narrower],
        "profile": context.profile,
        "wikidata": context.wikidata,
        "wikipedia": context.wikipedia,
        "generic": context.generic,
        "count": state.count,
        "revision": context.version,
        "updated": timestamp(context.updated_at),
        "events": documents([row[0] for row in state.rows[:CONTEXT_EVENTS]]),
        "more": len(state.rows) > CONTEXT_EVENTS,
    }


def _neighbour(context: Context) -> Json:
    return {"id": context.pk, "name": context.name, "slug": context.slug, "path": context.path}


def context_list(edition: str, start: str = "") -> tuple[list[Json], str | None]:
    """Contexts by name from *start* on, each with how many events it has; and where the next page starts.

    Two queries. Names are in the database's order.
    """
    standing = Context.objects.standing().of_edition(edition).filter(name__gte=start).order_by("name")
    rows = list(standing[: CONTEXTS_AT_ONCE + 1])
    shown = [row.pk for row in rows[:CONTEXTS_AT_ONCE]]
    counted = (
        Event.objects.published()
        .filter(taggings__context__in=shown, taggings__removed=False)
        .order_by()
        .values_list("taggings__context")
        .annotate(count=Count("pk"))
    )
    counts: dict[int, int] = dict(counted)
    page = [{**_neighbour(row), "count": counts.get(row.pk, 0)} for row in rows[:CONTEXTS_AT_ONCE]]
    return page, rows[CONTEXTS_AT_ONCE].name if len(rows) > CONTEXTS_AT_ONCE else None


def day_counts(edition: str, first: dt.date, last: dt.date) -> dict[dt.date, int]:
    """How many events each day from *first* to *last* has; days without events are missing."""
    days = Event.objects.published().of_edition(edition).filter(date__range=(first, last))
    return dict(days.order_by("date").values_list("date").annotate(count=Count("pk")))


def years(edition: str) -> list[int]:
    """The years that have events, oldest first; found by steps through an index, no row is counted."""
    days = Event.objects.published().of_edition(edition)
    first = days.order_by("date").values_list("pk", "date").first()
    last = days.order_by("-date").values_list("date", flat=True).first()
    if first is None or last is None:
        return []
    found: list[int] = []
    for start in range(first[1].year, last.year + 1, _YEARS_AT_ONCE):
        span = range(start, min(start + _YEARS_AT_ONCE, last.year + 1))
        there = [
            Exists(days.filter(date__range=(dt.date(year, 1, 1), dt.date(year, 12, 31)))) for year in span
        ]
        row = Event.objects.filter(pk=first[0]).values_list(*there).first() or ()
        found += [year for year, has in zip(span, row, strict=False) if has]
    return found
