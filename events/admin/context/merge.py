"""Merging two contexts with a look at what it does, and taking a merge back."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from events.actions.contexts.merge import merge_contexts, merge_record
from events.actions.contexts.suggestions import event_counts
from events.actions.contexts.unmerge import unmerge_contexts
from events.actions.errors import ActionError, StaleVersion
from events.admin.base import actor_of, may, number_of
from events.admin.context.form import ActForm, MergeForm
from events.admin.site import desk_page
from events.models import (
    Alias,
    BannedReason,
    Broader,
    Context,
    Event,
    RelatedLink,
    ReviewItem,
    Tagging,
)
from events.search.names import contexts_named
from events.vocabulary import Right

Json = dict[str, Any]
_EXAMPLES: Final = 5
_FOUND: Final = 20


def merge_view(request: HttpRequest, context_id: int) -> HttpResponse:
    """Find the other context, look at what the merge would do, and merge.

    ``q``: words of the other's name; ``other``: the one chosen, which would stay.
    """
    goes = _standing(context_id)
    if not may(request, Right.MERGE):
        raise PermissionDenied
    if request.method == "POST":
        form = MergeForm(request.POST)
        if form.is_valid() and (answer := _merge(request, goes, form)) is not None:
            return answer
        chosen = request.POST.get("into", "")
    else:
        form, chosen = None, request.GET.get("other", "")
    stays = _chosen(goes, chosen)
    words = request.GET.get("q", "").strip()
    shown: Json = {"context": goes, "q": words, "other": stays, "found": _found(goes, words)}
    if stays is not None:
        initial = {"into": stays.pk, "version": goes.version, "into_version": stays.version}
        if form is None or isinstance(getattr(form, "refusal", None), StaleVersion):
            note = request.POST.get("note", "")
            errors = [] if form is None else form.non_field_errors()
            form = MergeForm(initial={**initial, "note": note})
            shown["errors"] = errors
        shown |= {"form": form, "preview": merge_preview(goes, stays)}
    return desk_page(request, "admin/events/context/merge.html", "Merge contexts", **shown)


def unmerge_view(request: HttpRequest, context_id: int) -> HttpResponse:
    """Say what comes back, and take the merge back."""
    context = Context.objects.select_related("merged_into").filter(pk=context_id).first()
    if context is None or context.merged_into is None:
        raise Http404
    if not may(request, Right.MERGE):
        raise PermissionDenied
    form = ActForm(request.POST or None, initial={"version": context.version})
    if request.method == "POST" and form.is_valid():
        try:
            unmerge_contexts(actor=actor_of(request), context_id=context_id, **form.cleaned_data)
        except ActionError as refusal:
            form = ActForm(initial={"version": context.version, "note": form.cleaned_data["note"]})
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"“{context.name}” stands for itself again.")
            return HttpResponseRedirect(context_url(context_id))
    found = merge_record(context.pk)
    shown = {
        "context": context,
        "form": form,
        "revision": found and found[0],
        "record": found and _counts(found[1]),
    }
    return desk_page(request, "admin/events/context/unmerge.html", "Take the merge back", **shown)


def merge_preview(goes: Context, stays: Context) -> Json:
    """What merging *goes* into *stays* would change; a fixed number of queries."""
    moved = Tagging.objects.active().filter(context=goes)
    there = Tagging.objects.active().filter(context=stays)
    both = moved.filter(event__taggings__context=stays, event__taggings__removed=False)
    newest = Event.objects.newest_first().only("date", "text")
    steps = list(
        Broader.objects.filter(Q(narrower=goes) | Q(broader=goes)).select_related("narrower", "broader")
    )
    return {
        "events": moved.count(),
        "kept": there.count(),
        "both": both.count(),
        "led": Event.objects.filter(lead=goes).count(),
        "aliases": list(Alias.objects.filter(context=goes).values_list("name", flat=True)),
        "merged": list(Context.objects.filter(merged_into=goes).values_list("name", flat=True)),
        "broader": [step.broader for step in steps if step.narrower_id == goes.pk],
        "narrower": [step.narrower for step in steps if step.broader_id == goes.pk],
        "items": ReviewItem.objects.open().filter(context=goes).count(),
        "banned": BannedReason.objects.filter(context=goes).count(),
        "linked": RelatedLink.objects.filter(
            target__in=moved.values("event")
        ).order_by().values("event").distinct().count(),
        "examples": list(newest.filter(taggings__in=moved)[:_EXAMPLES]),
        "beside": list(newest.filter(taggings__in=there)[:_EXAMPLES]),
        "examples_both": list(newest.filter(taggings__in=both)[:_EXAMPLES]),
    }  # fmt: skip


def context_url(context_id: int) -> str:
    """The context's page in the admin."""
    return reverse("admin:events_context_change", args=[context_id])


def _merge(request: HttpRequest, goes: Context, form: MergeForm) -> HttpResponse | None:
    clean = form.cleaned_data
    try:
        stays = merge_contexts(
            actor=actor_of(request), context_id=goes.pk, into_id=clean["into"].pk, note=clean["note"],
            version=clean["version"], into_version=clean["into_version"],
        )  # fmt: skip
    except ActionError as refusal:
        form.refusal = refusal  # type: ignore[attr-defined]
        form.add_error(None, str(refusal))
        return None
    messages.success(
        request, f"“{goes.name}” now leads to “{stays.name}”. The merge can be taken back there."
    )
    return HttpResponseRedirect(context_url(stays.pk))


def _standing(context_id: int) -> Context:
    context = Context.objects.standing().filter(pk=context_id).first()
    if context is None:
        raise Http404
    return context


def _chosen(goes: Context, said: str) -> Context | None:
    others = Context.objects.standing().of_edition(goes.edition).exclude(pk=goes.pk)
    return others.filter(pk=number_of(said)).first()


def _found(goes: Context, words: str) -> list[Json]:
    """The contexts that one of these words may be the beginning of, and how many events each has."""
    rows = [row for row in contexts_named(words, edition=goes.edition, limit=_FOUND + 1) if row.pk != goes.pk]
    counts = event_counts({row.pk: row.name for row in rows[:_FOUND]})
    return [{"context": row, "count": counts.get(row.pk, 0)} for row in rows[:_FOUND]]


def _counts(record: Json) -> Json:
    return {
        "moved": len(record["moved"]), "joined": len(record["joined"]), "led": len(record["led"]),
        "aliases": record["aliases"], "merged": len(record["merged"]),
        "steps": len(record["broader"]) + len(record["narrower"]), "banned": len(record.get("banned", ())),
        "items": len(record.get("items", ())),
    }  # fmt: skip
