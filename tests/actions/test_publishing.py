"""events/actions/publishing.py: publishers are renamed and merged, and later harvests follow."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from events.actions.errors import InvalidAction
from events.actions.publishers import sources_for
from events.actions.publishing import (
    Holdings,
    at_host,
    coming_back,
    holdings,
    merge_publishers,
    move_host,
    rename_publisher,
    unmerge_publisher,
)
from events.actions.recording import Actor, recording
from events.harvest.records import CitedSource
from events.models import Change, Citation, Document, Event, Publisher, PublisherHost, SearchEntry, Source
from events.vocabulary import ChangeKind, Subject
from tests.harvests import harvest, later, record

PAPER = CitedSource("Morning Paper", "https://morningpaper.example/a")
OTHER = CitedSource("", "https://mp-news.example/b")
BARE = CitedSource("Morning Paper")


@pytest.fixture
def paper(db: None) -> Publisher:
    """A publisher under its name, and under a host that nobody knows the name of."""
    harvest(
        record("One opens.", "one", citations=(PAPER,)), record("Two opens.", "two", citations=(OTHER,)),
        record("Three opens.", "three", citations=(BARE,)),
    )  # fmt: skip
    return Publisher.objects.get(name="Morning Paper")


@pytest.fixture
def host(paper: Publisher) -> Publisher:
    return Publisher.objects.get(name="mp-news.example")


def named(slug: str) -> str:
    """Whom the event's document, the index and the rows name as publisher; one and the same."""
    event = Event.objects.get(addresses__slug=slug)
    citation = event.citations.get()
    publisher = citation.source.publisher if citation.source else citation.publisher
    said = {
        json.loads(Document.objects.get(event=event).body)["citations"][0]["publisher"],
        next(row[1:] for row in SearchEntry.objects.get(event=event).labels.split("\n") if row[0] == "p"),
        publisher.name if publisher else "",
        citation.publisher.name if citation.publisher else "",
    }
    assert len(said) == 1, said
    return said.pop()


def merge(actor: Actor, goes: Publisher, stays: Publisher) -> None:
    merge_publishers(
        actor=actor, publisher_id=goes.pk, into_id=stays.pk, seen=goes.name, into_seen=stays.name
    )


def state() -> list[list[object]]:
    """Who has what."""
    return [
        list(rows)
        for rows in (
            Source.objects.order_by("pk").values_list("pk", "publisher__name"),
            Citation.objects.order_by("pk").values_list("pk", "publisher__name"),
            PublisherHost.objects.order_by("pk").values_list("host", "publisher__name"),
            Publisher.objects.order_by("pk").values_list("name", "merged_into__name"),
            Document.objects.order_by("pk").values_list("body", flat=True),
        )
    ]


def told(kind: ChangeKind) -> Iterable[int]:
    rows = Change.objects.filter(subject=Subject.SOURCE, kind=kind).order_by("seq")
    return list(rows.values_list("subject_id", flat=True))


def test_a_renamed_publisher_is_so_everywhere_and_its_former_name_leads_to_it(
    editor: Actor, paper: Publisher
) -> None:
    rename_publisher(actor=editor, publisher_id=paper.pk, seen="Morning Paper", name=" The  Morning Paper ")
    assert {named("one"), named("three")} == {"The Morning Paper"}
    assert told(ChangeKind.UPDATED) == [Source.objects.get(url=PAPER.url).pk]
    harvest(record("Four opens.", "four", citations=(BARE,)), moment=later())
    assert named("four") == "The Morning Paper"
    with recording(editor) as trace:
        found = sources_for([("x", "https://morningpaper.example/new")], trace=trace)
    assert {cited.publisher for cited in found.values()} == {paper}


def test_a_former_name_is_taken_back_and_anothers_is_refused(
    editor: Actor, paper: Publisher, host: Publisher
) -> None:
    rename_publisher(actor=editor, publisher_id=paper.pk, seen="Morning Paper", name="MP")
    rename_publisher(actor=editor, publisher_id=paper.pk, seen="MP", name="Morning Paper")
    assert sorted(Publisher.objects.values_list("name", flat=True)) == ["MP", "Morning Paper", host.name]
    with pytest.raises(InvalidAction, match="merge the two"):
        rename_publisher(actor=editor, publisher_id=paper.pk, seen="Morning Paper", name=host.name)
    with pytest.raises(InvalidAction, match="renamed in the meantime"):
        rename_publisher(actor=editor, publisher_id=paper.pk, seen="MP", name="Other")
    with pytest.raises(InvalidAction, match="needs a name"):
        rename_publisher(actor=editor, publisher_id=paper.pk, seen="Morning Paper", name=" ")


def test_a_merge_moves_everything_and_what_comes_later_follows(
    chief: Actor, paper: Publisher, host: Publisher
) -> None:
    assert holdings(host) == Holdings(hosts=1, names=1, sources=1, citations=1, events=1)
    merge(chief, host, paper)
    assert named("two") == "Morning Paper"
    assert holdings(paper) == Holdings(hosts=2, names=2, sources=2, citations=3, events=3)
    again = CitedSource("", "https://mp-news.example/c")
    harvest(record("Four opens.", "four", citations=(again,)), moment=later())
    assert named("four") == "Morning Paper"
    with pytest.raises(InvalidAction, match="merged into another"):
        merge(chief, host, paper)
    with pytest.raises(InvalidAction, match="into itself"):
        merge(chief, paper, paper)


def test_an_unmerged_publisher_has_again_what_was_its_own_and_what_came_since(
    chief: Actor, paper: Publisher, host: Publisher
) -> None:
    before = state()
    merge(chief, host, paper)
    assert coming_back(Publisher.objects.get(pk=host.pk)) == Holdings(1, 1, 1, 1, 1)
    unmerge_publisher(actor=chief, publisher_id=host.pk)
    assert state() == before
    merge(chief, paper, host)
    unmerge_publisher(actor=chief, publisher_id=paper.pk)
    assert state() == before
    merge(chief, host, paper)
    harvest(
        record("Four opens.", "four", citations=(CitedSource("", "https://mp-news.example/c"),)),
        moment=later(),
    )
    unmerge_publisher(actor=chief, publisher_id=host.pk)
    assert (named("four"), named("one"), named("three")) == (host.name, "Morning Paper", "Morning Paper")
    with pytest.raises(InvalidAction, match="not merged"):
        unmerge_publisher(actor=chief, publisher_id=host.pk)


def test_a_chain_of_merges_is_taken_back_step_by_step(
    chief: Actor, paper: Publisher, host: Publisher
) -> None:
    harvest(record("Four opens.", "four", citations=(CitedSource("Group"),)), moment=later())
    group = Publisher.objects.get(name="Group")
    merge(chief, host, paper)
    merge(chief, paper, group)
    assert {named(slug) for slug in ("one", "two", "three", "four")} == {"Group"}
    unmerge_publisher(actor=chief, publisher_id=paper.pk)
    assert [named(slug) for slug in ("one", "two", "three", "four")] == [*["Morning Paper"] * 3, "Group"]


def test_a_host_goes_to_another_publisher(chief: Actor, paper: Publisher, host: Publisher) -> None:
    row = PublisherHost.objects.get(host="mp-news.example")
    assert at_host(row) == Holdings(1, 0, 1, 1, 1)
    move_host(actor=chief, host_id=row.pk, into_id=paper.pk, seen=host.pk)
    assert named("two") == "Morning Paper"
    with pytest.raises(InvalidAction, match="in the meantime"):
        move_host(actor=chief, host_id=row.pk, into_id=host.pk, seen=host.pk)
    with pytest.raises(InvalidAction, match="already"):
        move_host(actor=chief, host_id=row.pk, into_id=paper.pk, seen=paper.pk)


def test_editors_rename_and_chief_editors_merge(
    editor: Actor, contributor: Actor, paper: Publisher, host: Publisher
) -> None:
    with pytest.raises(PermissionDenied):
        rename_publisher(actor=contributor, publisher_id=paper.pk, seen="Morning Paper", name="x")
    with pytest.raises(PermissionDenied):
        merge(editor, host, paper)
    with pytest.raises(PermissionDenied):
        unmerge_publisher(actor=editor, publisher_id=host.pk)
    with pytest.raises(PermissionDenied):
        move_host(actor=editor, host_id=PublisherHost.objects.all()[0].pk, into_id=paper.pk, seen=host.pk)


def test_readers_who_ask_by_a_former_name_get_the_one_it_leads_to(
    chief: Actor, paper: Publisher, host: Publisher
) -> None:
    merge(chief, host, paper)
    for asked in (host.name, paper.name):
        for path, words in (("/api/v1/events/", {}), ("/api/v1/search/", {"q": "opens"})):
            found = Client().get(path, {"publisher": asked, **words}).json()
            assert len(found["results"]) == 3, (path, asked)
