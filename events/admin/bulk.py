"""Changes to many events in the admin: a list, each with its progress and what it did, and three buttons."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.db.models.fields.json import KT
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from events.actions.bulk.change import PENDING, dealt_with, figures, told
from events.actions.bulk.start import resume_bulk_change, stop_bulk_change
from events.actions.bulk.undo import UNDOABLE, undo_bulk_change
from events.actions.errors import ActionError
from events.actions.harvesting.undo_look import look_at_bulk
from events.admin.base import actor_of, number_of
from events.admin.differences import difference
from events.admin.history import revision_rows
from events.admin.logbook import log_act
from events.admin.site import desk_page
from events.models import BulkChange, Event
from events.vocabulary import EDITIONS, BulkKind, BulkState, Grade

Json = dict[str, Any]
_AT_ONCE: Final = 50
_REVISIONS_AT_ONCE: Final = 25
_PATIENCE: Final = dt.timedelta(seconds=10)
"""How long a change may be queued before the page says that no worker takes it."""
_SILENCE: Final = dt.timedelta(minutes=1)
"""How long a running change may not move before the page says that its worker may be gone."""
_ABOUT: Final = ("find", "put", "rule", "harvest")


def list_view(request: HttpRequest) -> HttpResponse:
    """All changes, latest first, fifty at once; ``before`` is the last one seen."""
    found = _described(BulkChange.objects.all())
    if before := number_of(request.GET.get("before")):
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: _AT_ONCE + 1])
    more, rows = len(rows) > _AT_ONCE, rows[:_AT_ONCE]
    return desk_page(
        request, "admin/bulk/list.html", "Bulk changes",
        rows=[_row(change) for change in rows],
        running=any(change.state in PENDING for change in rows),
        older=urlencode({"before": rows[-1].pk}) if more else "", paged=bool(before),
    )  # fmt: skip


def change_view(request: HttpRequest, change_id: int) -> HttpResponse:
    """One change: how far it is, what it did to each event, what can be done now."""
    change = _found(change_id)
    found = change.revisions.filter(event__isnull=False).select_related("event").order_by("-pk")
    if before := number_of(request.GET.get("before")):
        found = found.filter(pk__lt=before)
    revisions = list(found[: _REVISIONS_AT_ONCE + 1])
    more, revisions = len(revisions) > _REVISIONS_AT_ONCE, revisions[:_REVISIONS_AT_ONCE]
    return desk_page(
        request, "admin/bulk/change.html", str(change),
        row=_row(change), told=_told(change),
        revisions=[
            revision_rows([revision], cjk=bool(revision.event) and EDITIONS[revision.event.edition].cjk)[0]
            for revision in revisions
            if revision.event is not None
        ],
        older=urlencode({"before": revisions[-1].pk}) if more else "", paged=bool(before),
    )  # fmt: skip


def progress_view(request: HttpRequest, change_id: int) -> HttpResponse:
    """The part of the page that moves; it asks for itself again while the change is under way."""
    change = _found(change_id)
    answer = TemplateResponse(request, "admin/bulk/progress.html", {"row": _row(change)})
    if change.state not in PENDING:
        answer["HX-Refresh"] = "true"  # buttons and revisions are those of a change that has ended
    return answer


def act_view(request: HttpRequest, change_id: int, name: str) -> HttpResponse:
    """Stop, or go on (POST)."""
    acts = {"stop": stop_bulk_change, "resume": resume_bulk_change}
    if name not in acts:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        change = acts[name](actor=actor_of(request), change_id=change_id)
    except ActionError as refusal:
        messages.error(request, str(refusal))
    else:
        log_act(request, change, "Stopped." if name == "stop" else "Went on.")
    return HttpResponseRedirect(change_url(change_id))


def undo_view(request: HttpRequest, change_id: int) -> HttpResponse:
    """Say what undoing would do, and ask (GET); do it (POST)."""
    change = _found(change_id)
    if request.method == "POST":
        try:
            undo = undo_bulk_change(
                actor=actor_of(request), change_id=change_id, note=request.POST.get("note", "")
            )
        except ActionError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(change_url(change_id))
        log_act(request, undo, f"Undoes bulk change {change_id}.")
        return HttpResponseRedirect(change_url(undo.pk))
    return desk_page(
        request, "admin/bulk/undo.html", f"Undo “{change}”?", row=_row(change),
        **shown_look(look_at_bulk(change)),
        grade=Grade(change.asked.get("grade", Grade.CORRECTION)).label,
    )  # fmt: skip


def change_url(change_id: int) -> str:
    """The page of a change."""
    return reverse("admin:bulk_change", args=[change_id])


def shown_look(look: Any) -> Json:
    """A look at an undo (``undo_look.UndoLook``) with its samples' differences made readable."""
    samples = [
        {
            "event": sample.event,
            "keeps": ", ".join(sample.keeps),
            "changes": revision_changes(sample.fields, cjk=EDITIONS[sample.event.edition].cjk),
        }
        for sample in look.samples
    ]
    return {"look": look, "samples": samples}


def revision_changes(fields: dict[str, tuple[Any, Any]], *, cjk: bool) -> list[Any]:
    """Old and new values, by field, as differences."""
    return [difference(name, old, new, cjk=cjk) for name, (old, new) in fields.items()]


def _described(changes: QuerySet[BulkChange]) -> QuerySet[BulkChange]:
    """Changes with what they are about, but without the ids of all their events."""
    return (
        changes.select_related("undoes")
        .defer("asked", "undoes__asked", "undoes__counts")
        .prefetch_related(Prefetch("undone_by", BulkChange.objects.defer("asked", "counts").order_by("pk")))
        .annotate(**{f"about_{name}": KT(f"asked__{name}") for name in _ABOUT})
    )


def _found(change_id: int) -> Any:
    found = _described(BulkChange.objects.filter(pk=change_id)).first()
    if found is None:
        raise Http404
    return found


def _row(change: Any) -> Json:
    """What list and page say of a change."""
    done = dealt_with(change)
    pending = change.state in PENDING
    return {
        "change": change,
        "about": _about(change),
        "figures": figures(change),
        "done": done,
        "percent": 100 * done // change.total if change.total else 100,
        "pending": pending,
        "trouble": _trouble(change) if pending else "",
        "undoable": change.state in UNDOABLE and not _undo_under_way(change),
        "resumable": change.state == BulkState.STOPPED and not _undo_under_way(change),
        "undone_by": [one for one in change.undone_by.all() if one.state != BulkState.UNDONE],
    }


def _undo_under_way(change: Any) -> bool:
    return any(one.state != BulkState.UNDONE for one in change.undone_by.all())


def _about(change: Any) -> Json:
    """What it was asked to do; which of the keys is there says which kind."""
    if change.kind == BulkKind.REPLACE:
        return {"find": change.about_find, "put": change.about_put}
    if change.kind == BulkKind.UNDO_HARVEST:
        return {"harvest": change.about_harvest}
    if change.undoes is not None:
        return {"undoes": change.undoes}
    return {"rule": change.about_rule or ""}


def _trouble(change: BulkChange) -> str:
    """Which of the two troubles that only an operator can mend it seems to have: "queued", "silent", none."""
    moved = parse_datetime(change.counts.get("at", "")) if change.counts.get("at") else None
    since = timezone.now() - (moved or change.created_at)
    if change.state == BulkState.QUEUED and since > _PATIENCE:
        return "queued"
    return "silent" if change.state == BulkState.RUNNING and since > _SILENCE else ""


def _told(change: BulkChange) -> list[Json]:
    """The events with something to say, each with what stands there now."""
    rows = told(change)
    events = Event.objects.in_bulk([pk for pk, _, _ in rows])
    return [{"event": events.get(pk), "pk": pk, "outcome": outcome, "why": why} for pk, outcome, why in rows]
