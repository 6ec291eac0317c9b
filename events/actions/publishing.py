"""Publishers by hand: renamed, merged, given a host of another, and merges taken back.

A publisher is known by its hosts and its names. One that was merged keeps both and leads to the one it
became part of, so that whatever comes under its host or name later goes there; and un-merging needs no
record: what stands under its hosts and names goes back to it. A former name is a merged publisher
without hosts. Documents of events are written anew afterwards, a batch at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from django.db.models import Q, QuerySet

from events.actions.contexts.edit import rewrite_documents
from events.actions.errors import InvalidAction
from events.actions.publishers import publisher_name, publishing_host, standing_publishers
from events.actions.recording import Actor, Recording, recording
from events.catalogue import cited_sources
from events.models import Citation, Event, Origin, Publisher, PublisherHost, Source
from events.vocabulary import ChangeKind, Right, Subject

_AT_ONCE: Final = 500


class Holdings(NamedTuple):
    """How much is a publisher's, or would move: for a page that asks."""

    hosts: int
    names: int
    sources: int
    citations: int
    events: int


def rename_publisher(*, actor: Actor, publisher_id: int, seen: str, name: str) -> Publisher:
    """Call a publisher *name*; its former name leads to it. *seen*: the name as the editor saw it.

    Raises ``InvalidAction`` for a name that another has: those two are to be merged.
    """
    actor.require(Right.TAG)
    with _acting(actor, [publisher_id]) as (rows, trace):
        publisher = _seen(rows[publisher_id], seen)
        name, former = publisher_name(name), publisher.name
        if not name:
            raise InvalidAction("A publisher needs a name.")
        if name == former:
            return publisher
        other = Publisher.objects.select_for_update().filter(name=name).first()
        if other is not None:
            if (
                other.merged_into_id != publisher_id
                or other.hosts.exists()
                or other.merged_publishers.exists()
            ):
                raise InvalidAction(f"“{name}” is another publisher; merge the two instead.")
            Citation.objects.filter(publisher=other).update(publisher=publisher)
            other.delete()
        publisher.name = name
        publisher.save(update_fields=["name"])
        Publisher.objects.create(name=former, merged_into=publisher, created_at=trace.at)
        _tell(Source.objects.filter(publisher=publisher), trace)
        events = _events(publisher_id)
    rewrite_documents(actor, events)
    return publisher


def merge_publishers(
    *, actor: Actor, publisher_id: int, into_id: int, seen: str, into_seen: str
) -> Publisher:
    """Let *publisher_id* be a part of *into_id*, with all it published; the one that stays."""
    actor.require(Right.MERGE)
    with _acting(actor, [publisher_id, into_id]) as (rows, trace):
        if publisher_id == into_id:
            raise InvalidAction("A publisher cannot be merged into itself.")
        goes, stays = _seen(rows[publisher_id], seen), _seen(rows[into_id], into_seen)
        events = _events(publisher_id)
        sources = list(Source.objects.filter(publisher=goes).values_list("pk", flat=True))
        goes.merged_into = stays
        goes.save(update_fields=["merged_into"])
        _move(sources, goes, stays, trace)
        Citation.objects.filter(publisher=goes).update(publisher=stays)
    rewrite_documents(actor, events)
    return stays


def unmerge_publisher(*, actor: Actor, publisher_id: int) -> Publisher:
    """Let a merged publisher stand for itself again: what its hosts and names stand for goes back to it."""
    actor.require(Right.MERGE)
    with _acting(actor, [publisher_id], merged=True) as (rows, trace):
        back = rows[publisher_id]
        if back.merged_into_id is None:
            raise InvalidAction(f"“{back.name}” is not merged into another.")
        stays = standing_publishers([back])[back.pk]
        sources, bare = _of_family(back, stays)
        events = _citing(Q(source__in=sources) | Q(pk__in=bare))
        back.merged_into = None
        back.save(update_fields=["merged_into"])
        _move(sources, stays, back, trace)
        for chunk in _chunks(bare):
            Citation.objects.filter(pk__in=chunk).update(publisher=back)
    rewrite_documents(actor, events)
    return back


def move_host(*, actor: Actor, host_id: int, into_id: int, seen: int) -> PublisherHost:
    """Give a host, with the sources that stand there, to another publisher. *seen*: whose it was."""
    actor.require(Right.MERGE)
    found = PublisherHost.objects.filter(pk=host_id).first()
    if found is None:
        raise InvalidAction(f"There is no host {host_id}.")
    with _acting(actor, [into_id]) as (rows, trace):
        # Without its publisher: PostgreSQL finds no row where that changed while it waited for the lock.
        host = PublisherHost.objects.select_for_update().get(pk=host_id)
        if host.publisher_id != seen:
            raise InvalidAction(f"{host.host} was given to “{host.publisher.name}” in the meantime.")
        if host.publisher_id == into_id:
            raise InvalidAction(f"{host.host} is of “{host.publisher.name}” already.")
        had = standing_publishers([host.publisher])[host.publisher_id]
        sources = _at_hosts(had, {host.host})
        events = _citing(Q(source__in=sources))
        host.publisher = rows[into_id]
        host.save(update_fields=["publisher"])
        _move(sources, had, rows[into_id], trace)
    rewrite_documents(actor, events)
    return host


def holdings(publisher: Publisher) -> Holdings:
    """What a standing publisher has."""
    family = _family(publisher)
    return Holdings(
        hosts=PublisherHost.objects.filter(publisher__in=family).count(),
        names=len(family),
        sources=Source.objects.filter(publisher=publisher).count(),
        citations=Citation.objects.filter(_published_by(publisher.pk)).count(),
        events=len(_events(publisher.pk)),
    )


def coming_back(publisher: Publisher) -> Holdings:
    """What un-merging a merged publisher would give back to it."""
    stays = standing_publishers([publisher])[publisher.pk]
    family = _family(publisher)
    sources, bare = _of_family(publisher, stays)
    asked = Q(source__in=sources) | Q(pk__in=bare)
    return Holdings(
        hosts=PublisherHost.objects.filter(publisher__in=family).count(),
        names=len(family),
        sources=len(sources),
        citations=Citation.objects.filter(asked).count(),
        events=len(_citing(asked)),
    )


def at_host(host: PublisherHost) -> Holdings:
    """What stands at a host."""
    had = standing_publishers([host.publisher])[host.publisher_id]
    sources = _at_hosts(had, {host.host})
    cited = Citation.objects.filter(source__in=sources)
    return Holdings(1, 0, len(sources), cited.count(), len(_citing(Q(source__in=sources))))


@contextmanager
def _acting(
    actor: Actor, ids: Collection[int], *, merged: bool = False
) -> Iterator[tuple[dict[int, Publisher], Recording]]:
    """The publishers, locked; harvests wait, so that none writes what it looked up before."""
    with recording(actor) as trace:
        list(Origin.objects.select_for_update(no_key=True).order_by("pk"))
        rows = {
            row.pk: row for row in Publisher.objects.select_for_update().filter(pk__in=ids).order_by("pk")
        }
        for pk in ids:
            if pk not in rows:
                raise InvalidAction(f"There is no publisher {pk}.")
            if rows[pk].merged_into_id is not None and not merged:
                raise InvalidAction(f"“{rows[pk].name}” was merged into another; take that one.")
        yield rows, trace


def _seen(publisher: Publisher, seen: str) -> Publisher:
    if publisher.name != seen:
        raise InvalidAction(
            f"“{seen}” was renamed in the meantime: it is “{publisher.name}” now. Look again."
        )
    return publisher


def _family(publisher: Publisher) -> list[Publisher]:
    """The publisher and all that were merged into it, at any distance; one query a step."""
    found = edge = [publisher]
    while edge := list(Publisher.objects.filter(merged_into__in=edge)):
        found = [*found, *edge]
    return found


def _of_family(publisher: Publisher, holder: Publisher) -> tuple[list[int], list[int]]:
    """Of what *holder* has: the sources at the hosts of *publisher*'s family, citations by its bare names."""
    family = _family(publisher)
    hosts = set(PublisherHost.objects.filter(publisher__in=family).values_list("host", flat=True))
    names = {one.name for one in family}
    bare = Citation.objects.filter(publisher=holder, source__isnull=True).values_list("pk", "label")
    return _at_hosts(holder, hosts), [pk for pk, label in bare if publisher_name(label) in names]


def _at_hosts(holder: Publisher, hosts: set[str]) -> list[int]:
    rows = Source.objects.filter(publisher=holder).order_by("pk").values_list("pk", "url")
    return [pk for pk, url in rows.iterator(chunk_size=5_000) if publishing_host(url) in hosts]


def _published_by(publisher_id: int) -> Q:
    return Q(publisher=publisher_id)  # of one with a source it is the source's


def _events(publisher_id: int) -> list[int]:
    """The events whose documents name the publisher."""
    return _citing(_published_by(publisher_id))


def _citing(asked: Q) -> list[int]:
    rows = Event.objects.filter(pk__in=Citation.objects.filter(asked).values("event"))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _move(sources: Collection[int], had: Publisher, gets: Publisher, trace: Recording) -> None:
    """Give sources, and the citations of them, to another publisher."""
    for chunk in _chunks(sources):
        rows = Source.objects.filter(pk__in=chunk)
        rows.update(publisher=gets, updated_at=trace.at)
        Citation.objects.filter(source__in=chunk, publisher=had).update(publisher=gets)
        _tell(rows, trace)


def _tell(sources: QuerySet[Source], trace: Recording) -> None:
    cited = sources.filter(pk__in=cited_sources())
    for pk in cited.order_by("pk").values_list("pk", flat=True):
        trace.change(ChangeKind.UPDATED, Subject.SOURCE, pk)


def _chunks(ids: Collection[int]) -> Iterator[list[int]]:
    ordered = list(ids)
    return (ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE))
