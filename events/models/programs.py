"""What the archive keeps of the programs that write to it: their tokens, and what they were answered."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from knox.models import AbstractAuthToken

TOKEN_NAME_MAX = 100


class ApiToken(AbstractAuthToken):  # type: ignore[misc]  # knox has no types
    """What a program shows to act as a person, or as a robot's account.

    Kept is a hash only (``digest``) and the token's first signs (``token_key``), by which it is found and
    by which people tell theirs apart. ``origin``: the one origin whose records it may deliver; "" for any.
    """

    name = models.CharField(max_length=TOKEN_NAME_MAX, help_text="What it is for.")
    origin = models.CharField(max_length=60, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "API token"
        ordering = ("-created",)
        constraints = (models.CheckConstraint(condition=Q(expiry__isnull=False), name="token_expires"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.token_key[:9]}…)"

    @property
    def has_expired(self) -> bool:
        """Whether its time is over."""
        return self.expiry is None or self.expiry <= timezone.now()


class StoredAnswer(models.Model):
    """A request that named itself by an ``Idempotency-Key``, and what it was answered.

    ``fingerprint`` is a hash of what was asked. Without ``status`` the request is at work, under the
    ``claim`` of whoever carries it out. The answer is written in the transaction of the write itself.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    claim = models.UUIDField()
    claimed_at = models.DateTimeField(default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    headers: models.JSONField[Any] = models.JSONField(default=dict)
    body = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "key"], name="stored_answer_once"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.key}"
