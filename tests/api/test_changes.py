"""``changes/?include=object``: entries with what they are about, as it is now."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.actions.correct import create_event
from events.actions.curate import pin_related
from events.actions.editorials import publish_editorial, write_editorial
from events.actions.recording import Actor
from events.actions.withdraw import withdraw_event
from events.harvest.records import CitedSource
from events.models import Change, Event, Sequence, Source
from events.vocabulary import ChangeKind, Role, Subject
from tests.factories import DAY, make_event
from tests.people import make_person

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]
ALL = "changes/?include=object&page_size=500"


def create(actor: Actor, text: str) -> Event:
    return create_event(
        actor=actor, edition="en", date=DAY, text=text, category="other", lead=text, contexts=[text],
        citations=[CitedSource("The Gazette", f"https://gazette.example/{text}")],
    )  # fmt: skip


def test_each_kind_of_thing_is_what_its_list_has(get: Get) -> None:
    chief = make_person(Role.CHIEF)
    one, other = create(chief, "One"), create(chief, "Other")
    pin_related(actor=chief, event_id=one.pk, target_id=other.pk, note="Both.")
    piece = write_editorial(
        actor=chief, edition="en", date=DAY, values={"title": "On patience", "body": "Words."}
    )
    publish_editorial(actor=chief, editorial_id=piece.pk, version=1)
    entries = get(ALL).json()["results"]
    assert {entry["subject"] for entry in entries} == set(Subject)
    plain = get("changes/?page_size=500").json()["results"]
    assert [{key: entry[key] for key in plain[0]} for entry in entries] == plain
    for entry in entries:
        (row,) = get(f"{entry['subject']}s/?ids={entry['id']}").json()["results"]
        assert entry["object"] == row
        pins = [{"target": other.pk, "position": 1, "note": "Both."}] if entry["id"] == one.pk else []
        assert entry.get("pins") == (pins if entry["subject"] == "event" else None)


def test_what_readers_have_no_more_is_null(get: Get) -> None:
    chief = make_person(Role.CHIEF)
    one, other = create(chief, "One"), create(chief, "Other")
    pin_related(actor=chief, event_id=one.pk, target_id=other.pk)
    withdraw_event(actor=chief, event_id=other.pk, version=1, reason="Wrong.")
    entries = get(ALL).json()["results"]
    gone = {(entry["subject"], entry["id"]) for entry in entries if entry["object"] is None}
    source = Source.objects.get(url__endswith="/Other").pk
    assert gone == {("event", other.pk), ("source", source)}
    assert [entry["pins"] for entry in entries if entry["subject"] == "event"] == [[]] * 5


def test_a_piece_whose_time_has_not_come_is_not_told(get: Get) -> None:
    chief = make_person(Role.CHIEF)
    piece = write_editorial(
        actor=chief, edition="en", date=DAY, values={"title": "On patience", "body": "Words."}
    )
    at = timezone.now() + dt.timedelta(hours=1)
    publish_editorial(actor=chief, editorial_id=piece.pk, version=1, at=at)
    assert get(ALL).json()["results"] == []


def test_as_many_queries_for_three_of_each_as_for_one(get: Get) -> None:
    chief = make_person(Role.CHIEF)
    for number in range(1, 4):
        create(chief, f"Event{number}")
        if number in (1, 3):
            with CaptureQueriesContext(connection) as captured:
                assert get(ALL).status_code == 200
            # entries; contexts: standing, rows, other names, neighbours; events; sources: cited, rows; pins
            assert len(captured) == 9


def test_another_thing_to_include_is_refused(get: Get) -> None:
    answer = get("changes/?include=related")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "include"


def test_an_archive_from_before_is_told_of_as_it_is() -> None:
    """The migration: sources were told of when they were first known, and never again."""
    shown, hidden, gone = (
        make_event(f"{name}.", state=state, citations=[("G", f"https://g.example/{name}", "")])
        for name, state in (("shown", "published"), ("hidden", "held"), ("gone", "withdrawn"))
    )
    known = [Source.objects.get(citations__event=event).pk for event in (shown, hidden, gone)]
    for seq, pk in enumerate(known[1:], start=1):
        Change.objects.create(seq=seq, kind=ChangeKind.CREATED, subject=Subject.SOURCE, subject_id=pk)
    Sequence.objects.update_or_create(id=1, defaults={"last": 2})
    migration = importlib.import_module("events.migrations.0011_sources_as_they_are_cited")
    for _ in range(2):
        migration.tell_of_sources(apps, None)
        assert Sequence.objects.get().last == 5
        assert list(Change.objects.after(2).values_list("seq", "subject_id", "kind")) == [
            (3, known[0], "created"), (4, known[1], "withdrawn"), (5, known[2], "withdrawn")
        ]  # fmt: skip
