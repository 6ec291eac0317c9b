"""What a context's page shows around its form: counts, course of time, neighbours, where it came from."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count, Q, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from events import contexts
from events.actions.contexts.split import splits_of
from events.actions.contexts.suggestions import event_counts
from events.formats.charts import Chart, Point, columns
from events.keys import date_of, day_of, event_of
from events.models import BannedReason, Context, Event, RelatedLink, ReviewItem, Revision, Tagging
from events.vocabulary import ReviewKind

Json = dict[str, Any]
_NEWEST: Final = 10
_NEIGHBOURS: Final = 12
_LOOKED_AT: Final = 500
_COUNTED_MOST: Final = 1_000
_REASONS_LOOKED_AT: Final = 2_000
_BY_MONTHS: Final = 3


def panel(context: Context) -> Json:
    """All of it, in a constant number of queries."""
    tagged = Tagging.objects.active().filter(context=context)
    public = Tagging.objects.in_order().filter(context=context)
    first, last = (rows.values_list("key", flat=True).first() for rows in (public.reverse(), public))
    years = contexts.years_of(context)
    return {
        "events": sum(years.values()),
        "first": first and date_of(first),
        "last": last and date_of(last),
        "hidden": tagged.filter(key__isnull=True).order_by()[:_COUNTED_MOST].count(),
        "led": Event.objects.filter(lead=context).order_by()[:_COUNTED_MOST].count(),
        "counted_most": _COUNTED_MOST,
        "banned": BannedReason.objects.filter(context=context).count(),
        "chart": _chart(context, public, years),
        "neighbours": _neighbours(context, tagged),
        "newest": _newest(public, tagged.filter(key__isnull=True)),
        "came": Revision.objects.filter(context=context).select_related("harvest__origin").first(),
        "merged": list(Context.objects.filter(merged_into=context)),
        "splits": splits_of(context),
        "narrower": list(context.narrower.standing()),
        "suggestions": _suggestions(context),
        "related": related_by(context),
        "related_most": _REASONS_LOOKED_AT,
    }


def related_by(context: Context) -> int:
    """How many events have related links because of *context*, of its newest 2,000."""
    newest = Tagging.objects.active().filter(context=context).order_by("-event")
    ids = list(newest.values_list("event", flat=True)[:_REASONS_LOOKED_AT])
    said = Cast("reason", TextField())
    links = RelatedLink.objects.order_by().annotate(said=said).filter(said__regex=rf"[\[ ]{context.pk}[,\]]")
    return links.filter(event__in=ids).values("event").distinct().count()


def _newest(public: Any, hidden: Any) -> list[Event]:
    """The newest events, those that readers do not see among them."""
    ids = [event_of(key) for key in public.values_list("key", flat=True)[:_NEWEST]]
    ids += hidden.order_by("-event").values_list("event", flat=True)[:_NEWEST]
    return list(Event.objects.filter(pk__in=ids).newest_first().only("date", "text", "state")[:_NEWEST])


def _chart(context: Context, public: Any, years: dict[int, int]) -> Chart | None:
    """Events by year, or by month where they lie within a few years; each bar leads to its events."""
    if not years:
        return None
    months = len(years) <= _BY_MONTHS
    counts = Counter({(year, 0): number for year, number in years.items()})
    if months:
        days = Counter(map(day_of, public.values_list("key", flat=True).iterator(chunk_size=5_000)))
        for day, number in days.items():
            counts[day // 10_000, day // 100 % 100] += number
    points = []
    for year in years:
        for month in range(1, 13) if months else (0,):
            label = f"{year}-{month:02d}" if month else str(year)
            number = counts[year, month]
            points.append(
                Point(
                    label,
                    number,
                    f"{label}: {number} event{'' if number == 1 else 's'}",
                    _link(context, label),
                )
            )
    return columns("Events by month" if months else "Events by year", points, height=90)


def _link(context: Context, span: str) -> str:
    """Its events of a year or a month, to look at or to split off."""
    year, _, month = span.partition("-")
    start = dt.date(int(year), int(month or 1), 1)
    end = dt.date(
        start.year + (0 if month and start.month < 12 else 1), start.month % 12 + 1 if month else 1, 1
    )
    asked = {"from": start.isoformat(), "to": (end - dt.timedelta(days=1)).isoformat()}
    return f"{reverse('admin:events_context_split', args=[context.pk])}?{urlencode(asked)}"


def _neighbours(context: Context, tagged: Any) -> list[Json]:
    """The contexts that stand most often beside this one on its newest events."""
    ids = list(tagged.order_by("-event").values_list("event", flat=True)[:_LOOKED_AT])
    rows: Any = (
        Tagging.objects.active().filter(event__in=ids).exclude(context=context).order_by()
        .values_list("context").annotate(count=Count("pk")).order_by("-count", "context")[:_NEIGHBOURS]
    )  # fmt: skip
    counts = dict(rows)
    names = dict(Context.objects.filter(pk__in=counts).values_list("pk", "name"))
    return [{"pk": pk, "name": names[pk], "count": count} for pk, count in counts.items()]


def _suggestions(context: Context) -> list[Json]:
    """What waits to be decided about this context."""
    kinds = (ReviewKind.CONTEXT_DUPLICATE, ReviewKind.CONTEXT_NAMED, ReviewKind.CONTEXT_REPLACED)
    about = Q(context=context) | Q(kind=ReviewKind.CONTEXT_DUPLICATE, data__other=context.pk)
    items = list(
        ReviewItem.objects.open().filter(about, kind__in=kinds).select_related("context", "event")[:_NEWEST]
    )
    ids = [
        (item.data.get("other") if item.context_id == context.pk else item.context_id) or 0 for item in items
    ]
    others = Context.objects.in_bulk(ids)
    counts = event_counts(others)
    return [
        {"item": item, "other": others.get(pk), "count": counts.get(pk, 0)}
        for item, pk in zip(items, ids, strict=True)
    ]
