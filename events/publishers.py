"""Who is cited (layer 4): publishers with the events that cite them and the documents cited.

Which events cite a publisher is asked of the search index, which holds published events only and has them
in the order of all lists; so a page costs the same for a publisher of a hundred thousand events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from events.catalogue import timestamp
from events.models import Citation, Publisher, PublisherHost, Source
from events.search.asking import Filters
from events.search.find import facets, histogram, search
from events.search.language import parse
from events.vocabulary import EDITIONS, State

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
    return rows[:AT_ONCE], rows[AT_ONCE][1] if len(rows) > AT_ONCE else ""


def public_publishers() -> QuerySet[Publisher]:
    """Publishers that a published event cites and that were not merged into another."""
    # Of a document too, a citation names the publisher (actions.publishing keeps both in step).
    cited = Exists(Citation.objects.filter(publisher=OuterRef("pk"), event__state=State.PUBLISHED))
    # As a condition on the column it would lead SQLite past the index of names, to sort all there are.
    return Publisher.objects.alias(leads_to=Coalesce("merged_into", 0)).filter(cited, leads_to=0)


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
) -> tuple[list[int], int | None]:
    """The newest events of *edition* that cite it, and what to ask the next page with. One query.

    The index knows names without regard to case: whose name differs in that alone is in it too.
    """
    filters = Filters(publishers=(publisher.name,), editions=(edition,))
    found = search(_EVERYTHING, filters=filters, order="date", limit=EVENTS_AT_ONCE, after=after)
    return [hit.event_id for hit in found.hits], found.after


def count_citing(publisher: Publisher, edition: str) -> tuple[int, bool]:
    """How many events of *edition* cite it, and whether there are more than were counted. One query."""
    found = histogram(_EVERYTHING, filters=Filters(publishers=(publisher.name,), editions=(edition,)))
    return found.count, found.more


def editions_citing(publisher: Publisher) -> list[str]:
    """The editions in which an event cites it; a query for each edition."""
    return [code for code in EDITIONS if citing_events(publisher, code)[0]]


def documents_cited(publisher: Publisher, event_ids: Collection[int]) -> dict[int, list[Source]]:
    """Its documents that these events cite, by event, in the events' order of sources. One query."""
    cited = Citation.objects.filter(event__in=event_ids, source__publisher=publisher)
    found: dict[int, list[Source]] = defaultdict(list)
    for row in cited.select_related("source").order_by("event", "position"):
        if row.source is not None and row.source not in found[row.event_id]:
            found[row.event_id].append(row.source)
    return found


def only_citing(publisher: Publisher, documents: Sequence[Json]) -> list[Json]:
    """Of events' stored documents those that name this very publisher."""
    return [
        event
        for event in documents
        if any(citation["publisher"] == publisher.name for citation in event["citations"])
    ]
