"""Contexts (tags), their aliases and hierarchy, and how they came to events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from events.keys import key_of
from events.querysets import ContextQuerySet, TaggingQuerySet
from events.slugs import SLUG_MAX
from events.vocabulary import EDITION_CHOICES, EDITIONS, Tagged

if TYPE_CHECKING:
    from events.models.event import Event

NAME_MAX = 200
START_MAX = 100
"""Bytes of a name by which it is found."""


class Context(models.Model):
    """A person, place, organisation, treaty or ongoing story that events share.

    A merged context keeps its row and redirects (``merged_into``); its name goes on leading
    to the one it was merged into. ``generic`` contexts relate nothing.
    """

    edition = models.CharField(max_length=3, choices=EDITION_CHOICES)
    name = models.CharField(max_length=NAME_MAX)
    slug = models.CharField(max_length=SLUG_MAX)
    profile = models.TextField(blank=True, help_text="Markdown.")
    wikidata = models.CharField(max_length=20, blank=True, help_text="For example Q7184.")
    wikipedia = models.URLField(max_length=500, blank=True)
    generic = models.BooleanField("too generic", default=False, help_text="Never a reason to relate events.")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_contexts"
    )
    broader = models.ManyToManyField(
        "self", symmetrical=False, through="events.Broader", through_fields=("narrower", "broader"),
        related_name="narrower",
    )  # fmt: skip
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ContextQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=["edition", "name"], name="context_name_unique"),
            models.UniqueConstraint(fields=["edition", "slug"], name="context_slug_unique"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(slug=""), name="context_named"),
            models.CheckConstraint(condition=Q(edition__in=list(EDITIONS)), name="context_edition_known"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="context_not_into_itself",
            ),
        )
        indexes = (models.Index(fields=["name", "-id"], name="context_by_name"),)

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Its public path, the edition's prefix included."""
        return f"{EDITIONS[self.edition].prefix}/contexts/{self.slug}/"


class Alias(models.Model):
    """Another name under which a context is found; unique within its edition."""

    context = models.ForeignKey(Context, models.CASCADE, related_name="aliases")
    edition = models.CharField(max_length=3, choices=EDITION_CHOICES)
    name = models.CharField(max_length=NAME_MAX)

    class Meta:
        verbose_name_plural = "aliases"
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=["edition", "name"], name="alias_name_unique"),
            models.CheckConstraint(condition=~Q(name=""), name="alias_named"),
        )

    def __str__(self) -> str:
        return self.name


class NameStart(models.Model):
    """What a reader may type to find a context: one of its names from one of its words on.

    ``start`` is folded (``events.text.beginnings``), in UTF-8: bytes have one order in all databases,
    so those that begin alike stand together in the index. ``size``: how many letters the context's own
    name has. Derived, and written by ``actions.contexts.starts`` with the context.
    """

    context = models.ForeignKey(Context, models.CASCADE, related_name="starts")
    edition = models.CharField(max_length=3, choices=EDITION_CHOICES)
    start = models.BinaryField(max_length=START_MAX)
    size = models.PositiveSmallIntegerField()

    class Meta:
        indexes = (models.Index(fields=["edition", "start", "size", "context"], name="name_start_in_order"),)

    def __str__(self) -> str:
        return f"{self.context_id}: {bytes(self.start).decode(errors='ignore')}"


class Broader(models.Model):
    """One step of the hierarchy: ``narrower`` is part of ``broader``."""

    narrower = models.ForeignKey(Context, models.CASCADE, related_name="broader_steps")
    broader = models.ForeignKey(Context, models.CASCADE, related_name="narrower_steps")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["narrower", "broader"], name="broader_once"),
            models.CheckConstraint(condition=~Q(narrower=F("broader")), name="broader_not_itself"),
        )

    def __str__(self) -> str:
        return f"{self.narrower_id} in {self.broader_id}"


class Tagging(models.Model):
    """A context on an event, and how it came there.

    An editor's removal stays as a row with ``removed`` set, so that no harvest brings the
    context back. ``key`` is the event's (``events.keys``) while readers find it under the context,
    and empty otherwise: ``actions.documents`` writes it with the document.
    """

    event = models.ForeignKey("events.Event", models.CASCADE, related_name="taggings")
    context = models.ForeignKey(Context, models.PROTECT, related_name="taggings")
    how = models.CharField(max_length=10, choices=Tagged.choices)
    removed = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    key = models.BigIntegerField(null=True, editable=False)

    objects = TaggingQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["event", "context"], name="tagging_once"),
            models.CheckConstraint(condition=Q(how__in=Tagged.values), name="tagging_how_known"),
            models.CheckConstraint(
                condition=Q(removed=False) | Q(how=Tagged.PERSON), name="tagging_removed_by_person"
            ),
        )
        indexes = (
            models.Index(fields=["context", "-event"], name="tagging_by_context"),
            models.Index(
                fields=["context", "key"],
                condition=Q(removed=False, key__isnull=False),
                name="tagging_in_order",
            ),
            models.Index(
                fields=["context", "-event"],
                condition=Q(removed=False, key__isnull=True),
                name="tagging_hidden",
            ),
            models.Index(fields=["context", "-event"], condition=Q(removed=True), name="tagging_removed"),
        )

    def __str__(self) -> str:
        return f"{self.event_id}: {self.context_id}"

    def key_on(self, event: Event) -> int | None:
        """The ``key`` that it is to have while its *event* stands as it does; no query."""
        hidden = self.removed or not event.is_public
        return None if hidden else key_of(event.date.isoformat(), event.pk)
