"""The front page: days in groups, who reports, a source's words as its own, the day in other years."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from events import timeline
from events.models import Event
from events.vocabulary import Category, State
from tests import factories as make

pytestmark = pytest.mark.django_db


def front(client: Client, path: str = "/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_events_stand_under_their_lead_or_their_category(client: Client) -> None:
    make.make_event("One.", lead="War")
    make.make_event("Two.", category=Category.SPORT)
    make.make_event("Three.", category=Category.OTHER)
    make.make_event("Four.", lead="War")
    make.make_event("Five.", category=Category.SPORT)
    html = front(client)
    assert re.findall(r"<h3>(?:<a[^>]*>)?([^<]*)", html) == ["War", "Sport", "Other events"]
    assert re.findall(r"\b(One|Two|Three|Four|Five)\.<", html) == ["One", "Four", "Two", "Five", "Three"]
    make.make_event("中文。", edition="zh", slug="one", category=Category.SPORT)
    assert "<h3>体育</h3>" in front(client, "/zh/")


def test_cards_name_who_reports_and_quote_the_source_as_itself(client: Client) -> None:
    make.make_event(
        "One.",
        summary=f"It was <b>said</b>. {'Word ' * 60}",
        citations=[
            ("The Gazette", "https://gazette.example/1", ""),
            ("Radio & Nord", "", ""),
            ("The Gazette", "", ""),
        ],
    )
    html = front(client)
    assert '<li class="by">The Gazette · Radio &amp; Nord</li>' in html
    assert "<blockquote><p>It was &lt;b&gt;said&lt;/b&gt;. Word" in html
    assert "Word…</p></blockquote><figcaption>In the words of The Gazette</figcaption>" in html


def test_the_newest_day_is_remembered_in_at_most_five_other_years(client: Client) -> None:
    for day in ("2020-02-29", "2020-02-28", "2020-02-27"):
        make.make_event(f"On {day}.", date=day)
    for year in (2016, 2012, 2008, 2004, 2000, 1996):
        make.make_event(f"In {year}.", date=f"{year}-02-29")
    make.make_event("Second in 2016.", date="2016-02-29")
    make.make_event("Withdrawn.", date="1992-02-29", state=State.WITHDRAWN)
    html = front(client)
    assert re.findall(r'<dt><time datetime="(\d+)-02-29">', html) == ["2016", "2012", "2008", "2004", "2000"]
    assert '<a href="/on-this-day/02/29/">On this day: 29 February</a>' in html
    assert "Second in 2016." not in html
    Event.objects.filter(text="In 2012.").update(state=State.WITHDRAWN)
    assert "In 2012." not in front(client)
    assert "In 1996." in front(client)


def test_anniversaries_reach_to_the_beginning_of_the_calendar(client: Client) -> None:
    event = make.make_event("Long ago.", date="0003-01-01")
    make.make_event("Later.", date="0007-01-01")
    assert [row[0] for row in timeline.anniversaries("en", event.date.replace(year=7), limit=5)] == [event.pk]
    assert "Long ago." in front(client)


def test_the_formats_for_programs_have_the_days_only(client: Client) -> None:
    make.make_event("Now.", date="2020-03-01")
    make.make_event("Earlier.", date="2019-03-01")
    for day in ("2020-02-27", "2020-02-28"):
        make.make_event(f"On {day}.", date=day)
    assert "Earlier." in front(client)
    for name in ("index.json", "index.xml", "index.md"):
        assert "Earlier." not in front(client, f"/{name}")


@pytest.mark.parametrize("rest", ["", "news/", "contexts/", "opinion/", "corrections/"])
def test_lists_are_versions_of_each_other_and_say_so(client: Client, rest: str) -> None:
    links = [
        f'<link rel="alternate" hreflang="{lang}" href="http://127.0.0.1:8000{prefix}/{rest}">'
        for lang, prefix in (("en", ""), ("zh", "/zh"))
    ]
    for path in (f"/{rest}", f"/zh/{rest}"):
        html = front(client, path)
        assert all(link in html for link in links)
        assert html.count('<span aria-current="true">') == 1
        assert html.count(f'<a href="{path}" aria-current="true">') == 1
    assert f'<a href="/zh/{rest}" lang="zh" hreflang="zh">' in front(client, f"/{rest}")


def test_an_event_is_no_version_of_anything(client: Client) -> None:
    make.make_event("One.", slug="one")
    assert '<link rel="alternate" hreflang' not in front(client, "/news/2004/02/9/one.html")
