"""Merging two events at the desk: choose the other, see both side by side, then decide which stays."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from events.actions.errors import ActionError, StaleVersion
from events.actions.harvesting.upstream import citation_keys
from events.actions.merge import MERGE_RECORD, merge_events
from events.admin.base import ActingAdmin, actor_of, number_of
from events.admin.event.act_forms import ChoiceForm
from events.admin.history import since
from events.models import Address, Context, Curation, Event, ReviewItem, Revision
from events.text.diff import word_diff
from events.vocabulary import EDITIONS, ChangeKind, State

Json = dict[str, Any]
_GONE: Final = (State.LEGAL, State.WITHDRAWN)


def merge_view(model_admin: ActingAdmin[Event], request: HttpRequest, event: Event) -> HttpResponse:
    """Without ``target``: choose. With it: both side by side; ``stays`` says which one does (the target)."""
    asked = request.POST if request.method == "POST" else request.GET
    form = ChoiceForm(asked if asked.get("target") else None, initial={"version": event.version})
    form.fields["version"].required = False
    shown: Json = {"form": form, "event": event, "since": []}
    if form.is_bound and form.is_valid():
        other: Event = form.cleaned_data["target"]
        other = other.merged_into or other
        refusal = _refusal(event, other)
        if refusal:
            form.add_error("target", refusal)
        else:
            stays, goes = (event, other) if asked.get("stays") == str(event.pk) else (other, event)
            if request.method == "POST":
                done = _merge(request, goes, stays, shown)
                if done is not None:
                    return done
                goes, stays = (Event.objects.get(pk=one.pk) for one in (goes, stays))
            shown |= _both(goes, stays, event, other)
            shown["note"] = request.POST.get("note", "")
    shown["media"] = model_admin.media + form.media
    shown["back"] = reverse("admin:events_event_change", args=[event.pk])
    context = {**model_admin.admin_site.each_context(request), "title": "Merge two events", **shown}
    return TemplateResponse(request, "admin/events/event/merge.html", {**context, "opts": model_admin.opts})


def _refusal(event: Event, other: Event) -> str:
    """Why the two cannot even be laid side by side; "" where they can."""
    if event.pk == other.pk:
        return "An event cannot be merged into itself."
    if event.edition != other.edition:
        return "Events of two editions cannot be merged."
    if other.state in _GONE:
        return f"Event {other.pk} is {other.get_state_display().lower()}."
    return ""


def _merge(request: HttpRequest, goes: Event, stays: Event, shown: Json) -> HttpResponse | None:
    """Merge as asked and lead to the one that stays; where refused, *shown* says why."""
    seen = {pk: number_of(request.POST.get(f"version_{pk}", "")) for pk in (goes.pk, stays.pk)}
    try:
        merge_events(
            actor=actor_of(request), event_id=goes.pk, into_id=stays.pk, note=request.POST.get("note", ""),
            version=seen[goes.pk], into_version=seen[stays.pk],
        )  # fmt: skip
    except ActionError as refusal:
        shown["refusal"] = str(refusal)
        if isinstance(refusal, StaleVersion):
            for event in Event.objects.filter(pk__in=seen):
                shown["since"] += since(event, seen[event.pk])
        return None
    messages.success(request, f"Event {goes.pk} was merged into this one; its addresses lead here.")
    return HttpResponseRedirect(reverse("admin:events_event_change", args=[stays.pk]))


def _both(goes: Event, stays: Event, event: Event, other: Event) -> Json:
    """The two sides, how their words differ, what moves, and the link that turns the direction round."""
    sides = [_side(goes), _side(stays)]
    turned = urlencode({"target": other.pk, "stays": goes.pk})
    return {
        "goes": goes,
        "stays": stays,
        "other": other,
        "sides": sides,
        "difference": word_diff(stays.text, goes.text, cjk=EDITIONS[stays.edition].cjk),
        "moves": _moves(goes, sides),
        "turn": f"{reverse('admin:events_event_act', args=[event.pk, 'merge'])}?{turned}",
    }


def _side(event: Event) -> Json:
    """One event as the page lays it out; six queries."""
    return {
        "event": event,
        "addresses": list(event.addresses.order_by("-current", "pk")),
        "contexts": [row.context for row in event.taggings.active().select_related("context")],
        "citations": list(event.citations.select_related("source", "publisher")),
        "records": list(event.provenances.select_related("origin").defer("upstream", "base")),
        "related": list(event.related_links.select_related("target").order_by("rank")[:10]),
    }


def _moves(goes: Event, sides: list[Json]) -> Json:
    """What goes over to the event that stays."""
    mine, theirs = sides
    keys = [
        citation_keys((row.label, row.raw_url, row.picture) for row in side["citations"]) for side in sides
    ]
    known = {context.pk for context in theirs["contexts"]}
    questions = ReviewItem.objects.open().filter(Q(event=goes) | Q(other=goes))
    return {
        "citations": [
            row for row, key in zip(mine["citations"], keys[0], strict=True) if key not in set(keys[1])
        ],
        "contexts": [context for context in mine["contexts"] if context.pk not in known],
        "records": len(mine["records"]),
        "curated": Curation.objects.filter(Q(event=goes) | Q(target=goes)).count(),
        "questions": questions.count(),
        "merged": Event.objects.filter(merged_into=goes).count(),
        "addresses": Address.objects.filter(Q(event=goes) | Q(event__merged_into=goes)).order_by("pk"),
    }


def coming_back(event: Event) -> Json:
    """What un-merging *event* gives back, as its merge noted it."""
    merges = Revision.objects.filter(event=event, kind=ChangeKind.MERGED).order_by("-number")
    revision = merges.first()
    record = (revision.fields.get(MERGE_RECORD) or {}).get("new") if revision is not None else None
    if revision is None or record is None:
        return {"unmerge": None}
    contexts = Context.objects.filter(pk__in=record["contexts"]).order_by("name")
    return {
        "unmerge": {
            "revision": revision,
            "into": event.merged_into,
            "moved_on": record["into"] != event.merged_into_id and record["into"],
            "state": State((revision.fields.get("state") or {}).get("old") or State.PUBLISHED).label,
            "citations": record["citations"],
            "contexts": list(contexts),
            "records": len(record["provenances"]),
            "curated": len(record["curations"]) + len(record["curated_by"]),
            "questions": len(record["items"]) + len(record["others"]),
            "merged": len(record["merged"]),
            "addresses": list(event.addresses.order_by("-current", "pk")),
        }
    }
