"""What contributors do: propose a correction of an event, and see what became of their proposals."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from events.actions.errors import ActionError, StaleVersion
from events.actions.plan import present_values
from events.actions.review.propose import OPEN_MOST, proposals_of, propose_correction
from events.admin.base import actor_of, number_of
from events.admin.differences import differences
from events.admin.logbook import log_act
from events.admin.queue.words import outcome_of
from events.admin.site import desk_page
from events.admin.values_form import ProposalForm
from events.models import Event, ReviewItem
from events.vocabulary import EDITIONS, Grade, ReviewState, State

_PAGE = 25
_CLOSED = (State.MERGED, State.LEGAL)


def propose_view(request: HttpRequest, event_id: int) -> HttpResponse:
    """The event's values as a form; what is sent waits for an editor."""
    event = Event.objects.select_related("lead").filter(pk=event_id).exclude(state__in=_CLOSED).first()
    if event is None:
        raise Http404
    present, refusal = present_values(event), ""
    form = ProposalForm(request.POST or None, present=present, version=event.version)
    if request.method == "POST" and form.is_valid():
        try:
            item = propose_correction(
                actor=actor_of(request), event_id=event_id, version=form.cleaned_data["version"],
                values=form.values(), note=form.cleaned_data["note"], grade=Grade(form.cleaned_data["grade"]),
            )  # fmt: skip
        except ActionError as refused:
            refusal = str(refused)
            if isinstance(refused, StaleVersion):
                data = request.POST.copy()
                data["version"] = str(event.version)
                form = ProposalForm(data, present=present, version=event.version)
        else:
            log_act(request, item, "Proposed.")
            messages.success(request, "Thank you. An editor will look at it.")
            return HttpResponseRedirect(reverse("admin:proposals"))
    return desk_page(
        request, "admin/queue/propose.html", "Propose a correction",
        event=event, form=form, refusal=refusal, waiting=_open(request), most=OPEN_MOST,
        event_url=reverse("admin:events_event_change", args=[event_id]),
    )  # fmt: skip


def proposals_view(request: HttpRequest) -> HttpResponse:
    """One's own proposals, newest first, with what editors said."""
    rows = proposals_of(request.user.pk or 0).select_related("event").order_by("-pk")
    if before := number_of(request.GET.get("before")):
        rows = rows.filter(pk__lt=before)
    items = list(rows[: _PAGE + 1])
    return desk_page(
        request, "admin/queue/proposals.html", "My proposals",
        rows=[_row(item) for item in items[:_PAGE]], waiting=_open(request), most=OPEN_MOST,
        older=items[_PAGE - 1].pk if len(items) > _PAGE else 0,
    )  # fmt: skip


def _row(item: ReviewItem) -> dict[str, object]:
    cjk = item.event is not None and EDITIONS[item.event.edition].cjk
    return {
        "item": item,
        "changes": differences(item.data["base"], item.data["values"], list(item.data["values"]), cjk=cjk),
        "outcome": "Waits" if item.state == ReviewState.OPEN else outcome_of(item),
    }


def _open(request: HttpRequest) -> int:
    return proposals_of(request.user.pk or 0).open().count()
