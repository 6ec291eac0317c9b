"""Paging by position: complete, without repeats, reversible, and from an index."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.api.pagination import BY_DATE, Cursor, Page, scope_of
from events.models import Document, Event
from tests.factories import make_event

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]
START = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
ALL = scope_of("events", QueryDict(), ())
"""What cursors of the whole list of events say of it."""


def plain_events(days: list[int]) -> list[int]:
    """Events of these days of one month, with stored documents that say no more than their id."""
    events = Event.objects.bulk_create(
        [
            Event(
                edition="en",
                date=dt.date(2004, 2, day),
                text="x",
                updated_at=START + dt.timedelta(seconds=day),
            )
            for day in days
        ]
    )
    Document.objects.bulk_create([Document(event=event, body=f'{{"id":{event.pk}}}') for event in events])
    return [event.pk for event in events]


def walk(path: str, *, between: Callable[[], Any] = lambda: None, way: str = "next") -> list[list[int]]:
    """All pages from *path* on, with something happening *between* them."""
    client, url, pages = Client(), path, []
    while url:
        answer = client.get(url).json()
        pages.append([row["id"] for row in answer["results"]])
        url = answer[way]
        if way == "next" and url is None:
            pages.append([])
            break
        between()
    return [page for page in pages if page]


ORDERINGS = ["-date", "date", "-updated", "updated"]
days = st.lists(st.integers(1, 5), max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=days,
    coming=st.lists(st.integers(1, 5), max_size=8),
    size=st.integers(1, 5),
    name=st.sampled_from(ORDERINGS),
)
def test_rows_that_come_while_paging_neither_repeat_nor_hide_others(
    before: list[int], coming: list[int], size: int, name: str
) -> None:
    with transaction.atomic():
        existing = plain_events(before)
        queue = list(coming)

        def insert_one() -> None:
            if queue:
                plain_events([queue.pop()])

        seen = [
            pk
            for page in walk(f"/api/v1/events/?page_size={size}&ordering={name}", between=insert_one)
            for pk in page
        ]
        assert len(seen) == len(set(seen))
        assert set(existing) <= set(seen)
        column = name.removeprefix("-").replace("updated", "updated_at")
        sign = "-" if name.startswith("-") else ""
        order = list(Event.objects.order_by(sign + column, sign + "pk").values_list("pk", flat=True))
        assert seen == [pk for pk in order if pk in set(seen)]
        transaction.set_rollback(True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=days, size=st.integers(1, 5), name=st.sampled_from(ORDERINGS))
def test_the_way_back_shows_the_same_pages(rows: list[int], size: int, name: str) -> None:
    with transaction.atomic():
        plain_events(rows)
        start = f"/api/v1/events/?page_size={size}&ordering={name}"
        forth = walk(start)
        client, url = Client(), start
        while following := client.get(url).json()["next"]:
            url = following
        back = walk(url, way="previous")
        # The last page may be short; going back, it is the first one that is.
        assert [pk for page in reversed(back) for pk in page] == [pk for page in forth for pk in page]
        transaction.set_rollback(True)


def links_of(answer: Any) -> dict[str, str]:
    """Relation → address, of the pages that the header names."""
    found = re.findall(r'<([^>]*)>; rel="(\w+)"', answer.headers["Link"])
    return {rel: url for url, rel in found if rel != "alternate"}


def test_links_are_in_the_body_and_in_the_header(get: Get) -> None:
    plain_events([1, 2, 3])
    first = get("events/?page_size=1&date_from=2004-02-01")
    assert first.json()["previous"] is None
    assert links_of(first) == {"next": first.json()["next"], "first": first.wsgi_request.build_absolute_uri()}
    second = get(first.json()["next"])
    following, preceding = second.json()["next"], second.json()["previous"]
    assert links_of(second) == {
        "next": following, "prev": preceding, "first": first.wsgi_request.build_absolute_uri()
    }  # fmt: skip
    assert "date_from=2004-02-01" in following
    assert get(preceding).json()["results"] == first.json()["results"]
    assert get(preceding).json()["previous"] is None
    assert get(following).json()["next"] is None


def test_nothing_is_counted_and_no_rows_are_skipped(get: Get, django_assert_num_queries: Any) -> None:
    plain_events([1, 2, 3])
    url = get("events/?page_size=1").json()["next"]
    with django_assert_num_queries(1) as captured:
        get(url)
    said = captured[0]["sql"].upper()
    assert "COUNT(" not in said
    assert "OFFSET" not in said


def encoded(parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "broken", "%00", "%F0%9F%92%A3", "A" * 501,
        encoded([2, ALL, "-date", 0, "2004-02-09"]),
        encoded([2, ALL, "-date", 0, "2004-02-09", "1", "2"]),
        encoded([2, ALL, "-date", 2, "2004-02-09", "1"]),
        encoded([2, ALL, "-date", 0, "9 February", "1"]),
        encoded([2, ALL, "-date", 0, "2004-02-09", "-1"]),
        encoded([2, ALL, "-date", 0, "2004-02-09", str(2**63)]),
        encoded([2, ALL, "-date", 0, 20040209, 1]),
        encoded([2, ALL, "date", 0, "2004-02-09", "1"]),
        encoded([1, ALL, "-date", 0, "2004-02-09", "1"]),
        encoded([2, "", "-date", 0, "2004-02-09", "1"]),
        encoded([2, ALL, "-date", 0, None, None]),
        encoded({"v": 1}), encoded(7), encoded("text"),
    ],
)  # fmt: skip
def test_a_cursor_that_we_did_not_write_is_a_problem(get: Get, cursor: str) -> None:
    answer = get(f"events/?cursor={cursor}")
    assert answer.status_code == 400
    assert answer.json()["type"] == "/api/problems/invalid-cursor"
    assert answer.json()["errors"][0]["parameter"] == "cursor"


def test_a_cursor_belongs_to_its_list_its_filters_and_its_order(get: Get) -> None:
    plain_events([1, 2, 3])
    for name in ("Alpha", "Beta"):
        make_event(f"{name}.", contexts=[name], citations=[(name, f"https://{name}.example/", "")])

    def cursor(path: str) -> str:
        return parse_qs(urlsplit(get(path).json()["next"]).query)["cursor"][0]

    own = cursor("events/?page_size=1&edition=en")
    assert get(f"events/?edition=en&cursor={own}").status_code == 200
    assert get(f"events/?edition=en&fields=id&page_size=2&cursor={own}").status_code == 200
    by_id = cursor("contexts/?page_size=1")
    for path in (
        f"events/?cursor={own}",
        f"events/?edition=en&edition=zh&cursor={own}",
        f"events/?edition=en&ordering=date&cursor={own}",
        f"days/?edition=en&cursor={own}",
        f"sources/?cursor={by_id}",
    ):
        answer = get(path)
        assert (answer.status_code, answer.json()["type"]) == (400, "/api/problems/invalid-cursor"), path


def test_a_naive_moment_in_a_cursor_is_a_problem(get: Get) -> None:
    cursor = encoded([2, ALL, "updated", 0, "2004-02-09T12:00:00", "1"])
    assert get(f"events/?ordering=updated&cursor={cursor}").status_code == 400


@pytest.mark.parametrize("cursor", ["!!!!", "WzFd\n", "W zFd"])
def test_base64_is_read_strictly(get: Get, cursor: str) -> None:
    assert get(f"events/?cursor={cursor}").status_code == 400


@pytest.mark.parametrize("list_", ["contexts", "sources"])
def test_other_lists_page_by_id_both_ways(ids: Callable[[str], list[int]], list_: str) -> None:
    for name in ("Alpha", "Beta", "Gamma"):
        make_event(f"{name}.", contexts=[name], citations=[(name, f"https://{name}.example/", "")])
    up = ids(f"{list_}/")
    assert up == sorted(up)
    assert len(up) == 3
    assert ids(f"{list_}/?ordering=-id") == up[::-1]
    assert [pk for page in walk(f"/api/v1/{list_}/?page_size=1") for pk in page] == up


@pytest.mark.parametrize("ordering", BY_DATE, ids=lambda ordering: ordering.name)
def test_every_page_is_read_from_an_index(ordering: Any) -> None:
    values = (dt.date(2004, 2, 9), 5) if ordering.name.endswith("date") else (START, 5)
    index = "event_newest" if ordering.name.endswith("date") else "event_updated"
    for cursor in (None, Cursor(ordering, False, values), Cursor(ordering, True, values)):
        page = Page(20, ordering, cursor)
        reverse = cursor is not None and cursor.reverse
        found = Event.objects.published().filter(document__isnull=False)
        if cursor is not None:
            found = found.filter(ordering.beyond(values, reverse=reverse))
        asked = found.order_by(*ordering.columns(reverse=reverse)).values_list("pk")[: page.size + 1]
        with connection.cursor() as raw:
            if connection.vendor == "postgresql":
                # So few rows are cheaper to read one by one; what matters is that an index can do it.
                raw.execute("SET LOCAL enable_seqscan = off")
                raw.execute("SET LOCAL enable_sort = off")
                raw.execute("SET LOCAL enable_bitmapscan = off")
        plan = asked.explain()
        assert index in plan, plan
        assert "TEMP B-TREE" not in plan, plan
        assert "Sort" not in plan, plan
