"""The archive as it stood at a moment of its own clock (layer 4).

The present is taken and the revisions since that moment are undone. Only what is public now, and was
public then, can be had: an event that was held, withdrawn or not there yet stands nowhere. Related
links are no revisioned text, so the past has none. What nobody recorded as a revision stays as it is
now: a context that was merged since stands under the name that it was merged into.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from events.catalogue import timestamp
from events.keys import event_of
from events.models import Alias, Context, Event, Revision, Source, Tagging
from events.text.urls import normalise_url
from events.vocabulary import ChangeKind, State

Json = dict[str, Any]
VALUES: Final = ("text", "summary", "date", "category", "lead", "contexts", "citations", "state")
"""The fields that revisions keep whole, so that they can be undone."""
DAY_MOST: Final = 500


class Step(NamedTuple):
    """A revision: its number and time, and for each field its value before and after."""

    number: int
    at: dt.datetime
    fields: Mapping[str, Mapping[str, Any]]


class Spell(NamedTuple):
    """The revisions from *first* on, up to *last* (None: up to now), that left an event in one state."""

    state: str
    first: int
    last: int | None
    since: dt.datetime | None
    """When the revision *first* was made; None for the state it was born with."""


def undone(values: Mapping[str, Any], steps: Iterable[Step]) -> Json:
    """*values* as they were before *steps*; fields that *values* does not have are left out."""
    before = dict(values)
    for step in sorted(steps, key=lambda step: -step.number):
        before.update(
            {name: change.get("old") for name, change in step.fields.items() if name in before}
        )  # fmt: skip
    return before


def redone(values: Mapping[str, Any], steps: Iterable[Step]) -> Json:
    """*values* as they are after *steps*: what :func:`undone` takes back."""
    after = dict(values)
    for step in sorted(steps, key=lambda step: step.number):
        after.update({name: change.get("new") for name, change in step.fields.items() if name in after})
    return after


def spells(present: str, moves: Sequence[Step]) -> list[Spell]:
    """The states of an event in order, from those of its revisions that moved it; it is *present* now."""
    ordered = sorted(moves, key=lambda move: move.number)
    born = (ordered[0].fields["state"].get("old") if ordered else None) or present
    found = [Spell(str(born), 1, None, None)]
    for move in ordered:
        found[-1] = found[-1]._replace(last=move.number - 1)
        found.append(Spell(str(move.fields["state"].get("new") or present), move.number, None, move.at))
    return [spell for spell in found if spell.last is None or spell.first <= spell.last]


def moves_of(event_ids: Collection[int]) -> dict[int, list[Step]]:
    """The revisions that gave these events another state; one query."""
    rows = Revision.objects.filter(event__in=event_ids, fields__has_key="state").order_by("number")
    found: dict[int, list[Step]] = defaultdict(list)
    for event_id, number, at, change in rows.values_list("event", "number", "at", "fields__state"):
        found[event_id or 0].append(Step(number, at, {"state": change}))
    return found


def public_since(document: Json) -> dt.datetime:
    """When readers first met this event, which is public now; one query."""
    for spell in spells(State.PUBLISHED, moves_of([document["id"]])[document["id"]]):
        if spell.state == State.PUBLISHED:
            return spell.since or _read(document["created"])
    return _read(document["updated"])


def _read(said: str) -> dt.datetime:
    return dt.datetime.fromisoformat(said)


def documents_then(bodies: Mapping[int, str], until: dt.datetime) -> dict[int, Json]:
    """These stored documents of published events as they stood before *until*.

    Those that were not public at that time are left out. What only the event's own page shows
    (publishers of former sources, number and time of the revision) is :func:`completed`. Four queries
    at most for any number.
    """
    now = {pk: json.loads(body) for pk, body in bodies.items()}
    now = {pk: document for pk, document in now.items() if _read(document["created"]) < until}
    later: dict[int, list[Step]] = defaultdict(list)
    rows = Revision.objects.filter(event__in=list(now), at__gte=until).order_by()
    for event_id, number, at, fields in rows.values_list("event", "number", "at", "fields"):
        later[event_id or 0].append(Step(number, at, fields))
    values = {}
    for pk, document in now.items():
        before = undone(present_values(document), later[pk])
        if before["state"] == State.PUBLISHED and all(step.number > 1 for step in later[pk]):
            values[pk] = before
    linked = _Links(now.values(), values.values(), until)
    return {pk: _document(now[pk], before, later[pk], linked, until) for pk, before in values.items()}


def present_values(document: Json) -> Json:
    """What a stored document says, in the form in which revisions keep it."""
    lead = document["lead_context"]
    return {
        "text": document["text"],
        "summary": document["summary"],
        "date": document["date"],
        "category": document["category"],
        "lead": lead and lead["name"],
        "contexts": [row["name"] for row in document["contexts"]],
        "citations": [
            {key: row[key] for key in ("label", "url", "picture")} for row in document["citations"]
        ],
        "state": str(State.PUBLISHED),
    }


class _Links:
    """What contexts were called, and where their names lead now."""

    def __init__(self, now: Iterable[Json], before: Iterable[Json], until: dt.datetime) -> None:
        self._now: dict[str, dict[str, Json]] = defaultdict(dict)
        for document in now:
            lead = document["lead_context"]
            for row in (*document["contexts"], *([lead] if lead else [])):
                self._now[document["edition"]][row["name"]] = row
        ids = [row["id"] for rows in self._now.values() for row in rows.values()]
        self._called = names_then(ids, until)
        named = {name for one in before for name in (*(one["contexts"] or ()), one["lead"] or "")} - {""}
        self._former = _find(named - {name for rows in self._now.values() for name in rows})

    def to(self, edition: str, name: str) -> Json | None:
        """The context of this name as it was called, at its present address; None for one that is gone."""
        row = self._now[edition].get(name)
        if row is not None:
            return {**row, "name": self._called.get(row["id"], row["name"])}
        found = self._former.get((edition, name))
        return found and {**found, "name": name, "how": ""}


def names_then(context_ids: Collection[int], until: dt.datetime) -> dict[int, str]:
    """The names before *until* of those of these contexts that were renamed since; at most one query."""
    if not context_ids:
        return {}
    rows = Revision.objects.filter(context__in=set(context_ids), at__gte=until, fields__has_key="name")
    renamed = rows.exclude(kind=ChangeKind.CREATED).order_by("-number")
    return {pk: change["old"] for pk, change in renamed.values_list("context", "fields__name") if pk}


def _find(names: Collection[str]) -> dict[tuple[str, str], Json]:
    """The standing contexts that these names lead to, by edition and name; two queries, none for no name."""
    if not names:
        return {}
    contexts = Context.objects.filter(name__in=names).select_related("merged_into")
    aliases = Alias.objects.filter(name__in=names).select_related("context__merged_into")
    rows = [(row.edition, row.name, row) for row in contexts]
    rows += [(row.edition, row.name, row.context) for row in aliases]
    found = {}
    for edition, name, context in rows:
        standing = context.merged_into or context
        found[edition, name] = {"id": standing.pk, "slug": standing.slug, "path": standing.path}
    return found


def _document(now: Json, before: Json, later: Sequence[Step], linked: _Links, until: dt.datetime) -> Json:
    edition = now["edition"]
    known = {(row["label"], row["url"]): row for row in now["citations"]}
    citations = []
    for row in map(citation_of, before["citations"] or ()):
        present = known.get((row["label"], row["url"]), {"publisher": "", "source": None})
        citations.append({**present, **row})
    contexts = [found for name in before["contexts"] or () if (found := linked.to(edition, name))]
    return {
        **now,
        **{name: before[name] or "" for name in ("text", "summary", "category")},
        "date": before["date"] or now["date"],
        "summary_by": citations[0]["publisher"] if before["summary"] and citations else "",
        "lead_context": linked.to(edition, before["lead"]) if before["lead"] else None,
        "contexts": sorted(contexts, key=lambda row: row["name"]),
        "citations": citations,
        "corrections": [row for row in now["corrections"] if _read(row["at"]) < until],
        "related": [],
        "provenance": [],
        "former_addresses": [],
        "revision": min((step.number - 1 for step in later), default=now["revision"]),
    }


def citation_of(stored: Any) -> dict[str, str]:
    """A citation as revisions keep it: an object, or ``[label, url, picture]``."""
    row = dict(zip(("label", "url", "picture"), stored, strict=True)) if isinstance(stored, list) else stored
    return {key: row.get(key) or "" for key in ("label", "url", "picture")}


def completed(document: Json, until: dt.datetime) -> Json:
    """One of :func:`documents_then` with its revision's number and time and its sources' publishers.

    Two queries at most.
    """
    number, at = version_at(document["id"], until) or (document["revision"], _read(document["created"]))
    asked = {
        row["url"]: normalise_url(row["url"])
        for row in document["citations"]
        if row["url"] and not row["publisher"]
    }
    known = _publishers([url for url in asked.values() if url])
    citations = [
        {**row, "publisher": row["publisher"] or known.get(asked.get(row["url"]) or "", "")}
        for row in document["citations"]
    ]
    by = citations[0]["publisher"] if document["summary"] and citations else ""
    return {
        **document,
        "citations": citations,
        "summary_by": by,
        "revision": number,
        "updated": timestamp(at),
    }


def _publishers(urls: Collection[str]) -> dict[str, str]:
    if not urls:
        return {}
    return dict(Source.objects.filter(url__in=urls).values_list("url", "publisher__name"))


def version_at(event_id: int, until: dt.datetime) -> tuple[int, dt.datetime] | None:
    """Number and time of the last revision before *until* that readers could tell from the one before."""
    rows = Revision.objects.filter(event=event_id, at__lt=until).exclude(kind=ChangeKind.CURATED)
    return rows.order_by("-number").values_list("number", "at").first()


def day_candidates(edition: str, date: dt.date) -> list[tuple[int, int, dt.datetime]]:
    """The events that may have stood on a day: those of the day, and those whose address is of it.

    Of each the id, its document's version and when it came here; one query. An event's first address
    is made of its first date and stays, so only one whose date was corrected twice can be missing.
    """
    rows = Event.objects.published().of_edition(edition)
    columns = ("id", "document__version", "created_at")
    of_day = rows.filter(date=date, document__isnull=False).order_by().values_list(*columns)
    moved = (
        rows.filter(addresses__edition=edition, addresses__date=date, document__isnull=False)
        .order_by()
        .values_list(*columns)
    )
    return sorted(of_day.union(moved).order_by())[:DAY_MOST]


def context_values(context: Context, aliases: Iterable[str], until: dt.datetime) -> Json | None:
    """What *context* said of itself before *until*: name, aliases, profile and the like; None: not there yet.

    One query. Aliases that a merge brought, or took back, are noted by the revision as a difference.
    """
    if context.created_at >= until:
        return None
    values: Json = {
        "name": context.name,
        "aliases": sorted(aliases),
        "profile": context.profile,
        "wikidata": context.wikidata,
        "wikipedia": context.wikipedia,
    }
    rows = Revision.objects.filter(context=context, at__gte=until).order_by("-number")
    for number, at, fields in rows.values_list("number", "at", "fields"):
        if "merged" in fields:
            change = fields.get("aliases", {})
            kept = set(values["aliases"]) - set(change.get("new") or ())
            values["aliases"] = sorted(kept | set(change.get("old") or ()))
        else:
            values = undone(values, [Step(number, at, fields)])
    return values


def context_candidates(context: Context, until: dt.datetime, limit: int) -> list[tuple[int, int]]:
    """The newest events that have the context, or had it until an editor took it off: ids, versions.

    Three queries, the first in the order in which a context's events are kept.
    """
    tagged = Tagging.objects.filter(context=context, event__created_at__lt=until)
    keys = tagged.in_order().values_list("key", flat=True)[:limit]
    ids = [event_of(key) for key in keys if key is not None]
    ids += tagged.filter(removed=True).order_by("-event").values_list("event", flat=True)[:limit]
    rows = Event.objects.published().filter(pk__in=ids, document__isnull=False)
    return list(rows.newest_first().values_list("id", "document__version")[:limit])


def context_names(context: Context, aliases: Iterable[str]) -> set[str]:
    """Every name that means *context* now, those of contexts merged into it too; one query."""
    merged = Context.objects.filter(merged_into=context).values_list("name", flat=True)
    return {context.name, *aliases, *merged}
