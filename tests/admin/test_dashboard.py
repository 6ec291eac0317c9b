"""The desk's first page: what waits, what robots did, what was corrected; each figure leads to its list."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events.actions.correct import correct_event
from events.admin.dashboard import dashboard, waiting
from events.formats.charts import Point, columns
from events.models import ReviewItem, Revision
from events.vocabulary import Grade, ReviewKind, Role
from tests.factories import make_event
from tests.people import make_person, make_robot

INDEX = "admin:index"


def ask(kind: ReviewKind, key: str, *, days: int = 0) -> None:
    ReviewItem.objects.create(kind=kind, key=key, created_at=timezone.now() - dt.timedelta(days=days))


@pytest.mark.django_db
def test_what_waits_is_counted_by_kind_and_age() -> None:
    for at, days in enumerate((0, 0, 3, 20, 400)):
        ask(ReviewKind.CONFLICT, f"c{at}", days=days)
    ask(ReviewKind.DUPLICATE, "d")
    ReviewItem.objects.create(kind=ReviewKind.DUPLICATE, key="answered", state="rejected")
    rows = waiting(timezone.now())
    assert [(row["label"], row["number"], row["ages"]) for row in rows] == [
        ("Conflict", 5, [2, 1, 1, 1]),
        ("Likely duplicate", 1, [1, 0, 0, 0]),
    ]


def test_figures_lead_to_their_lists(chief_desk: Client) -> None:
    ask(ReviewKind.CONFLICT, "c")
    event = make_event("A bridge fell.", lead="Bridges")
    correct_event(
        actor=make_person(Role.EDITOR, name="erika"), event_id=event.pk, version=1,
        values={"text": "A bridge was closed."}, grade=Grade.TYPO,
    )  # fmt: skip
    make_robot()
    page = chief_desk.get(reverse(INDEX)).content.decode()
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/admin/[^"]+)"', page)]
    leading = [link for link in links if "kind" in link or "/harvest/1" in link or "/context/" in link]
    assert any("audit" in link for link in leading)
    assert any("conflict" in link for link in leading)
    for link in set(links):
        assert chief_desk.get(link, follow=True).status_code == 200, link
    assert "Bridges" in page.partition("corrected most often")[2]


def test_the_chart_has_a_table_twin(chief_desk: Client) -> None:
    event = make_event("A bridge fell.")
    correct_event(
        actor=make_person(Role.EDITOR, name="erika"), event_id=event.pk, version=1,
        values={"text": "A bridge was closed."}, grade=Grade.TYPO,
    )  # fmt: skip
    page = chief_desk.get(reverse(INDEX)).content.decode()
    corrected = Revision.objects.latest("pk").at
    day = rf"(?:<a [^>]*>)?{corrected.month}/{corrected.day}(?:</a>)?"
    assert len(re.findall(rf'<th scope="row">{day}</th><td[^>]*>1</td>', page)) == 1


def test_an_empty_desk_says_so(desk: Client) -> None:
    page = desk.get(reverse(INDEX)).content.decode()
    assert "Nothing. Whatever robots are not sure of" in page
    assert "Nobody has corrected anything yet." in page
    assert "<svg viewBox" not in page.partition("Corrections, the last")[2].partition("</section>")[0]


def test_it_costs_the_same_with_more_rows(desk: Client) -> None:
    def rows(number: int) -> None:
        ask(ReviewKind.CONFLICT, f"c{number}")
        event = make_event(f"Text {number}.", lead=f"Context {number}")
        editor = make_person(Role.EDITOR, name=f"editor-{number}")
        correct_event(actor=editor, event_id=event.pk, version=1, values={"text": "New."}, grade=Grade.TYPO)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            dashboard()
        return len(queries)

    rows(1)
    assert cost() == 5
    rows(2)
    rows(3)
    assert cost() == 5


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_first_page(sit: Callable[..., Client], role: Role) -> None:
    assert "What waits" in sit(role).get(reverse(INDEX)).content.decode()


def test_bars_keep_their_proportions_and_stay_inside() -> None:
    chart = columns("Events", [Point(str(n), n, str(n)) for n in (0, 1, 50, 1000)], width=400, height=100)
    heights = [bar.height for bar in chart.bars]
    assert heights[0] == 0
    assert 0 < heights[1] < heights[2] < heights[3] == 100
    assert all(bar.x >= 0 and bar.x + bar.width <= 400 and bar.y + bar.height == 100 for bar in chart.bars)


def test_labels_thin_out_where_there_are_many_bars() -> None:
    chart = columns("Days", [Point(str(n), 1, "") for n in range(100)])
    assert sum(bar.labelled for bar in chart.bars) <= 12
    assert columns("Nothing", []).bars == ()
