"""The one public sequence under eight writers and two readers: no gap, nothing seen late."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from itertools import groupby

import pytest
from django.db import connection

from events.actions.recording import Actor, recording
from events.models import Change, Sequence
from events.vocabulary import ChangeKind, Subject
from tests.people import make_robot

pytestmark = pytest.mark.usefixtures("many_connections")

WRITERS, READERS, TRANSACTIONS = 8, 2, 25


class Refused(Exception):  # noqa: N818  a writer that changes its mind
    """Rolls a transaction back."""


@dataclass
class Seen:
    """What one reader saw, poll after poll, and whether a number came after a greater one."""

    numbers: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)

    def poll(self) -> int:
        """Read on; how many entries are new. Looks back, too: nothing may have appeared behind us."""
        last = self.numbers[-1] if self.numbers else 0
        new = list(Change.objects.after(last).values_list("seq", flat=True))
        if Change.objects.filter(seq__lte=last).count() != len(self.numbers):
            self.late.append(last)
        self.numbers += new
        return len(new)


def write(actor: Actor, seed: int, committed: list[int]) -> None:
    """Transactions of one to four changes each; every third is rolled back."""
    chance = random.Random(seed)
    for number in range(TRANSACTIONS):
        size = chance.randint(1, 4)
        try:
            with recording(actor) as trace:
                for place in range(size):
                    trace.change(ChangeKind.UPDATED, Subject.EVENT, 1000 * seed + 10 * number + place)
                if number % 3 == 0:
                    if chance.random() < 0.5:
                        trace._flush()  # the numbers were taken already
                    raise Refused
        except Refused:
            continue
        committed.append(size)


def test_no_number_is_missing_and_none_is_seen_late() -> None:
    actor = make_robot()
    Sequence.objects.get_or_create(id=1)
    committed: list[int] = []
    failures: list[BaseException] = []
    done = threading.Event()
    seen = [Seen() for _ in range(READERS)]

    def run(act: object, *arguments: object) -> None:
        try:
            act(*arguments)  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001  the main thread looks at it
            failures.append(error)
        finally:
            connection.close()

    def read(reader: Seen) -> None:
        while not done.is_set():
            reader.poll()
        reader.poll()

    readers = [threading.Thread(target=run, args=(read, reader)) for reader in seen]
    writers = [
        threading.Thread(target=run, args=(write, actor, seed, committed)) for seed in range(1, WRITERS + 1)
    ]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join(timeout=90)
    done.set()
    for thread in readers:
        thread.join(timeout=30)
    assert failures == []
    total = sum(committed)
    assert len(committed) == WRITERS * (TRANSACTIONS - len(range(0, TRANSACTIONS, 3)))
    assert Sequence.objects.get().last == total
    for reader in seen:
        assert reader.late == []
        assert reader.numbers == list(range(1, total + 1))


def test_a_transaction_keeps_its_changes_together() -> None:
    actor = make_robot()
    Sequence.objects.get_or_create(id=1)
    writers = [threading.Thread(target=_close_after, args=(actor, seed)) for seed in range(1, 5)]
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join(timeout=60)
    subjects = list(Change.objects.order_by("seq").values_list("subject_id", flat=True))
    transactions = [transaction for transaction, _ in groupby(subjects, lambda subject: subject // 10)]
    assert len(transactions) > 4
    assert len(set(transactions)) == len(transactions)


def _close_after(actor: Actor, seed: int) -> None:
    try:
        write(actor, seed, [])
    finally:
        connection.close()
