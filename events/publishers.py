"""Who is cited (layer 4): publishers with the events that cite them and the documents cited.

The events that cite a publisher are read in the order in which they are kept (``events.keyed``), and their
number is kept beside them; so a page costs the same for a publisher of a hundred thousand events.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from events.breaks import page_break
from events.catalogue import timestamp
from events.keyed import Under, events_under
from events.keys import KEY_MOST, key_of
from events.models import Citation, Publisher, PublisherHost, PublisherTally, Source
from events.search.asking import Filters
from events.search.find import facets
from events.search.language import parse

Json = dict[str, Any]
AT_ONCE: Final = 120
EVENTS_AT_ONCE: Final = 30
HOSTS_MOST: Final = 50
_MOST_CITED: Final = 30
_MERGES_FOLLOWED: Final = 20
_EVERYTHING: Final = parse("")


class Cited(NamedTuple):
    """Those that the newest events cite most: id, name, how many events; of how many (``more``: not all)."""

    rows: list[tuple[int, str, int]]
    counted: int
    more: bool


def most_cited(edition: str) -> Cited:
    """The publishers that the newest events of *edition* cite most, most first. Two queries.

    So many events are looked at as facets count (``search.find.FACETED_MOST``).
    """
    found = facets(_EVERYTHING, filters=Filters(editions=(edition,)), most=_MOST_CITED)
    values = found.values["publisher"]
    ids = dict(Publisher.objects.filter(name__in=[one.value for one in values]).values_list("name", "pk"))
    rows = [(ids[one.value], one.name, one.count) for one in values if one.value in ids]
    return Cited(rows, found.counted, found.more)


def cited_publishers(start: str = "") -> tuple[list[tuple[int, str]], str]:
    """Publishers that a published event cites, by name from *start* on, and where the next page starts.

    Of all editions together, in the database's order of names. One query.
    """
    named = public_publishers().filter(name__gte=start).order_by("name")
    rows = list(named.values_list("pk", "name")[: AT_ONCE + 1])
    if len(rows) <= AT_ONCE:
        return rows, ""
    shown = page_break([name for _, name in rows[:AT_ONCE]])
    return rows[:shown], rows[shown][1]


def public_publishers() -> QuerySet[Publisher]:
    """Publishers that a published event cites and that were not merged into another."""
    # Of a document too, a citation names the publisher (actions.publishing keeps both in step). As EXISTS it
    # would lead PostgreSQL to read all citations.
    cited = Citation.objects.in_order().filter(publisher=OuterRef("pk")).values("key")[:1]
    # As a condition on the column it would lead SQLite past the index of names, to sort all there are.
    asked = Publisher.objects.alias(leads_to=Coalesce("merged_into", 0), cited=Subquery(cited))
    return asked.filter(cited__gt=0, leads_to=0)


def publisher_heads(ids: Sequence[int]) -> list[Json]:
    """These publishers, in the order asked for; three queries.

    ``former_names``: of those that were merged into it, directly.
    """
    rows = Publisher.objects.in_bulk(ids)
    hosts: dict[int, list[str]] = defaultdict(list)
    for pk, host in PublisherHost.objects.filter(publisher__in=ids).values_list("publisher", "host"):
        hosts[pk].append(host)
    former: dict[int, list[str]] = defaultdict(list)
    merged = Publisher.objects.filter(merged_into__in=ids).values_list("merged_into", "name")
    for into, name in merged.order_by("name"):
        former[into or 0].append(name)
    return [
        {
            "id": pk,
            "name": rows[pk].name,
            "former_names": former[pk],
            "hosts": sorted(hosts[pk]),
            "path": f"/sources/{pk}/",
            "created": timestamp(rows[pk].created_at),
        }
        for pk in ids
        if pk in rows
    ]


def find_publisher(publisher_id: int) -> Publisher | None:
    """The publisher that this id leads to, merges followed; one query, and one for each merge."""
    found = Publisher.objects.filter(pk=publisher_id).first()
    for _ in range(_MERGES_FOLLOWED):
        if found is None or found.merged_into_id is None:
            return found
        found = Publisher.objects.filter(pk=found.merged_into_id).first()
    return None


def hosts_of(publisher: Publisher) -> list[str]:
    """The hosts under which it publishes, by name; one query."""
    hosts = PublisherHost.objects.filter(publisher=publisher).order_by("host")
    return list(hosts.values_list("host", flat=True)[:HOSTS_MOST])


def citing_events(
    publisher: Publisher, edition: str, after: int | None = None
) -> tuple[list[Json], int | None]:
    """The documents of the newest events of *edition* that cite it, and the key to ask the next page with.

    Three queries, one more for a large publisher. A page may have few events, or none, and
    another one follow (``keyed.LOOKED_MOST``).
    """
    found = events_under(
        (Under("publisher", (publisher.pk,)), Under("edition", (edition,))),
        low=0,
        high=KEY_MOST if after is None else after,
        newest_first=True,
        limit=EVENTS_AT_ONCE + 1,
    )
    page, following = found.events[:EVENTS_AT_ONCE], found.stopped
    if len(found.events) > EVENTS_AT_ONCE:
        page = page[: page_break([event_id for _, event_id, _ in page])]
        following = key_of(page[-1][0].isoformat(), page[-1][1])
    return [json.loads(body) for _, _, body in page], following


def counts_citing(publisher: Publisher) -> dict[str, int]:
    """How many events of each edition cite it, where there are any. One query."""
    rows = PublisherTally.objects.filter(name=publisher.name)
    return dict(rows.values_list("edition", "events"))


def documents_cited(publisher: Publisher, event_ids: Collection[int]) -> dict[int, list[Source]]:
    """Its documents that these events cite, by event, in the events' order of sources. One query."""
    # Asked for the publisher too, SQLite would begin with all of its documents.
    cited = Citation.objects.filter(event__in=event_ids, source__isnull=False)
    found: dict[int, list[Source]] = defaultdict(list)
    for row in cited.select_related("source").order_by("event", "position"):
        if row.source is None or row.source.publisher_id != publisher.pk:
            continue
        if row.source not in found[row.event_id]:
            found[row.event_id].append(row.source)
    return found
