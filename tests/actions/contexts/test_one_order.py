"""Two who change contexts at once: whatever the order of their ids, none waits for the other in a ring."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from events.actions.contexts.edit import edit_context
from events.actions.contexts.merge import merge_contexts
from events.actions.contexts.split import split_context
from events.actions.contexts.unmerge import unmerge_contexts
from events.actions.harvesting.batch import Batch, Run
from events.actions.recording import Actor, Recording, recording
from events.models import Broader, Context, Harvest
from events.vocabulary import Role
from tests.factories import make_context, make_event, make_origin
from tests.people import make_person

pytestmark = [
    pytest.mark.usefixtures("many_connections"),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time"),
]


class Halting:
    """Halts after the first statement that locks contexts until *go*, or for as long as the other waits."""

    def __init__(self) -> None:
        self.reached, self.go = threading.Event(), threading.Event()

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        found = execute(sql, *rest)
        if not self.reached.is_set() and 'FROM "events_context"' in sql and " FOR " in sql:
            self.reached.set()
            self.go.wait(timeout=20)
        return found


def overtaken(first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """What each returned or raised, where *second* begins when *first* has locked its first context."""
    outcomes: list[Any] = [None, None]
    halting = Halting()

    def run(index: int, act: Callable[[], Any]) -> None:
        try:
            if index == 0:
                with connection.execute_wrapper(halting):
                    outcomes[0] = act()
            else:
                outcomes[1] = act()
        except Exception as error:  # noqa: BLE001  the outcome is what the test looks at
            outcomes[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate((first, second))]
    threads[0].start()
    assert halting.reached.wait(timeout=20)
    threads[1].start()
    threads[1].join(timeout=0.5)
    halting.go.set()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


@pytest.fixture
def chief() -> Actor:
    return make_person(Role.CHIEF)


def put_under(actor: Actor, context: Context, name: str) -> Callable[[], Context]:
    return lambda: edit_context(
        actor=actor, context_id=context.pk, version=1, values={"broader": [name], "profile": "Changed."}
    )


def merge(actor: Actor, goes: Context, stays: Context) -> Callable[[], Context]:
    return lambda: merge_contexts(actor=actor, context_id=goes.pk, into_id=stays.pk)


def above(context: Context) -> list[Context]:
    return list(Context.objects.filter(narrower=context))


def put_under_one_that_is_merged_into_it(chief: Actor, one: Context, other: Context, third: Context) -> None:
    edited, merged = overtaken(put_under(chief, one, other.name), merge(chief, other, one))
    assert (edited, merged) == (one, one)
    assert above(one) == []


def put_under_one_that_was_just_merged_into_it(
    chief: Actor, one: Context, other: Context, third: Context
) -> None:
    merged, edited = overtaken(merge(chief, other, one), put_under(chief, one, other.name))
    assert merged == one
    assert "changed since" in str(edited), repr(edited)


def put_under_a_name_that_means_another_by_then(
    chief: Actor, one: Context, other: Context, third: Context
) -> None:
    merged, edited = overtaken(merge(chief, other, third), put_under(chief, one, other.name))
    assert (merged, edited) == (third, one)
    assert above(one) == [third]


def put_under_each_other(chief: Actor, one: Context, other: Context, third: Context) -> None:
    first, second = overtaken(put_under(chief, one, other.name), put_under(chief, other, one.name))
    assert first == one
    assert "is part of" in str(second) or "changed since" in str(second), repr(second)
    assert (above(one), above(other)) == ([other], [])


def split_to_one_that_is_merged(chief: Actor, one: Context, other: Context, third: Context) -> None:
    event = make_event(f"Of {one.name}.", contexts=[one.name])
    split, merged = overtaken(
        lambda: split_context(
            actor=chief, context_id=one.pk, version=1, event_ids=[event.pk], name=other.name
        ),
        merge(chief, other, one),
    )
    assert merged == one
    assert "was merged meanwhile" in str(split) or split.context == other, repr(split)
    assert list(event.taggings.active().values_list("context", flat=True)) == [one.pk]


def merge_one_and_the_one_above_it(chief: Actor, one: Context, other: Context, third: Context) -> None:
    Broader.objects.create(narrower=third, broader=one)
    assert overtaken(merge(chief, third, other), merge(chief, one, other)) == [other, other]
    assert above(other) == []


def unmerge_one_and_merge_the_one_above_it(
    chief: Actor, one: Context, other: Context, third: Context
) -> None:
    Broader.objects.create(narrower=third, broader=one)
    merge(chief, third, other)()
    outcomes = overtaken(lambda: unmerge_contexts(actor=chief, context_id=third.pk), merge(chief, one, other))
    assert outcomes == [third, other]
    assert above(third) == [other]


def harvest_what_is_known_and_what_is_new(chief: Actor, one: Context, other: Context, third: Context) -> None:
    """*one* was looked up for an earlier record, *other* is named for the first time."""
    batch = run_of(one)

    def learn() -> set[int]:
        with recording(batch.trace.actor):
            batch.learn([one.name, other.name], [])
        return {context.pk for context in batch.run.names.by_name.values()}

    learnt, merged = overtaken(learn, merge(chief, other, one))
    assert (learnt, merged) == ({one.pk, other.pk}, one)


def run_of(remembered: Context) -> Batch:
    origin = make_origin("gazette")
    harvest = Harvest.objects.create(origin=origin, reader="list", edition="en", moment=timezone.now())
    run = Run(harvest, origin, "en", harvest.moment)
    run.names.add({remembered.name: remembered})
    return Batch(run, Recording(Actor.robot(harvest)))


def test_none_waits_in_a_ring() -> None:
    """Each with the older context first, and with the younger."""
    chief = make_person(Role.CHIEF)
    for scene in (
        put_under_one_that_is_merged_into_it,
        put_under_one_that_was_just_merged_into_it,
        put_under_a_name_that_means_another_by_then,
        put_under_each_other,
        split_to_one_that_is_merged,
        merge_one_and_the_one_above_it,
        unmerge_one_and_merge_the_one_above_it,
        harvest_what_is_known_and_what_is_new,
    ):
        for older in (True, False):
            made = [make_context(f"{scene.__name__} {older} {number}") for number in range(3)]
            one, other = made[:2] if older else made[1::-1]
            scene(chief, one, other, made[2])
