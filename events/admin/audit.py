"""Who did what, when, before and after: the revisions, and what happened to accounts, newest first."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.admin.widgets import AdminDateWidget
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from events.admin.base import number_of
from events.admin.history import revision_rows
from events.admin.site import desk_page
from events.models import Revision
from events.vocabulary import EDITIONS, ChangeKind

_AT_ONCE: Final = 50
_ARCHIVE: Final = ("event", "context")
"""The models whose changes are revisions; those of all others are in Django's own log."""


class AuditForm(forms.Form):
    """What to look for; everything may be left empty."""

    who = forms.CharField(required=False, max_length=150, label="Who", help_text="A user name.")
    what = forms.ChoiceField(
        required=False,
        choices=[("", "Events and contexts"), ("others", "Everything else (accounts, publishers …)")],
    )
    kind = forms.ChoiceField(required=False, choices=[("", "Any"), *ChangeKind.choices])
    since = forms.DateField(required=False, label="From", widget=AdminDateWidget())
    until = forms.DateField(required=False, label="To", widget=AdminDateWidget())
    robots = forms.BooleanField(required=False, label="Robots, too")


def audit_view(request: HttpRequest) -> HttpResponse:
    """The page, 50 entries at once; ``before`` is the last entry seen."""
    form = AuditForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    others = asked.get("what") == "others"
    before = number_of(request.GET.get("before"))
    rows: list[Any] = []
    if asked:
        found: QuerySet[Any] = _log(asked) if others else _revisions(asked)
        if before:
            found = found.filter(pk__lt=before)
        rows = list(found.order_by("-pk")[: _AT_ONCE + 1])
    more = len(rows) > _AT_ONCE
    rows = rows[:_AT_ONCE]
    query = {key: value for key, value in request.GET.items() if key != "before" and value}
    return desk_page(
        request, "admin/audit/audit.html", "Who did what",
        form=form, others=others, paged=bool(before), first_page=urlencode(query),
        rows=rows if others else [_shown(row) for row in rows],
        older=urlencode({**query, "before": rows[-1].pk}) if more else "",
        media=form.media,
    )  # fmt: skip


def _revisions(asked: dict[str, Any]) -> QuerySet[Revision]:
    found = Revision.objects.select_related("event", "context", "harvest", "bulk")
    if not asked["robots"]:
        found = found.filter(harvest__isnull=True)
    if asked["who"]:
        found = found.filter(actor_name=asked["who"])
    if asked["kind"]:
        found = found.filter(kind=asked["kind"])
    return _within(found, "at", asked)


def _log(asked: dict[str, Any]) -> QuerySet[LogEntry]:
    found = LogEntry.objects.select_related("user", "content_type").exclude(
        content_type__app_label="events", content_type__model__in=_ARCHIVE
    )
    if asked["who"]:
        found = found.filter(user__username=asked["who"])
    return _within(found, "action_time", asked)


def _within(found: QuerySet[Any], field: str, asked: dict[str, Any]) -> QuerySet[Any]:
    """Of the days asked for, both included (UTC)."""
    since, until = asked["since"], asked["until"]
    if since:
        found = found.filter(**{f"{field}__gte": _midnight(since)})
    if until and until < dt.date.max:
        found = found.filter(**{f"{field}__lt": _midnight(until + dt.timedelta(days=1))})
    return found


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, tzinfo=dt.UTC)


def _shown(revision: Revision) -> dict[str, Any]:
    edition = (
        revision.event.edition if revision.event else revision.context.edition if revision.context else "en"
    )
    return revision_rows([revision], cjk=EDITIONS[edition].cjk)[0]
