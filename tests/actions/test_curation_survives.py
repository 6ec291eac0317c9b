"""What editors decided about related links stands, whatever robots and other editors do around it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events import queries
from events.actions.contexts.edit import edit_context
from events.actions.contexts.merge import merge_contexts
from events.actions.curate import ban_related, clear_curation, note_related, pin_related, reorder_pins
from events.actions.reasons import allow_reason, ban_reason
from events.actions.recording import Actor
from events.actions.relate import mark_all_due, relate_due
from events.models import BannedReason, Context, Event
from events.vocabulary import Decision, Role
from tests.harvests import harvest, later, record
from tests.people import make_person

STORIES = (
    ("ferry", "A ferry with sixty passengers sinks off Bergen in a storm."),
    ("mayor", "The mayor of Oslo resigns after a long quarrel over trams."),
    ("bridge", "Engineers close the old bridge in Turku for repairs."),
    ("harbour", "A new harbour is opened in Gdynia by two ministers."),
)
NAMES = ("Baltic Sea", "Transport", "Ports")
tags = st.tuples(*[st.sets(st.sampled_from(NAMES)) for _ in STORIES])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("harvest"), tags),
        st.tuples(st.just("rebuild"), st.none()),
        st.tuples(st.sampled_from(["pin", "ban", "note", "clear", "reorder"]), st.integers(1, 3)),
        st.tuples(st.sampled_from(["ban reason", "allow reason", "rename", "merge"]), st.integers(0, 2)),
    ),
    max_size=7,
)  # fmt: skip


class Desk:
    """What an editor decided about the first story's links, noted beside the archive."""

    def __init__(self, actor: Actor, event: Event, others: list[Event]) -> None:
        self.actor, self.event, self.others = actor, event, others
        self.pins: list[int] = []
        self.bans: set[int] = set()
        self.reasons: set[int] = set()
        self.notes: dict[int, str] = {}

    def decide(self, act: str, number: int) -> None:
        target = self.others[number - 1].pk
        said: dict[str, Any] = {"actor": self.actor, "event_id": self.event.pk}
        if act == "reorder":
            self.pins.reverse()
            reorder_pins(**said, target_ids=self.pins)
        elif act == "clear":
            if target in {*self.pins, *self.bans, *self.notes}:
                clear_curation(**said, target_id=target)
            self._forget(target)
            self.notes.pop(target, None)
        elif act == "note":
            note_related(**said, target_id=target, note=f"About {number}.")
            self.notes[target] = f"About {number}."
        else:
            decide = pin_related if act == "pin" else ban_related
            decide(**said, target_id=target, note=self.notes.get(target, ""))
            if act == "pin" and target not in self.pins:
                self._forget(target)
                self.pins.append(target)
            elif act == "ban":
                self._forget(target)
                self.bans.add(target)

    def _forget(self, target: int) -> None:
        self.bans.discard(target)
        if target in self.pins:
            self.pins.remove(target)

    def about_reason(self, act: str, name: str) -> None:
        context = Context.objects.filter(aliases__name=name).first() or Context.objects.get(name=name)
        context = context.merged_into or context
        said: dict[str, Any] = {"actor": self.actor, "event_id": self.event.pk, "context_id": context.pk}
        if act == "ban reason" and self.event.taggings.active().filter(context=context).exists():
            ban_reason(**said)
            self.reasons.add(context.pk)
        elif act == "allow reason" and context.pk in self.reasons:
            allow_reason(**said)
            self.reasons.discard(context.pk)
        elif act == "rename":
            edit_context(
                actor=self.actor, context_id=context.pk, version=context.version,
                values={"name": f"{context.name}, renamed"},
            )  # fmt: skip
        elif act == "merge":
            other = Context.objects.standing().exclude(pk=context.pk).order_by("pk").first()
            if other is not None:
                merge_contexts(actor=self.actor, context_id=context.pk, into_id=other.pk)
                if context.pk in self.reasons:
                    self.reasons = (self.reasons - {context.pk}) | {other.pk}

    def holds(self) -> None:
        """Compare the decisions with what readers get."""
        rows = queries.related_of([self.event.pk]).get(self.event.pk, [])
        assert [row["id"] for row in rows if row["pinned"]] == self.pins
        assert not self.bans & {row["id"] for row in rows}
        assert {row["id"]: row["note"] for row in rows if row["note"]}.items() <= self.notes.items()
        assert all(row["note"] == self.notes.get(row["id"], "") for row in rows)
        assert set(BannedReason.objects.values_list("context", flat=True)) == self.reasons
        banned = set(Context.objects.filter(pk__in=self.reasons).values_list("name", flat=True))
        assert not any(banned & set(row["reason"]["contexts"]) for row in rows)
        bans = self.event.curations.filter(decision=Decision.BAN)
        assert set(bans.values_list("target", flat=True)) == self.bans


def decisions_stand(steps: list[tuple[str, Any]]) -> None:
    with transaction.atomic():
        _harvest([set(NAMES)] * len(STORIES), week=0)
        event, *others = Event.objects.order_by("pk")
        desk = Desk(make_person(Role.CHIEF), event, others)
        for week, (act, asked) in enumerate(steps, start=1):
            if act == "harvest":
                _harvest(asked, week=week)
            elif act == "rebuild":
                mark_all_due()
            elif act in ("pin", "ban", "note", "clear", "reorder"):
                desk.decide(act, asked)
            else:
                desk.about_reason(act, NAMES[asked])
            relate_due()
            desk.holds()
        transaction.set_rollback(True)


def _harvest(contexts: Any, *, week: int) -> None:
    """The stories as told in this week; every other week in a few words more."""
    more = " Nobody was hurt." if week % 2 else ""
    told = [
        record(text + more, slug, contexts=tuple(sorted(names)))
        for (slug, text), names in zip(STORIES, contexts, strict=True)
    ]
    harvest(*told, moment=later(week))


FEW = settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
test_decisions_stand_through_harvests_rebuilds_renames_and_merges = pytest.mark.django_db(
    FEW(given(steps=steps)(decisions_stand))
)
test_decisions_stand_through_many_histories = pytest.mark.slow(
    pytest.mark.django_db(settings(FEW, max_examples=150)(given(steps=steps)(decisions_stand)))
)
