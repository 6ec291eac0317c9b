"""Events, their addresses and their stored documents."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from events.querysets import AddressQuerySet, EventQuerySet
from events.slugs import SLUG_MAX
from events.slugs import Address as AddressValue
from events.vocabulary import EDITION_CHOICES, EDITIONS, Category, Right, State


class Event(models.Model):
    """One dated paragraph of news with a permanent id.

    ``text`` is what is published (no outer blanks). ``summary`` is a source's own description:
    a third party's text, not under our licence. ``version`` is the number of its last revision.
    """

    edition = models.CharField(max_length=3, choices=EDITION_CHOICES)
    date = models.DateField(help_text="The day the event belongs to.")
    text = models.TextField(blank=True, help_text="One paragraph of news.")
    summary = models.TextField(blank=True, help_text="The first source's own description, in its words.")
    category = models.CharField(max_length=30, choices=Category.choices, default=Category.OTHER)
    category_said = models.CharField(
        max_length=200, blank=True, help_text="The category as the origin said it."
    )
    lead = models.ForeignKey(
        "events.Context", models.PROTECT, null=True, blank=True, related_name="led_events",
        help_text="The context under whose heading the event stands on its day.",
    )  # fmt: skip
    state = models.CharField(max_length=10, choices=State.choices, default=State.PUBLISHED)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_events"
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ("-date", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(edition__in=list(EDITIONS)), name="event_edition_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="event_state_known"),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="event_category_known"),
            models.CheckConstraint(
                condition=Q(state=State.MERGED, merged_into__isnull=False)
                | (~Q(state=State.MERGED) & Q(merged_into__isnull=True)),
                name="event_merged_iff_into",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="event_not_into_itself"
            ),
            models.CheckConstraint(
                condition=~Q(text="") | Q(state=State.LEGAL),
                name="event_has_text",
                violation_error_message="An event needs a text.",
            ),
        )
        indexes = (
            models.Index(fields=["-date", "-id"], condition=Q(state=State.PUBLISHED), name="event_newest"),
            models.Index(
                fields=["edition", "-date", "-id"],
                condition=Q(state=State.PUBLISHED),
                name="event_newest_of_edition",
            ),
            models.Index(fields=["edition", "date"], name="event_day"),
            models.Index(fields=["id"], condition=~Q(state=State.PUBLISHED), name="event_hidden"),
            models.Index(fields=["updated_at", "id"], name="event_updated"),
            models.Index(fields=["edition", "updated_at", "id"], name="event_updated_of_edition"),
        )
        permissions = tuple((right.value, right.label) for right in Right)

    def __str__(self) -> str:
        return f"{self.date}: {self.text[:80]}"

    @property
    def is_public(self) -> bool:
        """Whether readers may see it."""
        return self.state == State.PUBLISHED


class Address(models.Model):
    """A path under which an event is or was published; unique for ever, never reused."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="addresses")
    edition = models.CharField(max_length=3, choices=EDITION_CHOICES)
    date = models.DateField(help_text="The day in the path; stays when the event's date is corrected.")
    slug = models.CharField(max_length=SLUG_MAX)
    current = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "addresses"
        constraints = (
            models.UniqueConstraint(fields=["edition", "date", "slug"], name="address_unique_for_ever"),
            models.UniqueConstraint(
                fields=["event"], condition=Q(current=True), name="address_one_current_per_event"
            ),
            models.CheckConstraint(condition=~Q(slug=""), name="address_has_slug"),
            models.CheckConstraint(condition=Q(edition__in=list(EDITIONS)), name="address_edition_known"),
        )

    def __str__(self) -> str:
        return self.path

    @property
    def value(self) -> AddressValue:
        """The address as the plain value that records and formats use."""
        return AddressValue(self.date, self.slug)

    @property
    def path(self) -> str:
        """The public path without suffix, the edition's prefix included."""
        return EDITIONS[self.edition].prefix + self.value.path


class Document(models.Model):
    """An event's stored JSON (architecture.md, decision 11), without its related links.

    Written by the action that writes the event. ``version`` counts the writings (a renamed
    context rewrites it without a new event revision), ``related_version`` the changes of the
    event's related links; both go into the page's ETag.
    """

    event = models.OneToOneField(Event, models.CASCADE, primary_key=True, related_name="document")
    body = models.TextField()
    version = models.PositiveIntegerField(default=1)
    related_version = models.PositiveIntegerField(default=0)
    related_due = models.BooleanField(
        default=True, help_text="Its related links are to be computed again (actions.relate)."
    )
    written_at = models.DateTimeField(default=timezone.now)
    counted_on = models.DateField(
        null=True, editable=False, help_text="The day under which the counts have it (actions.tallies)."
    )

    class Meta:
        indexes = (
            models.Index(fields=["event"], condition=Q(related_due=True), name="document_related_due"),
        )

    def __str__(self) -> str:
        return f"document {self.event_id}"
