"""What else can be done to an event: each act with a page that says what will happen, and asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from events.actions.address import change_address
from events.actions.errors import ActionError, StaleVersion
from events.actions.merge import merge_events, unmerge_event
from events.actions.removal.remove import remove_event
from events.actions.withdraw import reject_event, release_event, restore_event, withdraw_event
from events.admin.base import ActingAdmin, actor_of, may, number_of
from events.admin.event.act_forms import ActForm, AddressForm, ReasonForm, RemovalForm, VersionForm
from events.admin.event.merge import coming_back, merge_view
from events.admin.event.reach import erasure, reach
from events.admin.history import since
from events.models import Event
from events.vocabulary import Right, State


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that can be done: its words, who may, to events in which states, the action.

    The action is called with ``actor``, ``event_id`` and what the form asks. ``shown``: what the page
    that asks says of this event beside that, by ``template``. ``view``: an act with
    pages of its own.
    """

    label: str
    says: str
    right: Right
    states: frozenset[State]
    run: Callable[..., object]
    form: type[VersionForm] = ActForm
    shown: Callable[[Event], dict[str, Any]] | None = None
    template: str = "admin/events/event/act.html"
    view: Callable[[ActingAdmin[Event], HttpRequest, Event], HttpResponse] | None = None

    def offered(self, event: Event, request: HttpRequest) -> bool:
        """Whether the event's page offers it to this person."""
        return event.state in self.states and may(request, self.right)


_WAITING: Final = frozenset({State.HELD, State.DRAFT})
_PRESENT: Final = frozenset({State.PUBLISHED, *_WAITING})
_CORRECTABLE: Final = frozenset({State.WITHDRAWN, *_PRESENT})
ACTS: Final[dict[str, Act]] = {
    "release": Act(
        "Release",
        "The event is published: readers, feeds and the API get it at once.",
        Right.REVIEW,
        _WAITING,
        release_event,
    ),
    "reject": Act(
        "Reject",
        "The event is withdrawn without ever having been public.",
        Right.REVIEW,
        _WAITING,
        reject_event,
    ),
    "address": Act(
        "Change address",
        "The event moves to a new address; the present one redirects there for ever.",
        Right.CORRECT,
        _CORRECTABLE,
        change_address,
        AddressForm,
    ),
    "merge": Act(
        "Merge into another",
        "This event's addresses redirect to the other, which takes its sources, contexts, provenance, "
        "pins and questions. It can be taken back.",
        Right.MERGE,
        _PRESENT,
        merge_events,
        view=merge_view,
    ),
    "unmerge": Act(
        "Un-merge",
        "The event stands for itself again; what went over comes back. That the two differ is remembered.",
        Right.MERGE,
        frozenset({State.MERGED}),
        unmerge_event,
        shown=coming_back,
        template="admin/events/event/unmerge.html",
    ),
    "withdraw": Act(
        "Withdraw",
        "Its pages answer “410 Gone”, and it leaves lists, feeds, search and API at once. "
        "It can be restored.",
        Right.WITHDRAW,
        _PRESENT,
        withdraw_event,
        ReasonForm,
        reach,
    ),
    "legal": Act(
        "Remove for legal reasons",
        "Its words are erased for good, from here and from its history; its addresses answer “451”.",
        Right.REMOVE,
        _CORRECTABLE,
        remove_event,
        RemovalForm,
        erasure,
        "admin/events/event/remove.html",
    ),
    "restore": Act(
        "Restore",
        "The event is published again, at its old address.",
        Right.WITHDRAW,
        frozenset({State.WITHDRAWN}),
        restore_event,
        shown=reach,
    ),
}


def act_view(model_admin: ActingAdmin[Event], request: HttpRequest, event_id: int, name: str) -> HttpResponse:
    """Ask with a page of its own (GET), then do it (POST)."""
    act = ACTS.get(name)
    event = Event.objects.filter(pk=event_id).first()
    if act is None or event is None:
        raise Http404
    if not may(request, act.right):
        raise PermissionDenied
    if act.view is not None:
        return act.view(model_admin, request, event)
    form = act.form(request.POST or None, initial={"version": event.version})
    form.event = event
    news: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            act.run(actor=actor_of(request), event_id=event_id, **form.said())
        except StaleVersion as stale:
            event = Event.objects.get(pk=event_id)
            news = since(event, form.cleaned_data["version"])
            form = act.form({**request.POST.dict(), "version": event.version})
            form.event = event
            form.add_error(None, str(stale))
        except ActionError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{act.label}: done.")
            return HttpResponseRedirect(event_url(event_id))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{act.label}?",
        "opts": model_admin.opts,
        "act": act,
        "form": form,
        "event": event,
        "since": news,
        "back": event_url(event_id),
        "media": model_admin.media + form.media,
        "reach": act.shown(event) if act.shown is not None else None,
    }
    return TemplateResponse(request, act.template, context)


def bulk_act(
    model_admin: ActingAdmin[Event], request: HttpRequest, queryset: QuerySet[Event], name: str
) -> HttpResponse | None:
    """Ask, then do it to each event in the version that was shown; says which ones refused, and why.

    Those that somebody changed in between are asked about again, with what was changed.
    """
    act = ACTS[name]
    if not may(request, act.right):
        raise PermissionDenied
    if "confirmed" not in request.POST:
        return _ask_of_many(model_admin, request, act, queryset)
    done, stale = 0, {}
    actor, said = actor_of(request), {_asks(act): request.POST.get("note", "")}
    for event_id in queryset.order_by("pk").values_list("pk", flat=True):
        seen = number_of(request.POST.get(f"version_{event_id}"))
        try:
            act.run(actor=actor, event_id=event_id, version=seen, **said)
            done += 1
        except StaleVersion:
            stale[event_id] = seen
        except ActionError as refusal:
            messages.error(request, f"Event {event_id}: {refusal}")
    if done or not stale:
        messages.success(request, f"{act.label}: {done} done.")
    if not stale:
        return None
    messages.warning(
        request, "Somebody changed these in between. Look at what they are now, and decide again."
    )
    return _ask_of_many(model_admin, request, act, queryset.filter(pk__in=stale), stale)


def _ask_of_many(
    model_admin: ActingAdmin[Event],
    request: HttpRequest,
    act: Act,
    queryset: QuerySet[Event],
    stale: Mapping[int, int] = MappingProxyType({}),
) -> HttpResponse:
    """The page that asks; *stale* says up to which version the person had seen an event."""
    events = queryset.order_by("-date", "-pk")
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{act.label}?",
        "opts": model_admin.opts,
        "act": act,
        "rows": [{"event": event, "since": _since(event, stale)} for event in events],
        "action": request.POST["action"],
        "asks": _asks(act),
        "note": request.POST.get("note", ""),
    }
    return TemplateResponse(request, "admin/events/event/bulk_act.html", context)


def _since(event: Event, stale: Mapping[int, int]) -> list[dict[str, Any]]:
    return since(event, stale[event.pk]) if event.pk in stale else []


def _asks(act: Act) -> str:
    """What the act calls the words that go with it."""
    return "reason" if act.form is ReasonForm else "note"


def event_url(event_id: int) -> str:
    """The event's page in the admin."""
    return reverse("admin:events_event_change", args=[event_id])
