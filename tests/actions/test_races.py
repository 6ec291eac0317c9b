"""Two people at once: nobody overwrites anybody, no address is given twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection

from events.actions.correct import correct_event, create_event
from events.actions.curate import ban_related, decisions_tag, pin_related
from events.actions.errors import StaleDecisions, StaleVersion
from events.actions.recording import Actor
from events.models import Address, Change, Context, Curation, Event, Revision
from events.vocabulary import Grade, Role
from tests.factories import DAY, make_event
from tests.people import make_person

pytestmark = pytest.mark.usefixtures("many_connections")


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment, each in a thread; what each returned or raised."""
    outcomes: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(index: int) -> None:
        try:
            start.wait(timeout=20)
            outcomes[index] = acts[index]()
        except Exception as error:  # noqa: BLE001  the outcome is what the test looks at
            outcomes[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def correction(actor: Actor, event: Event, text: str) -> Callable[[], Event]:
    return lambda: correct_event(
        actor=actor, event_id=event.pk, version=1, values={"text": text}, grade=Grade.TYPO
    )


def test_of_editors_with_the_same_version_one_is_told_that_it_is_stale() -> None:
    actors = [make_person(Role.EDITOR, name=f"editor{number}") for number in range(4)]
    for round_number in range(5):
        event = make_event(f"Round {round_number}.")
        outcomes = at_once(*(correction(actor, event, f"By {actor.name}.") for actor in actors))
        saved = [outcome for outcome in outcomes if isinstance(outcome, Event)]
        assert len(saved) == 1
        assert [type(one) for one in outcomes if one is not saved[0]] == [StaleVersion] * 3
        assert Event.objects.get(pk=event.pk).text == saved[0].text
        assert Revision.objects.filter(event=event).count() == 1


def test_of_editors_who_saw_the_same_links_one_decides() -> None:
    actors = [make_person(Role.EDITOR, name=f"editor{number}") for number in range(4)]
    target = make_event("The target.")
    for round_number in range(5):
        event = make_event(f"Round {round_number}.")
        said = {"event_id": event.pk, "target_id": target.pk, "seen": decisions_tag(event.pk)}
        outcomes = at_once(
            *(
                partial(act, actor=actor, note=actor.name, **said)
                for act, actor in zip((pin_related, ban_related) * 2, actors, strict=True)
            )
        )
        decided = [outcome for outcome in outcomes if isinstance(outcome, Curation)]
        assert len(decided) == 1, outcomes
        assert [type(one) for one in outcomes if one is not decided[0]] == [StaleDecisions] * 3
        row = Curation.objects.get(event=event)
        assert (row.decision, row.note) == (decided[0].decision, decided[0].note)


def test_events_created_at_once_get_addresses_of_their_own_and_share_contexts() -> None:
    actors = [make_person(Role.EDITOR, name=f"editor{number}") for number in range(4)]
    outcomes = at_once(
        *(
            lambda actor=actor: create_event(  # type: ignore[misc]
                actor=actor, edition="en", date=DAY, text="The same words.", category="other",
                contexts=["Brand new", "Also new"],
            )
            for actor in actors
        )
    )  # fmt: skip
    assert all(isinstance(outcome, Event) for outcome in outcomes), outcomes
    assert Address.objects.filter(slug__startswith="the-same-words").count() == 4
    assert Context.objects.count() == 2
    assert list(Change.objects.values_list("seq", flat=True)) == list(range(1, 7))


def test_pins_set_at_once_are_all_kept_in_order() -> None:
    actor = make_person(Role.EDITOR)
    event, *targets = (make_event(f"Event {number}.") for number in range(5))
    at_once(
        *(
            lambda target=target: pin_related(actor=actor, event_id=event.pk, target_id=target.pk)  # type: ignore[misc]
            for target in targets
        )
    )
    assert sorted(event.curations.values_list("position", flat=True)) == [1, 2, 3, 4]
