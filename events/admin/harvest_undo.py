"""The page on which a harvest is undone: what would happen, what cannot, and the button."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from events.actions.errors import ActionError
from events.actions.harvesting.undo import undo_harvest
from events.actions.harvesting.undo_look import look_at_harvest
from events.admin.base import actor_of
from events.admin.bulk import change_url, shown_look
from events.admin.logbook import log_act
from events.admin.site import desk_page
from events.models import Harvest


def undo_harvest_view(request: HttpRequest, harvest_id: int) -> HttpResponse:
    """Look (GET), then have it undone (POST)."""
    harvest = Harvest.objects.select_related("origin").filter(pk=harvest_id).first()
    if harvest is None:
        raise Http404
    refusal, note = "", request.POST.get("note", "")
    if request.method == "POST":
        try:
            change = undo_harvest(actor=actor_of(request), harvest_id=harvest_id, note=note)
        except ActionError as refused:
            refusal = str(refused)
        else:
            log_act(request, change, f"Undoes harvest {harvest_id}.")
            return HttpResponseRedirect(change_url(change.pk))
    return desk_page(
        request, "admin/events/harvest/undo.html", f"Undo harvest {harvest_id}?",
        harvest=harvest, refusal=refusal, note=note, **shown_look(look_at_harvest(harvest)),
    )  # fmt: skip
