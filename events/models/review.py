"""Questions that wait for an editor."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from events.querysets import ReviewQuerySet
from events.vocabulary import ReviewKind, ReviewState


class ReviewItem(models.Model):
    """One question. ``key`` says what it is about, so that it is asked once.

    A conflict or held change has ``field`` and in ``data`` ``base``, ``ours``, ``upstream``; a
    likely duplicate has ``other`` and stays as "rejected" when an editor says they differ.
    """

    kind = models.CharField(max_length=20, choices=ReviewKind.choices)
    state = models.CharField(max_length=10, choices=ReviewState.choices, default=ReviewState.OPEN)
    key = models.CharField(max_length=200)
    event = models.ForeignKey("events.Event", models.CASCADE, null=True, related_name="review_items")
    other = models.ForeignKey("events.Event", models.CASCADE, null=True, related_name="+")
    context = models.ForeignKey("events.Context", models.CASCADE, null=True, related_name="review_items")
    field = models.CharField(max_length=30, blank=True)
    data: models.JSONField[Any] = models.JSONField(default=dict)
    harvest = models.ForeignKey("events.Harvest", models.SET_NULL, null=True, related_name="review_items")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="assigned_items"
    )
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_by_name = models.CharField(max_length=150, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(state=ReviewState.OPEN), name="review_asked_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=ReviewKind.values), name="review_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ReviewState.values), name="review_state_known"),
        )
        indexes = (models.Index(fields=["state", "kind", "id"], name="review_queue"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"
