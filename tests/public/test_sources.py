"""``/sources/``: who is cited by what readers may see, and nothing of what they may not."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import publishers
from events.actions.withdraw import withdraw_event
from events.models import Publisher, PublisherHost, Source
from events.vocabulary import Role, State
from tests import factories as make
from tests.people import make_person

pytestmark = pytest.mark.django_db


def page(client: Client, path: str = "/sources/") -> str:
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    assert not response.cookies
    return response.content.decode()


def cited_by(text: str, name: str = "The Courier", path: str = "1", **fields: object) -> str:
    """A publisher's page, once an event cites it."""
    url = f"https://courier.example/{path}" if path else ""
    make.make_event(text, citations=[(name, url, "")], **fields)  # type: ignore[arg-type]
    return f"/sources/{Publisher.objects.get(name=name).pk}/"


def names(html: str) -> list[str]:
    return re.findall(r'<li><a href="[^"]*/sources/\d+/">([^<]*)</a></li>', html)


def texts(html: str) -> list[str]:
    return re.findall(r'<p class="text"><a [^>]*>([^<]*)</a></p>', html)


def test_who_is_cited_stands_there_by_name_and_by_how_often(client: Client) -> None:
    for number in range(3):
        cited_by(f"One {number}.", "The Courier", str(number))
    cited_by("Two.", "A & B", "")
    html = page(client)
    assert names(html) == ["A &amp; B", "The Courier"]
    assert re.search(r'>The Courier</a> <span class="n">3</span>', html)
    for path in re.findall(r'href="(/sources/\d+/)"', html):
        page(client, path)
    assert "来源媒体" in page(client, "/zh/sources/")


def test_what_only_hidden_events_cite_is_nowhere(client: Client) -> None:
    places = [
        cited_by(f"{state}.", f"Secret {state}", str(state), state=State(state))
        for state in ("draft", "held", "withdrawn", "legal")
    ]
    html = page(client)
    assert "Secret" not in html
    assert "No publisher stands here." in html
    assert [client.get(place).status_code for place in places] == [404] * 4


def test_withdrawn_it_is_gone_at_once(client: Client) -> None:
    event = make.make_event("Gone soon.", citations=[("The Courier", "https://courier.example/1", "")])
    place = f"/sources/{Publisher.objects.get().pk}/"
    assert texts(page(client, place)) == ["Gone soon."]
    withdraw_event(actor=make_person(Role.CHIEF), event_id=event.pk, version=1, reason="Wrong.")
    assert client.get(place).status_code == 404
    assert "The Courier" not in names(page(client))


def test_documents_speak_in_their_publishers_words_and_no_link_runs_a_script(client: Client) -> None:
    place = cited_by("An event.")
    Source.objects.update(title="<b>War & peace</b>", description="Long ago. " * 60)
    PublisherHost.objects.create(publisher=Publisher.objects.get(), host="courier.example")
    html = page(client, place)
    assert '<a href="https://courier.example/1" rel="external noopener">&lt;b&gt;War &amp; peace' in html
    assert "<dd>courier.example</dd>" in html
    assert re.search(r"<blockquote><p>(Long ago\. ){20,29}Long( ago\.)?…", html)
    assert "not ours" in unescape(html)


def test_a_kept_copy_is_said_to_be_one(client: Client) -> None:
    url = "https://web.archive.org/web/20040209000000/https://courier.example/1"
    make.make_event("An event.", citations=[("The Courier", url, "")])
    assert "archived copy" in page(client, f"/sources/{Publisher.objects.get().pk}/")


def test_a_name_without_a_document_has_its_events(client: Client) -> None:
    assert texts(page(client, cited_by("Only a name.", path=""))) == ["Only a name."]


def test_a_document_without_a_title_is_named_by_its_address(client: Client) -> None:
    html = page(client, cited_by("An event.", path="a/Ł%C3%B3d%C5%BA?page=2"))
    assert ">courier.example/a/Łódź</a>" in html


def test_a_merged_publisher_leads_to_the_one_that_stays(client: Client) -> None:
    stays = cited_by("An event.")
    goes = Publisher.objects.create(name="Courier, The", merged_into=Publisher.objects.get())
    answer = client.get(f"/sources/{goes.pk}/")
    assert (answer.status_code, answer.headers["Location"]) == (301, stays)
    assert "Courier, The" not in page(client)


def test_an_edition_without_its_events_leads_to_the_one_that_has_some(client: Client) -> None:
    place = cited_by("只有中文。", edition="zh")
    assert client.get(place).headers["Location"] == f"/zh{place}"
    html = page(client, f"/zh{place}")
    assert texts(html) == ["只有中文。"]
    assert '<html lang="zh"' in html


def test_names_that_differ_in_case_alone_are_two(client: Client) -> None:
    small, large = cited_by("Small.", "courier", "1"), cited_by("Large.", "COURIER", "2")
    assert texts(page(client, small)) == ["Small."]
    assert texts(page(client, large)) == ["Large."]


def test_older_events_are_a_page_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishers, "EVENTS_AT_ONCE", 2)
    for day in range(1, 6):
        place = cited_by(f"Day {day}.", path=str(day), date=f"2004-02-0{day}")
    read: list[str] = []
    here: str | None = place
    while here:
        html = page(client, here)
        read += texts(html)
        found = re.search(r'rel="next" href="([^"]+)"', html)
        here = unescape(found[1]) if found else None
    assert read == [f"Day {day}." for day in (5, 4, 3, 2, 1)]
    assert client.get(f"{place}?after=1").headers["Location"] == place


def test_names_go_on_where_the_page_ends(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishers, "AT_ONCE", 2)
    for name in ("Alpha", "Beta", "Gamma & Co"):
        cited_by(f"{name} says so.", name, name[0])
    first = page(client)
    assert names(first) == ["Alpha", "Beta"]
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    assert names(page(client, unescape(following[1]))) == ["Gamma &amp; Co"]
    assert names(page(client, "/sources/?from=B")) == ["Beta", "Gamma &amp; Co"]


@pytest.mark.parametrize("query", ["from=%00", "from=%ff", "from=" + "x" * 3000, 'from="><script>', "from="])
def test_no_name_is_an_error(client: Client, query: str) -> None:
    cited_by("An event.")
    assert "<script>" not in page(client, f"/sources/?{query}")


@pytest.mark.parametrize("after", ["x", "-1", "9" * 40, "%00", "", "1e3"])
def test_a_wrong_place_is_no_error(client: Client, after: str) -> None:
    place = cited_by("An event.")
    assert client.get(f"{place}?after={after}").status_code in {200, 301}


@pytest.mark.parametrize(
    "path", ["/sources/999999/", "/sources/9999999999999999999/", "/sources/x/", "/sources/-1/"]
)
def test_there_is_no_page_without_a_publisher(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_each_has_one_address(client: Client) -> None:
    place = cited_by("An event.")
    for path in (place[:-1], place.replace("/sources/", "/sources/0"), f"/en{place}"):
        assert client.get(path, follow=True).redirect_chain[-1] == (place, 301)
    assert client.get("/sources").headers["Location"] == "/sources/"


def test_a_copy_is_good_until_something_on_it_changes(client: Client) -> None:
    place = cited_by("An event.")
    tags = {path: client.get(path).headers["ETag"] for path in (place, "/sources/")}
    for path, tag in tags.items():
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    Source.objects.update(title="A title")
    assert client.get(place, headers={"If-None-Match": tags[place]}).status_code == 200
    cited_by("Another.", "The Herald", "2")
    assert client.get("/sources/", headers={"If-None-Match": tags["/sources/"]}).status_code == 200


def test_what_they_cost(client: Client) -> None:
    def cost(path: str) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            page(client, path)
        return len(queries)

    place = cited_by("One.")
    # Names; labels of the newest events and the ids of those most cited.
    assert cost("/sources/") == 3
    # Publisher, how many cite it in all, those of the page, their texts, documents, count, hosts.
    assert cost(place) == 7
    for number in (2, 3):
        cited_by(f"Event {number}.", path=str(number))
        cited_by(f"Other {number}.", f"Other {number}", f"o{number}")
    assert (cost("/sources/"), cost(place)) == (3, 7)
