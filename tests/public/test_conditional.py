"""Copies that readers and proxies hold: when they are good, what it costs to say so, and no cookies."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.actions.documents import write_documents
from events.actions.withdraw import withdraw_event
from events.models import Address, Document, Event
from events.public import conditional
from events.vocabulary import Role
from tests import factories as make
from tests.people import make_person

pytestmark = pytest.mark.django_db
EVENT = "/news/2004/02/9/the-event.html"
PATHS = [
    EVENT, "/news/2004/02/9/the-event", "/news/2004/02/9/", "/", "/contexts/war/", "/contexts/", "/news/",
    "/news/2004/", "/news/2004/02/", "/opinion/", "/opinion/2004/02/9/a-case-for-patience/",
    "/news/2004/02/9/the-event.json", "/news/2004/02/9/index.md",
]  # fmt: skip


@pytest.fixture
def event() -> Event:
    event = make.make_event("The event.", slug="the-event", lead="War", contexts=["Peace"])
    make.relate(event, make.make_event("Another.", slug="another", date="2004-02-10"), shared=["Peace"])
    make.make_event("Earlier, in the same context.", date="2001-02-09", slug="earlier", contexts=["War"])
    make.make_editorial()
    return event


def again(client: Client, path: str, etag: str) -> int:
    return client.get(path, headers={"if-none-match": etag}).status_code


@pytest.mark.parametrize("path", PATHS)
def test_unchanged_page_is_not_sent_again(client: Client, event: Event, path: str) -> None:
    first = client.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    tag = first.headers["ETag"]
    second = client.get(path, headers={"if-none-match": f'"other", {tag}'})
    assert second.status_code == 304
    assert second.content == b""
    assert second.headers["ETag"] == tag
    assert second.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert second.headers.get("Vary") == first.headers.get("Vary")
    assert again(client, path, tag.removeprefix("W/")) == 304
    assert again(client, path, "*") == 304
    assert again(client, path, '"other"') == 200


def test_formats_have_different_validators(client: Client, event: Event) -> None:
    tags = {
        client.get(f"/news/2004/02/9/the-event{suffix}").headers["ETag"]
        for suffix in (".html", ".md", ".json", ".xml")
    }
    assert len(tags) == 4


def test_a_date_alone_does_not_say_that_a_copy_is_good(client: Client, event: Event) -> None:
    """What stands around an event changes without a time of its own: only the ETag knows."""
    first = client.get(EVENT)
    since = {"if-modified-since": first.headers["Last-Modified"]}
    new_neighbour(event)
    assert "/news/2009/02/9/" in client.get(EVENT, headers=since).content.decode()
    tag = client.get(EVENT).headers["ETag"]
    assert client.get(EVENT, headers=since | {"if-none-match": tag}).status_code == 304


def reword(event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(text="New words.", version=F("version") + 1)
    write_documents([event.pk])


def relink(event: Event) -> None:
    Document.objects.filter(pk=event.pk).update(related_version=7)


def reword_related(event: Event) -> None:
    reword(event.related_links.get().target)


def new_day(event: Event) -> None:
    make.make_event("Between.", date="2004-02-08")


def new_neighbour(event: Event) -> None:
    make.make_event("Later, in the same context.", date="2009-02-09", contexts=["War"])


def neighbour_gone(event: Event) -> None:
    other = Event.objects.get(text="Earlier, in the same context.")
    withdraw_event(actor=make_person(Role.CHIEF), event_id=other.pk, version=1, reason="Wrong.")


def neighbour_moved(event: Event) -> None:
    Address.objects.filter(event__text="Earlier, in the same context.").update(slug="elsewhere")


@pytest.mark.parametrize(
    "change", [reword, relink, reword_related, new_day, new_neighbour, neighbour_gone, neighbour_moved]
)
def test_every_change_that_an_event_page_shows_changes_its_validator(
    client: Client, event: Event, change: Callable[[Event], None]
) -> None:
    tag = client.get(EVENT).headers["ETag"]
    change(event)
    assert again(client, EVENT, tag) == 200


def test_new_build_changes_every_validator(
    client: Client, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    tags = {path: client.get(path).headers["ETag"] for path in PATHS}
    monkeypatch.setattr(conditional, "build_id", lambda: "another build")
    assert [again(client, path, tag) for path, tag in tags.items()] == [200] * len(PATHS)


def test_cached_page_is_never_older_than_the_database(client: Client, event: Event) -> None:
    assert "The event." in client.get(EVENT).content.decode()
    reword(event)
    assert "New words." in client.get(EVENT).content.decode()


class BrokenCache:
    """A cache whose server is gone."""

    def __init__(self) -> None:
        self.asked = 0

    def get(self, _key: str) -> None:
        self.asked += 1
        raise ConnectionError("no cache")

    def set(self, _key: str, _value: object, _timeout: int) -> None:
        self.asked += 1
        raise ConnectionError("no cache")


@pytest.fixture
def rested() -> Iterator[None]:
    yield
    conditional._Rest.until = 0.0


@pytest.mark.usefixtures("rested")
def test_broken_cache_breaks_no_page_and_is_left_alone(
    client: Client, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = BrokenCache()
    monkeypatch.setattr(conditional, "site_cache", broken)
    assert [client.get(path).status_code for path in PATHS] == [200] * len(PATHS)
    assert broken.asked == 1


def test_nonsense_in_the_cache_breaks_no_page(
    client: Client, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "get", lambda _key: "nonsense")
    assert client.get(EVENT).status_code == 200


def test_nobody_fills_the_cache_by_asking(
    client: Client, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lists from any place on have no end: however many are asked for, one is kept."""
    kept: set[str] = set()
    monkeypatch.setattr(conditional, "_keep", lambda slot, *_args: kept.add(slot))
    for path in (
        "/contexts/?from={0}", "/contexts/?q={0}", "/contexts/war/?before=2004-02-09.{0}", "/search/?q={0}",
        "/corrections/?before={0}", "/news/2004/02/9/the-event/history/?before={0}", "/sources/?from={0}",
        "/timemap/news/2004/02/9/?after=202001010000{0}", "/on-this-day/02/9/?before={0}",
    ):  # fmt: skip
        client.get(path.format(11))
        before = set(kept)
        client.get(path.format(12))
        assert kept == before, path


@pytest.mark.parametrize("path", [*PATHS, "/none", "/e/1", "/livez", "/robots.txt"])
def test_no_page_sets_a_cookie_or_depends_on_one(client: Client, event: Event, path: str) -> None:
    client.force_login(User.objects.create_user("ann"))
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert not [query for query in captured if "session" in query["sql"] or "auth_user" in query["sql"]]


def grow(number: int) -> None:
    """*number* of everything that a page repeats."""
    make.make_event("Earlier.", date="2003-12-31")
    make.make_event("Later.", date="2004-03-01")
    event = make.make_event(
        "The event.",
        slug="the-event",
        lead="War",
        contexts=[f"Context {row}" for row in range(number)],
        citations=[(f"Paper {row}", f"https://paper.example/{row}", "") for row in range(number)],
    )
    for row in range(number):
        make.make_event(f"Same day {row}.", lead="War", contexts=[f"Context {row}"])
        target = make.make_event(f"Related {row}.", date=f"2004-02-{10 + row}", lead="War")
        make.relate(event, target, rank=row + 1, shared=[f"Context {row}"])
        make.former_address(event, f"former-{row}")
        make.make_editorial(f"Piece {row}")


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("path", "first", "not_modified"),
    [
        # address and state; related state; beside it in contexts; body; links with targets, names
        (EVENT, 6, 3),
        ("/news/2004/02/9/the-event.json", 5, 2),
        # rows with neighbours; bodies
        ("/news/2004/02/9/", 2, 1),
        # newest days; anniversaries; rows; editorials; bodies
        ("/", 5, 4),
        # context; rows; hierarchy; aliases; bodies; its years and its company are remembered
        ("/contexts/war/", 7, 4),
        ("/contexts/war/?before=2004-02-09.9999", 5, 4),
        ("/contexts/war/index.json", 5, 4),
        # contexts; counts; on the first page the most used and the number of all, which are remembered
        ("/contexts/", 4, 2),
        ("/contexts/?from=W", 2, 2),
        ("/contexts/?q=wa", 3, 3),
        # what each month has, kept for a minute
        ("/news/", 1, 0),
        # counts; earlier; later
        ("/news/2004/", 3, 3),
        ("/news/2004/02/", 3, 3),
        ("/opinion/", 1, 1),
        # old address; present address
        ("/news/2004/02/9/former-0.html", 2, 2),
    ],
)
def test_queries_are_few_and_constant_in_rows(
    client: Client, number: int, path: str, first: int, not_modified: int
) -> None:
    grow(number)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert len(captured) == first
    with CaptureQueriesContext(connection) as captured:
        client.get(path, headers={"if-none-match": response.headers.get("ETag", "")})
    assert len(captured) == not_modified
