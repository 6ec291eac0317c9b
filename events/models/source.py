"""Sources, who publishes them, and where they stand on events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from events.keys import key_of
from events.querysets import CitationQuerySet, SourceQuerySet

if TYPE_CHECKING:
    from events.models.event import Event

URL_MAX = 2000


class Publisher(models.Model):
    """Who publishes a source: a newspaper, an agency, an institution.

    A merged one keeps its row and its name, and leads to ``merged_into``.
    """

    name = models.CharField(max_length=200, unique=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_publishers"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("name",)
        constraints = (models.CheckConstraint(condition=~Q(name=""), name="publisher_named"),)

    def __str__(self) -> str:
        return self.name


class PublisherHost(models.Model):
    """A host name (lower case, without ``www.``) under which a publisher publishes."""

    publisher = models.ForeignKey(Publisher, models.CASCADE, related_name="hosts")
    host = models.CharField(max_length=253, unique=True)

    class Meta:
        ordering = ("host",)

    def __str__(self) -> str:
        return self.host


class Source(models.Model):
    """One web document, by its normalised URL (``events.text.urls``).

    ``title`` and ``description`` are the publisher's own words, shown as theirs.
    """

    url = models.CharField(max_length=URL_MAX, unique=True)
    publisher = models.ForeignKey(Publisher, models.PROTECT, related_name="sources")
    title = models.CharField(max_length=500, blank=True)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (models.CheckConstraint(condition=Q(url__startswith="http"), name="source_url_http"),)

    def __str__(self) -> str:
        return self.url


class Citation(models.Model):
    """A source's place on an event. A bare name has a publisher and no source.

    ``raw_url`` is the URL as it came; ``picture`` is linked, never embedded or copied. ``publisher`` is
    the source's, where there is one (``actions.publishing`` keeps both in step). ``key`` is the event's
    (``events.keys``) while readers find it under the publisher, and empty otherwise:
    ``actions.documents`` writes it with the document.
    """

    event = models.ForeignKey("events.Event", models.CASCADE, related_name="citations")
    position = models.PositiveSmallIntegerField()
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="citations")
    publisher = models.ForeignKey(Publisher, models.PROTECT, null=True, blank=True, related_name="citations")
    label = models.CharField(max_length=500, blank=True)
    raw_url = models.TextField(blank=True)
    picture = models.TextField(blank=True)
    key = models.BigIntegerField(null=True, editable=False)

    objects = CitationQuerySet.as_manager()

    class Meta:
        ordering = ("event", "position")
        constraints = (
            models.UniqueConstraint(fields=["event", "position"], name="citation_position_unique"),
            models.CheckConstraint(
                condition=Q(source__isnull=False) | ~Q(label="") | ~Q(picture=""),
                name="citation_says_something",
            ),
        )
        indexes = (
            models.Index(
                fields=["publisher", "key"], condition=Q(key__isnull=False), name="citation_in_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.event_id}.{self.position} {self.label}"

    def key_on(self, event: Event) -> int | None:
        """The ``key`` that it is to have while its *event* stands as it does; no query."""
        hidden = self.publisher_id is None or not event.is_public
        return None if hidden else key_of(event.date.isoformat(), event.pk)
