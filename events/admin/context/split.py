"""Splitting a context: find the events, tick them, look at what will happen; and taking a split back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.dateparse import parse_date

from events.actions.contexts.naming import context_name, find_contexts
from events.actions.contexts.split import SPLIT_MOST, split_context, splits_of, undo_split
from events.actions.errors import ActionError, StaleVersion
from events.admin.base import actor_of, may, number_of
from events.admin.context.form import ActForm, SplitForm
from events.admin.context.merge import context_url
from events.admin.site import desk_page
from events.models import Context, Event, Tagging
from events.search.asking import Filters
from events.search.find import LIMIT_MOST, search
from events.search.language import parse
from events.vocabulary import Right

Json = dict[str, Any]
_A_PAGE: Final = 100
_EXAMPLES: Final = 10


def split_view(request: HttpRequest, context_id: int) -> HttpResponse:
    """GET: the context's events by words, days and publisher, to be ticked. POST: look, then split."""
    context = Context.objects.standing().filter(pk=context_id).first()
    if context is None:
        raise Http404
    if not may(request, Right.TAG):
        raise PermissionDenied
    if request.method != "POST":
        return _choose(request, context)
    chosen = _all_of(request, context) if "all" in request.POST else request.POST.getlist("event")
    if "events" in request.POST:
        chosen = request.POST["events"].split(",")
    data = {**request.POST.dict(), "events": ",".join(map(str, chosen)), "version": context.version}
    if "confirmed" not in request.POST:
        return _look(request, context, SplitForm(data))
    form = SplitForm(request.POST)
    if form.is_valid():
        clean = form.cleaned_data
        try:
            done = split_context(
                actor=actor_of(request), context_id=context_id, version=clean["version"], name=clean["name"],
                event_ids=clean["events"], lead=clean["lead"], note=clean["note"],
            )  # fmt: skip
        except StaleVersion as stale:
            form = SplitForm(data)
            form.full_clean()
            form.add_error(None, str(stale))
        except ActionError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{done.events:,} events have “{done.context.name}” now.")
            return HttpResponseRedirect(context_url(context_id))
    return _look(request, context, form)


def undo_split_view(request: HttpRequest, context_id: int, number: int) -> HttpResponse:
    """Say what comes back, and take the split back that revision *number* notes."""
    context = Context.objects.standing().filter(pk=context_id).first()
    found = None if context is None else next(
        (one for one in splits_of(context) if one[0].number == number), None
    )  # fmt: skip
    if context is None or found is None:
        raise Http404
    if not may(request, Right.TAG):
        raise PermissionDenied
    form = ActForm(request.POST or None, initial={"version": context.version})
    if request.method == "POST" and form.is_valid():
        try:
            done = undo_split(
                actor=actor_of(request), context_id=context_id, revision_number=number, **form.cleaned_data
            )
        except ActionError as refusal:
            form = ActForm(initial={"version": context.version, "note": form.cleaned_data["note"]})
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{done.events:,} events have “{context.name}” again.")
            return HttpResponseRedirect(context_url(context_id))
    revision, record = found
    shown = {"context": context, "form": form, "revision": revision, "record": record}
    return desk_page(request, "admin/events/context/split_undo.html", "Take the split back", **shown)


def _choose(request: HttpRequest, context: Context) -> HttpResponse:
    asked = _asked(request.GET)
    results = search(
        parse(asked["q"]), filters=_filters(context, asked), order="date", limit=_A_PAGE,
        after=number_of(request.GET.get("after")) or None,
    )  # fmt: skip
    ids = [hit.event_id for hit in results.hits]
    events = Event.objects.in_bulk(ids, field_name="pk")
    more = {**{name: value for name, value in asked.items() if value}, "after": results.after}
    return desk_page(
        request, "admin/events/context/split.html", "Split a context", context=context, asked=asked,
        events=[events[pk] for pk in ids if pk in events], most=SPLIT_MOST,
        more=urlencode(more) if results.after else "",
        count=Tagging.objects.active().filter(context=context).count(),
    )  # fmt: skip


def _look(request: HttpRequest, context: Context, form: SplitForm) -> HttpResponse:
    """The page before splitting: what will happen, with examples."""
    form.is_valid()
    ids = form.cleaned_data.get("events", [])
    events = Event.objects.filter(
        pk__in=ids[: SPLIT_MOST + 1], taggings__context=context, taggings__removed=False
    )
    name = context_name(form.data.get("name", ""))
    target = find_contexts(context.edition, [name]).get(name) if name else None
    there = Tagging.objects.active().filter(context=target) if target else Tagging.objects.none()
    return desk_page(
        request, "admin/events/context/split_look.html", "Split a context", context=context, form=form,
        count=events.count(), led=events.filter(lead=context).count(), target=target, name=name,
        there=there.count(), both=there.filter(event__in=events).count(),
        left=Tagging.objects.active().filter(context=context).count() - events.count(),
        examples=events.newest_first()[:_EXAMPLES],
    )  # fmt: skip


def _asked(said: Any) -> Json:
    return {name: said.get(name, "").strip() for name in ("q", "from", "to", "publisher")}


def _filters(context: Context, asked: Json) -> Filters:
    return Filters(
        contexts=(frozenset({context.pk}),),
        publishers=(asked["publisher"],) if asked["publisher"] else (),
        first=_day(asked["from"]),
        last=_day(asked["to"]),
    )


def _day(said: str) -> dt.date | None:
    try:
        return parse_date(said)
    except ValueError:
        return None


def _all_of(request: HttpRequest, context: Context) -> Sequence[int]:
    """All events of the search, the newest ones where they are too many for one split."""
    asked = _asked(request.POST)
    found: list[int] = []
    after = None
    while len(found) < SPLIT_MOST:
        results = search(
            parse(asked["q"]), filters=_filters(context, asked), order="date", limit=LIMIT_MOST, after=after
        )
        found += [hit.event_id for hit in results.hits]
        after = results.after
        if after is None:
            break
    return found[:SPLIT_MOST]
