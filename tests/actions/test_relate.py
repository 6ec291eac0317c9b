"""Stored related links end as a rebuild would have them, and are written only where they changed."""

from __future__ import annotations

import datetime as dt
import json
import signal
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoCaptureOnCommitCallbacks

from events.actions import relate, relate_parallel
from events.actions.relate import mark_all_due, relate_due, relate_now, relate_soon
from events.actions.relate_parallel import Computed
from events.actions.rows import links_due
from events.models import (
    BannedReason,
    Document,
    Event,
    EventFeatures,
    FeatureCounts,
    FeaturePosting,
    RelatedLink,
    Tagging,
)
from events.models import Sequence as PublicSequence
from events.related import neighbourhoods, picking, statistics
from events.related.features import Features, context_term, features_of, terms_of_name
from events.related.neighbourhoods import statistics_of
from events.related.picking import Picker
from events.related.rankings import STORIES
from events.related.rows import Row, Rows
from events.related.scoring import Scorer
from events.vocabulary import EDITIONS, State, Tagged
from tests.factories import make_context, make_event

LinkRow = tuple[int, int, int, float, str]
WORDS = ["storm", "ferry", "vote", "tax", "mine", "Lagos", "Quito", "Tuvalu", "Merkel", "Turkish", "Peru"]


def stored() -> list[LinkRow]:
    rows = RelatedLink.objects.order_by("event_id", "rank")
    return [
        (row.event_id, row.rank, row.target_id, row.score, json.dumps(row.reason, sort_keys=True))
        for row in rows
    ]


def by_the_rule() -> list[LinkRow]:
    """All links in the plainest way: every event of an edition scored against every other at once."""
    return [row for edition in EDITIONS for row in _of_edition(edition)]


def _of_edition(edition: str) -> Iterable[LinkRow]:
    features = {event.pk: (event, features_now(event)) for event in public_events(edition)}
    rows = Rows.of(
        [
            Row(pk, event.date.toordinal(), event.category, found.packed_terms, found.packed_counts)
            for pk, (event, found) in features.items()
        ]
    )
    counted, _ = statistics_of(edition)
    picker = Picker(Scorer(rows, counted, STORIES))
    for pk, (_, found) in features.items():
        written = dict(zip(found.terms, found.written, strict=True))
        without: set[int] = set()
        for ban in BannedReason.objects.filter(event=pk).select_related("context"):
            without |= {context_term(ban.context_id), *terms_of_name(ban.context.name, edition)}
        for rank, link in enumerate(picker.links(rows.place_of(pk), written, without), start=1):
            yield pk, rank, link.target, link.score, json.dumps(link.reason, sort_keys=True)


def public_events(edition: str) -> list[Event]:
    return list(Event.objects.filter(state=State.PUBLISHED, edition=edition).order_by("pk"))


def features_now(event: Event) -> Features:
    contexts = [row.context for row in Tagging.objects.filter(event=event, removed=False)]
    return features_of(
        event.text,
        edition=event.edition,
        contexts=[context.pk for context in contexts if not context.generic],
        lead=event.lead_id,
        not_counting=[context.name for context in contexts if context.generic],
    )


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


def treaties(count: int) -> list[Event]:
    return [
        make_event(f"Treaty {n}", date=f"2004-02-{n:02}", contexts=["Treaty", f"Place {n % 3}"])
        for n in range(1, count + 1)
    ]


@pytest.fixture
def _few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists that may change are looked for, however few events there are."""
    monkeypatch.setattr(relate, "_ALL_FROM", 0)
    monkeypatch.setattr(relate, "SMALL", 0)


@pytest.mark.django_db
def test_after_relating_nothing_is_due_and_all_follows_the_rule() -> None:
    treaties(14)
    make_event("Alone", contexts=["Harbour"])
    assert relate_due() == 15
    assert not due()
    assert stored() == by_the_rule() != []


@pytest.mark.django_db
def test_relating_again_writes_nothing() -> None:
    treaties(14)
    relate_due()
    rows, before = set(RelatedLink.objects.values_list("pk", flat=True)), versions()
    assert mark_all_due() == 14
    assert relate_due() == 14
    assert set(RelatedLink.objects.values_list("pk", flat=True)) == rows
    assert versions() == before


@pytest.mark.django_db
@pytest.mark.usefixtures("_few_at_once")
def test_a_new_event_changes_only_the_lists_it_enters() -> None:
    near, far = make_event("Near", contexts=["Treaty"]), make_event("Far", contexts=["Harbour"])
    make_event("Farther", contexts=["Harbour"])
    relate_due()
    before = versions()
    new = make_event("New", contexts=["Treaty"])
    assert relate_due() == 2
    assert stored() == by_the_rule()
    after = versions()
    assert (after[near.pk], after[far.pk], after[new.pk]) == (before[near.pk] + 1, before[far.pk], 1)


@pytest.mark.django_db
@pytest.mark.usefixtures("_few_at_once")
@pytest.mark.parametrize("state", [State.WITHDRAWN, State.LEGAL, State.HELD])
def test_an_event_no_longer_public_loses_its_links_and_leaves_all_lists(state: State) -> None:
    events = [make_event(f"Treaty {n}", contexts=["Treaty"]) for n in range(3)]
    relate_due()
    version = versions()[events[0].pk]
    Event.objects.filter(pk=events[0].pk).update(state=state)
    links_due([events[0].pk])
    relate_due()
    left = {events[1].pk: events[2].pk, events[2].pk: events[1].pk}
    assert dict(RelatedLink.objects.values_list("event", "target")) == left
    assert versions()[events[0].pk] == version + 1
    assert not FeaturePosting.objects.filter(event_id=events[0].pk).exists()
    Event.objects.filter(pk=events[0].pk).update(state=State.PUBLISHED)
    links_due([events[0].pk])
    relate_due()
    assert RelatedLink.objects.count() == 6
    assert stored() == by_the_rule()


@pytest.mark.django_db
@pytest.mark.usefixtures("_few_at_once")
def test_a_withdrawn_event_makes_room_for_the_eleventh() -> None:
    events = treaties(12)
    relate_due()
    Event.objects.filter(pk=events[1].pk).update(state=State.WITHDRAWN)
    links_due([events[1].pk])
    relate_due()
    assert RelatedLink.objects.filter(event=events[0]).count() == 10
    assert stored() == by_the_rule()


@pytest.mark.django_db
def test_progress_ends_where_all_is_done() -> None:
    treaties(5)
    told: list[tuple[int, int]] = []
    relate_due(progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (10, 10)  # five events read, five lists computed


@pytest.mark.django_db
@pytest.mark.usefixtures("_few_at_once")
@pytest.mark.parametrize("count", [1, 3])
def test_the_same_queries_for_one_due_event_and_for_three(count: int) -> None:
    for n in range(count):
        make_event(f"Treaty {n}", contexts=["Treaty", f"Place {n}"])
    make_event("Partner", contexts=["Treaty"])
    relate_due()
    links_due(list(Event.objects.values_list("pk", flat=True)[:count]))
    with CaptureQueriesContext(connection) as queries:
        relate_due()
    assert len(queries) == (36 if connection.vendor == "sqlite" else 40)
    assert stored() == by_the_rule()


@pytest.mark.django_db
def test_a_run_that_is_killed_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    treaties(14)
    for step in ("refresh_features", "count_anew", "post_rare", "compute", "insert_values"):
        with monkeypatch.context() as patch:
            where = relate_parallel if step == "compute" else relate
            patch.setattr(where, step, mock.Mock(side_effect=KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                relate_due()
    relate_due()
    assert not due()
    assert stored() == by_the_rule() != []


@pytest.mark.django_db
@pytest.mark.usefixtures("_few_at_once")
def test_a_list_computed_before_the_latest_change_is_computed_again() -> None:
    one = make_event("One", contexts=["Treaty"])
    other = make_event("Other", contexts=["Harbour"])
    third = make_event("Third", contexts=["Harbour"])
    relate_due()
    links_due([other.pk])
    store = relate._store
    changed: list[bool] = []

    def change_then_store(found: Computed) -> None:
        if not changed:
            changed.append(True)
            retag(third, "Treaty")
            links_due([third.pk])
            relate._Run("en", None, 1).read([third.pk], look=True)
        store(found)

    with mock.patch.object(relate, "_store", change_then_store):
        relate_due()
    assert not due()
    assert stored() == by_the_rule()
    assert dict(RelatedLink.objects.values_list("event", "target")) == {one.pk: third.pk, third.pk: one.pk}


@pytest.mark.django_db
def test_an_archive_read_whole_is_read_again_once_it_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbourhoods, "BLOCK", 3)
    monkeypatch.setattr(relate_parallel, "PARTS_LEAST", 1)
    events = treaties(14)
    relate_due()
    store, around = relate._store, neighbourhoods.Neighbourhood.around
    parts: list[str] = []

    def change_then_store(found: Computed) -> None:
        if found.ids[0] == events[3].pk and "changed" not in parts:
            retag(events[13], "Place 0")
            links_due([events[13].pk])
            relate._Run("en", None, 1).read([events[13].pk], look=True)
            parts.append("changed")
        store(found)

    def read_anew(*args: Any) -> neighbourhoods.Neighbourhood:
        parts.append("read anew")
        return around(*args)

    mark_all_due()
    with (
        mock.patch.object(relate, "_store", change_then_store),
        mock.patch.object(neighbourhoods.Neighbourhood, "around", read_anew),
    ):
        relate_due()
    # The second of five parts was computed before: this one and each after are computed from what is there.
    assert parts[parts.index("changed") :].count("read anew") >= 4
    assert stored() == by_the_rule()


@pytest.mark.django_db
def test_an_event_that_is_withdrawn_while_its_links_are_computed_has_none() -> None:
    event, other = treaties(2)
    relate_due()
    counts, _ = statistics_of("en")
    found = neighbourhoods.Neighbourhood.around("en", [event.pk, other.pk], counts, STORIES)
    EventFeatures.objects.filter(pk=event.pk).delete()
    assert set(found.links([event.pk, other.pk])) == {other.pk}


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


@pytest.mark.django_db
def test_features_are_counted_anew_where_an_edition_has_more_than_doubled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relate, "SMALL", 0)
    treaties(4)
    relate_due()
    assert FeatureCounts.objects.get().events == 4
    treaties(4)
    relate_due()
    assert FeatureCounts.objects.get().events == 4
    treaties(1)
    relate_due()
    assert FeatureCounts.objects.get().events == 9
    assert stored() == by_the_rule()
    mark_all_due(recount=True)
    relate_due()
    assert FeatureCounts.objects.get().version == 3


@pytest.mark.django_db
def test_an_unknown_ranking_is_refused_by_name() -> None:
    with (
        override_settings(RELATED_RANKING="stories-2"),
        pytest.raises(ImproperlyConfigured, match="there are stories, bm25"),
    ):
        relate_due()


NAMES = ["Treaty", "River", "Bridge", "Harbour"]
tags = st.sets(st.sampled_from(NAMES), max_size=3)
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
days = st.sampled_from([1, 2, 3, 40, 41, 300, 900])
states = st.sampled_from([State.PUBLISHED, State.PUBLISHED, State.PUBLISHED, State.HELD, State.WITHDRAWN])
Whole = tuple[set[str], str, int, State]
wholes = st.tuples(tags, texts, days, states)
changes = st.tuples(st.integers(0, 30), wholes)


def set_event(event: Event, whole: Whole) -> None:
    names, text, day, state = whole
    retag(event, *sorted(names))
    date = dt.date(2004, 1, 1) + dt.timedelta(days=day)
    Event.objects.filter(pk=event.pk).update(date=date, text=text, state=state)


FEW = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
HISTORIES = given(
    first=st.lists(wholes, min_size=2, max_size=9),
    rounds=st.lists(
        st.tuples(st.lists(wholes, max_size=2), st.lists(changes, max_size=3), st.booleans()), max_size=4
    ),
    bans=st.lists(st.tuples(st.integers(0, 20), st.sampled_from(NAMES)), max_size=4),
    generic=st.sampled_from([*NAMES, ""]),
)


def end_as_rebuilt(
    first: list[Whole],
    rounds: list[tuple[list[Whole], list[tuple[int, Whole]], bool]],
    bans: list[tuple[int, str]],
    generic: str,
) -> None:
    with (
        mock.patch.object(picking, "LINKS", 2),
        mock.patch.object(picking, "_AT_FIRST", 1),
        mock.patch.object(statistics, "RARE_MOST", 2),
        mock.patch.object(statistics, "NEAR_EVENTS", 2),
        mock.patch.object(statistics, "_DAYS_LEAST", 1),
        mock.patch.object(relate, "_ALL_FROM", 0),
        mock.patch.object(relate, "SMALL", 0),
        mock.patch.object(relate, "AT_ONCE", 2),
        mock.patch.object(neighbourhoods, "BLOCK", 3),
        transaction.atomic(),
    ):
        events = [add(whole) for whole in first]
        relate_due()
        assert stored() == by_the_rule()
        for number, name in bans:
            ban(events[number % len(events)], name)
        assert stored() == by_the_rule()
        for added, changed, recount in rounds:
            events += [add(whole) for whole in added]
            for number, whole in changed:
                event = events[number % len(events)]
                set_event(event, whole)
                links_due([event.pk])
            if recount:
                mark_all_due(recount=True)
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


test_increments_end_where_a_rebuild_ends = pytest.mark.django_db(FEW(HISTORIES(end_as_rebuilt)))
test_many_increments_end_where_a_rebuild_ends = pytest.mark.slow(
    pytest.mark.django_db(settings(FEW, max_examples=400)(HISTORIES(end_as_rebuilt)))
)


def ban(event: Event, name: str) -> None:
    """Ban a reason, or allow it again, as an editor does."""
    context = make_context(name, edition=event.edition)
    if not BannedReason.objects.filter(event=event, context=context).delete()[0]:
        BannedReason.objects.create(event=event, context=context)
    relate_now(event.pk)


def add(whole: Whole) -> Event:
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


@pytest.mark.usefixtures("many_connections", "_few_at_once")
def test_two_runs_and_a_writer_at_once_end_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relate, "AT_ONCE", 3)
    monkeypatch.setattr(neighbourhoods, "BLOCK", 3)
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
def test_processes_at_work_at_once_end_where_one_ends(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    # Whoever starts them may handle SIGTERM in its own way: they end all the same.
    handler = signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    request.addfinalizer(lambda: signal.signal(signal.SIGTERM, handler))
    monkeypatch.setattr(neighbourhoods, "BLOCK", 3)
    for n in range(30):
        make_event(f"Treaty {n}", date=f"2004-02-{n % 20 + 1:02}", contexts=["Treaty", f"Place {n % 4}"])
    assert relate_due(processes=2) == 30
    assert stored() == by_the_rule() != []


@pytest.mark.usefixtures("many_connections")
def test_an_event_that_another_transaction_writes_is_left_due() -> None:
    if not connection.features.has_select_for_update_skip_locked:
        pytest.skip("SQLite has one writer at a time: nothing can be skipped")
    one = make_event("One", contexts=["Treaty"])
    other = make_event("Other", contexts=["Treaty"])
    with transaction.atomic():
        Document.objects.select_for_update().get(pk=one.pk)
        in_threads(relate_due)
        assert due() == {one.pk}
    relate_due()
    assert set(RelatedLink.objects.values_list("event", flat=True)) == {one.pk, other.pk}
    assert stored() == by_the_rule()
