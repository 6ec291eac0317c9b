"""Contexts and sources as plain dicts, for lists that programs read (layer 4).

What pages are made of is in ``events.queries``; here nothing loads an event's text.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from collections.abc import Sequence as Listed
from functools import cache
from typing import Any, Final

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from events.models import (
    Alias,
    Broader,
    Citation,
    Context,
    ContextTally,
    Editorial,
    Event,
    Harvest,
    Origin,
    Publisher,
    Revision,
    Sequence,
    Source,
)
from events.prepared import Prepared, Row
from events.vocabulary import EDITIONS, Category, ChangeKind, State

Json = dict[str, Any]
_MERGES_FOLLOWED: Final = 20
_ORIGINS_MOST: Final = 200


def _gate(event_id: int) -> QuerySet[Event, Row]:
    columns = ("pk", "state", "version", "merged_into", "document__body")
    return Event.objects.filter(pk=event_id).values_list(*columns)


_gates: Final = Prepared(_gate)


def event_gate(event_id: int) -> tuple[int, str, int, str | None] | None:
    """What stands at this id: ``(id, state, revision, stored document)``, merges followed.

    The id is another one than asked for where the event was merged. None: no such event, or
    merges that lead nowhere. One query, and one for each merge.
    """
    for _ in range(_MERGES_FOLLOWED):
        rows = _gates.rows(event_id=event_id)
        if not rows:
            return None
        pk, state, version, target, body = rows[0]
        if state != State.MERGED or target is None:
            return pk, state, version, body
        event_id = target
    return None


def origins() -> list[Json]:
    """The archives that were harvested, with their licences, by name; one query."""
    names = ("name", "url", "licence", "licence_url", "attribution")
    harvested = Exists(Harvest.objects.filter(origin=OuterRef("pk")))
    return list(Origin.objects.filter(harvested).order_by("name").values(*names)[:_ORIGINS_MOST])


def source_count() -> int:
    """How many :func:`cited_sources` there are: one walk along the citations, in a tenth of the time."""
    cited = Citation.objects.in_order().order_by().filter(source__isnull=False)
    return int(cited.aggregate(number=Count("source", distinct=True))["number"])


def cited_sources() -> QuerySet[Source]:
    """The sources that a published event cites; readable in index order, however many there are."""
    citing = Citation.objects.filter(source=OuterRef("pk"), event__state=State.PUBLISHED)
    return Source.objects.filter(Exists(citing))


def source_heads(ids: Listed[int]) -> list[Json]:
    """These sources, in the order asked for; one query."""
    rows = Source.objects.select_related("publisher").in_bulk(ids)
    return [
        {
            "id": row.pk,
            "url": row.url,
            "publisher": row.publisher.name,
            "title": row.title,
            "description": row.description,
            "created": timestamp(row.created_at),
            "updated": timestamp(row.updated_at),
        }
        for row in (rows[pk] for pk in ids if pk in rows)
    ]


def context_survivor(context_id: int) -> int | None:
    """The context that this id leads to in the end, merges followed; None for an unknown one."""
    for _ in range(_MERGES_FOLLOWED):
        row = Context.objects.filter(pk=context_id).values_list("merged_into").first()
        if row is None:
            return None
        if row[0] is None:
            return context_id
        context_id = row[0]
    return None


def context_heads(ids: Listed[int]) -> list[Json]:
    """These contexts, in the order asked for, with the keys of a context page but its events and their count.

    Three queries for any number.
    """
    rows = Context.objects.in_bulk(ids)
    aliases: dict[int, list[str]] = defaultdict(list)
    for pk, name in Alias.objects.filter(context__in=ids).order_by("name").values_list("context", "name"):
        aliases[pk].append(name)
    broader, narrower = _neighbours(ids)
    return [
        {
            **_neighbour(row, edition=True),
            "aliases": aliases[row.pk],
            "broader": broader[row.pk],
            "narrower": narrower[row.pk],
            "profile": row.profile,
            "wikidata": row.wikidata,
            "wikipedia": row.wikipedia,
            "generic": row.generic,
            "revision": row.version,
            "updated": timestamp(row.updated_at),
        }
        for row in (rows[pk] for pk in ids if pk in rows)
    ]


def concepts(ids: Listed[int]) -> list[Json]:
    """These contexts as a vocabulary has them, merged ones too: out of the hierarchy and with
    ``replaced``, by what, when and why.

    Three queries for any number; with merged ones among them one more, and one for each step of the
    longest chain of merges.
    """
    heads = context_heads(ids)
    known = Context.objects.filter(pk__in=ids).exclude(merged_into=None).in_bulk()
    merged = frozenset(known)
    for _ in range(_MERGES_FOLLOWED):
        missing = {row.merged_into_id for row in known.values()} - {None} - known.keys()
        if not missing:
            break
        known |= Context.objects.in_bulk(list(missing))
    said: dict[int, tuple[dt.datetime, str]] = {}
    if merged:
        merges = Revision.objects.filter(context__in=merged, kind=ChangeKind.MERGED).order_by("number")
        said = {pk: (at, note) for pk, at, note in merges.values_list("context", "at", "note")}
    for head in heads:
        head["replaced"] = None
        if head["id"] in merged:
            head |= {"broader": [], "narrower": [], "replaced": _replaced(head["id"], known, said)}
    return heads


def _replaced(context_id: int, known: dict[int, Context], said: dict[int, tuple[dt.datetime, str]]) -> Json:
    """By what the merged context was replaced in the end; when and why it was merged."""
    survivor = known[context_id]
    for _ in range(_MERGES_FOLLOWED):
        if survivor.merged_into_id is None:
            break
        survivor = known[survivor.merged_into_id]
    at, note = said.get(context_id, (survivor.updated_at, ""))
    return {"name": survivor.name, "path": survivor.path, "at": timestamp(at), "note": note}


def _neighbours(ids: Collection[int]) -> tuple[dict[int, list[Json]], dict[int, list[Json]]]:
    wanted = set(ids)
    broader: dict[int, list[Json]] = defaultdict(list)
    narrower: dict[int, list[Json]] = defaultdict(list)
    steps = Broader.objects.filter(Q(narrower__in=ids) | Q(broader__in=ids))
    for step in steps.select_related("narrower", "broader").defer("narrower__profile", "broader__profile"):
        if step.narrower_id in wanted and step.broader.merged_into_id is None:
            broader[step.narrower_id].append(_neighbour(step.broader))
        if step.broader_id in wanted and step.narrower.merged_into_id is None:
            narrower[step.broader_id].append(_neighbour(step.narrower))
    for rows in (*broader.values(), *narrower.values()):
        rows.sort(key=lambda row: (row["name"], row["id"]))
    return broader, narrower


def _neighbour(context: Context, *, edition: bool = False) -> Json:
    head: Json = {"id": context.pk}
    if edition:
        head["edition"] = context.edition
    return {**head, "name": context.name, "slug": context.slug, "path": context.path}


def counted(head: Json) -> Json:
    """The *head* of a context with the number of its published events, where its page has it; one query."""
    found: Json = {}
    for key, value in head.items():
        if key == "revision":
            found["count"] = count_of_context(head["id"])
        found[key] = value
    return found


def count_of_context(context_id: int) -> int:
    """How many published events have this context; one query."""
    tallies = ContextTally.objects.filter(context=context_id, events__gt=0)
    return sum(tallies.values_list("events", flat=True))


@cache
def _of_context(limit: int, newest_first: bool) -> Prepared:
    def build(context: int, low: int, high: int) -> QuerySet[Event, Row]:
        found = Event.objects.published().of_context(context, low=low, high=high)
        ordered = found if newest_first else found.reverse()
        return ordered.values_list("date", "pk", "document__body")[:limit]

    return Prepared(build)


def events_of_context(
    context_id: int, *, low: int, high: int, newest_first: bool, limit: int
) -> list[tuple[dt.date, int, str]]:
    """A context's events with keys (``events.keys``) from *low* to below *high*, in the order of all lists.

    Date, id and stored document each; one query, which reads no further than the *limit*.
    """
    rows = _of_context(limit, newest_first).rows(context=context_id, low=low, high=high)
    return [(date, pk, body) for date, pk, body in rows]


def figures() -> Json:
    """How much there is that the public may see. Nine queries that count: callers keep it a while."""
    public = Event.objects.published().order_by()
    editions = {
        code: (number, first, last)
        for code, number, first, last in public.values_list("edition").annotate(
            number=Count("pk"), first=Min("date"), last=Max("date")
        )
    }
    categories = dict(public.values_list("category").annotate(number=Count("pk")))
    graded = Revision.objects.filter(kind=ChangeKind.CORRECTED, event__state=State.PUBLISHED)
    cited = Exists(Citation.objects.filter(publisher=OuterRef("pk"), event__state=State.PUBLISHED))
    return {
        "events": sum(number for number, _, _ in editions.values()),
        "contexts": Context.objects.standing().count(),
        "sources": source_count(),
        "publishers": Publisher.objects.filter(cited, merged_into=None).count(),
        "editorials": Editorial.objects.published().count(),
        "corrections": graded.count(),
        "editions": [
            {"edition": code, "events": number, "first_day": _iso(first), "last_day": _iso(last)}
            for code in EDITIONS
            for number, first, last in [editions.get(code, (0, None, None))]
        ],
        "categories": [
            {"category": category, "events": categories.get(category, 0)} for category in Category.values
        ],
        "seq": Sequence.objects.values_list("last", flat=True).first() or 0,
        "counted": timestamp(timezone.now()),
    }


def _iso(date: dt.date | None) -> str | None:
    return None if date is None else date.isoformat()


def timestamp(at: dt.datetime) -> str:
    """A time in UTC as all answers write it: ``2004-02-09T12:30:00.000000Z``."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")[:-6] + "Z"
