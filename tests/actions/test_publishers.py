"""events/actions/publishers.py: one document is one source, whoever cites it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.actions.publishers import Cited, names_host, sources_for
from events.actions.recording import Actor, recording
from events.models import Change, Publisher, PublisherHost, Source


def ask(actor: Actor, *citations: tuple[str, str]) -> list[Cited]:
    with recording(actor) as trace:
        found = sources_for(citations, trace=trace)
    return [found[citation] for citation in citations]


def test_one_document_under_two_addresses_is_one_source(robot: Actor) -> None:
    one, other = ask(
        robot,
        ("The Guardian", "https://www.theguardian.com/a?utm_source=x#top"),
        ("Guardian", "HTTPS://www.theguardian.com:443/a"),
    )
    assert one.source is not None
    assert one == other
    assert one.source.url == "https://www.theguardian.com/a"
    assert not Change.objects.exists(), "no published event cites it yet"


def test_a_bare_name_is_a_publisher_without_a_source(robot: Actor) -> None:
    named, unciteable, nothing = ask(
        robot, ("The Gazette", ""), ("The Gazette", "ftp://gazette.example/a"), ("", "")
    )
    assert named == unciteable == Cited(None, Publisher.objects.get(name="The Gazette"))
    assert nothing == Cited(None, None)


def test_a_known_host_decides_the_publisher_whatever_the_label_says(robot: Actor) -> None:
    gazette = Publisher.objects.create(name="The Gazette")
    PublisherHost.objects.create(publisher=gazette, host="paper.example")
    (found,) = ask(robot, ("An Agency", "https://www.paper.example/1"))
    assert found.publisher == gazette


@pytest.mark.parametrize(
    ("label", "host", "names"),
    [
        ("The Guardian", "theguardian.com", True),
        ("BBC", "news.bbc.co.uk", True),
        ("New York Times", "nytimes.com", True),
        ("British Broadcasting Corporation", "bbc.co.uk", True),
        ("The", "theguardian.com", False),
        ("News", "news.yahoo.com", False),
        ("Associated Press", "news.yahoo.com", False),
        ("", "example.org", False),
    ],
)
def test_a_label_names_a_host_only_if_the_host_is_made_of_it(label: str, host: str, names: bool) -> None:
    assert names_host(label, host) is names


def test_two_hosts_of_one_name_are_one_publisher(robot: Actor) -> None:
    found = ask(
        robot,
        ("BBC", "https://bbc.com/1"),
        ("BBC", "https://news.bbc.co.uk/2"),
        ("AP", "https://yahoo.example/3"),
    )
    assert [one.publisher and one.publisher.name for one in found] == ["BBC", "BBC", "yahoo.example"]


def test_a_kept_page_is_its_publishers(robot: Actor) -> None:
    (found,) = ask(
        robot, ("明報", "https://web.archive.org/web/20110316173807/http://news.paper.example/a.html")
    )
    assert found.publisher is not None
    assert found.publisher.name == "news.paper.example"


@pytest.mark.parametrize("count", [1, 3, 300])
def test_known_citations_cost_two_queries(robot: Actor, count: int) -> None:
    citations = [("Paper", f"https://paper.example/{number}") for number in range(count)]
    citations += [(f"Name {number}", "") for number in range(count)]
    ask(robot, *citations)
    with recording(robot) as trace, CaptureQueriesContext(connection) as queries:
        sources_for(citations, trace=trace)
    held = 2 * (connection.vendor == "postgresql")
    assert len(queries) == 2 + held
    assert Source.objects.count() == count
