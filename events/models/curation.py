"""What editors decide about related links."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from events.vocabulary import Decision


class Curation(models.Model):
    """An editor's decision about one related link; wins over every computation.

    ``NOTE`` leaves the link where the computation puts it and only gives it the editor's note.
    """

    event = models.ForeignKey("events.Event", models.CASCADE, related_name="curations")
    target = models.ForeignKey("events.Event", models.CASCADE, related_name="curated_by")
    decision = models.CharField(max_length=4, choices=Decision.choices)
    position = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Order among the pins.")
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("event", "position", "id")
        constraints = (
            models.UniqueConstraint(fields=["event", "target"], name="curation_once"),
            models.CheckConstraint(condition=~Q(event=F("target")), name="curation_not_itself"),
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="curation_decision_known"),
        )

    def __str__(self) -> str:
        return f"{self.decision} {self.event_id} → {self.target_id}"


class BannedReason(models.Model):
    """A context that is no reason for this event's related links, by an editor's decision.

    ``Context.generic`` is the same for all events.
    """

    event = models.ForeignKey("events.Event", models.CASCADE, related_name="banned_reasons")
    context = models.ForeignKey("events.Context", models.CASCADE, related_name="banned_as_reason")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("event", "id")
        constraints = (models.UniqueConstraint(fields=["event", "context"], name="banned_reason_once"),)

    def __str__(self) -> str:
        return f"{self.event_id}: not {self.context_id}"
