"""The section "Related links" of an event's page: what is computed, what editors decided."""

from __future__ import annotations

from typing import Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from events.actions.curate import ban_related, clear_curation, pin_related
from events.actions.errors import ActionError
from events.admin.base import actor_of
from events.admin.event_acts import event_url
from events.models import Curation, Event

_TARGET: Final = Curation._meta.get_field("target")


def curate_view(request: HttpRequest, event_id: int) -> HttpResponse:
    """Pin, ban or clear from the event's page; ``decision`` is the button that was pressed."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = CurateForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose an event first.")
        return HttpResponseRedirect(event_url(event_id) + "#related")
    said = {"actor": actor_of(request), "event_id": event_id, "target_id": form.cleaned_data["target"].pk}
    note, position = form.cleaned_data["note"], form.cleaned_data["position"]
    try:
        if form.cleaned_data["decision"] == "clear":
            clear_curation(**said)
        elif form.cleaned_data["decision"] == "ban":
            ban_related(**said, note=note)
        else:
            pin_related(**said, note=note, position=position)
    except ActionError as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(event_url(event_id) + "#related")


class CurateForm(forms.Form):
    """Which event, found by words, id or address, and what of it."""

    target = forms.ModelChoiceField(
        Event.objects.all(), label="Event", widget=AutocompleteSelect(_TARGET, admin.site)
    )
    note = forms.CharField(required=False, max_length=500)
    position = forms.IntegerField(required=False, min_value=1)
    decision = forms.ChoiceField(choices=[(name, name) for name in ("pin", "ban", "clear")])
