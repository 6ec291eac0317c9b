"""An editorial office that does anything at random, through the real actions; the same for the same seed."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from events.actions.address import change_address
from events.actions.bulk.undo import undo_bulk_change
from events.actions.contexts.edit import edit_context
from events.actions.contexts.merge import merge_contexts
from events.actions.contexts.split import split_context, splits_of, undo_split
from events.actions.contexts.tagging import tag_from_texts
from events.actions.contexts.unmerge import unmerge_contexts
from events.actions.correct import correct_event, create_event
from events.actions.curate import ban_related, clear_curation, pin_related, reorder_pins
from events.actions.editorials import (
    announce_editorials,
    edit_editorial,
    publish_editorial,
    restore_editorial,
    withdraw_editorial,
    write_editorial,
)
from events.actions.errors import ActionError
from events.actions.harvesting.undo import undo_harvest
from events.actions.merge import merge_events, unmerge_event
from events.actions.publishing import merge_publishers, move_host, rename_publisher, unmerge_publisher
from events.actions.recording import Actor
from events.actions.removal.remove import remove_event
from events.actions.sources import describe_source
from events.actions.withdraw import reject_event, release_event, restore_event, withdraw_event
from events.harvest.records import CitedSource
from events.models import (
    BulkChange,
    Context,
    Curation,
    Editorial,
    Event,
    Harvest,
    Publisher,
    PublisherHost,
    Source,
)
from events.vocabulary import Decision, Grade, State
from tests.factories import DAY, make_event
from tests.harvests import harvest, record

NAMES = ("Harbours", "Ferries", "Bridges", "Tunnels", "Port Example", "海港", "Trains & <trams>", 'The "Bay"')
PAPERS = ("Herald", "Daily Tide", "Harbour Post", "=Radio Coast", "Evening, Post")
WORDS = ("ferry", "bridge", "mayor", "opens", "closes", "storm", "渡轮", "=1+1", '"quoted"', "a;b,c", "line")


class Office:
    """One person who may do everything, one robot, and chance.

    ``done`` counts what succeeded, by the verb's name. *slug*: what tells its things from those of others.
    """

    def __init__(self, chief: Actor, seed: int) -> None:
        self.chief = chief
        self.slug = f"office{seed}"
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
        self._verbs: list[tuple[str, Callable[[], Any]]] = [
            (name.removeprefix("do_"), getattr(self, name))
            for name in sorted(dir(self))
            if name.startswith("do_")
        ]

    def work(self, verbs: int) -> None:
        """Try so many verbs. One that cannot be done at the moment is passed over."""
        for _ in range(verbs):
            name, verb = self.chance.choice(self._verbs)
            try:
                verb()
            except (ActionError, _Nothing, Event.DoesNotExist):
                continue
            except OperationalError as error:  # the other one of two that waited for each other goes on
                if "deadlock" not in str(error):
                    raise
                continue
            self.done[name] += 1

    # What there is to choose from.

    def _any(self, rows: Any) -> Any:
        found = rows.order_by("pk")
        count = found.count()
        row = found[self.chance.randrange(count) :].first() if count else None
        if row is None:
            raise _Nothing
        return row

    def _event(self, *states: State) -> Event:
        return self._any(Event.objects.filter(state__in=states or (State.PUBLISHED,)))  # type: ignore[no-any-return]

    def _context(self) -> Context:
        return self._any(Context.objects.standing())  # type: ignore[no-any-return]

    def _text(self) -> str:
        return (
            " ".join(self.chance.choices(WORDS, k=self.chance.randint(4, 12))) + f" {self.chance.random()}."
        )

    def _some(self, names: tuple[str, ...], most: int = 3) -> list[str]:
        return self.chance.sample(names, self.chance.randint(0, most))

    def _citations(self) -> list[CitedSource]:
        bare = [CitedSource(name, "") for name in self._some(PAPERS, 1)]
        return bare + [
            CitedSource(name, f"https://{self.chance.choice('abc')}.example/{self.chance.randint(1, 40)}")
            for name in self._some(PAPERS)
        ]

    # Events.

    def do_create(self) -> None:
        contexts = self._some(NAMES)
        create_event(
            actor=self.chief, edition="en", date=DAY, text=self._text(), category="other",
            lead=contexts[0] if contexts else None, contexts=contexts, citations=self._citations(),
        )  # fmt: skip

    def do_correct_text(self) -> None:
        event = self._event(*State)
        correct_event(
            actor=self.chief, event_id=event.pk, version=event.version, values={"text": self._text()},
            grade=Grade.CORRECTION, note=self._text(),
        )  # fmt: skip

    def do_correct_rest(self) -> None:
        event = self._event(State.PUBLISHED, State.HELD, State.WITHDRAWN)
        contexts = self._some(NAMES)
        values: Any = self.chance.choice(
            [
                {"citations": self._citations()},
                {"contexts": contexts, "lead": contexts[0] if contexts else None},
                {"date": DAY + dt.timedelta(days=self.chance.randint(-3, 3))},
                {"category": "sport"},
            ]
        )
        correct_event(
            actor=self.chief, event_id=event.pk, version=event.version, values=values, grade=Grade.TYPO
        )

    def do_move(self) -> None:
        event = self._event()
        slug = f"{self.slug}-{self.chance.randint(1, 10**6)}"
        change_address(actor=self.chief, event_id=event.pk, version=event.version, slug=slug)

    def do_withdraw(self) -> None:
        event = self._event()
        withdraw_event(actor=self.chief, event_id=event.pk, version=event.version, reason="Wrong.")

    def do_restore(self) -> None:
        event = self._event(State.WITHDRAWN)
        restore_event(actor=self.chief, event_id=event.pk, version=event.version)

    def do_hold_and_release(self) -> None:
        """An event that waits, with a source that nothing else cites, and its release or refusal."""
        url = f"https://held.example/{self.slug}/{self.chance.randint(1, 10**6)}"
        with transaction.atomic():
            event = make_event(self._text(), state=State.HELD)
        correct_event(
            actor=self.chief, event_id=event.pk, version=1, grade=Grade.TYPO,
            values={"citations": [CitedSource("Herald", url)]},
        )  # fmt: skip
        verb = self.chance.choice([release_event, reject_event])
        verb(actor=self.chief, event_id=event.pk, version=2)

    def do_merge(self) -> None:
        merge_events(actor=self.chief, event_id=self._event().pk, into_id=self._event().pk, note="One.")

    def do_unmerge(self) -> None:
        unmerge_event(actor=self.chief, event_id=self._event(State.MERGED).pk)

    def do_remove(self) -> None:
        if self.chance.random() < 0.7:
            raise _Nothing
        event = self._event(State.PUBLISHED, State.WITHDRAWN)
        remove_event(actor=self.chief, event_id=event.pk, version=event.version, reason="A court said so.")

    # Related links.

    def do_pin(self) -> None:
        pin_related(
            actor=self.chief, event_id=self._event().pk, target_id=self._event().pk,
            position=self.chance.choice([None, 1, 2]), note=self._text(),
        )  # fmt: skip

    def do_unpin(self) -> None:
        pin = self._any(Curation.objects.filter(decision=Decision.PIN))
        if self.chance.random() < 0.5:
            clear_curation(actor=self.chief, event_id=pin.event_id, target_id=pin.target_id)
        else:
            ban_related(
                actor=self.chief, event_id=pin.event_id, target_id=pin.target_id, note="a secret reason"
            )

    def do_reorder(self) -> None:
        event = self._any(Curation.objects.filter(decision=Decision.PIN, position=2)).event_id
        pins = Curation.objects.filter(event=event, decision=Decision.PIN).order_by(F("position").desc())
        reorder_pins(actor=self.chief, event_id=event, target_ids=list(pins.values_list("target", flat=True)))

    # Contexts and publishers.

    def do_edit_context(self) -> None:
        context = self._context()
        values: Any = self.chance.choice(
            [
                {"name": f"{self.chance.choice(NAMES)} {self.slug} {self.chance.randint(1, 999)}"},
                {"broader": self._some(NAMES)},
                {"profile": self._text(), "wikidata": f"Q{self.chance.randint(1, 99)}"},
                {"aliases": [f"{self.slug} {self.chance.randint(1, 99)}"]},
                {"generic": not context.generic},
            ]
        )
        edit_context(actor=self.chief, context_id=context.pk, version=context.version, values=values)

    def do_merge_contexts(self) -> None:
        merge_contexts(actor=self.chief, context_id=self._context().pk, into_id=self._context().pk)

    def do_unmerge_contexts(self) -> None:
        merged = self._any(Context.objects.filter(merged_into__isnull=False))
        unmerge_contexts(actor=self.chief, context_id=merged.pk)

    def do_split_context(self) -> None:
        context = self._context()
        events = list(Event.objects.filter(taggings__context=context).values_list("pk", flat=True)[:3])
        split_context(
            actor=self.chief, context_id=context.pk, version=context.version, event_ids=events,
            name=f"Part {self.slug} {self.chance.randint(1, 99)}",
        )  # fmt: skip

    def do_undo_split(self) -> None:
        context = self._any(Context.objects.standing().filter(revisions__fields__has_key="split").distinct())
        if not (splits := splits_of(context)):
            raise _Nothing
        undo_split(
            actor=self.chief,
            context_id=context.pk,
            version=context.version,
            revision_number=splits[0][0].number,
        )

    def do_rename_publisher(self) -> None:
        publisher = self._any(Publisher.objects.filter(merged_into__isnull=True))
        name = f"{self.chance.choice(PAPERS)} {self.slug} {self.chance.randint(1, 99)}"
        rename_publisher(actor=self.chief, publisher_id=publisher.pk, seen=publisher.name, name=name)

    def do_merge_publishers(self) -> None:
        rows = Publisher.objects.filter(merged_into__isnull=True)
        goes, stays = self._any(rows), self._any(rows)
        merge_publishers(
            actor=self.chief, publisher_id=goes.pk, into_id=stays.pk, seen=goes.name, into_seen=stays.name
        )

    def do_unmerge_publisher(self) -> None:
        merged = self._any(Publisher.objects.filter(merged_into__isnull=False))
        unmerge_publisher(actor=self.chief, publisher_id=merged.pk)

    def do_describe_source(self) -> None:
        source = self._any(Source.objects.all())
        describe_source(
            actor=self.chief, source_id=source.pk, seen=(source.title, source.description),
            title=self._text(), description=self._text(),
        )  # fmt: skip

    def do_move_host(self) -> None:
        host = self._any(PublisherHost.objects.all())
        into = self._any(Publisher.objects.filter(merged_into__isnull=True))
        move_host(actor=self.chief, host_id=host.pk, into_id=into.pk, seen=host.publisher_id)

    # Robots and bulk changes.

    def do_harvest(self) -> None:
        slug = self.chance.choice(("one", "two", "three", "four"))
        told = record(
            self._text(), f"{self.slug}-{slug}", contexts=tuple(self._some(NAMES)), sources=self._some(PAPERS)
        )
        moment = timezone.now() + dt.timedelta(days=self.done["harvest"])
        harvest(told, moment=moment, origin=self.slug)

    def do_undo_harvest(self) -> None:
        if self.chance.random() < 0.5:
            raise _Nothing
        found = self._any(Harvest.objects.filter(origin__slug=self.slug))
        undo_harvest(actor=self.chief, harvest_id=found.pk, note="Wrong.")

    def do_undo_bulk_change(self) -> None:
        found = self._any(BulkChange.objects.filter(by_name=self.chief.name))
        undo_bulk_change(actor=self.chief, change_id=found.pk, note="Right after all.")

    def do_tag_from_texts(self) -> None:
        if self.chance.random() < 0.7:
            raise _Nothing
        tag_from_texts(edition="en")

    # Editorials.

    def do_editorial(self) -> None:
        title = f"{self._text()} {self.slug}"
        one = write_editorial(
            actor=self.chief,
            edition="en",
            date=DAY,
            values={"title": title, "author": "A. B.", "body": "Words."},
        )
        if self.chance.random() < 0.7:
            at = self.chance.choice([None, timezone.now() + dt.timedelta(seconds=1)])
            publish_editorial(actor=self.chief, editorial_id=one.pk, version=one.version, at=at)

    def do_edit_editorial(self) -> None:
        one = self._any(Editorial.objects.all())
        edit_editorial(
            actor=self.chief, editorial_id=one.pk, version=one.version, values={"body": self._text()}
        )

    def do_turn_editorial(self) -> None:
        one = self._any(Editorial.objects.all())
        verb = self.chance.choice([publish_editorial, withdraw_editorial, restore_editorial])
        verb(actor=self.chief, editorial_id=one.pk, version=one.version)

    def do_postpone_editorial(self) -> None:
        one = self._any(Editorial.objects.published())
        at = timezone.now() + dt.timedelta(seconds=self.chance.choice([1, 3600]))
        publish_editorial(actor=self.chief, editorial_id=one.pk, version=one.version, at=at)

    def do_announce(self) -> None:
        announce_editorials.call()


class _Nothing(Exception):  # noqa: N818  there is nothing to do it with
    """Nothing is there that the verb could be done with."""
