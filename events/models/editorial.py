"""Opinion pieces, written here or read from an archive's opinion pages."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from events.querysets import EditorialQuerySet
from events.slugs import SLUG_MAX
from events.vocabulary import EDITION_CHOICES, State


class Editorial(models.Model):
    """One opinion piece; public once published and its time has come."""

    edition = models.CharField(max_length=3, choices=EDITION_CHOICES)
    date = models.DateField()
    slug = models.CharField(max_length=SLUG_MAX)
    title = models.CharField(max_length=300)
    author = models.CharField(max_length=200, blank=True)
    body = models.TextField(help_text="Markdown.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    publish_at = models.DateTimeField(default=timezone.now)
    origin = models.ForeignKey(
        "events.Origin", models.PROTECT, null=True, blank=True, related_name="editorials"
    )
    upstream: models.JSONField[Any] = models.JSONField(
        default=dict, help_text="Title, author and body as they came in the latest harvest."
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = EditorialQuerySet.as_manager()

    class Meta:
        ordering = ("-date", "-id")
        constraints = (
            models.UniqueConstraint(fields=["edition", "date", "slug"], name="editorial_address_unique"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(slug=""), name="editorial_titled"),
            models.CheckConstraint(
                condition=Q(state__in=[State.DRAFT, State.PUBLISHED, State.WITHDRAWN]),
                name="editorial_state_known",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_public(self) -> bool:
        """Whether readers can have it now."""
        return self.state == State.PUBLISHED and self.publish_at <= timezone.now()
