"""Lists of contexts and publishers, all and any of them: complete and in order, a part at a time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events import keyed
from events.actions.tallies import count_anew
from events.keys import key_of
from events.models import Citation, Context, Publisher, Tagging
from tests.api.test_paging import plain_events, walk
from tests.factories import make_context, make_event

pytestmark = pytest.mark.django_db

NAMES = ("one", "two", "three")
named = st.sets(st.sampled_from(NAMES))
some = st.lists(st.sampled_from(NAMES), max_size=2, unique=True)
rows = st.lists(
    st.tuples(st.integers(1, 5), named, st.lists(st.sampled_from(NAMES), max_size=3)), max_size=10
)
Row = tuple[int, set[str], list[str]]


def stored(events: list[Row]) -> list[tuple[int, int, set[str], set[str]]]:
    """Events of these days with these contexts, citing these publishers: day, id, and both, newest first."""
    contexts = {name: Context.objects.create(edition="en", name=name, slug=name) for name in NAMES}
    publishers = {name: Publisher.objects.create(name=name) for name in NAMES}
    ids = plain_events([day for day, _, _ in events])
    keys = [key_of(f"2004-02-{day:02d}", pk) for (day, _, _), pk in zip(events, ids, strict=True)]
    Tagging.objects.bulk_create(
        Tagging(event_id=pk, context=contexts[name], how="person", key=key)
        for pk, key, (_, having, _) in zip(ids, keys, events, strict=True)
        for name in having
    )
    Citation.objects.bulk_create(
        Citation(event_id=pk, position=at, publisher=publishers[name], label=name, key=key)
        for pk, key, (_, _, citing) in zip(ids, keys, events, strict=True)
        for at, name in enumerate(citing)
    )
    count_anew()
    found = [(day, pk, having, set(citing)) for pk, (day, having, citing) in zip(ids, events, strict=True)]
    return sorted(found, key=lambda row: row[:2], reverse=True)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=rows, any_of=some, all_of=some, citing=some, since=st.integers(1, 3), size=st.integers(1, 4),
    looked=st.integers(1, 6), name=st.sampled_from(["-date", "date"]),
)  # fmt: skip
def test_pages_have_every_event_once_both_ways(
    monkeypatch: pytest.MonkeyPatch, events: list[Row], any_of: list[str], all_of: list[str],
    citing: list[str], since: int, size: int, looked: int, name: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(keyed, "LOOKED_MOST", looked)
    with transaction.atomic():
        found = stored(events)
        right = [
            pk
            for day, pk, having, cited in found
            if day >= since
            and (not any_of or having.intersection(any_of))
            and having.issuperset(all_of)
            and (not citing or cited.intersection(citing))
        ]
        asked = [
            *(("context", one) for one in any_of),
            *(("context_all", one) for one in all_of),
            *(("publisher", one) for one in citing),
        ]
        query = urlencode(
            [*asked, ("page_size", size), ("ordering", name), ("date_from", f"2004-02-0{since}")]
        )
        forth = [pk for page in walk(f"/api/v1/events/?{query}") for pk in page]
        assert forth == (right if name == "-date" else right[::-1])
        client, url = Client(), f"/api/v1/events/?{query}"
        while following := client.get(url).json()["next"]:
            url = following
        back = walk(url, way="previous")
        assert [pk for page in reversed(back) for pk in page] == forth
        transaction.set_rollback(True)


def test_of_two_contexts_little_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyed, "LOOKED_MOST", 4)
    for day in range(1, 9):
        make_event("x", date=dt.date(2004, 2, day), contexts=["Storms"])
        make_event("y", date=dt.date(2004, 2, day), contexts=["Ferries"])
    both = make_event("z", date="2004-01-01", contexts=["Storms", "Ferries"])
    pages = []
    url = "/api/v1/events/?context_all=storms&context_all=ferries"
    while url:
        answer = Client().get(url).json()
        pages.append([row["id"] for row in answer["results"]])
        url = answer["next"]
    assert pages == [[], [], [both.pk]]


def test_the_rarer_of_two_is_read_and_neither_whole() -> None:
    """Both databases read the rarer context in its order and ask the other by its key, without sorting."""
    for number in range(30):
        make_event("x", contexts=["Storms", *(["Ferries"] if number % 10 == 0 else [])])
    asked = [keyed.Under("context", (make_context(name).pk,)) for name in ("Storms", "Ferries")]
    with CaptureQueriesContext(connection) as captured:
        found = keyed.events_under(asked, low=0, high=1 << 62, newest_first=True, limit=5)
    assert len(found.events) == 3
    assert Counter(one["sql"].split(" ")[0] for one in captured) == {"SELECT": 4}
    assert f'"context_id" IN ({asked[1].values[0]})' in captured[2]["sql"]
