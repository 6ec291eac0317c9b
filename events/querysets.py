"""Conditions on many rows (layer 1).

``EventQuerySet.published`` is the one door to what is public: every page, feed, list, search
hit and related link starts there.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NoReturn, Self

from django.db import models
from django.db.models import F, OuterRef, Prefetch, Subquery
from django.db.models.expressions import Combinable
from django.utils import timezone

from events.vocabulary import ReviewState, State

if TYPE_CHECKING:
    from events.models import (
        Address,
        Change,
        Citation,
        Context,
        Editorial,
        Event,
        ReviewItem,
        Source,
        Tagging,
    )
else:
    Address = Change = Citation = Context = Editorial = Event = ReviewItem = Source = Tagging = Any


class EventQuerySet(models.QuerySet["Event"]):
    """Reads of events."""

    def published(self) -> Self:
        """Only what readers may see."""
        return self.filter(state=State.PUBLISHED)

    def hidden(self) -> Self:
        """What readers may not see: drafts, held, merged and withdrawn events."""
        return self.exclude(state=State.PUBLISHED)

    def of_edition(self, edition: str) -> Self:
        """Events of one edition (a code of ``vocabulary.EDITIONS``)."""
        return self.filter(edition=edition)

    def on_day(self, date: dt.date) -> Self:
        """The events of a day, in the order in which they came."""
        return self.filter(date=date).order_by("id")

    def newest_first(self) -> Self:
        """The order of every list: by date, then by arrival, newest first."""
        return self.order_by("-date", "-id")

    def of_context(
        self,
        context: Context | int | OuterRef,
        *,
        low: int | Combinable | None = None,
        high: int | Combinable | None = None,
    ) -> Self:
        """A context's events with their ``key`` (``events.keys``), from *low* to below *high*, newest first.

        Read in the order of an index, whatever the size of the context.
        """
        span: dict[str, Any] = {"taggings__key__isnull": False}
        if low is not None:
            span["taggings__key__gte"] = low
        if high is not None:
            span["taggings__key__lt"] = high
        tagged = self.filter(taggings__context=context, taggings__removed=False, **span)
        return tagged.annotate(key=F("taggings__key")).order_by("-key")

    def with_address(self) -> Self:
        """Each event with ``address_date`` and ``address_slug`` of its current address."""
        address_model = self.model._meta.get_field("addresses").related_model
        current = address_model._default_manager.filter(event=OuterRef("pk"), current=True)
        return self.annotate(
            address_date=Subquery(current.values("date")[:1]),
            address_slug=Subquery(current.values("slug")[:1]),
        )

    def for_detail(self) -> Self:
        """Everything that an event's document is made of, in a fixed number of queries.

        Joins rather than further prefetches: SQLite refuses a look-up of more than a thousand rows.
        """
        rows = {
            field.name: field.related_model._default_manager for field in self.model._meta.related_objects
        }
        return self.select_related("lead").prefetch_related(
            "addresses",
            "merged_events__addresses",
            Prefetch("taggings", rows["taggings"].select_related("context")),
            Prefetch("citations", rows["citations"].select_related("source__publisher", "publisher")),
            Prefetch("provenances", rows["provenances"].select_related("origin").defer("upstream", "base")),
        )


class AddressQuerySet(models.QuerySet["Address"]):
    """Reads of addresses."""

    def current(self) -> Self:
        """Each event's present address."""
        return self.filter(current=True)


class ContextQuerySet(models.QuerySet["Context"]):
    """Reads of contexts."""

    def standing(self) -> Self:
        """Contexts that were not merged into another."""
        return self.filter(merged_into__isnull=True)

    def of_edition(self, edition: str) -> Self:
        """Contexts of one edition."""
        return self.filter(edition=edition)


class TaggingQuerySet(models.QuerySet["Tagging"]):
    """Reads of contexts on events."""

    def active(self) -> Self:
        """All but those an editor removed."""
        return self.filter(removed=False)

    def in_order(self) -> Self:
        """Those under which readers find the event, newest first."""
        return self.active().filter(key__isnull=False).order_by("-key")


class CitationQuerySet(models.QuerySet["Citation"]):
    """Reads of citations."""

    def in_order(self) -> Self:
        """Those under whose publisher readers find the event, newest first; an event may come twice."""
        return self.filter(key__isnull=False).order_by("-key")


class SourceQuerySet(models.QuerySet["Source"]):
    """Reads of sources."""

    def cited(self) -> Self:
        """Sources that at least one published event cites."""
        return self.filter(citations__event__state=State.PUBLISHED).distinct()


class ReviewQuerySet(models.QuerySet["ReviewItem"]):
    """Reads of the review queue."""

    def open(self) -> Self:
        """Items that still wait for an editor."""
        return self.filter(state=ReviewState.OPEN)


class EditorialQuerySet(models.QuerySet["Editorial"]):
    """Reads of editorials."""

    def published(self) -> Self:
        """Published pieces whose time has come."""
        return self.filter(state=State.PUBLISHED, publish_at__lte=timezone.now())


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows that are written once (``models.revision.AppendOnly``)."""

    def update(self, **_values: Any) -> NoReturn:
        """Always raises ``TypeError``."""
        raise TypeError(f"{self.model.__name__} is append-only.")

    def delete(self) -> NoReturn:
        """Always raises ``TypeError``."""
        raise TypeError(f"{self.model.__name__} is append-only.")

    def erase(self, **values: Any) -> int:
        """Overwrite columns past the rule; for ``actions.removal`` and its like, and nobody else."""
        return super().update(**values)

    def erase_rows(self) -> int:
        """Delete rows past the rule; for ``actions.removal`` and its like, and nobody else."""
        return super().delete()[0]

    def corrections(self) -> Self:
        """Revisions that carry a public grade, newest first."""
        return self.exclude(grade="").order_by("-id")


class ChangeQuerySet(AppendOnlyQuerySet):
    """Reads of the public sequence."""

    def after(self, seq: int) -> Self:
        """Entries with a number above *seq*, in order."""
        return self.filter(seq__gt=seq).order_by(F("seq"))
