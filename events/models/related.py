"""What related links are computed from: derived data, made anew by ``rebuild related``."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from events.vocabulary import EDITION_CHOICES


class RelatedLink(models.Model):
    """A computed link: derived data, never revisioned (architecture.md, decision 12).

    ``reason`` says why (made in ``related.picking``, shown by ``related.reasons``): ``contexts``, the ids
    of those that both have; ``counts``, how many events had each when features were counted; ``points``,
    what each adds to the score; ``words``, the most telling shared ones as [word, events, points];
    ``story``, the context under which both stand; ``near``, what their distance in time leaves of the
    points; ``loose``, that they have too little in common for readers.
    """

    event = models.ForeignKey("events.Event", models.CASCADE, related_name="related_links")
    target = models.ForeignKey("events.Event", models.CASCADE, related_name="linked_from")
    rank = models.PositiveSmallIntegerField()
    score = models.FloatField()
    reason: models.JSONField[Any] = models.JSONField(default=dict)

    class Meta:
        ordering = ("event", "rank")
        constraints = (
            models.UniqueConstraint(fields=["event", "target"], name="related_once"),
            models.CheckConstraint(condition=~Q(event=F("target")), name="related_not_itself"),
        )

    def __str__(self) -> str:
        return f"{self.event_id} → {self.target_id}"


class FeatureCounts(models.Model):
    """How rare each feature is in an edition, as it was counted at one time.

    Counts stay as they are until they are counted anew, so that a new event changes no other event's
    scores. ``terms`` and ``counts``: the features in two events or more, eight and four bytes
    each. ``present`` is how many events have features now. ``changes`` is counted up whenever what
    links are computed from changes. ``stale``: so much has changed that all links of the edition are to
    be computed; ``recount``: after counting anew.
    """

    edition = models.CharField(max_length=3, choices=EDITION_CHOICES, primary_key=True)
    version = models.PositiveIntegerField(default=0)
    events = models.PositiveIntegerField(default=0, help_text="How many events were counted.")
    days = models.PositiveIntegerField(default=0, help_text="From the first of them to the last.")
    words_mean = models.FloatField(default=0)
    names_mean = models.FloatField(default=0)
    terms = models.BinaryField(default=bytes)
    counts = models.BinaryField(default=bytes)
    present = models.PositiveIntegerField(default=0)
    changes = models.PositiveBigIntegerField(default=0)
    stale = models.BooleanField(default=False)
    recount = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "feature counts"

    def __str__(self) -> str:
        return f"{self.edition}, version {self.version}"


class EventFeatures(models.Model):
    """What of a published event is compared with others (``related.features``), and how its list stands.

    ``day`` counts from the year 1. ``last`` is the score that another event needs to enter the
    list: that of the tenth link, 0 while there is room. ``version`` is that of the counts by which its
    rare features are posted, 0 for none. ``pending``: the links are to be computed.
    """

    event = models.OneToOneField("events.Event", models.CASCADE, primary_key=True, related_name="features")
    edition = models.CharField(max_length=3, choices=EDITION_CHOICES)
    day = models.PositiveIntegerField()
    category = models.CharField(max_length=30)
    terms = models.BinaryField()
    counts = models.BinaryField()
    written = models.TextField(blank=True, help_text="How each stands in the text; tabs between.")
    last = models.FloatField(default=0)
    version = models.PositiveIntegerField(default=0)
    pending = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "event features"
        indexes = (
            models.Index(fields=["edition", "day"], name="features_of_day"),
            models.Index(
                fields=["edition", "day", "event"], condition=Q(pending=True), name="features_pending"
            ),
        )

    def __str__(self) -> str:
        return f"features {self.event_id}"


class FeaturePosting(models.Model):
    """A rare feature of an event: what events far apart in time find each other by.

    Bare numbers for size: a row whose event is not in ``EventFeatures`` counts for nothing.
    """

    pk = models.CompositePrimaryKey("term", "event_id")
    term = models.BigIntegerField()
    event_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.term}: {self.event_id}"
