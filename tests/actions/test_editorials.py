"""events/actions/editorials.py: written by people, public at their time, told of when they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from events.actions import editorials
from events.actions.editorials import (
    announce_editorials,
    edit_editorial,
    publish_editorial,
    restore_editorial,
    withdraw_editorial,
    write_editorial,
)
from events.actions.errors import InvalidAction, StaleVersion
from events.actions.recording import Actor
from events.harvest.records import EditorialRecord
from events.models import Change, Editorial
from events.vocabulary import State, Subject
from tests.factories import DAY
from tests.harvests import PLACE, address, harvest, later

HOUR = dt.timedelta(hours=1)
PATH = "/opinion/2004/02/9/on-patience/"


def told() -> list[str]:
    rows = Change.objects.filter(subject=Subject.EDITORIAL).order_by("seq")
    return list(rows.values_list("kind", flat=True))


def write(actor: Actor, **values: Any) -> Editorial:
    said = {"title": "On patience", "body": "*Patience*.", **values}
    return write_editorial(actor=actor, edition="en", date=DAY, values=said)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def no_pages_of_other_tests() -> None:
    """A cached page is known by its piece's number and version, which every test begins anew."""
    cache.clear()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.timedelta], None]:
    """``clock(hours)``: so much later, for whoever asks Django what time it is."""
    now = timezone.now()

    def go(on: dt.timedelta) -> None:
        monkeypatch.setattr(timezone, "now", lambda: now + on)

    return go


def test_a_draft_is_nobodys_business_until_it_is_published(editor: Actor) -> None:
    piece = write(editor)
    assert (piece.state, piece.slug, told()) == (State.DRAFT, "on-patience", [])
    assert Client().get(PATH).status_code == 404
    publish_editorial(actor=editor, editorial_id=piece.pk, version=1)
    assert Client().get(PATH).status_code == 200
    assert told() == ["created"]


def test_what_is_published_for_later_is_public_then_and_told_then(
    editor: Actor, clock: Callable[[dt.timedelta], None]
) -> None:
    piece = write(editor)
    publish_editorial(actor=editor, editorial_id=piece.pk, version=1, at=timezone.now() + HOUR)
    announce_editorials.func()
    assert (Client().get(PATH).status_code, told()) == (404, [])
    clock(2 * HOUR)
    assert Client().get(PATH).status_code == 200
    assert [announce_editorials.func(), announce_editorials.func()] == [1, 0]
    assert told() == ["created"]


def test_the_task_waits_for_the_time(
    editor: Actor, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked = []

    class Waiting:
        supports_defer = True

        def using(self, *, run_after: dt.datetime) -> Any:
            asked.append(run_after)
            return self

        def enqueue(self) -> None: ...

    monkeypatch.setattr(editorials, "default_task_backend", Waiting())
    monkeypatch.setattr(editorials, "announce_editorials", Waiting())
    at = timezone.now() + HOUR
    with django_capture_on_commit_callbacks(execute=True):
        publish_editorial(actor=editor, editorial_id=write(editor).pk, version=1, at=at)
        publish_editorial(actor=editor, editorial_id=write(editor).pk, version=1)
    assert asked == [at]


def test_withdrawing_and_restoring_are_told(editor: Actor) -> None:
    piece = write(editor)
    publish_editorial(actor=editor, editorial_id=piece.pk, version=1)
    withdraw_editorial(actor=editor, editorial_id=piece.pk, version=2)
    assert Client().get(PATH).status_code == 410
    restore_editorial(actor=editor, editorial_id=piece.pk, version=3)
    assert Client().get(PATH).status_code == 200
    publish_editorial(actor=editor, editorial_id=piece.pk, version=4, at=timezone.now() + HOUR)
    assert Client().get(PATH).status_code == 404
    assert told() == ["created", "withdrawn", "restored", "withdrawn"]


def test_another_time_in_the_past_is_told_as_an_update(editor: Actor) -> None:
    piece = write(editor)
    publish_editorial(actor=editor, editorial_id=piece.pk, version=1)
    publish_editorial(actor=editor, editorial_id=piece.pk, version=2, at=timezone.now() - HOUR)
    assert told() == ["created", "updated"]


def test_what_readers_never_had_is_withdrawn_in_silence(editor: Actor) -> None:
    piece = write(editor)
    publish_editorial(actor=editor, editorial_id=piece.pk, version=1, at=timezone.now() + HOUR)
    withdraw_editorial(actor=editor, editorial_id=piece.pk, version=2)
    assert told() == []


def test_an_edit_is_told_and_the_address_stays_once_readers_had_it(editor: Actor) -> None:
    piece = write(editor)
    edit_editorial(
        actor=editor,
        editorial_id=piece.pk,
        version=1,
        values={"slug": "patience", "date": dt.date(2004, 2, 10)},
    )
    publish_editorial(actor=editor, editorial_id=piece.pk, version=2)
    edit_editorial(actor=editor, editorial_id=piece.pk, version=3, values={"body": "More *patience*."})
    assert b"More <em>patience</em>" in Client().get("/opinion/2004/02/10/patience/").content
    assert told() == ["created", "updated"]
    for values in ({"slug": "elsewhere"}, {"date": DAY}):
        with pytest.raises(InvalidAction, match="address stay"):
            edit_editorial(actor=editor, editorial_id=piece.pk, version=4, values=values)  # type: ignore[arg-type]
    edit_editorial(actor=editor, editorial_id=piece.pk, version=4, values={"body": "More *patience*."})
    assert Editorial.objects.get().version == 4


@pytest.mark.parametrize(
    "values",
    [
        {"title": " "},
        {"body": "\n"},
        {"slug": "a b"},
        {"slug": "index"},
        {"slug": "taken"},
        {"title": "x" * 301},
    ],
)
def test_what_no_piece_can_be_is_refused(editor: Actor, values: dict[str, Any]) -> None:
    write(editor, slug="taken")
    with pytest.raises(InvalidAction):
        write(editor, **values)
    assert Editorial.objects.count() == 1


def test_addresses_made_of_a_title_do_not_collide(editor: Actor) -> None:
    assert [write(editor).slug for _ in range(2)] == ["on-patience", "on-patience-2"]


def test_only_who_may_write_does_and_nobody_overwrites_anybody(editor: Actor, contributor: Actor) -> None:
    piece = write(editor)
    for act in (publish_editorial, withdraw_editorial, restore_editorial):
        with pytest.raises(PermissionDenied):
            act(actor=contributor, editorial_id=piece.pk, version=1)
        with pytest.raises(StaleVersion):
            act(actor=editor, editorial_id=piece.pk, version=7)
    with pytest.raises(PermissionDenied):
        write(contributor)
    with pytest.raises(StaleVersion):
        edit_editorial(actor=editor, editorial_id=piece.pk, version=7, values={"body": "x"})
    for act in (withdraw_editorial, restore_editorial):
        with pytest.raises(InvalidAction):
            act(actor=editor, editorial_id=piece.pk, version=1)


def test_a_persons_edit_of_a_harvested_piece_survives_the_next_harvest(editor: Actor) -> None:
    body = "Patience is a virtue in talks about arms. Haste has cost many a treaty its life."

    def piece(text: str) -> EditorialRecord:
        return EditorialRecord("en", address("on-patience"), "On patience", "A. Writer", text, PLACE)

    harvest(piece(body))
    found = Editorial.objects.get()
    edit_editorial(
        actor=editor, editorial_id=found.pk, version=1, values={"body": body.replace("virtue", "habit")}
    )
    harvest(piece(body.replace("life", "soul")), moment=later())
    found.refresh_from_db()
    assert found.body == body.replace("virtue", "habit").replace("life", "soul")
    withdraw_editorial(actor=editor, editorial_id=found.pk, version=found.version)
    harvest(piece(body.replace("life", "heart")), moment=later(2))
    assert not Editorial.objects.published().exists()
    assert told() == ["created", "updated", "updated", "withdrawn"]
