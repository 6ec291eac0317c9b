"""``manage.py seed_demo``: the sample that ships with the project, and the correction that survives it."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command

from events.actions.correct import correct_event
from events.actions.recording import Actor
from events.models import Event, Harvest
from events.vocabulary import Grade

pytestmark = pytest.mark.django_db
TYPO, MENDED = "a cornerstones of European security", "a cornerstone of European security"


def seed(*options: str) -> str:
    said = StringIO()
    call_command("seed_demo", *options, stdout=said, stderr=said)
    return said.getvalue()


def test_a_correction_made_between_the_two_harvests_survives_the_second() -> None:
    assert seed("--first-only").endswith(" 0 bad.\n")
    assert Event.objects.published().count() == 226
    event = Event.objects.published().get(date=dt.date(2004, 2, 9), text__contains=TYPO)
    editor = User.objects.create(username="anna")
    editor.groups.add(Group.objects.get(name="editors"))
    mended = event.text.replace(TYPO, MENDED)
    correct_event(
        actor=Actor.person(editor),
        event_id=event.pk,
        version=event.version,
        values={"text": mended},
        grade=Grade.TYPO,
    )

    said = seed()
    assert "sample/first-harvest is already loaded." in said
    assert "0 conflicts" in said
    event.refresh_from_db()
    assert event.text == mended
    assert "Ministry of Defence" in {tag.context.name for tag in event.taggings.active()}

    assert Event.objects.published().count() == 440

    before = Harvest.objects.count()
    assert seed().splitlines()[:2] == [
        "sample/first-harvest is already loaded.",
        "sample/second-harvest is already loaded.",
    ]
    assert Harvest.objects.count() == before
