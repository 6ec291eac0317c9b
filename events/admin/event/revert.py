"""Going back to a former revision: shown as a change first, then made as a correction of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from events.actions.correct import revert_event
from events.actions.errors import ActionError, StaleVersion
from events.actions.plan import FIELDS, present_values, values_at
from events.admin.base import ActingAdmin, actor_of, may, number_of
from events.admin.differences import differences
from events.admin.event.acts import event_url
from events.admin.event.preview import preview_of, stored_document
from events.admin.history import since
from events.models import Event, Revision
from events.vocabulary import EDITIONS, Grade, Right


class RevertForm(forms.Form):
    """Which revision, and what readers are told."""

    version = forms.IntegerField(widget=forms.HiddenInput())
    revision_number = forms.IntegerField(widget=forms.HiddenInput(), min_value=1)
    grade = forms.ChoiceField(
        choices=[one for one in Grade.choices if one[0] != Grade.LEGAL],
        initial=Grade.CORRECTION,
        required=False,
    )
    note = forms.CharField(
        widget=AdminTextareaWidget(attrs={"rows": 2}), help_text="Public; readers are told why."
    )


def revert_view(admin: ActingAdmin[Event], request: HttpRequest, event_id: int) -> HttpResponse:
    """``?revision=N`` shows what going back to it changes; sent, it is done, unless the event moved on."""
    event = Event.objects.select_related("lead").filter(pk=event_id).first()
    if event is None:
        raise Http404
    if not may(request, Right.CORRECT):
        raise PermissionDenied
    chosen = request.POST.get("revision_number") or request.GET.get("revision", "")
    number = number_of(chosen)
    if not Revision.objects.filter(event=event, number=number).exists():
        messages.info(request, "Choose the revision to go back to.")
        return HttpResponseRedirect(reverse("admin:events_event_history", args=[event_id]))
    initial = {"version": event.version, "revision_number": number, "grade": Grade.CORRECTION}
    form = RevertForm(request.POST or None, initial=initial)
    news: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            revert_event(
                actor=actor_of(request), event_id=event_id, version=said["version"], revision_number=number,
                note=said["note"], grade=Grade(said["grade"] or Grade.CORRECTION),
            )  # fmt: skip
        except StaleVersion as stale:
            event = Event.objects.select_related("lead").get(pk=event_id)
            news = since(event, said["version"])
            form = RevertForm({**said, "version": event.version})
            form.add_error(None, str(stale))
        except ActionError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Gone back to revision {number}.")
            return HttpResponseRedirect(event_url(event_id))
    present = present_values(event)
    former = values_at(event, number, present)
    shown = {
        **admin.admin_site.each_context(request),
        "title": f"Go back to revision {number}?",
        "opts": admin.opts,
        "event": event,
        "form": form,
        "since": news,
        "changes": differences(present, former, FIELDS, cjk=EDITIONS[event.edition].cjk),
        "preview": preview_of(event.edition, former, stored_document(event)),
        "media": admin.media + form.media,
    }
    return TemplateResponse(request, "admin/events/event/revert.html", shown)
