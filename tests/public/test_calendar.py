"""Years, months, days and anniversaries: where events are, and the way to any date."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import timeline
from events.public import calendar
from events.vocabulary import State
from tests import factories as make

pytestmark = pytest.mark.django_db


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def cost(client: Client, path: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        page(client, path)
    return len(queries)


def test_all_years_are_a_histogram_with_a_table(client: Client) -> None:
    for date in ("2003-11-30", "2004-02-09", "2004-02-09", "2006-01-01"):
        make.make_event(f"On {date}.", date=date)
    html = page(client, "/news/")
    bars = re.findall(r'<a href="(/news/\d+/)" aria-label="([^"]+)"><rect', html)
    assert bars == [
        ("/news/2003/", "2003: 1 event"),
        ("/news/2004/", "2004: 2 events"),
        ("/news/2006/", "2006: 1 event"),
    ]
    assert '<th scope="row"><a href="/news/2004/">2004</a></th><td>2</td>' in html
    assert "4 events" in html


def test_an_archive_without_events_has_no_histogram(client: Client) -> None:
    html = page(client, "/news/")
    assert "There are no events here yet." in html
    assert "<svg" not in html


def test_a_year_shows_each_day_that_has_events_and_how_many(client: Client) -> None:
    make.make_event("One.", date="2003-11-30")
    for text in ("Two.", "Three.", "Four.", "Five."):
        make.make_event(text, date="2004-02-09")
    make.make_event("Six.", date="2004-02-29")
    make.make_event("Seven.", date="2005-01-01")
    html = page(client, "/news/2004/")
    days = re.findall(r'<a class="l(\d)" href="([^"]+)" title="([^"]+)">(\d+)</a>', html)
    assert days == [
        ("4", "/news/2004/02/9/", "9 February 2004: 4 events", "9"),
        ("1", "/news/2004/02/29/", "29 February 2004: 1 event", "29"),
    ]
    assert '<a href="/news/2004/02/">February</a>' in html
    assert 'rel="prev" href="/news/2003/"' in html
    assert 'rel="next" href="/news/2005/"' in html
    assert len(re.findall("<caption>", html)) == 12


def test_a_month_is_a_calendar_from_monday(client: Client) -> None:
    make.make_event("One.", date="2003-11-30")
    make.make_event("Two.", date="2004-02-09")
    make.make_event("Three.", date="2005-01-01")
    html = page(client, "/news/2004/02/")
    first_week = html.partition("<tbody>")[2].partition("</tr>")[0]
    # 1 February 2004 was a Sunday.
    assert re.findall(r"<td>(.*?)</td>", first_week) == [""] * 6 + ["<span>1</span>"]
    assert 'href="/news/2004/02/9/"' in html
    assert 'rel="prev" href="/news/2003/11/"' in html
    assert 'rel="next" href="/news/2005/01/"' in html
    assert client.get("/news/2004/2/").headers["Location"] == "/news/2004/02/"
    assert client.get("/news/2004").headers["Location"] == "/news/2004/"


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_that_can_be(client: Client, date: str) -> None:
    make.make_event("An edge.", date=date)
    year, month, day = date.split("-")
    for path in ("/news/", f"/news/{year}/", f"/news/{year}/{month}/", f"/on-this-day/{month}/{int(day)}/"):
        page(client, path)


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("2004-02-09", "/news/2004/02/9/"),
        ("2004-02-10", "/news/2004/02/9/"),
        ("1900-01-01", "/news/2004/02/9/"),
        ("2019-12-31", "/news/2010/01/5/"),
    ],
)
def test_any_date_leads_to_the_nearest_day_with_events(client: Client, asked: str, led_to: str) -> None:
    make.make_event("One.", date="2004-02-09")
    make.make_event("Two.", date="2010-01-05")
    response = client.get("/news/", {"on": asked})
    assert (response.status_code, response.headers["Location"]) == (302, led_to)
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("asked", ["", "soon", "2004-02-31", "2004", "9" * 400])
def test_what_is_no_date_leads_nowhere(client: Client, asked: str) -> None:
    make.make_event("One.", date="2004-02-09")
    assert client.get("/news/", {"on": asked}).status_code == 404


def test_each_edition_has_its_own_calendar(client: Client) -> None:
    make.make_event("One.", date="2004-02-09")
    make.make_event("两件事。", date="2005-03-01", edition="zh", slug="zh")
    html = page(client, "/zh/news/2005/03/")
    assert "2005年3月" in html
    assert '<th scope="col" abbr="星期一">一</th>' in html
    assert client.get("/zh/news/2004/").status_code == 404


def test_the_same_day_of_every_year_stands_together(client: Client) -> None:
    make.make_event("In 1998.", date="1998-02-09")
    make.make_event("In 2004.", date="2004-02-09", lead="War")
    make.make_event("On another day.", date="2004-02-10")
    make.make_event("Not to be seen.", date="2003-02-09", state=State.WITHDRAWN)
    html = page(client, "/on-this-day/02/9/")
    assert html.index("In 2004.") < html.index("In 1998.")
    assert "On another day." not in html
    assert "Not to be seen." not in html
    assert "9 February" in html
    assert client.get("/on-this-day/2/09/").headers["Location"] == "/on-this-day/02/9/"


@pytest.mark.parametrize("path", ["/on-this-day/13/1/", "/on-this-day/02/30/", "/on-this-day/00/1/"])
def test_a_day_that_no_year_has_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_leap_day_has_an_anniversary_without_the_years_between(client: Client) -> None:
    make.make_event("Leap.", date="2004-02-29")
    make.make_event("No leap.", date="2005-03-01")
    assert "Leap." in page(client, "/on-this-day/02/29/")


def test_anniversaries_of_many_years_are_paged(client: Client) -> None:
    for year in range(1990, 2003):
        make.make_event(f"In {year}.", date=f"{year}-02-09")
    path, seen, pages = "/on-this-day/02/9/", [], 0
    while path:
        html = page(client, path)
        found = re.findall(r"In (\d{4})\.", html)
        assert len(found) <= 10
        seen += found
        pages += 1
        older = re.search(r'<a rel="next" href="([^"]+[?]before=[0-9]+)"', html)
        path = older[1] if older else ""
    assert seen == [str(year) for year in range(2002, 1989, -1)]
    assert pages == 2


def test_a_day_without_events_in_any_year_says_so(client: Client) -> None:
    make.make_event("One.", date="2004-02-09")
    assert "There are no events here yet." in page(client, "/on-this-day/07/1/")


@pytest.mark.parametrize(
    ("path", "most"),
    [("/news/", 1), ("/news/2004/", 3), ("/news/2004/02/", 3), ("/on-this-day/02/9/", 3)],
)
def test_calendars_cost_the_same_with_more_events(client: Client, path: str, most: int) -> None:
    make.make_event("One.", date="2004-02-09", lead="A")
    one = cost(client, path)
    make.make_event("Two.", date="2004-02-09", lead="B")
    make.make_event("Three.", date="2003-02-09", lead="C")
    assert cost(client, path) == one == most


def test_years_are_counted_in_ranges(client: Client) -> None:
    for date in ("2003-12-31", "2004-01-01", "2004-12-31", "2005-01-01"):
        make.make_event(f"On {date}.", date=date)
    make.make_event("Draft.", date="2004-06-01", state=State.DRAFT)
    assert timeline.year_counts("en") == {2003: 1, 2004: 2, 2005: 1}
    assert timeline.nearest_day("en", dt.date(2004, 6, 1)) == dt.date(2004, 1, 1)


@pytest.mark.parametrize(
    ("most", "levels"),
    [(1, {1: 2}), (3, {0: 0, 1: 1, 2: 2, 3: 4}), (62, {1: 1, 4: 2, 16: 3, 61: 3, 62: 4})],
)
def test_one_very_busy_day_does_not_make_all_others_look_alike(most: int, levels: dict[int, int]) -> None:
    assert {count: calendar._level(count, most) for count in levels} == levels
