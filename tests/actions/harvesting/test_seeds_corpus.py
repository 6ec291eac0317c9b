"""The two pages the project was created from: one event, harvested twice, corrected in between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from events.actions.correct import correct_event
from events.actions.harvesting.run import run_harvest
from events.actions.recording import Actor
from events.harvest.markdown import MarkdownReader
from events.models import Event, Revision, Sequence
from events.vocabulary import Grade
from tests.factories import make_origin
from tests.harvests import counts, rows

pytestmark = [pytest.mark.corpus, pytest.mark.django_db]

DAY = dt.date(2004, 2, 9)
FIRST, SECOND = "seeds/000_6f7f8794cccddf5c.txt", "seeds/001_977c6eb1d4a41b10.txt"
TYPO, MENDED = "a cornerstones of", "a cornerstone of"


def take(page: Path, year: int) -> dict[str, int]:
    moment = dt.datetime(year, 12, 31, tzinfo=dt.UTC)
    return counts(
        run_harvest(MarkdownReader(page, edition="en"), origin=make_origin("context"), moment=moment)
    )


def names(event: Event) -> set[str]:
    return set(event.taggings.active().values_list("context__name", flat=True))


def test_a_correction_between_two_harvests_of_one_event_survives(
    corpus: Callable[[str], Path], editor: Actor
) -> None:
    Sequence.objects.get_or_create(id=1)
    first, second = corpus(FIRST), corpus(SECOND)
    assert take(first, 2017) == {"created": 11}
    event = Event.objects.get(date=DAY)
    assert names(event) >= {"Russian Defence Ministry", "Cold War"}
    correct_event(
        actor=editor, event_id=event.pk, version=event.version, grade=Grade.TYPO,
        values={"text": event.text.replace(TYPO, MENDED)},
    )  # fmt: skip
    take(second, 2018)

    event = Event.objects.get(date=DAY)
    assert MENDED in event.text
    assert TYPO not in event.text
    assert event.addresses.get().slug.startswith("russian-defense-minister-sergei-ivanov")
    assert event.lead is not None
    assert event.lead.name == "Ministry of Defence"
    related = Event.objects.exclude(pk=event.pk)
    assert related.published().count() == 12
    assert all(
        names(other) & {"Russian Defence Ministry", "Ministry of Defence", "Cold War"} for other in related
    )
    told = [
        revision.fields["contexts"]["new"]
        for revision in Revision.objects.filter(event=event).order_by("number")
        if "contexts" in revision.fields
    ]
    assert any("Russian Defence Ministry" in contexts for contexts in told)
    assert "Ministry of Defence" in told[-1]

    before = rows()
    take(second, 2018)
    take(first, 2017)
    assert rows() == before
