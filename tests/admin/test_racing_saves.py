"""Forms, inline sources, bulk actions, reverts and a robot at once: nobody overwrites anybody silently."""

from __future__ import annotations

import json
import logging
from collections import Counter

import pytest
from django.contrib.admin.models import LogEntry

from events.models import Change, Document, Event, Revision
from events.vocabulary import Grade
from tests.admin.racing import Race, overwritten

pytestmark = pytest.mark.django_db(transaction=True)


def check(race: Race) -> None:
    race.run()
    assert race.errors == []
    assert overwritten(race) == []
    by_people = Revision.objects.exclude(actor=None)
    # Going back (the only update) to what the event says already leaves no revision; all else does.
    kinds = Counter(kind == "revert" for *_, kind in race.accepted)
    assert by_people.exclude(grade=Grade.UPDATE).count() == kinds[False]
    assert by_people.filter(grade=Grade.UPDATE).count() <= kinds[True]
    assert LogEntry.objects.count() == by_people.count()
    seqs = list(Change.objects.values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
    for document in Document.objects.select_related("event"):
        assert json.loads(document.body)["text"] == document.event.text
    assert Event.objects.count() == race.events


def test_sixty_racing_saves_overwrite_nothing() -> None:
    race = Race(saves=60, events=2)
    check(race)
    assert {kind.split()[0] for kind in race.outcomes} == {"form", "inline", "bulk", "revert", "robot"}
    assert race.accepted


@pytest.mark.slow
@pytest.mark.parametrize("events", [1, 7])
def test_a_thousand_racing_saves_overwrite_nothing(events: int) -> None:
    race = Race(saves=1_000, events=events, desks=6)
    check(race)
    assert sum(race.outcomes.values()) >= race.saves
    logging.getLogger(__name__).info("of %s: %s", race.saves, dict(race.outcomes))
