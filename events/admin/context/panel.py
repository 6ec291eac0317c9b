"""What a context's page shows around its form: counts, course of time, neighbours, where it came from."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count, F, Max, Min, Q, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from events.actions.contexts.split import splits_of
from events.actions.contexts.suggestions import event_counts
from events.formats.charts import Chart, Point, columns
from events.models import BannedReason, Context, Event, RelatedLink, ReviewItem, Revision, Tagging
from events.vocabulary import ReviewKind

Json = dict[str, Any]
_NEWEST: Final = 10
_NEIGHBOURS: Final = 12
_LOOKED_AT: Final = 500
_REASONS_LOOKED_AT: Final = 2_000
_BY_MONTHS: Final = 3


def panel(context: Context) -> Json:
    """All of it, in a constant number of queries."""
    tagged = Tagging.objects.active().filter(context=context)
    facts = tagged.aggregate(events=Count("pk"), first=Min("event__date"), last=Max("event__date"))
    newest = Event.objects.filter(taggings__in=tagged).newest_first()
    return {
        **facts,
        "led": Event.objects.filter(lead=context).count(),
        "banned": BannedReason.objects.filter(context=context).count(),
        "chart": _chart(context, tagged),
        "neighbours": _neighbours(context, tagged),
        "newest": list(newest.only("date", "text", "state")[:_NEWEST]),
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


def _chart(context: Context, tagged: Any) -> Chart | None:
    """Events by year, or by month where they lie within a few years; each bar leads to its events."""
    days: Counter[dt.date] = Counter(dict(tagged.order_by().values_list("event__date").annotate(Count("pk"))))
    if not days:
        return None
    first, last = min(days), max(days)
    months = last.year - first.year < _BY_MONTHS
    counts: Counter[tuple[int, int]] = Counter()
    for day, number in days.items():
        counts[day.year, day.month if months else 0] += number
    points = []
    for year in range(first.year, last.year + 1):
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
        .values(pk=F("context"), name=F("context__name")).annotate(count=Count("pk"))
        .order_by("-count", "name")[:_NEIGHBOURS]
    )  # fmt: skip
    return list(rows)


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
