"""events/admin/replace.py: the address asks, the page shows, the button has it done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.models import BulkChange, Revision
from tests.actions.bulk_works import texts
from tests.factories import make_event

ASKED = "/admin/replace/?find=Tunis&put=Tunisia&kind=words&whole=on&case=on&within=text"
pytestmark = pytest.mark.django_db


def test_the_page_shows_what_would_change_and_changes_nothing(chief_desk: Client) -> None:
    event = make_event("Tunis votes today.")
    make_event("Rome waits.")
    page = chief_desk.get(ASKED).content.decode()
    assert "1 place in 1 event" in page
    assert "2 events of the search were read" in page
    assert "<ins>Tunisia</ins>" in page
    assert f'name="event" value="{event.pk}"' in page
    assert not BulkChange.objects.exists()


def test_it_replaces_where_the_boxes_are_ticked_and_in_all_that_had_none(
    chief_desk: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    events = [
        make_event(f"Tunis votes on day {number}.", date=f"2011-10-{number + 10}") for number in range(3)
    ]
    form = {
        "grade": "correction", "note": "The country is meant.", "seen": "3",
        "shown": f"{events[0].pk},{events[1].pk}", "event": [str(events[1].pk)],
    }  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        answer = chief_desk.post(ASKED, form)
    change = BulkChange.objects.get()
    assert answer["Location"] == f"/admin/bulk/{change.pk}/"
    assert texts(*events) == ["Tunis votes on day 0.", "Tunisia votes on day 1.", "Tunisia votes on day 2."]
    assert set(Revision.objects.values_list("note", flat=True)) == {"The country is meant."}
    assert LogEntry.objects.get().object_id == str(change.pk)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"grade": "correction"}, "a correction needs a note"),
        ({"seen": "7"}, "look again"),
    ],
)
def test_what_is_refused_is_said_and_the_page_stays(
    chief_desk: Client, changed: dict[str, str], says: str
) -> None:
    event = make_event("Tunis votes today.")
    form = {"grade": "typo", "note": "", "seen": "1", "shown": str(event.pk), "event": [], **changed}
    page = chief_desk.post(ASKED, form).content.decode()
    assert says in page
    assert f'value="{event.pk}" id="event-{event.pk}">' in page, "the cleared box stays cleared"
    assert 'name="seen" value="1"' in page
    assert not BulkChange.objects.exists()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("?find=(&put=x&kind=expression&within=text", "no regular expression"),
        ("?find=x&put=y&kind=words", "Say where to look"),
        ("?find=x&put=y&kind=words&within=text&context=Nowhere", "There is no context"),
        ("?find=x&put=y&kind=words&within=text&since=nonsense", "Enter a valid date"),
    ],
)
def test_what_cannot_be_asked_is_said(chief_desk: Client, asked: str, says: str) -> None:
    answer = chief_desk.get("/admin/replace/" + asked)
    assert answer.status_code == 200
    assert says in answer.content.decode()


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ("", 2), ("&q=votes", 1), ("&context=Elections", 1), ("&category=sport", 0), ("&edition=zh", 0),
        ("&since=2012-01-01", 1), ("&until=2012-01-01", 1), ("&publisher=The+Gazette", 1),
    ],
)  # fmt: skip
def test_the_filters_narrow_the_search(chief_desk: Client, more: str, count: int) -> None:
    make_event("Tunis votes today.", date="2011-10-23", contexts=["Elections"])
    make_event("A queue in Tunis.", date="2014-11-23", citations=[("The Gazette", "https://g.example/a", "")])
    assert len(chief_desk.get(ASKED + more).context["found"].event_ids) == count


def test_editors_have_none_of_it(desk: Client) -> None:
    assert desk.get(ASKED).status_code == 403


def test_a_look_costs_the_same_for_one_event_and_for_three(chief_desk: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert chief_desk.get(ASKED).status_code == 200
        return len(captured)

    make_event("Tunis votes today.")
    chief_desk.get(ASKED)
    one = queries()
    for number in range(2):
        make_event(f"Tunis votes on day {number}.")
    assert queries() == one <= 8
