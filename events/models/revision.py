"""The append-only record of every change, and the one public sequence."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from events.querysets import AppendOnlyQuerySet, ChangeQuerySet
from events.vocabulary import LEAVING, ChangeKind, Grade, Subject


class AppendOnly(models.Model):
    """A row that is written once.

    Only the removal of an event by law (``actions.removal``) touches it again, through the two
    methods of its queryset that are made for that: ``erase`` and ``erase_rows``.
    """

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row; raises ``TypeError`` for a row that is stored already."""
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is append-only: write a new one instead.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Always raises ``TypeError``."""
        raise TypeError(f"{type(self).__name__} is append-only and cannot be deleted.")


class Revision(AppendOnly):
    """One change to one event or context.

    ``fields`` maps a field's name to ``{"base": …, "old": …, "new": …}``; ``base`` is the
    upstream value the change was made against and is missing where there was none;
    ``upstream`` stands beside them where a merge by words joined both sides.
    ``actor_name`` is what the public is shown: a person's user name or the robot's origin.
    """

    event = models.ForeignKey("events.Event", models.PROTECT, null=True, related_name="revisions")
    context = models.ForeignKey("events.Context", models.PROTECT, null=True, related_name="revisions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=150)
    harvest = models.ForeignKey("events.Harvest", models.PROTECT, null=True, related_name="revisions")
    bulk = models.ForeignKey(
        "events.BulkChange", models.PROTECT, null=True, related_name="revisions", db_index=False
    )
    grade = models.CharField(max_length=15, choices=Grade.choices, blank=True)
    note = models.TextField(blank=True, help_text="Public.")
    fields: models.JSONField[Any] = models.JSONField(default=dict)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(event__isnull=False, context__isnull=True)
                | Q(event__isnull=True, context__isnull=False),
                name="revision_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["event", "number"],
                condition=Q(event__isnull=False),
                name="revision_of_event_numbered",
            ),
            models.UniqueConstraint(
                fields=["context", "number"],
                condition=Q(context__isnull=False),
                name="revision_of_context_numbered",
            ),
            models.CheckConstraint(condition=Q(kind__in=ChangeKind.values), name="revision_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind=ChangeKind.CORRECTED) | ~Q(grade=""), name="revision_correction_graded"
            ),
        )
        indexes = (
            models.Index(fields=["-at", "-id"], condition=~Q(grade=""), name="revision_graded_at"),
            models.Index(fields=["-id"], condition=~Q(grade=""), name="revision_graded"),
            models.Index(fields=["bulk", "event"], condition=Q(bulk__isnull=False), name="revision_bulk"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def by_robot(self) -> bool:
        """Whether a harvest made this change."""
        return self.harvest_id is not None


class Sequence(models.Model):
    """The one row whose ``last`` numbers all public changes."""

    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="sequence_is_one_row"),)

    def __str__(self) -> str:
        return str(self.last)


class Change(AppendOnly):
    """One entry of the public sequence: what changed, in commit order and without gaps.

    ``seq`` is taken by the last statements of a transaction (``actions.recording``).
    ``other_id`` names the event or context that a merge led to.
    """

    seq = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    subject = models.CharField(max_length=10, choices=Subject.choices)
    subject_id = models.PositiveBigIntegerField()
    other_id = models.PositiveBigIntegerField(null=True)
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ("seq",)
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=ChangeKind.values), name="change_kind_known"),
            models.CheckConstraint(condition=Q(subject__in=Subject.values), name="change_subject_known"),
        )
        indexes = (
            models.Index(fields=["subject", "subject_id", "seq"], name="change_of_subject"),
            *(
                models.Index(fields=["-seq"], condition=Q(kind=kind), name=f"change_{kind}")
                for kind in LEAVING
            ),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.subject} {self.subject_id} {self.kind}"
