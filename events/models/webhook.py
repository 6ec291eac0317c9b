"""Webhooks: who is told of public changes, and what became of each message."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from events.vocabulary import EDITION_CHOICES, DeliveryState


class Webhook(models.Model):
    """A receiver: an address that is told of public changes, in the order of the public sequence.

    ``position``: every change up to this number that it asked for has its delivery. ``types`` (as
    ``vocabulary.CHANGE_TYPES``) and ``edition`` narrow what it is told of; empty: everything.
    Its secret is not stored: it is made of the site's ``SECRET_KEY`` and ``salt``, and
    ``fingerprint`` says whether that is still the one the receiver has. ``former_salt`` is that of the
    secret before, which signs too until ``former_until``.

    ``failures`` counts attempts that failed one after the other, since ``failing_since``; nothing is
    sent before ``next_try_at``. ``lease`` belongs to the one worker that serves it until
    ``leased_until``.
    """

    url = models.CharField(max_length=500)
    note = models.CharField(max_length=200, blank=True)
    types: models.JSONField[Any] = models.JSONField(default=list, blank=True)
    edition = models.CharField(max_length=3, choices=EDITION_CHOICES, blank=True)
    enabled = models.BooleanField(default=True)
    stopped_why = models.TextField(blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(
        null=True, blank=True, help_text="When its owner was told that it stopped."
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=150)
    key = models.CharField(max_length=16, unique=True, help_text="Begins the ids of its messages.")
    salt = models.CharField(max_length=32)
    former_salt = models.CharField(max_length=32, blank=True)
    former_until = models.DateTimeField(null=True, blank=True)
    fingerprint = models.CharField(max_length=8)
    position = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True, help_text="The last success.")
    last_seconds = models.FloatField(default=0)
    lease = models.CharField(max_length=32, blank=True)
    leased_until = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=~Q(url=""), name="webhook_has_url"),
            models.CheckConstraint(
                condition=Q(failures=0, failing_since__isnull=True)
                | Q(failures__gt=0, failing_since__isnull=False),
                name="webhook_failing_since_first_failure",
            ),
        )

    def __str__(self) -> str:
        """Never the address: it may hold a password."""
        return f"Webhook {self.pk}"


class WebhookDelivery(models.Model):
    """One message to one webhook: a public change, or a test where there is none.

    ``tries`` holds the latest attempts, oldest first: ``at``, ``status`` (0: no answer), ``seconds``,
    ``said`` (why there was none). ``answer`` is the beginning of what the receiver said last.
    """

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    change = models.ForeignKey("events.Change", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    tries: models.JSONField[Any] = models.JSONField(default=list)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "webhook deliveries"
        constraints = (
            models.UniqueConstraint(fields=["webhook", "change"], name="delivery_once_a_change"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.PENDING, done_at__isnull=True)
                | (~Q(state=DeliveryState.PENDING) & Q(done_at__isnull=False)),
                name="delivery_done_when_not_pending",
            ),
        )
        indexes = (
            models.Index(
                fields=["webhook", "next_try_at"],
                condition=Q(state=DeliveryState.PENDING),
                name="delivery_waiting",
            ),
            models.Index(
                fields=["done_at"], condition=~Q(state=DeliveryState.PENDING), name="delivery_done"
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"Delivery {self.pk}"
