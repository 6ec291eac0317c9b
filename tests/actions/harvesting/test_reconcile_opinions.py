"""Editorials that come with a harvest: merged, never overwritten."""

from __future__ import annotations

import pytest

from events.harvest.records import EditorialRecord
from events.models import Change, Editorial
from events.vocabulary import State, Subject
from tests.factories import DAY
from tests.harvests import PLACE, address, counts, harvest, later, rows

pytestmark = pytest.mark.django_db

BODY = "Patience is a virtue in talks about arms. Haste has cost many a treaty its life."


def piece(body: str = BODY, *, title: str = "A case for patience") -> EditorialRecord:
    return EditorialRecord("en", address("patience"), title, "A. Writer", body, PLACE)


def edit(**fields: str) -> None:
    Editorial.objects.update(**fields)


def test_an_opinion_piece_is_published_on_its_day() -> None:
    assert counts(harvest(piece())) == {"created": 1}
    editorial = Editorial.objects.published().get()
    assert (editorial.publish_at.date(), editorial.slug, editorial.author) == (DAY, "patience", "A. Writer")
    assert Change.objects.get().subject == Subject.EDITORIAL


def test_the_same_piece_again_writes_nothing() -> None:
    harvest(piece())
    edit(body=BODY.replace("virtue", "habit"))
    before = rows()
    harvest(piece(), moment=later())
    assert rows() == before


def test_what_a_person_wrote_survives_a_change_elsewhere() -> None:
    harvest(piece())
    edit(body=BODY.replace("virtue", "habit"))
    harvest(piece(BODY.replace("life", "soul"), title="Patience"), moment=later())
    editorial = Editorial.objects.get()
    assert editorial.body == BODY.replace("virtue", "habit").replace("life", "soul")
    assert (editorial.title, editorial.version) == ("Patience", 2)


def test_where_both_changed_the_same_words_ours_stays_and_nothing_is_lost_later() -> None:
    harvest(piece())
    ours = BODY.replace("virtue", "habit")
    edit(body=ours)
    theirs = BODY.replace("virtue", "vice")
    harvest(piece(theirs), moment=later())
    before = rows()
    harvest(piece(theirs), moment=later(2))
    assert rows() == before
    harvest(piece(theirs.replace("life", "soul")), moment=later(3))
    assert Editorial.objects.get().body == ours
    harvest(piece(BODY.replace("life", "soul")), moment=later(4))
    assert Editorial.objects.get().body == ours.replace("life", "soul")


def test_an_older_input_does_not_change_a_piece() -> None:
    harvest(piece(), moment=later(2))
    harvest(piece("Haste is good."), moment=later(1))
    assert Editorial.objects.get().body == BODY


def test_a_withdrawn_piece_stays_withdrawn_and_nobody_is_told_of_its_changes() -> None:
    harvest(piece())
    edit(state=State.WITHDRAWN)
    harvest(piece("Haste is good."), moment=later())
    assert not Editorial.objects.published().exists()
    assert Change.objects.count() == 1
