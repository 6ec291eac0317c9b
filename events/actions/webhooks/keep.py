"""Webhooks as administrators keep them: made, changed, switched, tried, replayed.

What is sent, and when, is in ``send``.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from events.actions.errors import InvalidAction
from events.actions.recording import Actor
from events.actions.webhooks.secret import FORMER_SIGNS, fingerprint_of, new_salt, secret_of
from events.fetching.addresses import read_networks
from events.fetching.client import Client
from events.fetching.errors import Refused
from events.formats.webhook import secret_text
from events.models import Change, Sequence, Webhook, WebhookDelivery
from events.vocabulary import CHANGE_TYPES, EDITIONS, DeliveryState, Right

WEBHOOKS_MOST: Final = 200
_TESTS_WAITING_MOST: Final = 3


def webhook_client() -> Client:
    """The way out, as the settings have it."""
    agent = f"newsarchive (+{settings.BASE_URL})"
    return Client(agent=agent, private=read_networks(settings.WEBHOOKS_PRIVATE), body_most=4_096)


def create_webhook(
    *, actor: Actor, url: str, note: str = "", types: Collection[str] = (), edition: str = ""
) -> tuple[Webhook, str]:
    """Make a webhook that is told of every public change from now on, and its secret (shown once).

    *types* and *edition* narrow it; none: everything. Raises ``InvalidAction`` for a URL that we
    do not open, an unknown type or edition.
    """
    actor.require(Right.HOOKS)
    kept = _checked(url, note, types, edition)
    with transaction.atomic():
        if Webhook.objects.count() >= WEBHOOKS_MOST:
            raise InvalidAction(f"There are {WEBHOOKS_MOST} webhooks already; take one away first.")
        salt = new_salt()
        secret = secret_of(salt)
        webhook = Webhook.objects.create(
            **kept, by=actor.user, by_name=actor.name, key=secrets.token_hex(6), salt=salt,
            fingerprint=fingerprint_of(secret), position=_last_change(),
        )  # fmt: skip
    return webhook, secret_text(secret)


def change_webhook(
    *, actor: Actor, webhook_id: int, url: str, note: str, types: Collection[str], edition: str
) -> Webhook:
    """Change where it goes and what it is told of; messages that wait already go to the new address."""
    actor.require(Right.HOOKS)
    kept = _checked(url, note, types, edition)
    with transaction.atomic():
        webhook = _lock(webhook_id)
        for name, value in kept.items():
            setattr(webhook, name, value)
        webhook.save(update_fields=list(kept))
    return webhook


def rotate_secret(*, actor: Actor, webhook_id: int, seen: str) -> tuple[Webhook, str]:
    """Give it a new secret; the present one goes on signing for a day. *seen*: its fingerprint.

    Raises ``InvalidAction`` where it is no longer the one that the actor saw, so that a page that is
    sent twice does not throw away a secret that somebody has just written down.
    """
    actor.require(Right.HOOKS)
    with transaction.atomic():
        webhook = _lock(webhook_id)
        if webhook.fingerprint != seen:
            raise InvalidAction(
                "It has had a new secret since you opened the page. Rotate again if you must."
            )
        webhook.former_salt = webhook.salt
        webhook.former_until = timezone.now() + FORMER_SIGNS
        webhook.salt = new_salt()
        secret = secret_of(webhook.salt)
        webhook.fingerprint = fingerprint_of(secret)
        webhook.save(update_fields=["former_salt", "former_until", "salt", "fingerprint"])
    return webhook, secret_text(secret)


def disable_webhook(*, actor: Actor, webhook_id: int) -> Webhook:
    """Send it nothing more; what it misses waits in the public sequence."""
    actor.require(Right.HOOKS)
    with transaction.atomic():
        webhook = _lock(webhook_id)
        if not webhook.enabled:
            raise InvalidAction("It is disabled already.")
        now = timezone.now()
        webhook.enabled, webhook.stopped_at, webhook.told_at = False, now, now
        webhook.stopped_why = f"Disabled by {actor.name}."
        webhook.save(update_fields=["enabled", "stopped_at", "told_at", "stopped_why"])
    return webhook


def enable_webhook(*, actor: Actor, webhook_id: int) -> Webhook:
    """Go on where it stopped; everything that waits is tried at once, with fresh patience.

    Raises ``InvalidAction`` where its secret is no longer valid.
    """
    actor.require(Right.HOOKS)
    with transaction.atomic():
        webhook = _lock(webhook_id)
        if fingerprint_of(secret_of(webhook.salt)) != webhook.fingerprint:
            raise InvalidAction(
                "The site's SECRET_KEY has changed, and with it this webhook's secret. Rotate it, "
                "give the receiver the new one, then enable the webhook."
            )
        webhook.enabled, webhook.stopped_why = True, ""
        webhook.stopped_at = webhook.told_at = None
        _afresh(webhook)
        webhook.save()
    return webhook


def retry_now(*, actor: Actor, webhook_id: int) -> Webhook:
    """Try what waits at once instead of at its time."""
    actor.require(Right.HOOKS)
    with transaction.atomic():
        webhook = _lock(webhook_id)
        _require_enabled(webhook)
        _afresh(webhook)
        webhook.save()
    return webhook


def send_test(*, actor: Actor, webhook_id: int) -> WebhookDelivery:
    """Have a test message sent as soon as a worker is free, whatever the pause it is in. It is tried once."""
    actor.require(Right.HOOKS)
    with transaction.atomic():
        webhook = _lock(webhook_id)
        _require_enabled(webhook)
        waiting = webhook.deliveries.filter(change=None, state=DeliveryState.PENDING).count()
        if waiting >= _TESTS_WAITING_MOST:
            raise InvalidAction("Tests are waiting already; see to it that manage.py deliver_webhooks runs.")
        webhook.next_try_at = timezone.now()
        webhook.save(update_fields=["next_try_at"])
        return WebhookDelivery.objects.create(webhook=webhook)


def replay(*, actor: Actor, webhook_id: int, after: int) -> int:
    """Send everything again that has a number above *after*, with the ids it had.

    Gives the number of changes in that span. What was recorded of those deliveries is forgotten.
    Raises ``InvalidAction`` for a number that lies ahead of what it was sent.
    """
    actor.require(Right.HOOKS)
    with transaction.atomic():
        webhook = _lock(webhook_id)
        if not 0 <= after <= webhook.position:
            raise InvalidAction(f"Name a number from 0 to {webhook.position}, the last one it was sent.")
        webhook.deliveries.filter(change__gt=after).delete()
        spanned = webhook.position - after
        webhook.position = after
        webhook.save(update_fields=["position"])
    return spanned


def number_before(moment: dt.datetime) -> int:
    """The number of the last public change before *moment*; 0 where there was none."""
    return Change.objects.filter(at__lt=moment).order_by("-seq").values_list("seq", flat=True).first() or 0


def delete_webhook(*, actor: Actor, webhook_id: int) -> None:
    """Take it away with all that is recorded of it."""
    actor.require(Right.HOOKS)
    with transaction.atomic():
        _lock(webhook_id).delete()


def _checked(url: str, note: str, types: Collection[str], edition: str) -> dict[str, object]:
    url = url.strip()
    try:
        webhook_client().check(url)
    except Refused as refusal:
        raise InvalidAction(str(refusal)) from None
    if unknown := sorted(set(types) - set(CHANGE_TYPES)):
        raise InvalidAction(f"There is no type “{unknown[0]}”.")
    if edition and edition not in EDITIONS:
        raise InvalidAction(f"There is no edition “{edition}”.")
    chosen = [name for name in CHANGE_TYPES if name in set(types)]
    return {"url": url, "note": " ".join(note.split())[:200], "types": chosen, "edition": edition}


def _afresh(webhook: Webhook) -> None:
    now = timezone.now()
    webhook.failures, webhook.failing_since, webhook.next_try_at = 0, None, now
    webhook.deliveries.filter(state=DeliveryState.PENDING).update(
        attempts=0, first_tried_at=None, next_try_at=now
    )


def _require_enabled(webhook: Webhook) -> None:
    if not webhook.enabled:
        raise InvalidAction("It is disabled; enable it first.")


def _lock(webhook_id: int) -> Webhook:
    webhook = Webhook.objects.select_for_update().filter(pk=webhook_id).first()
    if webhook is None:
        raise InvalidAction(f"There is no webhook {webhook_id}.")
    return webhook


def _last_change() -> int:
    return Sequence.objects.values_list("last", flat=True).get()
