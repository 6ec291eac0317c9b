"""Prepared reads give what the queryset would give, for any values."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event
from events.prepared import Prepared
from events.vocabulary import State
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_rows_are_those_of_the_queryset_with_their_types() -> None:
    prepared = Prepared(
        lambda date, edition: (
            Event.objects.published()
            .filter(date=date, edition=edition)
            .order_by("id")
            .values_list("id", "date", "updated_at", "state")
        )
    )
    for number in range(3):
        make.make_event(f"Event {number}.", date=dt.date(2004, 2, 8 + number % 2))
    make.make_event("Held.", date="2004-02-08", state=State.HELD)
    for day in (8, 9, 10):
        date = dt.date(2004, 2, day)
        expected = Event.objects.published().filter(date=date).order_by("id")
        assert prepared.rows(date=date, edition="en") == list(
            expected.values_list("id", "date", "updated_at", "state")
        )


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
def test_sequences_of_any_length_are_one_query(size: int) -> None:
    prepared = Prepared(lambda ids: Event.objects.filter(pk__in=ids).order_by("id").values_list("id"))
    ids = [make.make_event(f"Event {number}.").pk for number in range(9)][:size]
    with CaptureQueriesContext(connection) as captured:
        assert prepared.rows(ids=ids) == [(pk,) for pk in ids]
    assert len(captured) == 1
    assert prepared.rows(ids=[]) == []


def test_text_is_a_parameter_never_a_part_of_the_statement() -> None:
    prepared = Prepared(lambda text: Event.objects.filter(text=text).values_list("id"))
    for text in ("it's", "100 %s", "a' OR '1'='1"):
        event = make.make_event(text, slug=f"slug-{len(text)}")
        assert prepared.rows(text=text) == [(event.pk,)]
    assert prepared.rows(text="' OR '1'='1") == []


def test_a_statement_that_depends_on_a_value_is_refused() -> None:
    prepared = Prepared(lambda number: Event.objects.order_by("id").values_list("id")[:number])
    with pytest.raises(ValueError, match="depends on the value of number"):
        prepared.rows(number=5)
