"""Changes to many events at once, each kept so that it can be undone as a whole."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from events.vocabulary import BulkKind, BulkState


class BulkChange(models.Model):
    """One change to many events: what was asked, how far it is, what it did.

    ``asked`` holds the kind's own parameters (a rule's id; a search with words and their
    replacement; a harvest's id). ``counts`` says what was done ("changed", "unchanged", "skipped").
    Its revisions carry it (``Revision.bulk``); undoing is a bulk change of its own, with ``undoes``.
    ``cursor`` is the last event that was dealt with: a run that was cut off goes on behind it.
    """

    kind = models.CharField(max_length=20, choices=BulkKind.choices)
    state = models.CharField(max_length=10, choices=BulkState.choices, default=BulkState.QUEUED)
    asked: models.JSONField[Any] = models.JSONField(default=dict)
    note = models.TextField(blank=True, help_text="Public.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    undoes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="undone_by")
    total = models.PositiveIntegerField(default=0, help_text="How many events it will look at.")
    cursor = models.PositiveBigIntegerField(default=0)
    counts: models.JSONField[Any] = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=BulkKind.values), name="bulk_kind_known"),
            models.CheckConstraint(condition=Q(state__in=BulkState.values), name="bulk_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
