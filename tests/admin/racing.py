"""Editors and a robot who save the same events at the same time, and the account of what came of it."""

from __future__ import annotations

import itertools
import random
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from events.actions.plan import Json, present_values
from events.admin.event.form import EventForm
from events.models import Event, Revision
from events.vocabulary import Role, State
from tests.admin.sent import act, fields_of, page
from tests.harvests import harvest, later, record
from tests.people import make_user

MINE = re.compile(r"group (\w+)")
_ASKED_AGAIN = re.compile(r'name="version_([0-9]+)"')
_KINDS = ("form", "inline", "form", "revert", "form", "inline", "form", "bulk", "form", "revert")
_WAIT = 120


def said(mine: str, theirs: str) -> str:
    """A text with a word that only editors change, and one that only the robot does."""
    return (
        f"The envoys of group {mine} are received in the old town hall by delegation {theirs} of the league."
    )


@dataclass
class Race:
    """*saves* on *events* events, a fifth by a robot, the rest by *desks* editors; :meth:`run` it once."""

    saves: int
    events: int
    desks: int = 4
    seed: int = 1
    outcomes: Counter[str] = field(default_factory=Counter)
    accepted: list[tuple[int, int, str, str]] = field(default_factory=list)
    """Event, the version that was seen, who and how: each write that a person was told is saved."""
    errors: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._marks = itertools.count(1)
        self._kinds = itertools.cycle(_KINDS)
        self._lock = threading.Lock()
        self._left = {True: self.saves // 5, False: self.saves - self.saves // 5}

    def run(self) -> None:
        """Prepare the events, then let everybody save until all saves are done."""
        harvest(*(record(said("zero", "zero"), f"event-{number}") for number in range(self.events)))
        self.ids = list(Event.objects.order_by("pk").values_list("pk", flat=True))
        self.before = {pk: (event.version, stored(event)) for pk, event in Event.objects.in_bulk().items()}
        clients = []
        for number in range(self.desks):
            client = Client()
            user = make_user(Role.CHIEF, name=f"editor{number}")
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            clients.append((client, user.get_username()))
        works: list[Callable[[], None]] = [
            partial(self._edit, client, name, random.Random(self.seed + number))
            for number, (client, name) in enumerate(clients)
        ]
        threads = [threading.Thread(target=self._until_done, args=(work, False)) for work in works]
        threads.append(threading.Thread(target=self._until_done, args=(self._harvest, True)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20 * _WAIT)

    def _until_done(self, work: Callable[[], None], robot: bool) -> None:
        try:
            while self._take(robot):
                work()
        except BaseException as error:  # noqa: BLE001  the test shows it
            self.errors.append(error)
        finally:
            connection.close()

    def _take(self, robot: bool) -> bool:
        with self._lock:
            self._left[robot] -= 1
            return self._left[robot] >= 0 and not self.errors

    def _count(self, kind: str, outcome: str) -> None:
        with self._lock:
            self.outcomes[f"{kind} {outcome}"] += 1

    def _harvest(self) -> None:
        mark = next(self._marks)
        number = mark % self.events
        done = harvest(record(said("zero", f"r{mark}"), f"event-{number}"), moment=later(mark))
        self._count("robot", "wrote" if done.counts.get("updated") else "left")

    def _edit(self, client: Client, name: str, chance: random.Random) -> None:
        kind = next(self._kinds)
        event = Event.objects.get(pk=chance.choice(self.ids))
        saved = getattr(self, f"_{kind}")(client, event, chance)
        self._count(kind, "saved" if saved else "refused")
        if saved:
            with self._lock:
                self.accepted += [(pk, version, name, kind) for pk, version in saved]

    def _form(self, client: Client, event: Event, _chance: random.Random) -> list[tuple[int, int]]:
        sent = fields_of(EventForm(instance=event))
        sent["text"] = MINE.sub(f"group m{next(self._marks)}", event.text)
        return self._sent(client, event, sent)

    def _inline(self, client: Client, event: Event, chance: random.Random) -> list[tuple[int, int]]:
        sent = fields_of(EventForm(instance=event))
        rows = int(sent["sources-INITIAL_FORMS"])
        mark = next(self._marks)
        if rows > 3 and chance.random() < 0.7:
            sent["sources-0-DELETE"] = "on"
        at = f"sources-{rows}"
        sent |= {
            f"{at}-label": f"Paper {mark}",
            f"{at}-url": f"https://paper.example/{mark}",
            f"{at}-ORDER": 1,
        }
        return self._sent(client, event, sent)

    def _sent(self, client: Client, event: Event, sent: dict[str, Any]) -> list[tuple[int, int]]:
        answer = client.post(page(event), {**sent, "grade": "typo", "_publish": "1"})
        return [(event.pk, event.version)] if _went(answer) else []

    def _bulk(self, client: Client, _event: Event, _chance: random.Random) -> list[tuple[int, int]]:
        """Withdraw what is published, all at once; restore what is not, one by one."""
        seen = list(Event.objects.order_by("pk"))
        closed = [event for event in seen if event.state == State.WITHDRAWN]
        if closed:
            return [
                (event.pk, event.version)
                for event in closed
                if _went(client.post(act(event, "restore"), {"version": event.version}))
            ]
        sent: dict[str, Any] = {"action": "withdraw_events", "confirmed": "1", "note": "Wait."}
        sent["_selected_action"] = [event.pk for event in seen]
        sent |= {f"version_{event.pk}": event.version for event in seen}
        answer = client.post(reverse("admin:events_event_changelist"), sent)
        # Not from the answer's context: the test client gathers what every thread renders meanwhile.
        late = {int(pk) for pk in _ASKED_AGAIN.findall(answer.content.decode())}
        self._count("bulk", "part refused" if late else "whole")
        done = [event for event in seen if event.pk not in late]
        return [(event.pk, event.version) for event in done if _withdrew(event)]

    def _revert(self, client: Client, event: Event, chance: random.Random) -> list[tuple[int, int]]:
        number = chance.randint(1, event.version)
        sent = {"version": event.version, "revision_number": number, "note": "Back.", "grade": "update"}
        path = reverse("admin:events_event_revert", args=[event.pk])
        return [(event.pk, event.version)] if _went(client.post(path, sent)) else []


def _went(answer: HttpResponse) -> bool:
    return answer.status_code == 302


def _withdrew(event: Event) -> bool:
    """Whether the next revision after the one that was seen is the withdrawal."""
    return Revision.objects.filter(event=event, number=event.version + 1, kind="withdrawn").exists()


def stored(event: Event) -> Json:
    """All that revisions of *event* speak of."""
    return {**present_values(event), "state": str(event.state)}


def overwritten(race: Race) -> list[str]:
    """Every way in which a value was lost silently; empty where nobody overwrote anybody.

    The revisions must be a chain that leads from what was to what is: each starts from the value
    that the one before it left. Of each write that a person made, no field may have changed
    between what that person saw and the write. The robot never touches the editors' words.
    """
    found = []
    for event in Event.objects.order_by("pk"):
        version, values = race.before[event.pk]
        states = {version: values}
        for revision in Revision.objects.filter(event=event, number__gt=version).order_by("number"):
            now = dict(states[revision.number - 1])
            for name, change in revision.fields.items():
                if change["old"] != now[name]:
                    found.append(f"{event.pk}.{revision.number} {name}: starts from what was not there")
                if revision.by_robot and name == "text" and mine(change["old"]) != mine(change["new"]):
                    found.append(f"{event.pk}.{revision.number}: the robot changed an editor's word")
                now[name] = change["new"]
            states[revision.number] = now
            found += _unseen(race, event.pk, revision, states)
        if states[event.version] != stored(event):
            found.append(f"{event.pk}: its values are not what its revisions lead to")
    return found


def mine(text: str) -> str:
    """The editors' word in *text*."""
    match = MINE.search(text)
    return match[1] if match else ""


def _unseen(race: Race, event_id: int, revision: Revision, states: dict[int, Json]) -> list[str]:
    """Fields that somebody changed between what the writer of *revision* saw and the revision."""
    if revision.by_robot:
        return []
    seen = [version for pk, version, who, _ in race.accepted if pk == event_id and who == revision.actor_name]
    bases = [version for version in seen if version < revision.number]
    if not bases:
        return [f"{event_id}.{revision.number}: nobody was told of it"]
    base = max(bases)
    before = states[revision.number - 1]
    return [
        f"{event_id}.{revision.number} {name}: changed after version {base}, which was seen"
        for name in revision.fields
        if before[name] != states[base][name]
    ]
