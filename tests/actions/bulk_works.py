"""Bulk works for tests: one that rewrites a word, and what it does to go wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from events.actions.bulk import running
from events.actions.bulk.change import WORKS, CorrectingWork
from events.actions.bulk.running import run_bulk_change
from events.actions.bulk.start import start_bulk_change
from events.actions.errors import InvalidAction
from events.actions.recording import Actor
from events.actions.values import EventValues
from events.models import BulkChange, Event
from events.vocabulary import BulkKind, Grade
from tests.harvests import Killed


class WordWork(CorrectingWork):
    """Writes ``asked["new"]`` for ``asked["old"]``; ``trouble`` says at which texts what goes wrong."""

    trouble: dict[str, BaseException] = {}  # noqa: RUF012  tests set it
    seen: list[int] = []  # noqa: RUF012

    def values(self, event: Event, change: BulkChange) -> EventValues | None:
        self.seen.append(event.pk)
        if (error := self.trouble.get(event.text)) is not None:
            raise error
        new = event.text.replace(change.asked["old"], change.asked["new"])
        return {"text": new} if new != event.text else None


@pytest.fixture
def word_work(monkeypatch: pytest.MonkeyPatch) -> type[WordWork]:
    """Proofreading is done by :class:`WordWork`."""
    monkeypatch.setitem(WORKS, BulkKind.PROOFREADING, f"{__name__}.WordWork")
    monkeypatch.setattr(WordWork, "trouble", {})
    monkeypatch.setattr(WordWork, "seen", [])
    return WordWork


def one_batch_of(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Let every transaction have so many events."""
    monkeypatch.setattr(running, "BATCH_LEAST", size)
    monkeypatch.setattr(running, "BATCH_MOST", size)


def reword(actor: Actor, events: Sequence[Event], old: str, new: str, **more: Any) -> BulkChange:
    """Ask for *new* instead of *old*; not run yet."""
    options = {"asked": {"old": old, "new": new, "grade": Grade.TYPO}, **more}
    return start_bulk_change(
        actor=actor, kind=BulkKind.PROOFREADING, events=[event.pk for event in events], **options
    )


def run(change: BulkChange) -> BulkChange:
    """Run the change to its end; as it stands then."""
    assert not run_bulk_change(change.pk)
    change.refresh_from_db()
    return change


def texts(*events: Event) -> list[str]:
    """The events' present texts."""
    found = dict(Event.objects.values_list("pk", "text"))
    return [found[event.pk] for event in events]


REFUSAL = InvalidAction("Not this one.")
DEATH = Killed()
