"""The section "Related links" of an event's page, which is also a page of its own, and what is done there.

Every form carries the tag of the decisions that its page showed (``seen``): who decides over
somebody else's decision is shown the present state, with what they asked for kept to be asked again.
"""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from events.actions.contexts.edit import edit_context
from events.actions.curate import (
    ban_related,
    clear_curation,
    move_pin,
    note_related,
    pin_related,
    reorder_pins,
)
from events.actions.errors import ActionError, InvalidAction, StaleDecisions
from events.actions.reasons import allow_reason, ban_reason
from events.actions.recording import Actor
from events.actions.relate import relate_now
from events.admin.base import actor_of, may, number_of
from events.admin.event.related_find import find_events
from events.admin.event.related_rows import RelatedLinks, lists_with_reason
from events.admin.site import desk_page
from events.models import Context, Event, RelatedLink
from events.vocabulary import Right

_SAID: Final = {
    "pin": "Pinned.",
    "ban": "Banned.",
    "clear": "Taken back.",
    "note": "The note is saved.",
    "up": "Moved up.",
    "down": "Moved down.",
    "order": "The pins are in the new order.",
    "ban_reason": "No reason here any more.",
    "allow_reason": "A reason here again.",
}
_WITH_NOTE: Final = frozenset({"pin", "ban", "note"})


class CurateForm(forms.Form):
    """One act on one link, on the order of the pins, or on a context as a reason."""

    decision = forms.ChoiceField(choices=[(name, name) for name in _SAID])
    target = forms.IntegerField(required=False, min_value=1)
    context = forms.IntegerField(required=False, min_value=1)
    note = forms.CharField(required=False, max_length=500)
    order = forms.RegexField(r"^[0-9]{1,18}(,[0-9]{1,18})*$", required=False, max_length=20_000)
    seen = forms.CharField(required=False)


def related_links(request: HttpRequest, event: Event, *, full: bool = False) -> dict[str, Any]:
    """What the section shows, for the event's page and the page of its own."""
    data = request.POST if request.method == "POST" else request.GET
    said = data.get("q", request.GET.get("q", "")) if full or "q" in data else ""
    links = RelatedLinks(event, find_events(said))
    return {
        "links": links,
        "seen": links.seen,
        "q": said.strip(),
        "full": full,
        "may_curate": may(request, Right.CURATE),
        "may_tag": may(request, Right.TAG),
        "related_event": event,
    }


def related_view(request: HttpRequest, event_id: int) -> HttpResponse:
    """The section as a page, with what was searched for."""
    return _page(request, _event(request, event_id))


def find_view(request: HttpRequest, event_id: int) -> HttpResponse:
    """What is found while one types; without a script, the page with it.

    The forms in it carry the tag of the page it is put into, not that of the present moment.
    """
    event = _event(request, event_id)
    if "HX-Request" not in request.headers:
        return _page(request, event)
    shown = related_links(request, event, full=True)
    shown["seen"] = request.GET.get("seen") or shown["seen"]
    return TemplateResponse(request, "admin/events/event/related_hits.html", shown)


def curate_view(request: HttpRequest, event_id: int) -> HttpResponse:
    """Decide. ``decision`` is the button that was pressed."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not may(request, Right.CURATE):
        raise PermissionDenied
    event = _event(request, event_id)
    form = CurateForm(request.POST)
    refused = None
    if form.is_valid():
        try:
            _act(actor_of(request), event_id, form.cleaned_data)
        except ActionError as refusal:
            refused = _refused(refusal, form.cleaned_data)
    else:
        refused = {"message": "Choose an event first; a note has 500 characters at most."}
    said = _SAID[form.cleaned_data["decision"]] if refused is None else ""
    if "HX-Request" in request.headers:
        shown = {
            **related_links(request, event, full="full" in request.GET),
            "said": said,
            "refused": refused,
        }
        return TemplateResponse(request, "admin/events/event/related.html", shown)
    if refused is not None:
        return _page(request, event, refused=refused)
    messages.success(request, said)
    if "full" not in request.GET:
        return HttpResponseRedirect(reverse("admin:events_event_change", args=[event_id]) + "#related")
    asked = f"?{urlencode({'q': request.GET['q']})}" if request.GET.get("q") else ""
    return HttpResponseRedirect(reverse("admin:events_event_related", args=[event_id]) + asked)


def generic_view(request: HttpRequest, event_id: int, context_id: int) -> HttpResponse:
    """Ask before a context is no reason anywhere: how many events' links change."""
    event = _event(request, event_id)
    context = Context.objects.standing().filter(pk=context_id).first()
    if context is None:
        raise Http404
    if not may(request, Right.TAG):
        raise PermissionDenied
    back = reverse("admin:events_event_related", args=[event_id])
    if request.method == "POST":
        try:
            edit_context(
                actor=actor_of(request), context_id=context_id, values={"generic": True},
                version=number_of(request.POST.get("version")),
            )  # fmt: skip
        except ActionError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.path)
        relate_now(event_id)
        messages.success(request, f"“{context.name}” is too generic now; all lists follow in the background.")
        return HttpResponseRedirect(back)
    stored = RelatedLink.objects.filter(event=event).values_list("reason", flat=True)
    return desk_page(
        request, "admin/events/event/related_generic.html", f"“{context.name}” is too generic?",
        related_event=event, context=context, back=back,
        tagged=Event.objects.published().filter(taggings__context=context, taggings__removed=False).count(),
        lists=lists_with_reason(context),
        here=sum(context_id in reason.get("contexts", ()) for reason in stored),
    )  # fmt: skip


def _event(request: HttpRequest, event_id: int) -> Event:
    if not request.user.has_perm("events.view_event"):
        raise PermissionDenied
    event = Event.objects.filter(pk=event_id).first()
    if event is None:
        raise Http404
    return event


def _page(request: HttpRequest, event: Event, **more: Any) -> HttpResponse:
    shown = {**related_links(request, event, full=True), **more}
    return desk_page(
        request, "admin/events/event/related_page.html", f"Related links of event {event.pk}", **shown
    )


def _act(actor: Actor, event_id: int, asked: dict[str, Any]) -> None:
    """Call the action for what was *asked*."""
    decision, target_id = asked["decision"], asked["target"]
    where: dict[str, Any] = {"actor": actor, "event_id": event_id, "seen": asked["seen"] or None}
    if decision == "order":
        reorder_pins(**where, target_ids=[int(pk) for pk in asked["order"].split(",") if pk])
    elif decision in ("ban_reason", "allow_reason"):
        act = ban_reason if decision == "ban_reason" else allow_reason
        act(**where, context_id=asked["context"] or 0)
    elif target_id is None:
        raise InvalidAction("Choose an event first.")
    elif decision == "clear":
        clear_curation(**where, target_id=target_id)
    elif decision in _WITH_NOTE:
        decide = {"pin": pin_related, "ban": ban_related, "note": note_related}[decision]
        decide(**where, target_id=target_id, note=asked["note"])
    else:
        move_pin(**where, target_id=target_id, step=-1 if decision == "up" else 1)


def _refused(refusal: ActionError, asked: dict[str, Any]) -> dict[str, Any]:
    """What was refused and, if somebody else was faster, what it takes to ask for it again."""
    stale = isinstance(refusal, StaleDecisions)
    target = Event.objects.filter(pk=asked["target"]).first() if asked["target"] else None
    context = Context.objects.filter(pk=asked["context"]).first() if asked["context"] else None
    return {
        "message": str(refusal),
        "stale": stale,
        "asked": asked,
        "target": target,
        "context": context,
        "with_note": asked["decision"] in _WITH_NOTE,
        "again": asked["decision"] not in ("up", "down"),
    }
