"""``days/``: how many events each day, month or year has, of all events and of some."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events import filters
from events.actions.tallies import count_anew
from events.prepared import Prepared
from events.vocabulary import State
from tests.factories import cite, make_event

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]
DATES = ("1999-12-31", "2004-02-08", "2004-02-09", "2004-03-01", "2005-01-01", "2007-07-07")


def pages(get: Get, path: str) -> list[tuple[str, int]]:
    """What all pages of *path* say, one after the other."""
    found, url = [], path
    while url:
        page = get(url).json()
        found += [(row["period"], row["count"]) for row in page["results"]]
        url = page["next"]
    return found


@pytest.fixture
def archive(db: None, begin_with: Callable[..., None]) -> None:
    begin_with("archive_of_days", make_archive)


def make_archive() -> None:
    for number, date in enumerate(DATES * 2):
        make_event(
            f"Event {number}.", date=date, slug=f"e{number}", edition="zh" if number % 3 == 0 else "en"
        )
    make_event("Held.", date="2004-02-09", state=State.HELD)
    count_anew()


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize("ordering", ["-date", "date"])
@pytest.mark.parametrize("edition", ["", "&edition=en", "&edition=zh", "&edition=en&edition=zh"])
@pytest.mark.parametrize("by", ["month", "year"])
@pytest.mark.parametrize("size", [1, 2, 50])
def test_what_is_counted_already_is_what_counting_gives(
    get: Get, ordering: str, edition: str, by: str, size: int
) -> None:
    asked = f"days/?by={by}&ordering={ordering}{edition}&page_size={size}"
    counted = pages(get, f"{asked}&date_from=1000-01-01")  # of events with a condition, each is looked at
    assert pages(get, asked) == counted
    assert sum(count for _, count in counted) == get(f"events/?count=only{edition}").json()["count"] > 0


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize("path", ["events/?count=only", "days/?by=year", "days/?by=month&edition=zh"])
def test_all_events_are_counted_without_looking_at_any(get: Get, path: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        get(path)
    assert not any("events_event" in query["sql"] for query in queries)


@pytest.mark.parametrize("has", ["100000", "000001", "010010", "101101", "111111"])
@pytest.mark.parametrize("kind", ["context", "publisher", "source"])
def test_days_of_something_large_are_those_of_something_small(
    get: Get, monkeypatch: pytest.MonkeyPatch, kind: str, has: str
) -> None:
    """Of many events each is asked, from the first day that has one to the last; few are named."""
    for date, one in zip(DATES, has, strict=True):
        event = make_event(f"Of {date}.", date=date, contexts=["Large" if one == "1" else "Other"])
        paper = "Paper" if one == "1" else "Leaflet"
        for position in range(2):
            cite(event, position=position, label=paper, url=f"https://{paper.lower()}.example/")
    value = {"context": "large", "publisher": "Paper", "source": "https://paper.example/"}[kind]
    path = f"days/?{kind}={value}&page_size=2"
    few = pages(get, path)
    monkeypatch.setattr(filters.events, "_FEW", 0)
    monkeypatch.setattr(filters.events, "_few_tagged", Prepared(filters.events._few_tagged._build))
    assert pages(get, path) == few
    assert few == [(date, 1) for date, one in zip(DATES, has, strict=True) if one == "1"][::-1]
