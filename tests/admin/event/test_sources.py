"""The table of sources: added by address, edited, reordered, removed, suggested."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from events.admin.event.sources import MOST
from events.models import Event, PublisherHost, Revision
from events.vocabulary import Role
from tests.admin.sent import filled, page, rows
from tests.factories import cite, make_event

GAZETTE = ("Gazette", "https://gazette.example/", "")
HERALD = ("Herald", "https://herald.example/a", "https://herald.example/a.jpg")
BARE = ("A bare name", "", "")


@pytest.fixture
def event(db: None) -> Event:
    return make_event(citations=[GAZETTE, HERALD, BARE])


def saved(desk: Client, event: Event, **changed: Any) -> list[tuple[str, str, str]]:
    """The event's sources after the form was published with what is *changed*."""
    sent = filled(desk, event, grade="typo", _publish="1", **changed)
    assert desk.post(page(event), sent).status_code == 302
    return [(row.label, row.raw_url, row.picture) for row in event.citations.all()]


def test_rows_are_edited_removed_and_added(desk: Client, event: Event) -> None:
    other = ("The Herald", *HERALD[1:])
    found = saved(
        desk,
        event,
        **rows(GAZETTE, other, BARE, ("Times", "https://times.example/", "")),
        **{"sources-0-DELETE": "on"},
    )
    assert found == [other, BARE, ("Times", "https://times.example/", "")]
    assert set(Revision.objects.get().fields) == {"citations"}


def test_without_a_script_a_changed_number_moves_a_row_before_the_one_that_has_it(
    desk: Client, event: Event
) -> None:
    assert saved(desk, event, **{"sources-2-ORDER": "1", "sources-INITIAL_FORMS": 3}) == [
        BARE,
        GAZETTE,
        HERALD,
    ]


def test_an_emptied_row_is_removed_and_a_spare_one_comes_last(desk: Client, event: Event) -> None:
    emptied = {"sources-0-label": "", "sources-0-url": "", "sources-4-label": "Times"}
    assert saved(desk, event, **emptied) == [HERALD, BARE, ("Times", "", "")]


def test_a_new_source_without_a_label_gets_its_publishers_name(desk: Client, event: Event) -> None:
    cite(event, position=4, label="The Times", url="https://times.example/0")
    PublisherHost.objects.create(
        host="times.example",
        publisher=event.citations.get(position=4).source.publisher,  # type: ignore[union-attr]
    )
    event.citations.filter(position=4).delete()
    found = saved(
        desk, event, **rows(("", "https://www.times.example/1", ""), ("", "https://new.example/", ""))
    )
    assert [row[0] for row in found] == ["The Times", "new.example"]


@pytest.mark.parametrize(
    "odd", [("a|b  c", "ftp://x y", ""), ("x https://y.example/", "", ""), ("", "", "https://p.example/")]
)
def test_a_row_that_was_not_touched_stays_what_it_was(
    desk: Client, odd: tuple[str, str, str], db: None
) -> None:
    event = make_event(citations=[("Times", "", "")])
    event.citations.update(label=odd[0], raw_url=odd[1], picture=odd[2])
    sent = filled(desk, event, new_contexts="NATO", _publish="1")
    assert desk.post(page(event), sent).status_code == 302
    assert set(Revision.objects.get(event=event).fields) == {"contexts"}
    row = event.citations.get()
    assert (row.label, row.raw_url, row.picture) == odd


def test_an_event_with_very_many_sources_keeps_them(desk: Client, db: None) -> None:
    event = make_event(citations=[("Gazette", "", "")])
    row = event.citations.get()
    event.citations.bulk_create(
        row.__class__(event=event, position=place, label=f"Name {place}") for place in range(2, MOST + 3)
    )
    assert "too many to be edited here" in desk.get(page(event)).content.decode()
    sent = filled(desk, event, text="Other words.", grade="typo", _publish="1")
    assert desk.post(page(event), sent).status_code == 302
    assert event.citations.count() == MOST + 2


def test_known_publishers_and_sources_are_suggested(
    desk: Client, sit: Callable[..., Client], event: Event
) -> None:
    path = reverse("admin:events_event_sources")
    assert desk.get(path, {"label": "gaz"}).json() == {"found": [{"value": "Gazette"}]}
    found = desk.get(path, {"url": "herald.example"}).json()["found"]
    assert found == [{"value": "https://herald.example/a", "label": "Herald"}]
    assert desk.get(path, {"url": "h"}).json() == desk.get(path).json() == {"found": []}
    assert sit(Role.VIEWER).get(path, {"label": "gaz"}).status_code == 403
