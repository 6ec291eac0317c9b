"""Feeds as two real clients read them: ``reader``, which keeps what it read, and ``feedparser``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest
from django.test import Client
from reader import UpdatedFeed, make_reader

from events.actions.correct import correct_event
from events.actions.withdraw import withdraw_event
from events.models import Event
from events.vocabulary import Grade, Role
from tests import factories as make
from tests.people import make_person

pytestmark = pytest.mark.django_db
NEWS = ("/feeds/news.atom", "/index_rss.xml", "/feeds/news.json")
EVERY = (
    *NEWS, "/opinion_rss.xml", "/feeds/opinion.atom", "/feeds/opinion.json", "/corrections/index.atom",
    "/corrections/index.rss", "/corrections/index.json", "/contexts/war/index.atom",
    "/contexts/war/index.rss", "/contexts/war/feed.json", "/search/feed.atom?q=ends",
    "/search/feed.rss?q=ends", "/search/feed.json?q=ends", "/news/2004/02/9/index.atom",
    "/news/2004/02/9/index.rss", "/zh/feeds/news.atom",
)  # fmt: skip


@pytest.fixture
def event() -> Event:
    event = make.make_event("The war ends & <peace> begins.", slug="ends", contexts=["War"])
    make.make_event("Another day.", date="2004-02-10")
    make.make_event("战争结束。", edition="zh")
    make.make_editorial()
    return corrected(event, "The war ends & <peace> comes.")


def corrected(event: Event, text: str, by: str = "ann") -> Event:
    return correct_event(
        actor=make_person(Role.EDITOR, name=by), event_id=event.pk, version=event.version, grade=Grade.TYPO,
        values={"text": text},
    )  # fmt: skip


@pytest.fixture
def subscribe(client: Client, tmp_path: Path) -> Callable[[str], Callable[[], UpdatedFeed | None]]:
    """Subscribe to a path; what comes back fetches it again and says what was new or changed."""
    reader = make_reader(":memory:", feed_root=str(tmp_path))

    def to(path: str) -> Callable[[], UpdatedFeed | None]:
        file = tmp_path / f"feed.{path.partition('?')[0].rpartition('.')[2]}"
        reader.add_feed(file.name)

        def fetch() -> UpdatedFeed | None:
            response = client.get(path)
            assert response.status_code == 200
            file.write_bytes(response.content)
            return reader.update_feed(file.name)

        return fetch

    return to


@pytest.mark.parametrize("path", EVERY)
def test_a_second_fetch_brings_nothing_new(
    event: Event, subscribe: Callable[[str], Callable[[], UpdatedFeed | None]], path: str
) -> None:
    fetch = subscribe(path)
    first, second = fetch(), fetch()
    assert first is not None
    assert first.new >= 1
    assert second is None or (second.new, second.modified) == (0, 0)


@pytest.mark.parametrize("path", NEWS)
def test_a_correction_changes_one_entry(
    event: Event, subscribe: Callable[[str], Callable[[], UpdatedFeed | None]], path: str
) -> None:
    fetch = subscribe(path)
    fetch()
    corrected(event, "The war is over.", by="ben")
    again = fetch()
    assert again is not None
    assert (again.new, again.modified) == (0, 1)


@pytest.mark.parametrize("path", NEWS)
def test_a_withdrawn_event_leaves_and_brings_nothing_else_back(
    event: Event, client: Client, subscribe: Callable[[str], Callable[[], UpdatedFeed | None]], path: str
) -> None:
    fetch = subscribe(path)
    fetch()
    assert b"The war ends" in client.get(path).content
    withdraw_event(actor=make_person(Role.CHIEF), event_id=event.pk, version=event.version, reason="No.")
    again = fetch()
    assert again is None or (again.new, again.modified) == (0, 0)
    assert b"The war ends" not in client.get(path).content


@pytest.mark.parametrize("path", [path for path in EVERY if "json" not in path])
def test_feedparser_finds_nothing_wrong(event: Event, client: Client, path: str) -> None:
    response = client.get(path)
    parsed = feedparser.parse(
        response.content, response_headers={"content-type": response.headers["Content-Type"]}
    )
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == ("atom10" if "atom" in path else "rss20")
    assert parsed.feed.title
    assert parsed.feed.language
    assert len({entry.id for entry in parsed.entries}) == len(parsed.entries) >= 1
    assert all(entry.link and entry.title and entry.published_parsed for entry in parsed.entries)
    own = [link.href for link in parsed.feed.links if link.rel == "self"]
    assert own == [f"http://127.0.0.1:8000{path}"]
