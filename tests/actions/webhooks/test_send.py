"""What a webhook is sent, in which order, and what becomes of failures."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client as DjangoClient
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from events.actions.correct import create_event
from events.actions.errors import InvalidAction
from events.actions.removal.remove import remove_event
from events.actions.webhooks import send
from events.actions.webhooks.keep import enable_webhook, replay, rotate_secret, send_test
from events.actions.withdraw import withdraw_event
from events.harvest.records import CitedSource
from events.models import Webhook, WebhookDelivery
from events.vocabulary import Role
from tests.factories import DAY, make_event
from tests.people import make_person
from tests.receivers import certified, raw_server, receiver, status
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

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_loopback(settings: LazySettings) -> None:
    settings.WEBHOOKS_PRIVATE = ["127.0.0.0/8", "::1/128"]
    settings.BASE_URL = "https://news.example"


def test_a_change_is_told_thinly_and_signed() -> None:
    event = make_event(slug="envoys-sign")
    with receiver() as there:
        webhook, verifier = make_webhook(there.url)
        change = correct(event, "Envoys sign a treaty.")
        assert served(webhook) == (1, 0, 1)
        (request,) = there.received
    message = checked(verifier, request)
    assert message == {
        "type": "event.corrected",
        "timestamp": message["timestamp"],
        "data": {
            "seq": change.seq,
            "id": event.pk,
            "other": None,
            "revision": 2,
            "address": "/news/2004/02/9/envoys-sign",
            "url": f"https://news.example/api/v1/events/{event.pk}/",
        },
    }
    assert dt.datetime.fromisoformat(message["timestamp"]) == change.at
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == f"msg_{webhook.key}_{change.seq}"
    assert abs(int(request.headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60


def test_the_url_of_a_message_answers_with_what_changed(client: DjangoClient) -> None:
    chief = make_person(Role.CHIEF)
    with receiver() as there:
        webhook, verifier = make_webhook(there.url)
        create_event(
            actor=chief, edition="en", date=DAY, text="Envoys sign.", category="other", contexts=["Bridges"],
            citations=[CitedSource("The Gazette", "https://gazette.example/1")],
        )  # fmt: skip
        served(webhook)
        messages = [checked(verifier, request) for request in there.received]
    assert {message["type"] for message in messages} == {"event.created", "context.created", "source.created"}
    for message in messages:
        path = message["data"]["url"].removeprefix("https://news.example")
        answer = client.get(path)
        assert (answer.status_code, answer.json()["id"]) == (200, message["data"]["id"])


def test_what_happened_before_a_webhook_was_made_is_not_told_and_order_is_kept() -> None:
    event = make_event()
    correct(event, "Before.")
    with receiver() as there:
        webhook, verifier = make_webhook(there.url)
        seqs = [correct(event, f"Text {number}.").seq for number in range(5)]
        assert served(webhook).arrived == 5
        assert [checked(verifier, request)["data"]["seq"] for request in there.received] == seqs
        assert served(webhook) == (0, 0, 0)


def test_types_and_edition_narrow_what_is_told() -> None:
    english, chinese = make_event(), make_event("使节签署条约。", edition="zh", slug="使节")
    with receiver() as there:
        nothing, _ = make_webhook(there.url, types=["event.withdrawn"])
        zh, verifier = make_webhook(there.url, types=["event.corrected", "source.created"], edition="zh")
        correct(english, "Changed.")
        correct(chinese, "使节签署了条约。")
        assert served(nothing) == (0, 0, 1)
        assert served(zh).arrived == 1
        (request,) = there.received
        assert checked(verifier, request)["data"]["address"].startswith("/zh/news/")
        nothing.refresh_from_db()
        zh.refresh_from_db()
        assert nothing.position == zh.position


def test_a_narrow_webhook_passes_over_many_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "AHEAD", 3)
    english, chinese = make_event(), make_event("使节签署条约。", edition="zh", slug="使节")
    with receiver() as there:
        zh, _ = make_webhook(there.url, edition="zh")
        for number in range(10):
            correct(english, f"Changed {number}.")
        correct(chinese, "使节签署了条约。")
        assert served(zh).arrived == 1


def test_a_failure_is_tried_again_with_the_same_id_and_a_new_signature() -> None:
    event = make_event()
    with receiver(status(500, body=b"broken \x00 pipe"), status(200)) as there:
        webhook, verifier = make_webhook(there.url)
        correct(event, "Changed.")
        assert served(webhook) == (0, 1, 1)
        assert served(webhook) == (0, 0, 0)
        (delivery,) = WebhookDelivery.objects.all()
        assert (delivery.state, delivery.attempts, delivery.answer) == ("pending", 1, "broken   pipe")
        assert delivery.tries[0]["status"] == 500
        time_passes(webhook)
        assert served(webhook).arrived == 1
        first, second = there.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert checked(verifier, first) == checked(verifier, second)
    delivery.refresh_from_db()
    assert [one["status"] for one in delivery.tries] == [500, 200]
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.failing_since) == (0, None)


def test_pauses_grow_to_a_day_and_are_drawn_at_random() -> None:
    def longest(_least: float, most: float) -> float:
        return most

    outcome = send.Outcome(500)
    steps = [send._pause(number, outcome, longest).total_seconds() for number in range(1, 12)]
    assert steps == [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400, 86_400, 86_400]
    assert send._pause(5, outcome, lambda least, most: least) == dt.timedelta(seconds=1)
    drawn = {send._pause(5, outcome, send.random.uniform) for _ in range(20)}
    assert len(drawn) > 10
    assert max(drawn) <= dt.timedelta(seconds=18_000)


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        ("120", 119, 121),
        ("999999999999999999999", 86_399, 86_401),
        ("Fri, 31 Dec 2100 23:59:59 GMT", 86_399, 86_401),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0, 6),
        ("-5", 0, 6),
        ("soon", 0, 6),
        ("²", 0, 6),
        ("Fri, 31 Dec 99999999 23:59:59 GMT", 0, 6),
    ],
)
def test_retry_after_is_obeyed_up_to_a_day(said: str, least: float, most: float) -> None:
    event = make_event()
    with receiver(status(429, {"Retry-After": said.encode().decode("latin-1")})) as there:
        webhook, _ = make_webhook(there.url)
        correct(event, "Changed.")
        began = timezone.now()
        served(webhook)
    webhook.refresh_from_db()
    assert least <= (webhook.next_try_at - began).total_seconds() <= most + 5


def test_a_receiver_that_is_down_is_asked_once_in_a_while_not_once_a_message() -> None:
    event = make_event()
    with receiver(status(503)) as there:
        webhook, _ = make_webhook(there.url)
        for number in range(20):
            correct(event, f"Text {number}.")
        for _ in range(4):
            served(webhook)
        assert len(there.received) == 1
        for _ in range(4):
            Webhook.objects.update(next_try_at=timezone.now())
            served(webhook)
        assert len(there.received) == 5
        assert len({request.headers["webhook-id"] for request in there.received}) == 5


def test_when_a_receiver_is_well_again_all_that_waits_follows_at_once_and_in_order() -> None:
    """Each attempt in the outage was a message of its own; the next one is the first to arrive."""
    event = make_event()
    with receiver(status(503), status(503), status(503), status(200)) as there:
        webhook, verifier = make_webhook(there.url)
        seqs = [correct(event, f"Text {number}.").seq for number in range(5)]
        for _ in range(4):
            Webhook.objects.update(next_try_at=timezone.now())
            served(webhook)
        arrived = [checked(verifier, request)["data"]["seq"] for request in there.received[3:]]
    assert arrived == [seqs[3], *seqs[:3], seqs[4]]
    assert states(webhook) == ["delivered"] * 5


def test_one_message_that_is_always_refused_holds_up_no_other() -> None:
    event = make_event()
    with receiver(status(400), status(200)) as there:
        webhook, _ = make_webhook(there.url)
        for number in range(4):
            correct(event, f"Text {number}.")
        served(webhook)
        Webhook.objects.update(next_try_at=timezone.now())
        assert served(webhook).arrived == 3
    assert states(webhook) == ["pending", "delivered", "delivered", "delivered"]


def test_a_message_is_given_up_after_days_while_others_arrive() -> None:
    event = make_event()
    with receiver(status(400)) as there:
        webhook, _ = make_webhook(there.url)
        correct(event, "Changed.")
        served(webhook)
        WebhookDelivery.objects.update(first_tried_at=timezone.now() - send.PATIENCE)
        time_passes(webhook)
        served(webhook)
    webhook.refresh_from_db()
    assert states(webhook) == ["given_up"]
    assert webhook.enabled


def test_a_receiver_that_fails_for_days_is_disabled_and_its_owner_is_owed_a_word() -> None:
    event = make_event()
    with receiver(status(500)) as there:
        webhook, _ = make_webhook(there.url)
        correct(event, "Changed.")
        served(webhook)
        Webhook.objects.update(failing_since=timezone.now() - send.PATIENCE)
        time_passes(webhook)
        served(webhook)
        webhook.refresh_from_db()
        assert (webhook.enabled, webhook.stopped_why) == (False, "Nothing was delivered for 5 days.")
        assert webhook.told_at is None
        time_passes(webhook)
        assert served(webhook) == (0, 0, 0)
        there.answers[:] = [status(200)]
        enable_webhook(actor=administrator(), webhook_id=webhook.pk)
        assert served(webhook).arrived == 1


def test_gone_disables_at_once() -> None:
    event = make_event()
    with receiver(status(410)) as there:
        webhook, _ = make_webhook(there.url)
        correct(event, "Changed.")
        served(webhook)
    webhook.refresh_from_db()
    assert not webhook.enabled
    assert "410" in webhook.stopped_why
    assert states(webhook) == ["pending"]


def test_a_redirect_is_a_failure_and_is_not_followed() -> None:
    event = make_event()
    with receiver() as other, receiver(status(307, {"Location": other.url})) as there:
        webhook, _ = make_webhook(there.url)
        correct(event, "Changed.")
        assert served(webhook).failed == 1
        assert other.received == []
    assert "Redirects" in WebhookDelivery.objects.get().tries[0]["said"]


def test_a_private_address_is_never_opened_whatever_the_name_says() -> None:
    event = make_event()
    with receiver() as there:
        webhook, _ = make_webhook(there.url)
        Webhook.objects.update(url=there.url.replace("http:", "https:"))
        correct(event, "Changed.")
        outcome = send.serve(webhook.pk, client=loopback_client(private=()))
        assert (outcome.failed, there.received) == (1, [])
    assert "not public" in WebhookDelivery.objects.get().tries[0]["said"]


def test_an_answer_after_the_deadline_is_a_failure_and_the_id_tells_the_copy() -> None:
    event = make_event()
    gone = threading.Event()
    with receiver(lambda handler: gone.wait(5) and None, status(200)) as there:
        webhook, _ = make_webhook(there.url)
        correct(event, "Changed.")
        assert send.serve(webhook.pk, client=loopback_client(total_seconds=0.3)).failed == 1
        gone.set()
        time_passes(webhook)
        assert served(webhook).arrived == 1
        assert len({request.headers["webhook-id"] for request in there.received}) == 1
    assert "in time" in WebhookDelivery.objects.get().tries[0]["said"]


def test_a_dripping_receiver_costs_no_more_than_the_deadline() -> None:
    event = make_event()

    def drip(connection: Any) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not threading.Event().wait(0.05):
            connection.sendall(b"x")

    with raw_server(drip) as url:
        webhook, _ = make_webhook(url)
        correct(event, "Changed.")
        assert send.serve(webhook.pk, client=loopback_client(total_seconds=0.4)).failed == 1
    webhook.refresh_from_db()
    assert 0.3 < webhook.last_seconds < 3


def test_while_a_secret_is_replaced_both_sign_and_then_only_the_new_one() -> None:
    event = make_event()
    with receiver() as there:
        webhook, old = make_webhook(there.url)
        actor = administrator()
        _, secret = rotate_secret(actor=actor, webhook_id=webhook.pk, seen=webhook.fingerprint)
        new = Verifier(secret)
        correct(event, "Changed.")
        served(webhook)
        Webhook.objects.update(former_until=timezone.now())
        correct(event, "Changed again.")
        served(webhook)
        both, only = there.received
    assert checked(old, both) == checked(new, both)
    assert len(both.headers["webhook-signature"].split(" ")) == 2
    checked(new, only)
    with pytest.raises(WebhookVerificationError):
        checked(old, only)
    with pytest.raises(InvalidAction, match="since you opened"):
        rotate_secret(actor=actor, webhook_id=webhook.pk, seen=webhook.fingerprint)


def test_with_another_secret_key_nothing_is_sent_that_cannot_be_verified(settings: LazySettings) -> None:
    event = make_event()
    with receiver() as there:
        webhook, _ = make_webhook(there.url)
        correct(event, "Changed.")
        settings.SECRET_KEY = "another one"
        assert served(webhook) == (0, 0, 1)
        assert there.received == []
        webhook.refresh_from_db()
        assert not webhook.enabled
        actor = administrator()
        with pytest.raises(InvalidAction, match="SECRET_KEY"):
            enable_webhook(actor=actor, webhook_id=webhook.pk)
        _, secret = rotate_secret(actor=actor, webhook_id=webhook.pk, seen=webhook.fingerprint)
        enable_webhook(actor=actor, webhook_id=webhook.pk)
        assert served(webhook).arrived == 1
        checked(Verifier(secret), there.received[0])


def test_a_test_is_sent_at_once_and_only_once() -> None:
    event = make_event()
    with receiver(status(500), status(500), status(200)) as there:
        webhook, verifier = make_webhook(there.url)
        correct(event, "Changed.")
        served(webhook)
        send_test(actor=administrator(), webhook_id=webhook.pk)
        served(webhook)
        message = checked(verifier, there.received[1])
    assert message["type"] == "webhook.test"
    assert sorted(states(webhook)) == ["given_up", "pending"]


def test_replay_sends_again_with_the_ids_that_were_known() -> None:
    event = make_event()
    with receiver() as there:
        webhook, verifier = make_webhook(there.url)
        seqs = [correct(event, f"Text {number}.").seq for number in range(4)]
        served(webhook)
        actor = administrator()
        assert replay(actor=actor, webhook_id=webhook.pk, after=seqs[1]) == 2
        assert served(webhook).arrived == 2
        told = [checked(verifier, request)["data"]["seq"] for request in there.received]
        assert told == [*seqs, seqs[2], seqs[3]]
        ids = [request.headers["webhook-id"] for request in there.received]
        assert ids[2:4] == ids[4:]
        with pytest.raises(InvalidAction, match="last one it was sent"):
            replay(actor=actor, webhook_id=webhook.pk, after=seqs[3] + 1)
        assert replay(actor=actor, webhook_id=webhook.pk, after=0) == seqs[3]
        assert served(webhook).arrived == seqs[3]


def test_no_message_names_what_was_withdrawn_or_removed_meanwhile() -> None:
    withdrawn, removed = make_event(slug="canaryone"), make_event("Another text.", slug="canarytwo")
    chief = make_person(Role.CHIEF)
    with receiver(status(500, body=b"echo of canarytwo")) as there:
        webhook, verifier = make_webhook(there.url)
        correct(withdrawn, "Changed.")
        correct(removed, "Changed, too.")
        for _ in range(2):
            Webhook.objects.update(next_try_at=timezone.now())
            served(webhook)
        assert WebhookDelivery.objects.filter(answer__contains="canarytwo").count() == 2
        withdrawn.refresh_from_db()
        removed.refresh_from_db()
        withdraw_event(actor=chief, event_id=withdrawn.pk, version=withdrawn.version, reason="Wrong.")
        remove_event(actor=chief, event_id=removed.pk, version=removed.version, reason="Law.")
        assert not WebhookDelivery.objects.filter(
            change__subject_id=removed.pk, answer__contains="canarytwo"
        ).exists()
        there.received.clear()
        there.answers[:] = [status(200)]
        time_passes(webhook)
        served(webhook)
        messages = [checked(verifier, request) for request in there.received]
    assert [message["type"] for message in messages] == [
        "event.corrected", "event.corrected", "event.withdrawn", "event.withdrawn",
    ]  # fmt: skip
    assert {message["data"]["address"] for message in messages} == {None}
    assert not any(b"canary" in request.body for request in there.received)


def test_over_tls_with_the_certificate_of_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    event = make_event()
    with certified(tmp_path, "localhost") as (context, root), receiver(tls=context) as there:
        webhook, verifier = make_webhook(there.url)
        correct(event, "Changed.")
        assert served(webhook).failed == 1
        assert "certificate" in WebhookDelivery.objects.get().tries[0]["said"]
        monkeypatch.setenv("SSL_CERT_FILE", str(root))
        time_passes(webhook)
        assert served(webhook).arrived == 1
        checked(verifier, there.received[0])


def test_old_records_go_and_what_waits_stays() -> None:
    event = make_event()
    with receiver(status(200), status(500)) as there:
        webhook, _ = make_webhook(there.url)
        correct(event, "One.")
        correct(event, "Two.")
        served(webhook)
    WebhookDelivery.objects.filter(state="delivered").update(done_at=timezone.now() - send.KEPT)
    assert send.purge_deliveries() == 1
    assert states(webhook) == ["pending"]
