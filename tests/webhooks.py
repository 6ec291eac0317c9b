"""Webhooks and public changes for tests, on the real verbs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from standardwebhooks import Webhook as Verifier

from events.actions.correct import correct_event
from events.actions.recording import Actor
from events.actions.webhooks.keep import create_webhook
from events.actions.webhooks.send import Served, serve
from events.fetching.client import Client
from events.models import Change, Event, Webhook, WebhookDelivery
from events.vocabulary import Grade, Role
from tests.people import make_person
from tests.receivers import LOOPBACK, Received

LONG_AGO = dt.timedelta(days=1)


def loopback_client(**options: Any) -> Client:
    """The way out, as far as this machine."""
    return Client(agent="newsarchive", **{"private": LOOPBACK, "total_seconds": 5.0, **options})


def make_webhook(url: str, **asked: Any) -> tuple[Webhook, Verifier]:
    """A webhook, and what its receiver checks signatures with: an implementation that is not ours."""
    webhook, secret = create_webhook(actor=administrator(), url=url, **asked)
    return webhook, Verifier(secret)


def administrator() -> Actor:
    """Somebody who may keep webhooks."""
    return make_person(Role.ADMINISTRATOR, name=f"admin-{timezone.now().timestamp()}")


def correct(event: Event, text: str, *, actor: Actor | None = None) -> Change:
    """Correct the event; the public change."""
    event.refresh_from_db()
    correct_event(
        actor=actor or make_person(Role.EDITOR, name=f"editor-{timezone.now().timestamp()}"),
        event_id=event.pk, version=event.version, values={"text": text}, grade=Grade.TYPO, note="",
    )  # fmt: skip
    return Change.objects.latest("seq")


def served(webhook: Webhook, **options: Any) -> Served:
    """One turn."""
    return serve(webhook.pk, client=loopback_client(), **options)


def time_passes(webhook: Webhook) -> None:
    """Every pause is over."""
    past = timezone.now() - dt.timedelta(seconds=1)
    Webhook.objects.filter(pk=webhook.pk).update(next_try_at=past, leased_until=past)
    webhook.deliveries.filter(state="pending").update(next_try_at=past)
    webhook.refresh_from_db()


def checked(verifier: Verifier, request: Received) -> Any:
    """The message in a request, its signature checked."""
    return verifier.verify(request.body, request.headers)


def states(webhook: Webhook) -> list[str]:
    """The states of its deliveries, oldest first."""
    return [str(row.state) for row in WebhookDelivery.objects.filter(webhook=webhook).order_by("pk")]
