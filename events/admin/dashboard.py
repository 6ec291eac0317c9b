"""What the desk opens with: what waits, what robots did lately, what people corrected."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db.models import Count, Min, Q
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone

from events.formats.charts import Chart, Point, columns
from events.models import Context, Harvest, ReviewItem, Revision
from events.vocabulary import ChangeKind, ReviewKind

_DAYS: Final = 30
_HARVESTS: Final = 8
_CONTEXTS: Final = 12
_CORRECTIONS_LOOKED_AT: Final = 1_000
_AGES: Final = (("a day", 1), ("a week", 7), ("30 days", 30))
"""The steps in which the age of what waits is counted: up to so many days."""


def dashboard() -> dict[str, Any]:
    """Everything for the index's template, in five queries."""
    now = timezone.now()
    return {
        "waiting": waiting(now),
        "ages": [*(f"up to {label}" for label, _ in _AGES), "older"],
        "harvests": list(Harvest.objects.select_related("origin").order_by("-pk")[:_HARVESTS]),
        "corrections": _corrections(now.date()),
        "corrected": _corrected_contexts(),
        "days": _DAYS,
    }


def waiting(now: dt.datetime) -> list[dict[str, Any]]:
    """Each kind of open question: how many there are, of which age, and the list of them. One query."""
    edges = [now - dt.timedelta(days=days) for _, days in _AGES]
    steps = {f"age{at}": _between(edges, at) for at in range(len(edges) + 1)}
    rows: Any = (
        ReviewItem.objects.open()
        .values("kind")
        .order_by("kind")
        .annotate(number=Count("pk"), oldest=Min("created_at"), **steps)
    )
    queue = reverse("admin:queue")
    return [
        {
            "label": ReviewKind(row["kind"]).label,
            "number": row["number"],
            "oldest": row["oldest"],
            "ages": [row[name] for name in steps],
            "url": f"{queue}?kind={row['kind']}",
        }
        for row in sorted(rows, key=lambda row: -row["number"])
    ]


def _between(edges: list[dt.datetime], at: int) -> Count:
    """Counts what was made after ``edges[at]`` and not after the edge before it."""
    condition = Q()
    if at < len(edges):
        condition &= Q(created_at__gt=edges[at])
    if at > 0:
        condition &= Q(created_at__lte=edges[at - 1])
    return Count("pk", filter=condition)


def _corrections(today: dt.date) -> Chart:
    """How many corrections each of the last days had. One query."""
    first = today - dt.timedelta(days=_DAYS - 1)
    start = dt.datetime.combine(first, dt.time.min, tzinfo=dt.UTC)
    counted = dict(
        Revision.objects.corrections()
        .filter(at__gte=start)
        .order_by()
        .annotate(day=TruncDate("at", tzinfo=dt.UTC))
        .values_list("day")
        .annotate(number=Count("pk"))
    )
    audit = reverse("admin:audit")
    points = []
    for back in range(_DAYS):
        day = first + dt.timedelta(days=back)
        number = counted.get(day, 0)
        url = f"{audit}?kind={ChangeKind.CORRECTED}&since={day}&until={day}"
        said = f"{day}: {number} correction{'' if number == 1 else 's'}"
        points.append(Point(f"{day.month}/{day.day}", number, said, url))
    return columns("Corrections a day", points)


def _corrected_contexts() -> list[dict[str, Any]]:
    """The contexts whose events were corrected most often among the latest corrections. Two queries."""
    latest = Revision.objects.corrections().filter(event__isnull=False).order_by("-at", "-id")
    events = list(latest.values_list("event", flat=True)[:_CORRECTIONS_LOOKED_AT])
    found = (
        Context.objects.filter(taggings__event__in=set(events), taggings__removed=False)
        .values("pk", "name")
        .annotate(number=Count("pk"))
        .order_by("-number", "name")[:_CONTEXTS]
    )
    most = max((row["number"] for row in found), default=1)
    return [{**row, "share": round(100 * row["number"] / most, 1)} for row in found]
