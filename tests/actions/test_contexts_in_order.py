"""The order of the events of contexts (``Tagging.key``) and publishers (``Citation.key``), the counts and
the beginnings of names are true after any history of writes.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from events.actions.bulk.running import run_bulk_change
from events.actions.contexts.merge import merge_contexts
from events.actions.contexts.split import split_context
from events.actions.contexts.tagging import tag_from_texts
from events.actions.contexts.unmerge import unmerge_contexts
from events.actions.correct import correct_event
from events.actions.errors import InvalidAction
from events.actions.export.jsonl import export_jsonl
from events.actions.harvesting.undo import undo_harvest
from events.actions.merge import merge_events, unmerge_event
from events.actions.recording import Actor
from events.actions.removal.remove import remove_event
from events.actions.restore import restore_export
from events.actions.values import EventValues
from events.actions.withdraw import restore_event, withdraw_event
from events.harvest.records import CitedSource
from events.models import (
    Citation,
    Context,
    ContextTally,
    Event,
    MonthTally,
    NameStart,
    PublisherTally,
    Tagging,
)
from events.vocabulary import Grade, State
from tests.actions.archives import empty_database
from tests.factories import DAY
from tests.harvests import harvest, later, record

pytestmark = pytest.mark.django_db

Write = Callable[[random.Random, Actor, int], None]
SOURCES = (
    CitedSource("Gazette", "https://gazette.example/a"),
    CitedSource("Gazette", "https://gazette.example/b"),
    CitedSource("Wire"),
    CitedSource("", "", "https://pictures.example/a.png"),
)
NAMES = ("Bergen", "Storms", "Ferries", "Rescue", "Norway")


Kept = dict[tuple[str, int, int], int | None]


def stored() -> Kept:
    tags = {("context", row.event_id, row.context_id): row.key for row in Tagging.objects.all()}
    citations = {("cited", row.event_id, row.position): row.key for row in Citation.objects.all()}
    return {**tags, **citations}


def truth() -> Kept:
    """Every key by its meaning: date, then id, where readers find the event there."""
    found: Kept = {}
    for tag in Tagging.objects.select_related("event"):
        found["context", tag.event_id, tag.context_id] = None if tag.removed else key_of_public(tag.event)
    for row in Citation.objects.select_related("event"):
        found["cited", row.event_id, row.position] = row.publisher_id and key_of_public(row.event)
    return found


def key_of_public(event: Event) -> int | None:
    return int(f"{event.date:%Y%m%d}") * 2**36 + event.pk if event.state == State.PUBLISHED else None


def starts() -> set[tuple[int, bytes, int]]:
    return {(row.context_id, bytes(row.start), row.size) for row in NameStart.objects.all()}


def true_starts() -> set[tuple[int, bytes, int]]:
    """All names here are plain ASCII: from the first letter on, and from each further word."""
    return {
        (context.pk, " ".join(words[at:]).lower().encode(), len(context.name))
        for context in Context.objects.all()
        for name in (context.name, *context.aliases.values_list("name", flat=True))
        for words in [name.split(" ")]
        for at in range(len(words))
    }


@pytest.mark.parametrize("steps", [5 * 12, pytest.param(300 * 12, marks=pytest.mark.slow)])
def test_the_order_is_true_after_random_histories(steps: int, chief: Actor, tmp_path: Path) -> None:
    chance = random.Random(steps)
    done, hidden, most = Counter[str](), set[str](), 0
    for number in range(steps):
        done[_write(_WRITES[number % len(_WRITES)], chance, chief, number)] += 1
        keys = stored()
        assert keys == truth(), f"after step {number}"
        hidden |= {kind for (kind, _, _), key in keys.items() if key is None}
        most = max(most, len({key for key in keys.values() if key}))
        assert counted() == true_counts(), f"after step {number}"
        assert starts() == true_starts(), f"after step {number}"
    assert NameStart.objects.count() == len(starts()), "none is there twice"
    assert done.keys() >= {kind.__name__ for kind in _WRITES}, "a kind of write was never possible"
    assert (hidden, most > 3) == ({"context", "cited"}, True)
    before = stored()
    export_jsonl(tmp_path / "export")
    empty_database()
    restore_export(tmp_path / "export")
    assert stored() == before
    assert counted() == true_counts()
    assert starts() == true_starts()


Counts = tuple[dict[tuple[int, int], int], dict[tuple[str, dt.date], int], dict[tuple[str, str], int]]


def counted() -> Counts:
    contexts = ContextTally.objects.exclude(events=0)
    months = MonthTally.objects.exclude(events=0)
    publishers = PublisherTally.objects.exclude(events=0)
    return (
        {(row.context_id, row.year): row.events for row in contexts},
        {(row.edition, row.month): row.events for row in months},
        {(row.name, row.edition): row.events for row in publishers},
    )


def true_counts() -> Counts:
    cited = Citation.objects.filter(event__state=State.PUBLISHED, publisher__isnull=False)
    named = set(cited.values_list("publisher__name", "event__edition", "event"))
    tags = Tagging.objects.filter(removed=False, event__state=State.PUBLISHED).select_related("event")
    public = Event.objects.published()
    return (
        dict(Counter((tag.context_id, tag.event.date.year) for tag in tags)),
        dict(Counter((event.edition, event.date.replace(day=1)) for event in public)),
        dict(Counter((name, edition) for name, edition, _ in named)),
    )


def test_the_migrations_give_what_writes_keep(chief: Actor) -> None:
    for number in range(8):
        _harvest(random.Random(number), chief, number)
    for event in Event.objects.order_by("pk")[:2]:
        withdraw_event(actor=chief, event_id=event.pk, version=event.version, reason="So.")
    goes, stays = Context.objects.order_by("pk")[:2]
    merge_contexts(actor=chief, context_id=goes.pk, into_id=stays.pk)
    before = stored()
    Tagging.objects.update(key=None)
    Citation.objects.update(key=None)
    NameStart.objects.all().delete()
    for name in ("0006_fill_contexts_in_order", "0017_fill_publishers_in_order"):
        import_module(f"events.migrations.{name}").fill(apps, SimpleNamespace(connection=connection))
    assert stored() == before == truth()
    assert counted() == true_counts()
    assert starts() == true_starts()


def _harvest(chance: random.Random, _chief: Actor, number: int) -> None:
    records = [
        record(
            f"At least {number} {name} boats are moved near Bergen before the storm of {number}{at} .",
            f"boats-{chance.randrange(12)}",
            date=DAY + dt.timedelta(days=chance.randrange(3)),
            contexts=tuple(chance.sample(NAMES, 2)),
            citations=tuple(chance.choices(SOURCES, k=chance.randint(0, 3))),
        )
        for at, name in enumerate(chance.sample(["fishing", "sailing", "rescue"], 2))
    ]
    harvest(*records, moment=later(number))


def _correct(chance: random.Random, chief: Actor, _number: int) -> None:
    event = _event(chance)
    values = EventValues(
        date=DAY + dt.timedelta(days=chance.randrange(30)),
        contexts=chance.sample(NAMES, chance.randint(0, 3)),
    )
    correct_event(
        actor=chief,
        event_id=event.pk,
        version=event.version,
        values=values,
        grade=Grade.CORRECTION,
        note="So.",
    )


def _withdraw(chance: random.Random, chief: Actor, _number: int) -> None:
    event = _event(chance)
    take = remove_event if chance.random() < 0.3 else withdraw_event
    take(actor=chief, event_id=event.pk, version=event.version, reason="So.")


def _restore(chance: random.Random, chief: Actor, _number: int) -> None:
    event = _event(chance, state=State.WITHDRAWN)
    restore_event(actor=chief, event_id=event.pk, version=event.version)


def _merge(chance: random.Random, chief: Actor, _number: int) -> None:
    merge_events(actor=chief, event_id=_event(chance).pk, into_id=_event(chance).pk)


def _unmerge(chance: random.Random, chief: Actor, _number: int) -> None:
    _merge(chance, chief, 0)
    unmerge_event(actor=chief, event_id=_event(chance, state=State.MERGED).pk)


def _merge_contexts(chance: random.Random, chief: Actor, _number: int) -> None:
    standing = list(Context.objects.standing().order_by("pk"))
    if len(standing) > 1:
        goes, stays = chance.sample(standing, 2)
        merge_contexts(actor=chief, context_id=goes.pk, into_id=stays.pk)


def _unmerge_contexts(chance: random.Random, chief: Actor, _number: int) -> None:
    merged = list(Context.objects.filter(merged_into__isnull=False).order_by("pk"))
    if merged:
        unmerge_contexts(actor=chief, context_id=chance.choice(merged).pk)


def _split(chance: random.Random, chief: Actor, number: int) -> None:
    tags = list(Tagging.objects.in_order().select_related("context").order_by("pk"))
    if not tags:
        raise Event.DoesNotExist
    tag = chance.choice(tags)
    split_context(
        actor=chief, context_id=tag.context_id, version=tag.context.version, event_ids=[tag.event_id],
        name=chance.choice((*NAMES, f"Part {number}")),
    )  # fmt: skip


def _tag(_chance: random.Random, _chief: Actor, _number: int) -> None:
    tag_from_texts(edition="en")


def _undo(chance: random.Random, chief: Actor, number: int) -> None:
    """Take a whole harvest back: the one that this made first."""
    _harvest(chance, chief, number)
    run = apps.get_model("events", "Harvest").objects.latest("pk")
    change = undo_harvest(actor=chief, harvest_id=run.pk, note="So.")
    run_bulk_change(change.pk)


_WRITES: tuple[Write, ...] = (
    _harvest, _correct, _harvest, _withdraw, _restore, _merge, _unmerge, _merge_contexts, _unmerge_contexts,
    _split, _tag, _undo,
)  # fmt: skip


def _write(kind: Write, chance: random.Random, chief: Actor, number: int) -> str:
    """Its name, or nothing where it was refused."""
    try:
        kind(chance, chief, number)
    except (InvalidAction, Event.DoesNotExist):
        return ""
    return kind.__name__


def _event(chance: random.Random, **state: State) -> Event:
    found = list(Event.objects.filter(**state).order_by("pk"))
    if not found:
        raise Event.DoesNotExist
    return chance.choice(found)
