"""events/formats/ninjs.py against IPTC's own schema, which allows no field that it does not know."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from events import queries
from events.actions.harvesting.run import run_harvest
from events.formats.document import detail
from events.formats.ninjs import MEDIA_TYPE, closed_ninjs, event_ninjs, events_ninjs
from events.harvest.jsonl import JsonlReader
from events.harvest.markdown import MarkdownReader
from events.models import Event
from events.vocabulary import Category, State
from tests.factories import make_event, make_origin
from tests.formats import samples
from tests.harvests import EARLY

SITE = "https://news.example"
Check = Callable[[bytes], Any]


@pytest.fixture(scope="session")
def check(corpus: Callable[[str], Path]) -> Check:
    """``check(item)``: the item, valid against the schema with its formats."""
    schema = json.loads(corpus("schemas/ninjs-schema_3.1.json").read_text("utf-8"))
    formats = FormatChecker(["uri", "date-time"])
    assert not formats.conforms("no uri", "uri")
    assert not formats.conforms("today", "date-time")
    validator = Draft202012Validator(schema, format_checker=formats)

    def valid(item: bytes) -> Any:
        said = json.loads(item)
        assert [error.message for error in validator.iter_errors(said)] == []
        return said

    return valid


def all_events() -> Iterator[dict[str, Any]]:
    """The detail answers of everything published."""
    ids = list(Event.objects.published().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        bodies, related = queries.bodies(chunk), queries.related_of(chunk)
        yield from (detail(bodies[pk], related.get(pk, [])) for pk in chunk)


def test_the_schema_refuses_what_it_does_not_know(check: Check) -> None:
    with pytest.raises(AssertionError, match="private"):
        check(json.dumps({"uri": "https://news.example/e/1", "private": 1}).encode())


def test_made_up_events_are_valid(check: Check) -> None:
    pages = [samples.event(), samples.full_event(), samples.chinese_event()]
    for event in pages:
        check(event_ninjs(event, base_url=SITE))
    page = check(events_ninjs(pages, base_url=SITE, uri=f"{SITE}/api/v1/events.ninjs?context=a&context=b"))
    assert [item["uri"] for item in page["associations"]] == [f"{SITE}/e/{event['id']}" for event in pages]
    assert "associations" not in check(events_ninjs([], base_url=SITE, uri=f"{SITE}/api/v1/events.ninjs"))


def test_an_event_is_said_in_the_words_of_the_standard(check: Check) -> None:
    item = check(event_ninjs(samples.full_event(), base_url=SITE))
    assert item["uri"] == f"{SITE}/e/1"
    assert (item["version"], item["pubStatus"]) == ("2", "usable")
    assert item["contentCreated"] == "2003-05-04T00:00:00Z"
    assert item["renditions"][0]["href"] == f"{SITE}/news/2003/05/4/the-old-bridge-is-closed.html"
    assert item["subjects"][0]["uri"] == "http://cv.iptc.org/newscodes/mediatopic/03000000"
    assert item["subjects"][1]["name"] == "Harbour Bridge"
    assert [source["name"] for source in item["infoSources"]] == [
        "Harbour Post", "Radio Coast", "The Evening Bell",
    ]  # fmt: skip
    assert "uri" not in item["infoSources"][2]
    assert item["edNote"] == "2018-01-26 Correction: It was the old bridge."
    assert item["rightsInfo"] == {"linkedRights": "https://creativecommons.org/licenses/by-sa/4.0/"}
    assert "words of Harbour Post" in item["usageTerms"]


@pytest.mark.parametrize("category", list(Category))
def test_each_category_is_a_media_topic_or_none(check: Check, category: Category) -> None:
    item = check(event_ninjs(samples.event(category=str(category)), base_url=SITE))
    topics = [row["uri"] for row in item.get("subjects", [])]
    assert len(topics) == (0 if category is Category.OTHER else 1)


def test_a_heading_that_means_two_topics_is_none(check: Check) -> None:
    item = check(
        event_ninjs(samples.event(category="health", category_said="Health and environment"), base_url=SITE)
    )
    assert "subjects" not in item


@given(
    text=st.text(min_size=1, max_size=80),
    url=st.text(max_size=40).map(lambda tail: f"http://a.example/{tail}") | st.text(max_size=30),
)
def test_any_words_and_addresses_are_valid(check: Check, text: str, url: str) -> None:
    event = samples.event(
        text=text, summary=text, citations=[samples.citation(text, url)], address=f"/news/2003/05/4/{text}",
        contexts=[{"id": 1, "name": text, "slug": text, "path": f"/contexts/{text}/", "how": "origin"}],
    )  # fmt: skip
    check(event_ninjs(event, base_url=SITE))


def test_every_event_of_the_sample_is_valid(check: Check, sample_archive: None) -> None:
    count = 0
    for event in all_events():
        check(event_ninjs(event, base_url=SITE))
        count += 1
    assert count > 100


@pytest.mark.slow
@pytest.mark.corpus
@pytest.mark.django_db
def test_every_event_of_the_chinese_archive_is_valid(
    check: Check, corpus: Callable[[str], Path], tmp_path: Path
) -> None:
    with tarfile.open(corpus("thecontext-zh-2019-06.tar.xz")) as tar:
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(tmp_path, [one for one in tar if not one.name.endswith("README.md")])  # noqa: S202
    run_harvest(MarkdownReader(tmp_path, edition="zh"), origin=make_origin(), moment=EARLY)
    assert sum(bool(check(event_ninjs(event, base_url=SITE))) for event in all_events()) > 8_000


@pytest.mark.slow
@pytest.mark.corpus
@pytest.mark.django_db
def test_every_event_of_the_portal_is_valid(check: Check, corpus: Callable[[str], Path]) -> None:
    run_harvest(
        JsonlReader(corpus("portal-en-2002-2018.jsonl.xz"), edition="en"),
        origin=make_origin(), moment=EARLY,
    )  # fmt: skip
    assert sum(bool(check(event_ninjs(event, base_url=SITE))) for event in all_events()) > 70_000


@pytest.mark.django_db
def test_the_page_of_an_event_has_its_ninjs(client: Client) -> None:
    event = make_event(slug="envoys-sign")
    page = "/news/2004/02/9/envoys-sign"
    by_suffix, by_accept = client.get(f"{page}.ninjs"), client.get(page, headers={"Accept": MEDIA_TYPE})
    for answer in (by_suffix, by_accept):
        assert answer.headers["Content-Type"] == MEDIA_TYPE
        assert answer.json()["uri"].endswith(f"/e/{event.pk}")
        assert answer.headers["Link"] == f'<{settings.BASE_URL}{page}.html>; rel="canonical"'
    assert client.get(f"/api/v1/events/{event.pk}.ninjs").content == by_suffix.content
    linked = client.get(f"{page}.html").headers["Link"]
    assert f'{page}.ninjs>; rel="alternate"; type="{MEDIA_TYPE}"' in linked
    again = client.get(f"{page}.ninjs", headers={"If-None-Match": by_suffix.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "status", "said"), [(State.WITHDRAWN, 410, "canceled"), (State.LEGAL, 451, "withheld")]
)
def test_what_was_taken_back_says_so_and_nothing_else(
    client: Client, state: State, status: int, said: str
) -> None:
    event = make_event("A canary sings.", slug="gone", state=state, lead="Canary")
    answer = client.get("/news/2004/02/9/gone.ninjs")
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, MEDIA_TYPE)
    assert (answer.json()["uri"][-len(f"/e/{event.pk}") :], answer.json()["pubStatus"]) == (
        f"/e/{event.pk}", said,
    )  # fmt: skip
    assert b"anary" not in answer.content
    assert client.get(f"/api/v1/events/{event.pk}.ninjs").status_code == status


def test_what_is_left_of_an_event_is_valid(check: Check) -> None:
    item = check(closed_ninjs(7, State.WITHDRAWN, "It was wrong.", base_url=SITE))
    assert item["edNote"] == "It was wrong."
    check(closed_ninjs(7, State.LEGAL, "", base_url=SITE))


@pytest.mark.django_db
def test_a_list_is_one_composite_and_refuses_what_has_no_place_in_it(client: Client, check: Check) -> None:
    make_event("One.", slug="one")
    make_event("Two.", slug="two")
    answer = client.get("/api/v1/events.ninjs?page_size=1")
    page = check(answer.content)
    assert (page["type"], len(page["associations"])) == ("composite", 1)
    assert 'rel="next"' in answer.headers["Link"]
    assert "page_size=1" in page["uri"]
    for query in ("fields=id", "count=only"):
        refused = client.get(f"/api/v1/events.ninjs?{query}")
        assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (
            400,
            query.partition("=")[0],
        )
