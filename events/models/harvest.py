"""Origins, harvests, and where each event came from."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from events.slugs import SLUG_MAX
from events.vocabulary import EDITION_CHOICES, HarvestState


class Origin(models.Model):
    """An open source of events, with the licence its texts are under and how to name it."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    url = models.URLField(max_length=500, blank=True)
    licence = models.CharField(max_length=100, blank=True, help_text="For example CC BY-SA 4.0.")
    licence_url = models.URLField(max_length=500, blank=True)
    attribution = models.CharField(
        max_length=500, blank=True, help_text="The line that its licence asks for, shown on its events."
    )

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Harvest(models.Model):
    """One run of one reader over one origin.

    ``moment`` is when the input was true; ``first_date``/``last_date`` span the events seen, and
    tell later harvests what an older input may no longer overwrite. ``cursor`` counts the items
    committed, ``fingerprint`` names the input they were counted in.
    """

    origin = models.ForeignKey(Origin, models.PROTECT, related_name="harvests")
    reader = models.CharField(max_length=20)
    edition = models.CharField(max_length=3, choices=EDITION_CHOICES)
    source_name = models.CharField("input", max_length=500)
    fingerprint = models.CharField(max_length=64, blank=True)
    moment = models.DateTimeField()
    state = models.CharField(max_length=10, choices=HarvestState.choices, default=HarvestState.RUNNING)
    cursor = models.PositiveBigIntegerField(default=0)
    first_date = models.DateField(null=True, blank=True)
    last_date = models.DateField(null=True, blank=True)
    counts: models.JSONField[Any] = models.JSONField(default=dict)
    errors: models.JSONField[Any] = models.JSONField(
        default=list, help_text="The first bad records: file, line, reason."
    )
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=Q(state__in=HarvestState.values), name="harvest_state_known"),
            models.CheckConstraint(
                condition=Q(state=HarvestState.RUNNING, finished_at__isnull=True)
                | (~Q(state=HarvestState.RUNNING) & Q(finished_at__isnull=False)),
                name="harvest_finished_has_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.reader} {self.source_name} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def counts_in_words(self) -> str:
        """What it did: "created 3, updated 1"; what it did not do is left out."""
        return ", ".join(f"{name} {count}" for name, count in self.counts.items() if count)


class HarvestFile(models.Model):
    """What an origin's file was when last read with a difference; ``harvest`` is that harvest."""

    origin = models.ForeignKey(Origin, models.CASCADE, related_name="files")
    edition = models.CharField(max_length=3, choices=EDITION_CHOICES)
    name = models.CharField(max_length=1000)
    digest = models.CharField(max_length=64, help_text="SHA-256 of its bytes.")
    harvest = models.ForeignKey(Harvest, models.CASCADE, related_name="files")
    bad = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["origin", "edition", "name"], name="harvest_file_unique"),
        )

    def __str__(self) -> str:
        return self.name


class Provenance(models.Model):
    """One record of one origin, and the event it is: the origin's own id and address, kept for export.

    ``upstream`` holds the record's values exactly as they came in the latest harvest; ``base``
    those an editor's view is still based on where they differ (an open conflict or a held
    change), field by field. Of an origin's records of one event only the ``leading`` one speaks
    for the event's fields; the others are left-overs and former wordings.
    ``evidence`` is ``harvest.records.Evidence``.
    """

    event = models.ForeignKey("events.Event", models.PROTECT, related_name="provenances")
    origin = models.ForeignKey(Origin, models.PROTECT, related_name="provenances")
    edition = models.CharField(max_length=3, choices=EDITION_CHOICES)
    key = models.CharField(max_length=300, help_text="Identifies the record within its origin and edition.")
    external_id = models.CharField("origin's own id", max_length=200, blank=True)
    date = models.DateField(null=True, help_text="The day in the origin's address.")
    slug = models.CharField(max_length=SLUG_MAX, blank=True)
    evidence = models.PositiveSmallIntegerField()
    leading = models.BooleanField(default=True)
    digest = models.CharField(max_length=32)
    moment = models.DateTimeField()
    harvest = models.ForeignKey(Harvest, models.PROTECT, related_name="provenances")
    upstream: models.JSONField[Any] = models.JSONField(default=dict)
    base: models.JSONField[Any] = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "provenance"
        constraints = (
            models.UniqueConstraint(fields=["origin", "edition", "key"], name="provenance_key_unique"),
            models.UniqueConstraint(
                fields=["event", "origin"], condition=Q(leading=True), name="provenance_one_leading"
            ),
        )

    def __str__(self) -> str:
        return self.key
