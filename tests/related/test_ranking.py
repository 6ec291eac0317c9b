"""The ancestor's rule: most shared contexts first, then the newest."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pytest_django import DjangoAssertNumQueries

from events.models import Context, Event, RelatedLink, Tagging
from events.related.ranking import LINKS, Link, SharedContexts
from events.vocabulary import State
from tests.factories import make_context, make_event

pytestmark = pytest.mark.django_db


def links_of(event: Event, ranking: SharedContexts | None = None) -> list[Link]:
    ranking = ranking or SharedContexts()
    return ranking.links(ranking.standing([event.pk])).get(event.pk, [])


def targets_of(event: Event) -> list[int]:
    return [link.target for link in links_of(event)]


def event(
    *contexts: str, date: str = "2004-02-09", state: State = State.PUBLISHED, edition: str = "en"
) -> Event:
    return make_event(contexts=contexts, date=date, state=state, edition=edition, document=False)


def ids(names: Sequence[str]) -> tuple[int, ...]:
    return tuple(sorted(Context.objects.filter(name__in=names).values_list("pk", flat=True)))


def test_most_shared_contexts_come_first_then_the_newest_then_the_last_arrived() -> None:
    one = event("Treaty", "River", "Bridge")
    old_with_two = event("Treaty", "River", date="1990-01-01")
    new_with_one = event("Bridge", date="2020-01-01")
    twin_before = event("Treaty", date="2010-01-01")
    twin_after = event("Treaty", date="2010-01-01")
    event("Harbour")
    assert targets_of(one) == [old_with_two.pk, new_with_one.pk, twin_after.pk, twin_before.pk]


def test_score_and_reason_are_the_shared_contexts() -> None:
    one = event("Treaty", "River", "Bridge")
    other = event("River", "Harbour", "Treaty")
    assert links_of(one) == [Link(other.pk, 2.0, ids(["River", "Treaty"]))]


def test_date_is_the_real_one_not_the_order_of_arrival() -> None:
    one = event("Treaty")
    newer = event("Treaty", date="2012-01-01")
    older = event("Treaty", date="2011-01-01")
    assert targets_of(one) == [newer.pk, older.pk]


def test_ten_at_most_and_never_itself() -> None:
    events = [event("Treaty", date=f"2004-02-{day:02}") for day in range(1, 15)]
    oldest, newest = events[0], events[-1]
    assert targets_of(oldest) == [row.pk for row in reversed(events)][:LINKS]
    assert targets_of(newest) == [row.pk for row in reversed(events[:-1])][:LINKS]


def test_an_old_event_that_shares_two_contexts_is_found_behind_many_newer_ones() -> None:
    one = event("Treaty", "River")
    old = event("Treaty", "River", date="1990-01-01")
    for day in range(1, 13):
        event("Treaty", date=f"2010-01-{day:02}")
        event("River", date=f"2011-01-{day:02}")
    assert targets_of(one)[0] == old.pk


@pytest.mark.parametrize("state", [State.DRAFT, State.HELD, State.WITHDRAWN, State.LEGAL])
def test_what_is_not_public_neither_has_links_nor_gets_them(state: State) -> None:
    one = event("Treaty")
    hidden = event("Treaty", state=state)
    assert targets_of(one) == []
    assert targets_of(hidden) == []


def test_editions_are_apart() -> None:
    one = event("Treaty")
    event("Treaty", edition="zh")
    assert targets_of(one) == []


def test_generic_and_removed_contexts_relate_nothing() -> None:
    make_context("Europe", generic=True)
    one = event("Europe", "Treaty")
    event("Europe")
    removed = event("Treaty")
    Tagging.objects.filter(event=removed).update(removed=True, how="person")
    assert targets_of(one) == []


def test_the_ranking_remembers_until_it_is_told_to_forget() -> None:
    ranking = SharedContexts()
    one = event("Treaty")
    assert links_of(one, ranking) == []
    other = event("Treaty")
    assert links_of(one, ranking) == []
    ranking.forget()
    assert [link.target for link in links_of(one, ranking)] == [other.pk]


def test_little_memory_gives_the_same_answer() -> None:
    events = [event(f"Topic {n % 3}", f"Place {n % 4}", date=f"2004-02-{n + 1:02}") for n in range(12)]
    tight, ample = SharedContexts(kept=1), SharedContexts()
    for row in events:
        assert links_of(row, tight) == links_of(row, ample) != []


@pytest.mark.parametrize("count", [1, 3])
def test_three_queries_for_any_number_of_events(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    events = [event("Treaty", f"Place {n}", date="2004-02-09") for n in range(count)]
    ranking = SharedContexts()
    # 1 the events with their contexts, 2 reasons banned, 3 the postings of those contexts
    with django_assert_num_queries(3):
        ranking.links(ranking.standing([row.pk for row in events]))


def test_an_event_enters_where_it_beats_the_last_link_or_there_is_room() -> None:
    full, room = event("Treaty", "River"), event("River")
    store(full, [event("Treaty", date=f"2010-01-{day:02}") for day in range(1, LINKS + 1)])
    ranking = SharedContexts()

    def entered(newcomer: Event) -> set[int]:
        ranking.forget()
        return ranking.entered_by(ranking.standing([newcomer.pk])) & {full.pk, room.pk, newcomer.pk}

    assert entered(event("Treaty", date="2009-12-31")) == set()
    assert entered(event("Treaty", date="2020-01-01")) == {full.pk}
    assert entered(event("River", date="1990-01-01")) == {room.pk}
    assert entered(event("Treaty", "River", date="1990-01-01")) == {full.pk, room.pk}


def store(event: Event, targets: Sequence[Event]) -> None:
    for rank, target in enumerate(reversed(targets), start=1):
        RelatedLink.objects.create(event=event, target=target, rank=rank, score=1.0)
