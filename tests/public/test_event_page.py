"""The page of an event: what it says in each format, and that nothing in it can break out."""

from __future__ import annotations

import gzip
import itertools
import json
import re
from typing import Any

import pytest
from django.test import Client

from events.actions.documents import write_documents
from events.models import Curation, Event, Revision
from events.vocabulary import ChangeKind, Decision, Grade
from tests import factories as make
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db
PAGE = "/news/2004/02/9/minister-explains-treaty"


@pytest.fixture
def event() -> Event:
    event = make.make_event(
        "The minister explains the treaty.",
        slug="minister-explains-treaty",
        lead="Ministry of Peace",
        contexts=["Treaty on Bridges", "Enlargement"],
        summary="A speech of an hour.",
        citations=[
            ("The Gazette", "https://gazette.example/speech", "https://gazette.example/speech.jpg"),
            ("Radio Nord", "", ""),
        ],
    )
    make.make_provenance(event)
    make.former_address(event, "minister-explains-tre")
    return event


def page(client: Client, path: str = f"{PAGE}.html", **headers: str) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def linked_data(html: str) -> dict[str, Any]:
    match = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert match
    return json.loads(match[1])


def test_page_shows_everything_a_reader_needs(client: Client, event: Event) -> None:
    html = page(client)
    for part in (
        '<html lang="en" dir="ltr">',
        '<h1 class="text">The minister explains the treaty.</h1>',
        '<a href="/news/2004/02/9/"><time datetime="2004-02-09">9 February 2004</time></a>',
        '<a class="lead" href="/contexts/ministry-of-peace/">Ministry of Peace</a>',
        '<a href="/contexts/treaty-on-bridges/">Treaty on Bridges</a>',
        "<figcaption>In the words of The Gazette</figcaption>",
        '<a href="https://gazette.example/speech" rel="external noopener">The Gazette</a>',
        'href="https://gazette.example/speech.jpg"',
        "<li>Radio Nord</li>",
        "The Gazette Archive",
        "From the Gazette Archive.",
        '<a rel="license external" href="https://creativecommons.org/licenses/by-sa/4.0/">CC BY-SA 4.0</a>',
        "/news/2004/02/9/minister-explains-tre.html",
        f'href="/e/{event.pk}"',
        f'<link rel="canonical" href="http://127.0.0.1:8000{PAGE}.html">',
        f'<link rel="alternate" type="text/markdown" href="http://127.0.0.1:8000{PAGE}.md"',
        f'<link rel="alternate" type="application/json" href="http://127.0.0.1:8000{PAGE}.json"',
        f'<link rel="alternate" type="application/xml" href="http://127.0.0.1:8000{PAGE}.xml"',
        '<meta property="og:title" content="The minister explains the treaty.">',
    ):
        assert part in html, part
    assert "<img" not in html


def test_headings_go_down_one_level_at_a_time(client: Client, event: Event) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])", page(client))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_linked_data_is_a_news_article_with_sources_and_contexts(client: Client, event: Event) -> None:
    Revision.objects.create(
        event=event, number=2, kind=ChangeKind.CORRECTED, actor_name="ann", grade=Grade.TYPO, fields={}
    )
    write_documents([event.pk])
    data = linked_data(page(client))
    assert data["@type"] == "NewsArticle"
    assert data["datePublished"] == "2004-02-09"
    assert data["about"][0]["name"] == "Enlargement"
    assert data["citation"][0]["url"] == "https://gazette.example/speech"
    assert data["isBasedOn"][0]["name"] == "The Gazette Archive"
    assert data["correction"][0]["text"] == "Typo"


def test_no_text_can_break_out_of_the_page(client: Client) -> None:
    evil = "</script><script>alert(1)</script><!-- & \u2028 \"'"
    make.make_event(
        f"Words {evil}",
        slug="evil",
        contexts=[f"Name {evil}"],
        summary=evil,
        citations=[(evil, "javascript:alert(1)", "data:text/html,x")][:0],
    )
    html = page(client, "/news/2004/02/9/evil.html")
    assert "<script>alert" not in html
    assert linked_data(html)["articleBody"] == f"Words {evil}"


def test_only_web_addresses_become_links(client: Client) -> None:
    event = make.make_event("Words.", slug="words", document=False)
    row = make.cite(event, position=1, label="Odd", picture="data:text/html,x")
    row.raw_url = "javascript:alert(1)"
    row.save()
    write_documents([event.pk])
    html = page(client, "/news/2004/02/9/words.html")
    assert "<li>Odd</li>" in html
    assert "javascript:" not in html.replace(html[html.index("<script") : html.index("</script>")], "")
    assert "data:text" not in html


def test_corrections_are_told_with_grade_and_note(client: Client, event: Event) -> None:
    Revision.objects.create(
        event=event,
        number=2,
        kind=ChangeKind.CORRECTED,
        actor_name="ann",
        grade=Grade.CORRECTION,
        note="The speech was in Oslo.",
        fields={},
    )
    write_documents([event.pk])
    html = page(client)
    assert "<strong>Correction</strong>" in html
    assert "The speech was in Oslo." in html


def test_related_list_gives_reasons_and_obeys_pins_and_bans(client: Client, event: Event) -> None:
    near = make.make_event("A near event.", date="2004-02-10")
    far = make.make_event("A far event.", date="2004-02-11")
    banned = make.make_event("A banned event.", date="2004-02-12")
    hidden = make.make_event("A withdrawn event.", date="2004-02-13", state="withdrawn")
    for rank, target in enumerate((near, far, banned, hidden), start=1):
        make.relate(event, target, rank=rank, shared=["Enlargement"])
    Curation.objects.create(event=event, target=far, decision=Decision.PIN, note="The sequel.", by_name="ann")
    Curation.objects.create(event=event, target=banned, decision=Decision.BAN, by_name="ann")
    related = json.loads(page(client, f"{PAGE}.json"))["related"]
    assert [(row["text"], row["rank"], row["pinned"]) for row in related] == [
        ("A far event.", 1, True),
        ("A near event.", 2, False),
    ]
    assert related[1]["reason"]["contexts"] == ["Enlargement"]
    html = page(client)
    assert "Shared contexts: Enlargement" in html
    assert "Chosen by an editor: The sequel." in html
    assert "banned" not in html
    assert "withdrawn event" not in html


def test_readers_get_no_loose_links_but_those_that_editors_chose_and_programs_get_all(
    client: Client, event: Event
) -> None:
    told = ["A close event.", "A loose event.", "A loose one with a note.", "A loose one that is pinned."]
    for rank, text in enumerate(told, start=1):
        make.relate(event, make.make_event(text, date=f"2004-03-{rank:02}"), rank=rank, loose=rank > 1)
    for decision, text in ((Decision.NOTE, told[2]), (Decision.PIN, told[3])):
        target = Event.objects.get(text=text)
        Curation.objects.create(event=event, target=target, decision=decision, note="See.", by_name="ann")
    shown = re.findall(r'<li><a href="[^"]+">([^<]+)</a>\n<p class="why">', page(client))
    assert shown == [told[3], told[0], told[2]]
    related = json.loads(page(client, f"{PAGE}.json"))["related"]
    assert [(row["text"], row["reason"]["loose"]) for row in related] == [
        (told[3], True), (told[0], False), (told[1], True), (told[2], True),
    ]  # fmt: skip
    assert all(text in page(client, f"{PAGE}.md") for text in told)


@pytest.mark.parametrize("loose", [0, 2])
def test_an_event_that_stands_alone_has_no_heading_of_related_events(
    client: Client, event: Event, loose: int
) -> None:
    for rank in range(1, loose + 1):
        make.relate(event, make.make_event(f"Loose {rank}."), rank=rank, loose=True)
    html = page(client)
    assert "Related events" not in html
    assert 'id="related"' not in html
    assert "Loose" not in html
    assert 'id="about"' in html


@pytest.mark.parametrize(
    ("suffix", "content_type", "part"),
    [
        ("html", "text/html; charset=utf-8", "<h1"),
        ("md", "text/markdown; charset=utf-8", "# The minister explains the treaty."),
        ("json", "application/json", '"text":"The minister explains the treaty."'),
        ("xml", "application/xml; charset=utf-8", "<text>The minister explains the treaty.</text>"),
    ],
)
def test_each_suffix_is_a_format(
    client: Client, event: Event, suffix: str, content_type: str, part: str
) -> None:
    response = client.get(f"{PAGE}.{suffix}")
    assert response.headers["Content-Type"] == content_type
    assert part in response.content.decode()
    assert "Vary" not in response.headers


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("image/png", "text/html; charset=utf-8"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
        ("text/markdown", "text/markdown; charset=utf-8"),
        ("text/html;q=0.4, application/json", "application/json"),
        ("text/xml", "application/xml; charset=utf-8"),
    ],
)
def test_without_suffix_the_accept_header_decides(
    client: Client, event: Event, accept: str, content_type: str
) -> None:
    response = client.get(PAGE, headers={"accept": accept} if accept else {})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == content_type
    assert response.headers["Vary"] == "Accept"


def test_json_page_is_the_detail_answer(client: Client, event: Event) -> None:
    body = json.loads(page(client, f"{PAGE}.json"))
    assert body["id"] == event.pk
    assert body["address"] == PAGE
    assert list(body)[list(body).index("corrections") + 1] == "related"


def test_chinese_page_speaks_chinese(client: Client) -> None:
    make.make_event("两国在桥上签署条约。", edition="zh", slug="两国在桥上签署条约")
    html = page(client, "/zh/news/2004/02/9/两国在桥上签署条约.html")
    assert '<html lang="zh" dir="ltr">' in html
    assert "2004年2月9日" in html
    assert "关于本页" in html


def test_previous_and_next_days_are_those_that_have_events(client: Client, event: Event) -> None:
    make.make_event("Before.", date="2003-12-31")
    make.make_event("Hidden.", date="2004-02-10", state="held")
    make.make_event("After.", date="2004-03-01")
    make.make_event("另一条。", date="2004-02-10", edition="zh")
    html = page(client)
    assert '<a rel="prev" href="/news/2003/12/31/">' in html
    assert '<a rel="next" href="/news/2004/03/1/">' in html


def test_page_with_its_style_sheet_is_light(client: Client, event: Event) -> None:
    sheet = (ROOT / "static" / "css" / "public.css").read_bytes()
    assert len(gzip.compress(page(client).encode())) + len(gzip.compress(sheet)) < 15_000
    assert "<style" not in page(client)
    assert " style=" not in page(client)


def test_times_are_to_the_second_as_html_wants_them(client: Client, event: Event) -> None:
    times = re.findall(r'datetime="([^"]*T[^"]*)"', page(client))
    assert times
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", said) for said in times)


def test_each_context_leads_to_the_events_before_and_after_in_it(client: Client, event: Event) -> None:
    make.make_event("Far before.", date="1999-01-02", slug="far-before", contexts=["Enlargement"])
    make.make_event("Before.", date="2003-05-06", slug="before", contexts=["Enlargement"])
    make.make_event("Hidden.", date="2003-05-07", contexts=["Enlargement"], state="withdrawn")
    after = make.make_event("After.", date="2009-07-08", slug="after", contexts=["Treaty on Bridges"])
    make.former_address(after, "after-all", date=after.date)
    html = page(client).partition('<h2 id="contexts">')[2].partition("</section>")[0]
    rows = re.findall(r"<li>(.*?)</li>", html)
    assert [re.findall(r'class="(back|on)" href="([^"]+)" aria-label="([^"]+)"', row) for row in rows] == [
        [("back", "/news/2003/05/6/before.html", "Previous in Enlargement: 6 May 2003")],
        [],
        [("on", "/news/2009/07/8/after.html", "Next in Treaty on Bridges: 8 July 2009")],
    ]


def test_a_long_text_is_set_to_be_read(client: Client) -> None:
    make.make_event("A bridge. " * 40, slug="long")
    make.make_event("桥" * 120, slug="长", edition="zh")
    make.make_event("Short.", slug="short")
    long = [
        '<h1 class="text long">' in page(client, f"{path}.html")
        for path in ("/news/2004/02/9/long", "/zh/news/2004/02/9/长", "/news/2004/02/9/short")
    ]
    assert long == [True, True, False]
