"""``/search/``: what a reader sees and can click on."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.vocabulary import Category, State
from tests.factories import make_event

pytestmark = pytest.mark.django_db


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    assert not response.cookies
    return response.content.decode()


def texts(html: str) -> list[str]:
    found = re.findall(r'<p class="text"><a [^>]*>(.*?)</a></p>', html)
    return [unescape(re.sub("</?mark>", "", text)) for text in found]


def link(html: str, label: str) -> str:
    match = re.search(rf'<a [^>]*?href="([^"]*)"[^>]*>{re.escape(label)}', html)
    assert match is not None, label
    return unescape(match[1])


def test_without_a_question_there_is_a_form(client: Client) -> None:
    html = page(client, "/search/")
    assert '<form class="search" role="search" action="/search/" method="get">' in html
    assert "Nothing was found" not in html
    assert 'action="/zh/search/"' in page(client, "/zh/search/")
    assert client.get("/search").headers["Location"] == "/search/"


def test_hits_show_what_was_found_and_nothing_else_is_markup(client: Client) -> None:
    make_event("Two <b>elections</b> & more in Zürich.")
    html = page(client, "/search/?q=election+zurich")
    assert "Two &lt;b&gt;<mark>elections</mark>&lt;/b&gt; &amp; more in <mark>Zürich</mark>." in html
    assert "1 event" in html
    assert "&quot;&gt;&lt;script" in page(client, '/search/?q="><script>alert(1)</script>')


def test_facets_narrow_and_can_be_taken_away(client: Client) -> None:
    make_event("Treaty one.", contexts=["Talks"], category="politics", citations=[("A & B", "", "")])
    make_event("Treaty two.", contexts=["Trade"], date="2006-02-09")
    html = page(client, "/search/?q=treaty")
    for label, wanted in (("Talks", "one"), ("Politics", "one"), ("A &amp; B", "one"), ("Trade", "two")):
        narrowed = page(client, link(html[html.index('class="facets"') :], label))
        assert texts(narrowed) == [f"Treaty {wanted}."]
        chosen = label.lower() if label in {"Talks", "Trade"} else label
        assert len(texts(page(client, link(narrowed, f"{chosen} ×")))) == 2


def test_the_chart_says_the_same_as_its_table(client: Client) -> None:
    for year in (2004, 2004, 2006):
        make_event(f"Treaty {year}.", date=f"{year}-02-09")
    html = page(client, "/search/?q=treaty")
    assert re.findall(r"<title>(\d+: [^<]+)</title>", html) == ["2004: 2 events", "2006: 1 event"]
    rows = re.findall(r'<th scope="row"><a [^>]*>(\d+)</a></th><td>(\d+)</td>', html)
    assert rows == [("2004", "2"), ("2005", "0"), ("2006", "1")]
    assert len(texts(page(client, link(html, "2004</a>")))) == 2
    assert texts(page(client, "/search/?q=treaty&from=2005&to=2006-12")) == ["Treaty 2006."]


def test_orders_and_pages(client: Client) -> None:
    for day in range(1, 26):
        make_event(f"Treaty {day:02d}.", date=f"2004-02-{day:02d}")
    first = page(client, link(page(client, "/search/?q=treaty"), "Newest first"))
    second = page(client, link(first, "More"))
    assert texts(first) + texts(second) == [f"Treaty {day:02d}." for day in range(25, 0, -1)]
    assert texts(page(client, link(second, "From the beginning"))) == texts(first)


def test_an_edition_finds_its_own_events(client: Client) -> None:
    make_event("俄羅斯與烏克蘭會談。", edition="zh", contexts=["戰爭"])
    make_event("Russia and Ukraine talk of 俄羅斯.")
    assert texts(page(client, "/zh/search/?q=俄罗斯")) == ["俄羅斯與烏克蘭會談。"]
    assert texts(page(client, "/search/?q=俄罗斯")) == ["Russia and Ukraine talk of 俄羅斯."]


def test_nothing_found_says_what_to_do(client: Client) -> None:
    make_event("The chancellor speaks.")
    make_event("Secret treaty.", state=State.WITHDRAWN)
    html = page(client, "/search/?q=chancelor")
    assert texts(page(client, link(html, "chancellor"))) == ["The chancellor speaks."]
    for query in (
        "q=treaty",
        "q=!!!",
        "context=nobody",
        "q=-chancellor",
        "from=2005",
        "after=9&q=chancellor",
    ):
        assert "Nothing was found" in page(client, f"/search/?{query}"), query


def test_hits_say_which_words_they_were_found_without(client: Client) -> None:
    make_event("A tsunami hits the coast on this day.", contexts=["Seas"])
    html = page(client, "/search/?q=boxing+day+tsunami")
    assert texts(html) == ["A tsunami hits the coast on this day."]
    assert "Hardly any event has all of these words" in html
    assert "Found without: <s>boxing</s>" in html
    assert "1 event<" in html
    assert "Hardly any" not in page(client, "/search/?q=tsunami")


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=%ff", "from=x&to=2004-99", "after=x", "order=x", "category=x", "q=" + "x" * 2000],
)
def test_no_question_is_an_error(client: Client, query: str) -> None:
    make_event("Treaty.")
    assert "<form" in page(client, f"/search/?{query}")


def test_a_copy_is_good_until_the_result_changes(client: Client) -> None:
    make_event("Treaty.")
    etag = client.get("/search/?q=treaty").headers["ETag"]
    assert client.get("/search/?q=treaty", headers={"If-None-Match": etag}).status_code == 304
    make_event("Treaty two.")
    assert client.get("/search/?q=treaty", headers={"If-None-Match": etag}).status_code == 200


def test_the_number_of_queries(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(20):
        make_event(f"Treaty {number}.", contexts=["A"])
    rarity = connection.vendor == "postgresql"  # which is asked how rare the words are
    with django_assert_max_num_queries(6 + rarity):
        assert len(texts(page(client, "/search/?q=treaty"))) == 20


def test_categories_are_named_in_the_language_of_the_edition(client: Client) -> None:
    for number in range(2):
        make_event(f"体育新闻{number}。", edition="zh", slug=f"s{number}", category=Category.SPORT)
    html = client.get("/zh/search/", {"q": "体育新闻"}).content.decode()
    assert '<a href="/zh/search/?q=%E4%BD%93%E8%82%B2%E6%96%B0%E9%97%BB&amp;category=sport">体育</a>' in html
    assert ">体育 ×</a>" in client.get("/zh/search/", {"category": "sport"}).content.decode()
