"""How many events there are, kept beside them: no page counts an archive (``actions.tallies``)."""

from __future__ import annotations

from django.db import models

from events.vocabulary import EDITION_CHOICES


class ContextTally(models.Model):
    """How many published events of a year have a context. A row may come down to none."""

    context = models.ForeignKey("events.Context", models.CASCADE, related_name="tallies", db_index=False)
    year = models.PositiveSmallIntegerField()
    events = models.IntegerField()

    class Meta:
        verbose_name_plural = "context tallies"
        constraints = (models.UniqueConstraint(fields=["context", "year"], name="context_tally_once"),)

    def __str__(self) -> str:
        return f"context {self.context_id}, {self.year}: {self.events}"


class MonthTally(models.Model):
    """How many published events an edition has in a month, and when one of them last changed.

    ``month`` is its first day. A row may come down to none.
    """

    edition = models.CharField(max_length=3, choices=EDITION_CHOICES)
    month = models.DateField()
    events = models.IntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "month tallies"
        constraints = (models.UniqueConstraint(fields=["edition", "month"], name="month_tally_once"),)

    def __str__(self) -> str:
        return f"{self.edition} {self.month:%Y-%m}: {self.events}"


class PublisherTally(models.Model):
    """How many published events of an edition cite a publisher, by its name as documents have it."""

    name = models.CharField(max_length=200)
    edition = models.CharField(max_length=3, choices=EDITION_CHOICES)
    events = models.IntegerField()

    class Meta:
        verbose_name_plural = "publisher tallies"
        constraints = (models.UniqueConstraint(fields=["name", "edition"], name="publisher_tally_once"),)

    def __str__(self) -> str:
        return f"{self.name}, {self.edition}: {self.events}"
