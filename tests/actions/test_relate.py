"""Stored related links end as a rebuild would have them, and are written only where they changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import pytest
from django.db import connection, transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from events.actions import relate
from events.actions.relate import mark_all_due, relate_due, relate_now, relate_soon
from events.actions.rows import links_due
from events.models import BannedReason, Document, Event, RelatedLink, Tagging
from events.models import Sequence as PublicSequence
from events.related import ranking
from events.vocabulary import State, Tagged
from tests.factories import make_context, make_event

Row = tuple[int, int, int, float, tuple[int, ...]]


def stored() -> list[Row]:
    rows = RelatedLink.objects.order_by("event_id", "rank")
    return [(row.event_id, row.rank, row.target_id, row.score, tuple(row.reason["contexts"])) for row in rows]


def by_the_rule() -> list[Row]:
    """All links, in the plainest way."""
    events = list(Event.objects.filter(state=State.PUBLISHED).order_by("pk"))
    contexts = {
        event.pk: set(
            Tagging.objects.filter(event=event, removed=False, context__generic=False).values_list(
                "context", flat=True
            )
        )
        for event in events
    }
    rows: list[Row] = []
    for event in events:
        banned = set(BannedReason.objects.filter(event=event).values_list("context", flat=True))
        shared = [
            ((contexts[event.pk] - banned) & contexts[other.pk], other)
            for other in events
            if other != event and other.edition == event.edition
        ]
        best = sorted(
            (pair for pair in shared if pair[0]),
            key=lambda pair: (len(pair[0]), pair[1].date, pair[1].pk),
            reverse=True,
        )
        for rank, (common, other) in enumerate(best[: ranking.LINKS], start=1):
            rows.append((event.pk, rank, other.pk, float(len(common)), tuple(sorted(common))))
    return rows


def due() -> set[int]:
    return set(Document.objects.filter(related_due=True).values_list("pk", flat=True))


def versions() -> dict[int, int]:
    return dict(Document.objects.values_list("pk", "related_version"))


def retag(event: Event, *names: str) -> None:
    Tagging.objects.filter(event=event).delete()
    for name in names:
        Tagging.objects.create(
            event=event, context=make_context(name, edition=event.edition), how=Tagged.PERSON
        )


@pytest.mark.django_db
def test_after_relating_nothing_is_due_and_all_follows_the_rule() -> None:
    for day in range(1, 15):
        make_event(f"Treaty {day}", date=f"2004-02-{day:02}", contexts=["Treaty", f"Place {day % 3}"])
    make_event("Alone", contexts=["Harbour"])
    assert relate_due() == 15
    assert not due()
    assert stored() == by_the_rule() != []


@pytest.mark.django_db
def test_relating_again_writes_nothing() -> None:
    for day in range(1, 15):
        make_event(f"Treaty {day}", date=f"2004-02-{day:02}", contexts=["Treaty", f"Place {day % 3}"])
    relate_due()
    rows, before = set(RelatedLink.objects.values_list("pk", flat=True)), versions()
    assert mark_all_due() == 14
    assert relate_due() == 14
    assert set(RelatedLink.objects.values_list("pk", flat=True)) == rows
    assert versions() == before


@pytest.mark.django_db
@pytest.mark.parametrize("share", [1, 1000], ids=["neighbours looked for", "all others computed"])
def test_a_new_event_changes_only_the_lists_it_enters(monkeypatch: pytest.MonkeyPatch, share: int) -> None:
    monkeypatch.setattr(relate, "_ALL_FROM", share)
    near, far = make_event("Near", contexts=["Treaty"]), make_event("Far", contexts=["Harbour"])
    make_event("Farther", contexts=["Harbour"])
    relate_due()
    before = versions()
    new = make_event("New", contexts=["Treaty"])
    assert relate_due() == 1
    assert stored() == by_the_rule()
    after = versions()
    assert (after[near.pk], after[far.pk], after[new.pk]) == (before[near.pk] + 1, before[far.pk], 1)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [State.WITHDRAWN, State.LEGAL, State.HELD])
def test_an_event_no_longer_public_loses_its_links_and_leaves_all_lists(state: State) -> None:
    events = [make_event(f"Treaty {n}", contexts=["Treaty"]) for n in range(3)]
    relate_due()
    Event.objects.filter(pk=events[0].pk).update(state=state)
    links_due([events[0].pk])
    relate_due()
    left = {events[1].pk: events[2].pk, events[2].pk: events[1].pk}
    assert dict(RelatedLink.objects.values_list("event", "target")) == left
    Event.objects.filter(pk=events[0].pk).update(state=State.PUBLISHED)
    links_due([events[0].pk])
    relate_due()
    assert RelatedLink.objects.count() == 6
    assert stored() == by_the_rule()


@pytest.mark.django_db
def test_a_withdrawn_event_makes_room_for_the_eleventh() -> None:
    events = [make_event(f"Treaty {n}", date=f"2004-02-{n:02}", contexts=["Treaty"]) for n in range(1, 13)]
    relate_due()
    Event.objects.filter(pk=events[-1].pk).update(state=State.WITHDRAWN)
    Document.objects.filter(pk=events[-1].pk).update(related_due=True)
    relate_due()
    assert RelatedLink.objects.filter(event=events[0]).count() == 10
    assert stored() == by_the_rule()


@pytest.mark.django_db
def test_a_limit_leaves_the_rest_due() -> None:
    for n in range(5):
        make_event(f"Treaty {n}", contexts=["Treaty"])
    assert relate_due(limit=2) == 2
    assert len(due()) == 3
    told: list[int] = []
    assert relate_due(progress=told.append) == 3
    assert sum(told) == 3
    assert stored() == by_the_rule()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_same_queries_for_one_due_event_and_for_three(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(count):
        make_event(f"Treaty {n}", contexts=["Treaty", f"Place {n}"])
    partner = make_event("Partner", contexts=["Treaty"])
    relate_due()
    RelatedLink.objects.exclude(event=partner).delete()
    Document.objects.exclude(event=partner).update(related_due=True)
    # The first round: due ids, how many others, sequence, standing, reasons banned, ids of the others.
    # Its transaction for the others (the second row is its savepoint) 2: sequence, standing, reasons
    # banned, postings, stored links, rank changes none. Its transaction for the due ones 2: sequence,
    # locked rows, standing, reasons banned, stored links, insert, two updates. The second round: due ids.
    postgres = (
        8 if connection.vendor == "postgresql" else 0
    )  # a savepoint for reading; lock and timeout thrice
    with django_assert_num_queries(24 + postgres):
        relate_due()
    assert stored() == by_the_rule()


@pytest.mark.django_db
def test_what_changes_between_looking_and_writing_stays_due_for_the_next_round() -> None:
    one = make_event("One", contexts=["Treaty"])
    other = make_event("Other", contexts=["Harbour"])
    relate_due()
    Document.objects.filter(pk=one.pk).update(related_due=True)
    look = relate._Round._neighbours
    changed = []

    def look_then_change(this: relate._Round) -> object:
        found = look(this)
        if not changed:
            changed.append(True)
            retag(one, "Harbour")
            PublicSequence.objects.update(last=F("last") + 1)
        return found

    with mock.patch.object(relate._Round, "_neighbours", look_then_change):
        relate_due()
        assert due() <= {one.pk}
        relate_due()
    assert not due()
    assert dict(RelatedLink.objects.values_list("event", "target")) == {one.pk: other.pk, other.pk: one.pk}


@pytest.mark.django_db
def test_relating_soon_happens_after_the_commit(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    make_event("One", contexts=["Treaty"])
    make_event("Other", contexts=["Treaty"])
    with django_capture_on_commit_callbacks(execute=True):
        relate_soon()
        assert not RelatedLink.objects.exists()
    assert RelatedLink.objects.count() == 2


NAMES = ["Treaty", "River", "Bridge", "Harbour"]
tags = st.sets(st.sampled_from(NAMES), max_size=3)
days = st.integers(1, 5)
states = st.sampled_from([State.PUBLISHED, State.PUBLISHED, State.PUBLISHED, State.HELD, State.WITHDRAWN])
wholes = st.tuples(tags, days, states)
changes = st.tuples(st.integers(0, 30), wholes)


def set_event(event: Event, whole: tuple[set[str], int, State]) -> None:
    names, day, state = whole
    retag(event, *sorted(names))
    Event.objects.filter(pk=event.pk).update(date=f"2004-02-{day:02}", state=state)


@pytest.mark.django_db
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.lists(wholes, min_size=2, max_size=9),
    rounds=st.lists(
        st.tuples(st.lists(wholes, max_size=2), st.lists(changes, max_size=3), st.sampled_from([None, 1])),
        max_size=4,
    ),
    bans=st.lists(st.tuples(st.integers(0, 20), st.sampled_from(NAMES)), max_size=4),
    generic=st.sampled_from([*NAMES, ""]),
)
def test_increments_end_where_a_rebuild_ends(
    first: list[tuple[set[str], int, State]],
    rounds: list[
        tuple[list[tuple[set[str], int, State]], list[tuple[int, tuple[set[str], int, State]]], int | None]
    ],
    bans: list[tuple[int, str]],
    generic: str,
) -> None:
    with (
        mock.patch.object(ranking, "LINKS", 2),
        mock.patch.object(relate, "_ALL_FROM", 1),
        mock.patch.object(relate, "AT_ONCE", 2),
        transaction.atomic(),
    ):
        events = [add(whole) for whole in first]
        relate_due()
        assert stored() == by_the_rule()
        for number, name in bans:
            ban(events[number % len(events)], name)
        assert stored() == by_the_rule()
        for added, changed, limit in rounds:
            events += [add(whole) for whole in added]
            for number, whole in changed:
                event = events[number % len(events)]
                set_event(event, whole)
                Document.objects.filter(pk=event.pk).update(related_due=True)
            relate_due(limit=limit)
            relate_due()
            assert not due()
            assert stored() == by_the_rule()
        if generic:
            context = make_context(generic)
            type(context).objects.filter(pk=context.pk).update(generic=True)
            links_due(list(Tagging.objects.filter(context=context).values_list("event", flat=True)))
            relate_due()
        incremental, before = stored(), versions()
        mark_all_due()
        relate_due()
        assert stored() == incremental == by_the_rule()
        assert versions() == before
        transaction.set_rollback(True)


def ban(event: Event, name: str) -> None:
    """Ban a reason, or allow it again, as an editor does."""
    context = make_context(name, edition=event.edition)
    if not BannedReason.objects.filter(event=event, context=context).delete()[0]:
        BannedReason.objects.create(event=event, context=context)
    relate_now(event.pk)


def add(whole: tuple[set[str], int, State]) -> Event:
    event = make_event("Text", slug=f"slug-{Event.objects.count()}")
    set_event(event, whole)
    return event


def in_threads(*jobs: Callable[[], object]) -> None:
    def run(job: Callable[[], object]) -> None:
        try:
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        for future in [pool.submit(run, job) for job in jobs]:
            future.result(60)


def retag_each(events: Iterable[Event]) -> None:
    for event in events:
        with transaction.atomic():
            Event.objects.select_for_update().get(pk=event.pk)
            retag(event, "River")
            links_due([event.pk])
            PublicSequence.objects.update(last=F("last") + 1)


@pytest.mark.usefixtures("many_connections")
def test_two_runs_and_a_writer_at_once_end_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relate, "AT_ONCE", 3)
    names = [make_context(name).name for name in NAMES]
    events = [
        make_event(f"Text {n}", date=f"2004-02-{n % 20 + 1:02}", contexts=[names[n % 4], names[n % 3]])
        for n in range(40)
    ]
    in_threads(relate_due, relate_due, lambda: retag_each(events[::4]))
    relate_due()
    assert not due()
    assert stored() == by_the_rule()


@pytest.mark.usefixtures("many_connections")
def test_an_event_that_another_transaction_writes_is_left_due() -> None:
    if not connection.features.has_select_for_update_skip_locked:
        pytest.skip("SQLite has one writer at a time: nothing can be skipped")
    one = make_event("One", contexts=["Treaty"])
    other = make_event("Other", contexts=["Treaty"])
    with transaction.atomic():
        Document.objects.select_for_update().get(pk=one.pk)
        in_threads(relate_due)
        assert set(RelatedLink.objects.values_list("event", flat=True)) == {other.pk}
    assert due() == {one.pk}
    relate_due()
    assert stored() == by_the_rule()
