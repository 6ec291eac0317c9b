"""A context's course, company and events page by page; all contexts, the most used, and by name."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from events import contexts
from events.models import Context, Event, Tagging
from events.public import contexts as pages
from events.vocabulary import State, Tagged
from tests import factories as make

pytestmark = pytest.mark.django_db
WAR = "/contexts/war/"


def shown(client: Client, path: str = WAR) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_its_years_are_a_chart_whose_bars_lead_to_their_events(client: Client) -> None:
    for number, year in enumerate((2001, 2001, 2004)):
        make.make_event(f"Event {number}.", date=f"{year}-02-09", lead="War")
    make.make_event("Gone.", date="1999-02-09", lead="War", state=State.WITHDRAWN)
    html = shown(client)
    assert "3 events · 2001–2004" in html
    assert 'href="/search/?context=war&amp;from=2001&amp;to=2001" aria-label="2001: 2 events"' in html
    rows = re.findall(r'<th scope="row"><a[^>]*>(\d+)</a></th><td>(\d+)</td>', html)
    assert rows == [("2001", "2"), ("2002", "0"), ("2003", "0"), ("2004", "1")]
    found = client.get("/search/?context=war&from=2001&to=2001").content.decode()
    assert ("Event 0." in found, "Event 2." in found) == (True, False)


def test_of_very_many_years_ten_share_a_bar(client: Client) -> None:
    for number, year in enumerate((1931, 1939, 1940, 2004)):
        make.make_event(f"Event {number}.", date=f"{year}-02-09", lead="War")
    html = shown(client)
    assert 'href="/search/?context=war&amp;from=1931&amp;to=1939" aria-label="1931–1939: 2 events"' in html
    rows = re.findall(r'<th scope="row"><a[^>]*>([\d–]+)</a></th><td>(\d+)</td>', html)
    assert (len(rows), rows[1], rows[-1]) == (8, ("1940–1949", "1"), ("2000–2004", "1"))
    assert "1939: 1 event" not in html


def test_one_year_needs_no_chart(client: Client) -> None:
    make.make_event("One.", lead="War")
    assert "<svg" not in shown(client)


def test_its_company_is_counted_on_what_is_published(client: Client) -> None:
    make.make_event("One.", contexts=["War", "Peace", "Bridges"])
    make.make_event("Two.", contexts=["War", "Peace"])
    make.make_event("Gone.", contexts=["War", "Secrets"], state=State.WITHDRAWN)
    event = make.make_event("Three.", contexts=["War", "Apart"])
    Tagging.objects.filter(event=event, context__name="Apart").update(removed=True, how=Tagged.PERSON)
    html = shown(client)
    assert '<a href="/contexts/peace/">Peace <span class="n">2</span></a>' in html
    assert html.index("Peace <span") < html.index("Bridges <span")
    assert "Secrets" not in html
    assert "Apart <span" not in html
    war = Context.objects.get(name="War")
    assert [row["name"] for row in contexts.appears_with(war, limit=1)] == ["Peace"]


def test_its_events_are_read_page_by_page_each_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "AT_ONCE", 2)
    for number, day in enumerate(("2003-05-01", "2004-02-09", "2004-02-09", "2004-02-10", "2005-01-01")):
        make.make_event(f"Event {number}.", date=day, lead="War")
    path, seen, places = WAR, [], 0
    while path:
        html = shown(client, path)
        seen += re.findall(r">(Event \d)\.<", html)
        older = re.search(r'<a rel="next" href="([^"]+)"', html)
        assert f'<link rel="canonical" href="http://127.0.0.1:8000{path}">' in html
        path = older[1] if older else ""
        places += 1
    assert seen == ["Event 4", "Event 3", "Event 2", "Event 1", "Event 0"]
    assert places == 3
    assert '<section class="year" id="y2003">' in html
    assert ("<svg" in html, f'<a href="{WAR}">The newest</a>' in html) == (False, True)


@pytest.mark.parametrize(
    "said",
    [
        "x",
        "2004-02-09",
        "2004-02-09.",
        ".5",
        "2004-02-30.5",
        "2004-02-09.-1",
        "2004-02-09.²",
        f"2004-02-09.{'9' * 40}",
    ],
)
def test_a_place_that_is_none_shows_the_first_page(client: Client, said: str) -> None:
    make.make_event("One.", lead="War")
    assert "One." in shown(client, f"{WAR}?before={said}")
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{WAR}">' in shown(
        client, f"{WAR}?before={said}"
    )


def test_a_withdrawn_event_leaves_every_page_of_its_context(client: Client) -> None:
    event = make.make_event("Secret.", lead="War")
    for path in (WAR, f"{WAR}?before=2004-02-09.999999"):
        tag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"if-none-match": tag}).status_code == 304
        Event.objects.filter(pk=event.pk).update(state=State.WITHDRAWN)
        after = client.get(path, headers={"if-none-match": tag})
        assert (after.status_code, "Secret." in after.content.decode()) == (200, False)
        Event.objects.filter(pk=event.pk).update(state=State.PUBLISHED)


def test_the_most_used_contexts_stand_first_with_their_counts(client: Client) -> None:
    for number in range(3):
        make.make_event(f"Event {number}.", contexts=["War"] if number else ["War", "Peace"])
    make.make_event("中文。", edition="zh", slug="one", contexts=["战争"])
    html = shown(client, "/contexts/")
    assert '<a href="/contexts/war/">War <span class="n">3</span></a>' in html
    assert html.index("War <span") < html.index("Peace <span")
    assert '<h1>Contexts <span class="n">2</span></h1>' in html
    assert "战争" not in html


@pytest.mark.parametrize(
    ("typed", "found"), [("sao", True), ("principe", True), ("tome and", True), ("ome", False)]
)
def test_contexts_are_found_by_the_beginning_of_a_word(client: Client, typed: str, found: bool) -> None:
    make.make_event("One.", contexts=["São Tomé and Príncipe", "Another"])
    html = shown(client, f"/contexts/?q={typed}")
    assert ("São Tomé and Príncipe</a> <span" in html) is found
    assert "Another" not in html
    assert '<meta name="robots" content="noindex">' in html


@pytest.mark.parametrize(
    "typed", ["%00", "%ff", "(", "[", "%22%3E%3Cscript%3E", "*" * 200, "%F0%9F%98%80", "\\"]
)
def test_any_name_may_be_asked_for(client: Client, typed: str) -> None:
    make.make_event("One.", contexts=["War"])
    assert "<script>" not in shown(client, f"/contexts/?q={typed}")
