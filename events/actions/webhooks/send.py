"""Sending what waits for one webhook: the order, the retries, and what is kept of them.

**Nothing is lost, nothing comes before its commit.** A webhook has a position in the public sequence;
the deliveries of the changes behind it are made in the transaction that moves it on, a few hundred
ahead at most. So an archive of a million changes costs a webhook that is down no more than its position.

**One worker a webhook.** Who serves it holds its lease, taken by one conditional UPDATE; no
transaction is open while a receiver is waited for. A worker that was killed leaves a lease that runs
out, and a message that was sent but not recorded is sent again under the same ``webhook-id``.

**One message at a time, in order.** What was never tried comes first, by number. A failure pauses the
whole webhook (a receiver that is down is asked once in a while, not once a message), and the message
itself for the same time or longer. Pauses grow as Standard Webhooks recommends, with full jitter:
a random part of them, so that receivers that went down together are not asked together.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils import timezone

from events.actions.webhooks.secret import signing_secrets
from events.fetching.client import Client
from events.fetching.errors import FetchError
from events.formats.webhook import message_body, message_headers, test_body
from events.messages import change_message, of_edition, wanted_changes
from events.models import Sequence, Webhook, WebhookDelivery
from events.vocabulary import DeliveryState, Subject

PAUSES: Final = tuple(
    dt.timedelta(seconds=seconds)
    for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""After the first failure, the second, …; the last one from then on."""
PATIENCE: Final = dt.timedelta(days=5)
"""How long a receiver may fail before it is disabled, and a message before it is given up."""
RETRY_AFTER_MOST: Final = dt.timedelta(days=1)
KEPT: Final = dt.timedelta(days=30)
LEASE: Final = dt.timedelta(minutes=2)
SLICE_SECONDS: Final = 5.0
"""After how long a webhook lets another one have its lane."""
AHEAD: Final = 200
"""How many deliveries are made at a time."""
WAITING_MOST: Final = 5_000
"""With so many messages in retries no new ones are begun."""
OUTAGE: Final = 3
"""After so many failures in a row, the next success has everything that waits tried at once."""
_ANSWER_KEPT: Final = 500
_TRIES_KEPT: Final = 12
_PURGED_AT_ONCE: Final = 1_000
_GONE: Final = 410
_A_DAY: Final = 86_400
_REDIRECTED: Final = "Redirects are not followed: enter the address that it leads to."
_AT_LEAST: Final = dt.timedelta(seconds=1)
_UNSIGNED: Final = (
    "The site's SECRET_KEY has changed, and with it this webhook's secret. Rotate the secret, give it to "
    "the receiver, and enable the webhook."
)

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt. *status*: 0 where there was no answer, *said* then says why."""

    status: int
    said: str = ""
    answer: str = ""
    seconds: float = 0.0
    retry_after: dt.timedelta | None = None

    @property
    def delivered(self) -> bool:
        """Whether the receiver took it."""
        return 200 <= self.status < 300


class Served(NamedTuple):
    """What one turn did: messages that arrived, that failed, and how often the position moved on."""

    arrived: int
    failed: int
    planned: int


def ready_webhooks(*, but: Collection[int] = ()) -> list[Webhook]:
    """Enabled webhooks with something to send now that nobody serves, the longest unserved first."""
    now = timezone.now()
    last = Sequence.objects.values_list("last", flat=True).get()
    due = WebhookDelivery.objects.filter(
        webhook=OuterRef("pk"), state=DeliveryState.PENDING, next_try_at__lte=now
    )
    found = Webhook.objects.filter(enabled=True, next_try_at__lte=now, leased_until__lte=now)
    found = found.filter(Q(position__lt=last) | Exists(due)).exclude(pk__in=but)
    return list(found.order_by("leased_until", "pk"))


def serve(
    webhook_id: int,
    *,
    client: Client,
    stopping: Callable[[], bool] = lambda: False,
    chance: Callable[[float, float], float] = random.uniform,
) -> Served:
    """Send what is due to one webhook, for :data:`SLICE_SECONDS` or until a failure.

    Nothing where another worker serves it. Must not be called inside a transaction.
    """
    lease = secrets.token_hex(16)
    arrived = failed = planned = 0
    if not _take(webhook_id, lease):
        return Served(0, 0, 0)
    until = time.monotonic() + SLICE_SECONDS
    try:
        while not failed and not stopping() and time.monotonic() < until:
            webhook = _hold(webhook_id, lease)
            if webhook is None:
                break
            moved = _plan(webhook)
            planned += moved
            delivery = _due(webhook)
            if delivery is not None:
                outcome = _send(webhook, delivery, client)
                if outcome is None:
                    break
                _record(webhook_id, delivery.pk, outcome, chance)
                arrived += outcome.delivered
                failed += not outcome.delivered
            elif not moved:
                break
    finally:
        Webhook.objects.filter(pk=webhook_id, lease=lease).update(lease="", leased_until=timezone.now())
    return Served(arrived, failed, planned)


def purge_deliveries() -> int:
    """Delete what was done with more than :data:`KEPT` ago, in short transactions; how many."""
    old = WebhookDelivery.objects.filter(done_at__lt=timezone.now() - KEPT)
    purged = 0
    while ids := list(old.order_by("pk").values_list("pk", flat=True)[:_PURGED_AT_ONCE]):
        purged += WebhookDelivery.objects.filter(pk__in=ids).delete()[0]
    return purged


def forget_answers(event_ids: Collection[int]) -> None:
    """Forget what receivers answered to messages about these events: it may repeat what we sent."""
    told = WebhookDelivery.objects.filter(change__subject=Subject.EVENT, change__subject_id__in=event_ids)
    told.update(answer="")


def _take(webhook_id: int, lease: str) -> bool:
    now = timezone.now()
    free = Webhook.objects.filter(pk=webhook_id, enabled=True, next_try_at__lte=now, leased_until__lte=now)
    return bool(free.update(lease=lease, leased_until=now + LEASE))


def _hold(webhook_id: int, lease: str) -> Webhook | None:
    """The webhook as it is now, with the lease prolonged; None where it was disabled, deleted or taken."""
    held = Webhook.objects.filter(pk=webhook_id, lease=lease, enabled=True)
    if not held.update(leased_until=timezone.now() + LEASE):
        return None
    return held.first()


def _plan(webhook: Webhook) -> bool:
    """Make the deliveries of the next changes, where none waits untried; whether the position moved."""
    waiting = webhook.deliveries.filter(state=DeliveryState.PENDING, change__isnull=False)
    last = Sequence.objects.values_list("last", flat=True).get()
    if webhook.position >= last or waiting.filter(attempts=0).exists() or waiting.count() >= WAITING_MOST:
        return False
    with transaction.atomic():
        held = Webhook.objects.select_for_update().filter(pk=webhook.pk, lease=webhook.lease).first()
        if held is None:
            return False
        changes = wanted_changes(held.types, after=held.position, up_to=last, limit=AHEAD)
        position = changes[-1].seq if len(changes) == AHEAD else last
        if held.edition:
            changes = of_edition(changes, held.edition)
        now = timezone.now()
        WebhookDelivery.objects.bulk_create(
            [WebhookDelivery(webhook=held, change=change, next_try_at=now) for change in changes]
        )
        held.position = position
        held.save(update_fields=["position"])
    return True


def _due(webhook: Webhook) -> WebhookDelivery | None:
    """What is sent next: tests, then by the time at which it was due, then by number."""
    waiting = webhook.deliveries.filter(state=DeliveryState.PENDING, next_try_at__lte=timezone.now())
    numbered = ExpressionWrapper(Q(change__isnull=False), output_field=BooleanField())
    return waiting.order_by(numbered, "next_try_at", F("change_id")).first()


def _send(webhook: Webhook, delivery: WebhookDelivery, client: Client) -> Outcome | None:
    """One attempt; None where its messages cannot be signed any more, and it was stopped for that."""
    at = timezone.now()
    signing = signing_secrets(webhook, now=at)
    if not signing:
        _stop_unsigned(webhook.pk)
        return None
    if delivery.change_id is None:
        name, body = f"test_{delivery.pk}", test_body(delivery.created_at, base_url=settings.BASE_URL)
    else:
        change = change_message(delivery.change_id)
        name, body = str(delivery.change_id), message_body(change, base_url=settings.BASE_URL)
    headers = message_headers(body, message_id=f"msg_{webhook.key}_{name}", at=at, secrets=signing)
    started = time.monotonic()
    try:
        answer = client.send("POST", webhook.url, body=body, headers=headers)
    except FetchError as error:
        return Outcome(0, str(error), seconds=time.monotonic() - started)
    return Outcome(
        answer.status,
        _REDIRECTED if 300 <= answer.status < 400 else "",
        _kept(answer.body),
        time.monotonic() - started,
        _retry_after(answer.headers.get("retry-after", ""), at),
    )


def _record(
    webhook_id: int, delivery_id: int, outcome: Outcome, chance: Callable[[float, float], float]
) -> None:
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update().filter(pk=webhook_id).first()
        delivery = WebhookDelivery.objects.filter(pk=delivery_id, state=DeliveryState.PENDING).first()
        if webhook is None or delivery is None:
            return  # deleted, or replayed from before it, while the receiver was waited for
        now = timezone.now()
        delivery.attempts += 1
        delivery.first_tried_at = delivery.first_tried_at or now
        tried = {
            "at": now.isoformat(timespec="seconds"), "status": outcome.status,
            "seconds": round(outcome.seconds, 2), "said": outcome.said,
        }  # fmt: skip
        delivery.tries = [*delivery.tries, tried][-_TRIES_KEPT:]
        delivery.answer = outcome.answer
        webhook.last_seconds = outcome.seconds
        if outcome.delivered:
            _succeeded(webhook, delivery, now)
        else:
            _failed(webhook, delivery, outcome, now, chance)
        delivery.save()
        webhook.save()


def _succeeded(webhook: Webhook, delivery: WebhookDelivery, now: dt.datetime) -> None:
    delivery.state, delivery.done_at = DeliveryState.DELIVERED, now
    if webhook.failures >= OUTAGE:
        webhook.deliveries.filter(state=DeliveryState.PENDING).update(next_try_at=now)
    webhook.delivered_at = webhook.next_try_at = now
    webhook.failures, webhook.failing_since = 0, None


def _failed(
    webhook: Webhook,
    delivery: WebhookDelivery,
    outcome: Outcome,
    now: dt.datetime,
    chance: Callable[[float, float], float],
) -> None:
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or now
    webhook.next_try_at = now + _pause(webhook.failures, outcome, chance)
    delivery.next_try_at = max(webhook.next_try_at, now + _pause(delivery.attempts, outcome, chance))
    first = delivery.first_tried_at or now
    if delivery.change_id is None or (now - first >= PATIENCE and webhook.failing_since > first):
        delivery.state, delivery.done_at = DeliveryState.GIVEN_UP, now
    if outcome.status == _GONE:
        _stop(webhook, "The receiver answered 410 Gone: it wants no more messages.", now)
    elif now - webhook.failing_since >= PATIENCE:
        _stop(webhook, f"Nothing was delivered for {PATIENCE.days} days.", now)


def _pause(failures: int, outcome: Outcome, chance: Callable[[float, float], float]) -> dt.timedelta:
    """How long to wait after so many failures: a random part of the step, or what the receiver asked for."""
    step = PAUSES[min(failures, len(PAUSES)) - 1].total_seconds()
    drawn = max(_AT_LEAST, dt.timedelta(seconds=chance(0, step)))
    return max(drawn, outcome.retry_after or drawn)


def _stop(webhook: Webhook, why: str, now: dt.datetime) -> None:
    webhook.enabled, webhook.stopped_why = False, why
    webhook.stopped_at, webhook.told_at = now, None
    _log.warning("webhook %s was disabled: %s", webhook.pk, why)


def _stop_unsigned(webhook_id: int) -> None:
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update().filter(pk=webhook_id, enabled=True).first()
        if webhook is not None:
            _stop(webhook, _UNSIGNED, timezone.now())
            webhook.save()


def _retry_after(said: str, now: dt.datetime) -> dt.timedelta | None:
    """What the header asks for: seconds or a date (RFC 9110, 10.2.3), a day at most; None for nonsense."""
    if said.isascii() and said.isdigit():
        asked = dt.timedelta(seconds=min(int(said[:9]), _A_DAY))
    else:
        try:
            at = parsedate_to_datetime(said)
        except ValueError:
            return None
        asked = (at if at.tzinfo else at.replace(tzinfo=dt.UTC)) - now
    return min(max(asked, dt.timedelta()), RETRY_AFTER_MOST)


def _kept(body: bytes) -> str:
    """The beginning of an answer as text that a page and a database can hold."""
    text = body[: _ANSWER_KEPT * 4].decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in text)[:_ANSWER_KEPT].strip()
