"""What follows from a change for other things is told too (``actions.consequences``)."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from events.actions.contexts.edit import edit_context
from events.actions.correct import correct_event, create_event
from events.actions.curate import pin_related
from events.actions.editorials import announce_editorials
from events.actions.publishing import rename_publisher
from events.actions.recording import Actor
from events.actions.removal.remove import remove_event
from events.actions.withdraw import release_event, restore_event, withdraw_event
from events.harvest.records import CitedSource, EditorialRecord
from events.models import Broader, Change, Context, Editorial, Event, Publisher, Sequence, Source
from events.slugs import Address
from events.vocabulary import Grade, Role, State
from tests.factories import DAY, make_context, make_event
from tests.harvests import PLACE, harvest
from tests.people import make_person

PAGE = CitedSource("The Gazette", "https://gazette.example/a")
OTHER = CitedSource("The Herald", "https://herald.example/b")


def told(after: int = 0) -> list[tuple[str, int, str]]:
    """The entries above a number."""
    return list(Change.objects.after(after).values_list("subject", "subject_id", "kind"))


def last() -> int:
    return Sequence.objects.get().last


def citing(actor: Actor, *citations: CitedSource, text: str = "A ferry opens.") -> Event:
    return create_event(actor=actor, edition="en", date=DAY, text=text, category="other", citations=citations)


def withdraw(actor: Actor, event: Event) -> Event:
    event.refresh_from_db()
    return withdraw_event(actor=actor, event_id=event.pk, version=event.version, reason="Wrong.")


def test_a_source_comes_before_the_first_event_that_cites_it_and_goes_after_the_last(chief: Actor) -> None:
    one, other = citing(chief, PAGE), citing(chief, PAGE, text="A bridge opens.")
    source = Source.objects.get()
    assert told() == [
        ("source", source.pk, "created"), ("event", one.pk, "created"), ("event", other.pk, "created")
    ]  # fmt: skip
    start = last()
    withdraw(chief, one)
    assert told(start) == [("event", one.pk, "withdrawn")]
    gone = withdraw(chief, other)
    restore_event(actor=chief, event_id=other.pk, version=gone.version)
    assert told(start)[1:] == [
        ("event", other.pk, "withdrawn"), ("source", source.pk, "withdrawn"),
        ("source", source.pk, "restored"), ("event", other.pk, "restored"),
    ]  # fmt: skip


def test_a_source_that_a_correction_takes_or_brings_is_told_of(chief: Actor) -> None:
    event, start = citing(chief, PAGE), last()
    correct_event(actor=chief, event_id=event.pk, version=1, values={"citations": [OTHER]}, grade=Grade.TYPO)
    gazette, herald = (Source.objects.get(url=one.url).pk for one in (PAGE, OTHER))
    assert told(start) == [
        ("source", herald, "created"), ("event", event.pk, "corrected"), ("source", gazette, "withdrawn")
    ]  # fmt: skip


def test_nothing_is_told_of_what_a_held_event_cites_until_it_is_released(chief: Actor) -> None:
    event = make_event("Nobody reads this yet.", state=State.HELD)
    correct_event(actor=chief, event_id=event.pk, version=1, values={"citations": [PAGE]}, grade=Grade.TYPO)
    publisher = Publisher.objects.get()
    rename_publisher(actor=chief, publisher_id=publisher.pk, seen=publisher.name, name="Gazette & Sons")
    assert told() == []
    release_event(actor=chief, event_id=event.pk, version=2)
    assert told() == [("source", Source.objects.get().pk, "created"), ("event", event.pk, "created")]


def test_who_names_a_renamed_context_or_publisher_is_told_of(chief: Actor) -> None:
    event = citing(chief, PAGE)
    correct_event(actor=chief, event_id=event.pk, version=1, values={"contexts": ["Ferries"]}, grade=None)
    ferries, ships, rivers = Context.objects.get(), make_context("Ships"), make_context("Rivers")
    Broader.objects.create(narrower=ferries, broader=ships)
    start = last()
    edit_context(actor=chief, context_id=ferries.pk, version=1, values={"name": "Ferry lines"})
    assert told(start) == [
        ("context", ferries.pk, "updated"), ("context", ships.pk, "updated"), ("event", event.pk, "updated")
    ]  # fmt: skip
    start = last()
    edit_context(actor=chief, context_id=ferries.pk, version=2, values={"broader": ["Rivers"]})
    assert told(start) == [
        ("context", ferries.pk, "updated"),
        ("context", ships.pk, "updated"),
        ("context", rivers.pk, "updated"),
    ]
    start, publisher = last(), Publisher.objects.get()
    rename_publisher(actor=chief, publisher_id=publisher.pk, seen=publisher.name, name="Gazette & Sons")
    assert told(start) == [("source", Source.objects.get().pk, "updated"), ("event", event.pk, "updated")]


def test_who_pins_an_event_is_told_of_when_that_comes_or_goes(chief: Actor) -> None:
    pinning, hidden = citing(chief), make_event("Held.", state=State.HELD)
    target = citing(chief, text="A bridge opens.")
    pin_related(actor=chief, event_id=pinning.pk, target_id=target.pk)
    start = last()
    gone = withdraw(chief, target)
    restore_event(actor=chief, event_id=target.pk, version=gone.version)
    target.refresh_from_db()
    remove_event(actor=chief, event_id=target.pk, version=target.version, reason="A court said so.")
    curated = ("event", pinning.pk, "curated")
    assert [one for one in told(start) if one[1] != target.pk] == [curated] * 3
    assert hidden.pk not in {pk for _, pk, _ in told()}


def test_a_harvested_piece_of_opinion_is_told_of_when_its_day_has_come(db: None) -> None:
    def take(day: dt.date) -> int:
        title = f"A case for {day}"
        address = Address(day, f"case-{day}")
        harvest(
            EditorialRecord(
                edition="en", place=PLACE, address=address, title=title, author="A. B.", body="Words."
            )
        )
        return Editorial.objects.get(title=title).pk

    past = take(DAY)
    coming = take(timezone.now().date() + dt.timedelta(days=2))
    assert told() == [("editorial", past, "created")]
    assert announce_editorials.call() == 0
    Editorial.objects.filter(pk=coming).update(publish_at=timezone.now())
    assert announce_editorials.call() == 1
    assert announce_editorials.call() == 0
    assert told()[1:] == [("editorial", coming, "created")]


def _at_once(*acts: Callable[[], Any]) -> list[BaseException]:
    """Run each in a thread of its own, as near to the same time as it goes; what went wrong."""
    failures: list[BaseException] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=30)
            act()
        except BaseException as error:  # noqa: BLE001  the main thread looks at it
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return failures


@pytest.mark.usefixtures("many_connections")
def test_two_that_cite_a_source_withdrawn_at_once_take_it_along() -> None:
    chief = make_person(Role.CHIEF)
    for number in range(8):
        page = CitedSource("", f"https://gazette.example/{number}")
        pair = [citing(chief, page, text=f"{word} number {number}.") for word in ("One", "Another")]
        assert _at_once(*(lambda event=event: withdraw(chief, event) for event in pair)) == []
        source = Source.objects.get(url=page.url).pk
        assert [kind for subject, pk, kind in told() if (subject, pk) == ("source", source)] == [
            "created", "withdrawn"
        ]  # fmt: skip
