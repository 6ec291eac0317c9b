"""events/actions/contexts/unmerge.py: a merge taken back gives all back, and respects what happened since."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.actions.contexts.edit import edit_context
from events.actions.contexts.merge import merge_contexts
from events.actions.contexts.shares import REMOVED, Side, Story, Tag, shares
from events.actions.contexts.unmerge import unmerge_contexts
from events.actions.correct import correct_event
from events.actions.errors import InvalidAction, StaleVersion
from events.actions.recording import Actor
from events.models import Alias, BannedReason, Broader, Change, Context, Event, ReviewItem, Revision, Tagging
from events.vocabulary import ReviewKind, ReviewState, Role, Subject, Tagged
from tests.factories import make_context, make_event
from tests.harvests import harvest, later, record
from tests.people import make_person

pytestmark = pytest.mark.django_db

OLD, NEW = "Russian Defence Ministry", "Ministry of Defence"


def context(name: str) -> Context:
    return Context.objects.get(name=name)


def merge(chief: Actor, goes: str = OLD, stays: str = NEW) -> None:
    merge_contexts(actor=chief, context_id=context(goes).pk, into_id=context(stays).pk)


def unmerge(chief: Actor, name: str = OLD) -> None:
    unmerge_contexts(actor=chief, context_id=context(name).pk)


def tags(slug: str) -> dict[str, str]:
    rows = Tagging.objects.active().filter(event__addresses__slug=slug)
    return dict(rows.values_list("context__name", "how"))


def set_contexts(editor: Actor, slug: str, *names: str) -> None:
    event = Event.objects.get(addresses__slug=slug)
    correct_event(
        actor=editor, event_id=event.pk, version=event.version, values={"contexts": names}, grade=None
    )


def everything() -> list[list[Any]]:
    """All that a merge touches, without ids of rows, versions and times."""
    return [
        sorted(Tagging.objects.values_list("event", "context__name", "how", "removed")),
        sorted(Event.objects.filter(lead__isnull=False).values_list("pk", "lead__name")),
        sorted(Alias.objects.values_list("context__name", "name")),
        sorted(Broader.objects.values_list("narrower__name", "broader__name")),
        sorted(BannedReason.objects.values_list("event", "context__name", "by_name", "at")),
        sorted(Context.objects.filter(merged_into__isnull=False).values_list("name", "merged_into__name")),
        sorted(ReviewItem.objects.exclude(kind=ReviewKind.CONTEXT_DUPLICATE).values_list("key", "context")),
    ]


def test_everything_that_went_over_comes_back(chief: Actor) -> None:
    alone = make_event("Alone.", contexts=[OLD, "Russia"], lead=OLD)
    both = make_event("Both.", contexts=[OLD, NEW])
    refused = make_event("Refused.", contexts=[OLD])
    make_event("Another.", contexts=[NEW], lead=NEW)
    goes, stays = context(OLD), context(NEW)
    Tagging.objects.create(event=refused, context=stays, how=Tagged.PERSON, removed=True)
    Tagging.objects.filter(event=both, context=goes).update(how=Tagged.TEXT)
    make_context("War Office", merged_into=goes)
    Alias.objects.create(context=goes, edition="en", name="RDM")
    Alias.objects.create(context=stays, edition="en", name="MoD")
    for narrower, broader in ((OLD, "Russia"), ("Spokesman", OLD), ("Spokesman", NEW), (OLD, NEW)):
        Broader.objects.create(narrower=make_context(narrower), broader=make_context(broader))
    for event, banned in ((alone, goes), (both, goes), (both, stays)):
        BannedReason.objects.create(event=event, context=banned, by_name="erika")
    ReviewItem.objects.create(kind=ReviewKind.CONTEXT_REPLACED, key="k", event=alone, context=goes)
    before = everything()
    merge(chief)
    assert everything() != before
    assert BannedReason.objects.filter(context=stays).count() == 2
    unmerge(chief)
    assert everything() == before
    told = Change.objects.filter(subject=Subject.CONTEXT, subject_id__in=(goes.pk, stays.pk)).order_by("seq")
    assert [(one.subject_id, one.kind, one.other_id) for one in told][2:] == [
        (goes.pk, "unmerged", stays.pk), (stays.pk, "updated", None)
    ]  # fmt: skip
    assert Revision.objects.filter(context=goes).latest("number").kind == "unmerged"
    item = ReviewItem.objects.get(kind=ReviewKind.CONTEXT_DUPLICATE)
    assert (item.state, item.decided_by_name) == (ReviewState.REJECTED, "chief")


def test_what_people_did_since_stays(chief: Actor, editor: Actor) -> None:
    for name in ("left", "given", "kept"):
        make_event(f"{name}.", slug=name, contexts=[OLD, "Russia"])
    make_event("other.", slug="other", contexts=["Russia"])
    make_event("stays.", slug="stays", contexts=[NEW, "Russia"])
    merge(chief)
    set_contexts(editor, "left", "Russia")
    set_contexts(editor, "given", "Russia")
    set_contexts(editor, "given", "Russia", NEW)
    set_contexts(editor, "other", "Russia", NEW)
    edit_context(actor=editor, context_id=context(NEW).pk, version=2, values={"name": "Defence"})
    unmerge(chief)
    assert set(tags("left")) == {"Russia"}
    assert Tagging.objects.filter(event__addresses__slug="left", removed=True).count() == 2
    assert set(tags("given")) == {"Russia", "Defence"}
    assert set(tags("other")) == {"Russia", "Defence"}
    assert set(tags("kept")) == {"Russia", OLD}
    assert set(tags("stays")) == {"Russia", "Defence"}
    assert context("Defence").aliases.get().name == NEW


def said(*names: str, slug: str = "ferry", **fields: Any) -> Any:
    return record(f"An envoy is sent to the {slug}.", slug, contexts=names, **fields)


def test_the_story_of_the_seeds_with_harvests_in_between(chief: Actor) -> None:
    harvest(said(OLD, "Cold War", lead=OLD), said(OLD, slug="renamed"), said("Cold War", slug="third"))
    make_context(NEW)
    merge(chief)
    harvest(
        said(OLD, "Cold War", lead=OLD), said(NEW, slug="renamed"), said(OLD, slug="late", lead=OLD),
        said(NEW, slug="new"), said(OLD, NEW, slug="both"), moment=later(),
    )  # fmt: skip
    for slug in ("ferry", "renamed", "late", "new", "both"):
        assert NEW in tags(slug), slug
        assert OLD not in tags(slug), slug
    assert Context.objects.filter(name=OLD).count() == 1
    unmerge(chief)
    assert set(tags("ferry")) == {OLD, "Cold War"}
    assert set(tags("renamed")) == {NEW}
    assert set(tags("late")) == {OLD}
    assert set(tags("new")) == {NEW}
    assert set(tags("both")) == {OLD, NEW}
    leads = dict(Event.objects.filter(lead__isnull=False).values_list("addresses__slug", "lead__name"))
    assert leads == {"ferry": OLD, "late": OLD}
    harvest(said(OLD, slug="fresh"), moment=later(2))
    assert set(tags("fresh")) == {OLD}
    before = everything()
    harvest(said(OLD, "Cold War", lead=OLD), said(NEW, slug="renamed"), moment=later(3))
    assert everything() == before


def test_a_name_found_in_a_text_since_goes_to_the_one_that_is_named(chief: Actor) -> None:
    make_event("Any.", contexts=[OLD, NEW])
    merge(chief)
    harvest(record(f"The {OLD} speaks.", "speaks"), record(f"The {NEW} is silent.", "silent"), tags=True)
    assert tags("speaks") == tags("silent") == {NEW: Tagged.TEXT}
    unmerge(chief)
    assert tags("speaks") == {OLD: Tagged.TEXT}
    assert tags("silent") == {NEW: Tagged.TEXT}


def test_what_cannot_be_taken_back(chief: Actor, editor: Actor) -> None:
    for name in ("One", "Two", "Three"):
        make_context(name)
    with pytest.raises(InvalidAction, match="not merged"):
        unmerge(chief, "One")
    merge(chief, "One", "Two")
    with pytest.raises(PermissionDenied):
        unmerge(editor, "One")
    with pytest.raises(StaleVersion):
        unmerge_contexts(actor=chief, context_id=context("One").pk, version=1)
    merge(chief, "Two", "Three")
    with pytest.raises(InvalidAction, match="un-merge that one first"):
        unmerge(chief, "One")
    unmerge(chief, "Two")
    assert context("One").merged_into == context("Two")
    unmerge(chief, "One")
    Context.objects.filter(name="Three").update(merged_into=context("One"))
    with pytest.raises(InvalidAction, match="on record"):
        unmerge(chief, "Three")


NAMES = ("Alpha", "Beta", "Gamma", "Delta")
SEVERAL = st.sets(st.sampled_from(NAMES), min_size=2, max_size=4)


FEW = settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
MERGES = given(
    events=st.lists(SEVERAL, min_size=2, max_size=3),
    merges=st.lists(
        st.tuples(st.sampled_from(NAMES[1:]), st.sampled_from(NAMES[:2])), min_size=2, max_size=4
    ),
    order=st.randoms(use_true_random=False),
)


def merges_taken_back_leave_the_archive_as_it_was(
    chief: Actor, events: list[set[str]], merges: list[tuple[str, str]], order: Any
) -> None:
    with transaction.atomic():
        for name in NAMES:
            make_context(name)
        for number, names in enumerate(events):
            make_event(f"Event {number}.", contexts=sorted(names))
        before = everything()
        for goes, stays in merges:
            try:
                merge(chief, goes, stays)
            except InvalidAction:
                continue
        left = [name for name in NAMES if context(name).merged_into_id]
        while left:
            name = order.choice(left)
            try:
                unmerge(chief, name)
            except InvalidAction:
                assert len(left) > 1  # another one is to be taken back first
                continue
            left.remove(name)
        assert everything() == before
        transaction.set_rollback(True)


test_merges_taken_back_in_any_order_leave_the_archive_as_it_was = FEW(
    MERGES(merges_taken_back_leave_the_archive_as_it_was)
)
test_many_merges_taken_back_in_any_order_leave_the_archive_as_it_was = pytest.mark.slow(
    settings(FEW, max_examples=200)(MERGES(merges_taken_back_leave_the_archive_as_it_was))
)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["merge", "unmerge", "take", "give", "robot"]),
        st.integers(0, 1), st.sampled_from(NAMES), st.sampled_from(NAMES),
    ),
    min_size=3, max_size=10,
)  # fmt: skip


def no_decision_of_a_person_is_lost(chief: Actor, steps: list[tuple[str, int, str, str]]) -> None:
    with transaction.atomic():
        for name in NAMES:
            make_context(name)
        events = [make_event(f"Event {number}.", slug=f"e{number}", contexts=NAMES) for number in (0, 1)]
        given_since: dict[tuple[int, str], bool] = {}
        for verb, at, one, other in steps:
            event = events[at]
            standing = context(one).merged_into or context(one)
            try:
                if verb == "merge":
                    merge(chief, one, other)
                    roots = {context(name).merged_into or context(name) for name in (one, other)}
                    given_since = {
                        key: said for key, said in given_since.items()
                        if context(key[1]) not in roots and key[1] not in (one, other)
                    }  # fmt: skip
                elif verb == "unmerge":
                    unmerge(chief, one)
                elif verb == "robot":
                    Tagging.objects.get_or_create(
                        event=event, context=standing, defaults={"how": Tagged.ORIGIN}
                    )
                else:
                    names = set(tags(f"e{at}"))
                    wanted = names | {standing.name} if verb == "give" else names - {standing.name}
                    if wanted != names:
                        set_contexts(chief, f"e{at}", *wanted)
                        given_since[at, standing.name] = verb == "give"
            except InvalidAction:
                continue
            for (number, name), there in given_since.items():
                if context(name).merged_into_id is None:
                    assert (name in tags(f"e{number}")) == there, (verb, one, other)
            assert not Tagging.objects.filter(context__merged_into__isnull=False).exists()
        transaction.set_rollback(True)


test_whatever_is_done_in_whatever_order_no_decision_of_a_person_is_lost = settings(FEW, max_examples=25)(
    given(steps=STEPS)(no_decision_of_a_person_is_lost)
)
test_whatever_is_done_in_many_orders_no_decision_of_a_person_is_lost = pytest.mark.slow(
    settings(FEW, max_examples=400)(given(steps=STEPS)(no_decision_of_a_person_is_lost))
)


ORIGIN, PERSON = Tag(Tagged.ORIGIN), Tag(Tagged.PERSON)
SHARES = [
    (Story(ORIGIN, ORIGIN), (ORIGIN, None)),
    (Story(PERSON, ORIGIN, given=True), (None, PERSON)),
    (Story(PERSON, REMOVED, given=True), (REMOVED, PERSON)),
    (Story(REMOVED, ORIGIN), (REMOVED, REMOVED)),
    (Story(REMOVED, REMOVED), (REMOVED, None)),
    (Story(ORIGIN, ORIGIN, REMOVED), (ORIGIN, REMOVED)),
    (Story(ORIGIN, ORIGIN, said={Side.STAYS}), (None, ORIGIN)),
    (Story(ORIGIN, ORIGIN, said={Side.BACK, Side.STAYS}), (ORIGIN, ORIGIN)),
    (Story(ORIGIN, PERSON, ORIGIN, said={Side.STAYS}), (PERSON, ORIGIN)),
    (Story(ORIGIN, since=True), (None, ORIGIN)),
    (Story(ORIGIN, since=True, said={Side.BACK}), (ORIGIN, None)),
    (Story(ORIGIN, stays=ORIGIN, since=True, said={Side.BACK}), (ORIGIN, ORIGIN)),
]


@pytest.mark.parametrize(("story", "expected"), SHARES)
def test_what_each_has_of_an_event(story: Story, expected: tuple[Tag | None, Tag | None]) -> None:
    assert shares(story) == expected


def test_only_chief_editors_merge(editor: Actor) -> None:
    one, other = make_context("One"), make_context("Other")
    with pytest.raises(PermissionDenied):
        merge_contexts(actor=editor, context_id=one.pk, into_id=other.pk)
    merge_contexts(actor=make_person(Role.CHIEF, name="c"), context_id=one.pk, into_id=other.pk)
