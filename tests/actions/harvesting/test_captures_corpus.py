"""Real days captured again and again, through the real harvest (issue 2, "What must be shown", 4)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.captures import replay
from benchmarks.sameness import CAPTURES, REWORDINGS
from events.actions.harvesting import run
from events.models import Event, Revision, Sequence
from events.vocabulary import State

pytestmark = [pytest.mark.corpus, pytest.mark.django_db]

Corpus = Callable[[str], Path]


@pytest.mark.parametrize(
    ("first", "last", "taken"),
    [
        ("2025-10-20", "2025-11-05", 15),
        # Every further decision of the whole was read once; all of them were the same event.
        pytest.param("2025-01-01", "2026-12-31", 60, marks=pytest.mark.slow),
    ],
)
def test_rewordings_stay_one_event_and_other_events_stay_apart(
    corpus: Corpus, first: str, last: str, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "relate_due", lambda: 0)  # no link is looked at
    Sequence.objects.get_or_create(id=1)
    outcome = replay(corpus(CAPTURES), corpus(REWORDINGS), lambda date: first <= date <= last)
    assert outcome.listed > 40
    assert outcome.recognised >= 0.95 * outcome.listed
    assert outcome.doubled == 0
    assert len(outcome.taken) <= taken
    assert outcome.counts["doubtful"] <= 15
    assert outcome.counts["bad"] == 0
    assert not Event.objects.exclude(state=State.PUBLISHED).exists()
    assert Revision.objects.filter(event__isnull=False).count() == sum(
        outcome.counts[what] for what in ("created", "updated")
    )
