"""Many webhooks, many workers, workers that die: nothing twice by design, nothing lost ever."""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils import timezone

from events.actions.webhooks.keep import create_webhook
from events.actions.webhooks.lanes import Dispatcher
from events.actions.webhooks.secret import fingerprint_of, secret_of
from events.actions.webhooks.send import ready_webhooks, serve
from events.models import Webhook, WebhookDelivery
from events.vocabulary import Role
from tests.factories import make_event
from tests.people import make_person
from tests.receivers import Receiver, after, receiver, status
from tests.webhooks import (
    administrator,
    checked,
    correct,
    loopback_client,
    make_webhook,
    served,
    states,
    time_passes,
)

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def on_loopback(settings: LazySettings) -> None:
    settings.WEBHOOKS_PRIVATE = ["127.0.0.0/8", "::1/128"]


def ids(there: Receiver) -> list[str]:
    return [request.headers["webhook-id"] for request in there.received]


def in_threads(*acts: Callable[[], Any]) -> list[Any]:
    outcomes: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(index: int) -> None:
        try:
            start.wait(timeout=20)
            outcomes[index] = acts[index]()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def test_two_workers_at_once_send_nothing_twice() -> None:
    event, editor = make_event(), make_person(Role.EDITOR)
    with receiver() as there:
        webhook, _ = make_webhook(there.url)
        for number in range(20):
            correct(event, f"Text {number}.", actor=editor)
        workers = [Dispatcher(loopback_client(), lanes=2) for _ in range(3)]
        in_threads(*[lambda worker=worker: worker.run(once=True) for worker in workers])
        while ready_webhooks():
            served(webhook)
        assert Counter(ids(there)).most_common(1)[0][1] == 1
        assert len(there.received) == 20
    assert states(webhook) == ["delivered"] * 20


def test_nothing_is_told_before_its_commit() -> None:
    event, editor = make_event(), make_person(Role.EDITOR)
    with receiver() as there:
        webhook, _ = make_webhook(there.url)
        seen: list[Any] = []
        with transaction.atomic():
            correct(event, "Not yet.", actor=editor)
            if connection.vendor == "postgresql":
                seen = in_threads(lambda: serve(webhook.pk, client=loopback_client()))
        assert not any(any(outcome) for outcome in seen)
        assert there.received == []
        assert served(webhook).arrived == 1


def test_changes_while_it_is_served_are_told_in_order_and_once() -> None:
    event, editor = make_event(), make_person(Role.EDITOR)
    with receiver() as there:
        _, verifier = make_webhook(there.url)
        worker = Dispatcher(loopback_client())

        def write() -> None:
            for number in range(15):
                correct(event, f"Text {number}.", actor=editor)

        def send() -> None:
            worker.run()

        def watch() -> None:
            deadline = time.monotonic() + 60
            while len(there.received) < 15 and time.monotonic() < deadline:
                time.sleep(0.02)
            worker.stop()

        in_threads(write, send, watch)
        told = [checked(verifier, request)["data"]["seq"] for request in there.received]
    assert told == sorted(set(told))
    assert len(told) == 15


def test_slow_receivers_hold_up_no_other() -> None:
    """More receivers that hang than lanes: the one that answers is served while they do."""
    event, release = make_event(), threading.Event()
    hanging = [receiver(after(release)) for _ in range(4)]
    with hanging[0] as a, hanging[1] as b, hanging[2] as c, hanging[3] as d, receiver() as quick:
        slow = [make_webhook(one.url)[0] for one in (a, b, c, d)]
        Webhook.objects.update(last_seconds=10)
        healthy, _ = make_webhook(quick.url)
        correct(event, "Changed.")
        worker = Dispatcher(loopback_client(total_seconds=20.0), lanes=4)

        def watch() -> bool:
            deadline = time.monotonic() + 15
            while not quick.received and time.monotonic() < deadline:
                time.sleep(0.02)
            arrived = bool(quick.received) and not release.is_set()
            worker.stop()
            release.set()
            return arrived

        _, arrived = in_threads(worker.run, watch)
    assert arrived
    assert states(healthy) == ["delivered"]
    assert len(slow) == 4


def test_a_worker_that_was_killed_between_sending_and_recording_sends_again_with_the_same_id() -> None:
    event = make_event()
    with receiver() as there:
        webhook, verifier = make_webhook(there.url)
        correct(event, "Changed.")
        served(webhook)
        # As the kill leaves it: sent, not recorded, the lease still held.
        WebhookDelivery.objects.update(state="pending", done_at=None, attempts=0, first_tried_at=None)
        Webhook.objects.update(lease="of the dead", leased_until=timezone.now() + dt.timedelta(minutes=2))
        assert Dispatcher(loopback_client()).run(once=True).arrived == 0
        time_passes(webhook)
        assert Dispatcher(loopback_client()).run(once=True).arrived == 1
        assert len(set(ids(there))) == 1
        assert checked(verifier, there.received[0]) == checked(verifier, there.received[1])


@pytest.mark.slow
def test_kill_9_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    """The command as a program, killed at random while it sends; every message arrives at last."""
    event, editor = make_event(), make_person(Role.EDITOR)
    database = connection.settings_dict
    url = (
        f"sqlite:///{database['NAME']}"
        if connection.vendor == "sqlite"
        else "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    )
    known = {
        **os.environ, "DATABASE_URL": url, "WEBHOOKS_PRIVATE": "127.0.0.0/8,::1/128", "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "newsarchive.settings",
    }  # fmt: skip
    with receiver() as there:
        webhook, _ = make_webhook(there.url)
        for number in range(60):
            correct(event, f"Text {number}.", actor=editor)
        for turn in range(8):
            time_passes(webhook)
            before = len(there.received)
            program = subprocess.Popen([sys.executable, "manage.py", "deliver_webhooks"], cwd=ROOT, env=known)
            deadline = time.monotonic() + 30
            while len(there.received) <= before + turn and time.monotonic() < deadline:
                time.sleep(0.001)
            program.send_signal(signal.SIGKILL)
            program.wait(10)
        time_passes(webhook)
        Dispatcher(loopback_client()).run(once=True)
        received = Counter(ids(there))
    assert len(received) == 60
    assert set(states(webhook)) == {"delivered"}
    assert received.total() - 60 <= 8


def test_the_command_sends_once_and_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    event = make_event()
    with receiver(status(200), status(500)) as there:
        make_webhook(there.url)
        correct(event, "One.")
        correct(event, "Two.")
        call_command("deliver_webhooks", "--once")
    assert capsys.readouterr().out == "Delivered 1 message; 1 attempt failed; 0 old records deleted.\n"
    with pytest.raises(CommandError, match="1 to 64"):
        call_command("deliver_webhooks", "--lanes", "0")


def test_the_command_leaves_signals_as_it_found_them() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    call_command("deliver_webhooks", "--once", verbosity=0)
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


def test_the_owner_of_a_disabled_webhook_is_told_once(
    mailoutbox: list[Any],
) -> None:
    event = make_event()
    with receiver(status(410)) as there:
        webhook, _ = make_webhook(there.url, note="the newsroom")
        assert webhook.by is not None
        webhook.by.email = "owner@example.org"
        webhook.by.save()
        correct(event, "Changed.")
        call_command("deliver_webhooks", "--once", verbosity=0)
        call_command("deliver_webhooks", "--once", verbosity=0)
    (mail,) = mailoutbox
    assert mail.to == ["owner@example.org"]
    assert "the newsroom" in mail.body
    assert "410 Gone" in mail.body
    assert there.url not in mail.body
    webhook.refresh_from_db()
    assert webhook.told_at is not None


def test_an_owner_who_cannot_be_told_is_told_later() -> None:
    event = make_event()
    told: list[int] = []

    def fails(_webhook: Webhook) -> None:
        raise OSError

    with receiver(status(410)) as there:
        webhook, _ = make_webhook(there.url)
        correct(event, "Changed.")
        Dispatcher(loopback_client(), tell=fails).run(once=True)
        webhook.refresh_from_db()
        assert webhook.told_at is None
        Dispatcher(loopback_client(), tell=lambda one: told.append(one.pk)).run(once=True)
    assert told == [webhook.pk]


def test_the_receiver_of_the_docs_verifies_fails_and_gets_its_retries() -> None:
    """docs/examples/webhook_receiver.py, as a program of its own."""
    event = make_event()
    webhook, secret = create_webhook(actor=administrator(), url="http://127.0.0.1:1/")
    program = subprocess.Popen(
        [sys.executable, "docs/examples/webhook_receiver.py", "--port", "0", "--fail", "2"],
        cwd=ROOT, env={**os.environ, "WEBHOOK_SECRET": secret}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert program.stdout is not None
    try:
        found = re.search(r"http://\S+", program.stdout.readline())
        assert found is not None
        Webhook.objects.filter(pk=webhook.pk).update(url=found[0])
        correct(event, "Changed.")
        for _ in range(3):
            time_passes(webhook)
            served(webhook)
        Webhook.objects.filter(pk=webhook.pk).update(
            salt="stolen", fingerprint=fingerprint_of(secret_of("stolen"))
        )
        correct(event, "Changed again.")
        served(webhook)
    finally:
        program.terminate()
        said = program.communicate(timeout=10)[0].splitlines()
    name = f"msg_{webhook.key}_{WebhookDelivery.objects.earliest('pk').change_id}"
    assert said[:2] == [f"failed on purpose: {name}"] * 2
    assert said[2].startswith(f"received event.corrected {name}: ")
    assert said[3] == "refused: signed by somebody else"
    first = WebhookDelivery.objects.earliest("pk")
    assert [one["status"] for one in first.tries] == [503, 503, 204]
