"""Feeds: the same entries in three formats, with ids that stay, and times that move for real changes only."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft4Validator
from lxml import etree
from referencing import Registry, Resource

from events.actions.correct import correct_event
from events.actions.curate import pin_related
from events.actions.withdraw import withdraw_event
from events.formats.feeds import Entry, Feed, atom_feed, json_feed, rss_feed
from events.models import Event
from events.vocabulary import Grade, Role, State
from tests import factories as make
from tests.people import make_person

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
GONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
OF_EVENTS = (
    "/index_rss.xml", "/feeds/news.atom", "/feeds/news.json", "/news/2004/02/9/index.atom",
    "/news/2004/02/9/index.rss", "/contexts/war/index.atom", "/contexts/war/index.rss",
    "/contexts/war/feed.json", "/search/feed.atom?q=ends", "/search/feed.rss?q=ends",
    "/search/feed.json?q=ends",
)  # fmt: skip


def fetch(client: Client, path: str) -> bytes:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content


def atom(client: Client, path: str = "/feeds/news.atom") -> list[dict[str, str]]:
    root = etree.fromstring(fetch(client, path))
    return [
        {child.tag.removeprefix(ATOM): child.text or "" for child in entry}
        for entry in root.findall(f"{ATOM}entry")
    ]


def entries(client: Client, path: str) -> list[tuple[str, str]]:
    """Id and title of each entry, whatever the format."""
    body = fetch(client, path)
    if "json" in path:
        return [(item["id"], item["title"]) for item in json.loads(body)["items"]]
    root = etree.fromstring(body)
    if root.tag == "rss":
        return [(str(item.findtext("guid")), str(item.findtext("title"))) for item in root.iter("item")]
    return [(entry["id"], entry["title"]) for entry in atom(client, path)]


@pytest.mark.parametrize("path", OF_EVENTS)
def test_every_feed_of_events_tells_of_the_published_ones(client: Client, path: str) -> None:
    event = make.make_event("The war ends.", lead="War", contexts=["War"])
    make.make_event("A draft that ends.", lead="War", contexts=["War"], state=State.DRAFT)
    assert entries(client, path) == [(f"http://127.0.0.1:8000/e/{event.pk}", "The war ends.")]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/index_rss.xml", "application/rss+xml; charset=utf-8"),
        ("/feeds/news.atom", "application/atom+xml; charset=utf-8"),
        ("/feeds/news.json", "application/feed+json"),
    ],
)
def test_a_feed_says_what_it_is_and_is_not_sent_twice(client: Client, path: str, kind: str) -> None:
    make.make_event("The war ends.")
    first = client.get(path)
    assert first.headers["Content-Type"] == kind
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    make.make_event("Another.")
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_ids_stay_and_times_move_for_real_changes_only(client: Client) -> None:
    event, other = make.make_event("The war ends."), make.make_event("Peace.")
    editor = make_person(Role.EDITOR)

    def of_event() -> dict[str, str]:
        return next(entry for entry in atom(client) if entry["id"].endswith(f"/{event.pk}"))

    before = of_event()
    pin_related(actor=editor, event_id=event.pk, target_id=other.pk)
    assert of_event() == before
    event = Event.objects.get(pk=event.pk)
    correct_event(
        actor=editor, event_id=event.pk, version=event.version, values={"text": "The war is over."},
        grade=Grade.TYPO,
    )  # fmt: skip
    after = of_event()
    assert after["id"] == before["id"]
    assert after["title"] == "The war is over."
    assert after["published"] == before["published"]
    assert after["updated"] > before["updated"]


def test_what_was_withdrawn_is_gone_and_said_to_be(client: Client) -> None:
    event = make.make_event("The war ends.")
    make.make_event("Peace.")
    withdraw_event(actor=make_person(Role.CHIEF), event_id=event.pk, version=event.version, reason="Wrong.")
    root = etree.fromstring(fetch(client, "/feeds/news.atom"))
    assert [gone.get("ref") for gone in root.findall(GONE)] == [f"http://127.0.0.1:8000/e/{event.pk}"]
    assert "The war ends." not in fetch(client, "/feeds/news.atom").decode()
    assert etree.fromstring(fetch(client, "/zh/feeds/news.atom")).findall(GONE) == []


def test_every_atom_feed_says_who_answers_for_it(client: Client) -> None:
    make.make_event("The war ends.", lead="War")
    for path in (*(path for path in OF_EVENTS if "atom" in path), "/feeds/opinion.atom"):
        assert etree.fromstring(fetch(client, path)).findtext(f"{ATOM}author/{ATOM}name") == "newsarchive"


def test_feeds_lead_from_padded_days_and_merged_contexts_to_where_they_are_now(client: Client) -> None:
    make.make_event("The war ends.", lead="War")
    make.make_context("Old War", merged_into=make.make_context("War"))
    for path, there in (
        ("/news/2004/02/09/index.atom", "/news/2004/02/9/index.atom"),
        ("/contexts/old-war/index.rss", "/contexts/war/index.rss"),
        ("/contexts/old-war/feed.json", "/contexts/war/feed.json"),
    ):
        response = client.get(path)
        assert (response.status_code, response.headers["Location"]) == (301, there)


def test_corrections_have_a_feed(client: Client) -> None:
    event = make.make_event("The war ends.")
    correct_event(
        actor=make_person(Role.EDITOR, name="erika"), event_id=event.pk, version=1, grade=Grade.CORRECTION,
        values={"text": "The war is over."}, note="It had ended before.",
    )  # fmt: skip
    ((_, title),) = entries(client, "/corrections/index.json")
    assert title == "Correction: The war is over."
    (entry,) = atom(client, "/corrections/index.atom")
    assert "It had ended before." in entry["summary"]
    assert entries(client, "/corrections/index.rss")[0][0] == entry["id"]


def test_editorials_have_a_feed_at_the_ancestors_address(client: Client) -> None:
    make.make_editorial("A case for patience")
    make.make_editorial("Not yet", state=State.DRAFT)
    for path in ("/opinion_rss.xml", "/feeds/opinion.atom", "/feeds/opinion.json"):
        assert [title for _, title in entries(client, path)] == ["A case for patience"]


def test_an_edition_has_its_own_feeds(client: Client) -> None:
    make.make_event("The war ends.")
    make.make_event("战争结束。", edition="zh", slug="zh")
    assert [title for _, title in entries(client, "/zh/feeds/news.json")] == ["战争结束。"]
    assert [title for _, title in entries(client, "/zh/index_rss.xml")] == ["战争结束。"]


@pytest.mark.parametrize(
    "path", ["/contexts/nowhere/index.atom", "/news/2004/02/10/index.atom", "/news/2004/02/31/index.rss"]
)
def test_a_feed_of_nothing_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_search_without_words_has_an_empty_feed(client: Client) -> None:
    make.make_event("The war ends.")
    assert entries(client, "/search/feed.atom") == []
    assert fetch(client, "/search/feed.atom") == fetch(client, "/search/feed.atom")


@pytest.mark.parametrize("path", ["/feeds/news.atom", "/contexts/war/index.atom", "/search/feed.atom?q=ends"])
def test_a_feed_costs_the_same_with_more_entries(client: Client, path: str) -> None:
    def cost() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            fetch(client, path)
        return len(queries)

    make.make_event("War ends.", lead="War", contexts=["War"])
    one = cost()
    make.make_event("War ends again.", lead="War", contexts=["War"])
    make.make_event("War never ends.", lead="War", contexts=["War"])
    assert cost() == one


TIME = dt.datetime(2004, 2, 9, 12, tzinfo=dt.UTC)
HOSTILE = "]]> <script>&amp; \x00\x0b\ud800 \ufffe 战争"


@pytest.mark.parametrize("write", [atom_feed, rss_feed, json_feed])
def test_no_text_breaks_a_feed(write: Callable[[Feed], bytes]) -> None:
    entry = Entry("urn:1", "https://a.example/", HOSTILE, HOSTILE, TIME, TIME, HOSTILE, (HOSTILE,))
    made = write(Feed(HOSTILE, HOSTILE, "https://a.example/", "https://a.example/f", "en", HOSTILE, (entry,)))
    if write is json_feed:
        assert "<script>" in json.loads(made)["items"][0]["content_text"]
    else:
        assert "<script>" in "".join(etree.fromstring(made).itertext())


def test_the_json_feed_keeps_its_schema(client: Client, corpus: Callable[[str], Path]) -> None:
    schema, older = (
        json.loads(corpus(f"schemas/jsonfeed-{v}.schema.json").read_text("utf-8")) for v in ("1.1", "1")
    )
    known = Registry().with_resource("https://json.schemastore.org/feed-1", Resource.from_contents(older))
    make.make_event("The war ends.", contexts=["War"])
    make.make_editorial()
    for path in ("/feeds/news.json", "/feeds/opinion.json", "/corrections/index.json"):
        Draft4Validator(schema, registry=known).validate(json.loads(fetch(client, path)))
