"""What readers see around contexts: counts, years, company, and the events beside one."""

from __future__ import annotations

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from events import contexts
from events.models import Event
from events.vocabulary import State
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_the_events_beside_one_in_each_of_its_contexts() -> None:
    first = make.make_event("First.", date="2004-02-09", contexts=["Storms", "Bergen"])
    last = make.make_event("Last.", date="2011-01-01", contexts=["Storms"])
    middle = make.make_event("Middle.", date="2004-02-09", contexts=["Storms", "Bergen", "Alone"])
    hidden = make.make_event("Hidden.", date="2004-02-10", contexts=["Storms", "Bergen"], state=State.DRAFT)
    beside = {
        row.context_id: tuple(one and one.event_id for one in (row.previous, row.following))
        for row in contexts.neighbours_in_contexts(middle.pk)
    }
    named = {name: make.make_context(name).pk for name in ("Storms", "Bergen", "Alone")}
    assert beside == {
        named["Storms"]: (first.pk, last.pk),
        named["Bergen"]: (first.pk, None),
        named["Alone"]: (None, None),
    }
    assert contexts.neighbours_in_contexts(hidden.pk) == []
    assert contexts.neighbours_in_contexts(middle.pk)[1].previous == contexts.Beside(
        first.pk, "2004-02-09", "/news/2004/02/9/first"
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_events_beside_one_are_one_query(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    names = [f"Context {number}" for number in range(count)]
    event, *_ = [make.make_event(f"Event {number}.", contexts=names) for number in range(count)]
    with django_assert_num_queries(1):
        assert len(contexts.neighbours_in_contexts(event.pk)) == count


def test_a_contexts_pages_follow_each_other_without_loss() -> None:
    days = [dt.date(2004, 2, 9) + dt.timedelta(days=number // 3) for number in range(11)]
    made = [
        make.make_event(f"Event {number}.", date=day, contexts=["Storms"]) for number, day in enumerate(days)
    ]
    for number, event in enumerate(made):
        make.make_event(f"Other {number}.", date=event.date, contexts=["Bergen"])
    context = make.make_context("Storms")
    expected = [row.pk for row in sorted(made, key=lambda row: (row.date, row.pk), reverse=True)]
    read: list[int] = []
    before = None
    while True:
        state = contexts.context_state(context, before=before, limit=4)
        read += [row[0] for row in state.rows[:4]]
        if len(state.rows) <= 4:
            break
        last = Event.objects.get(pk=read[-1])
        before = (last.date, last.pk)
    assert read == expected


def test_who_is_no_longer_public_is_no_longer_counted() -> None:
    for number, state in enumerate((State.PUBLISHED, State.PUBLISHED, State.WITHDRAWN)):
        make.make_event(f"Event {number}.", date=f"200{number}-02-09", contexts=["Storms"], state=state)
    context = make.make_context("Storms")
    assert contexts.years_of(context) == {2000: 1, 2001: 1}
    assert contexts.event_counts([context.pk]) == {context.pk: 2}
    assert contexts.context_state(context).count == 2
