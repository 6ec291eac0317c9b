"""The review queue: one list of everything that waits for an editor, and what is done to many at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from events.actions.errors import ActionError
from events.actions.review.assign import assign_review
from events.actions.review.decide import Outcome, Seen, decide_reviews
from events.actions.review.replaced import same_replacement
from events.admin.base import actor_of, may, number_of
from events.admin.logbook import log_act
from events.admin.queue.filtering import QueueFilter, QueueForm, counts_by_kind, people
from events.admin.queue.words import line_of, outcome_of, words_of
from events.admin.site import desk_page
from events.models import ReviewItem
from events.vocabulary import ReviewState, Right

MANY: Final = 200
"""How many items are decided at once at most, so that the answer comes before anybody gives up waiting."""
_OLD: Final = dt.timedelta(days=7)


def require_looking(request: HttpRequest) -> None:
    """Raise ``PermissionDenied`` for people without any role."""
    if not request.user.has_perm("events.view_reviewitem"):
        raise PermissionDenied


def queue_view(request: HttpRequest) -> HttpResponse:
    """The list: counts by kind, the filter, a page of items."""
    require_looking(request)
    asked = QueueFilter.read(request.GET)
    persons = people()
    page = asked.page(
        request.user, after=number_of(request.GET.get("after")), before=number_of(request.GET.get("before"))
    )
    found = ReviewItem.objects.select_related("event", "other", "context", "assigned_to").in_bulk(page.ids)
    rows = [_row(found[pk]) for pk in page.ids if pk in found]
    counts = counts_by_kind(asked.state)
    return desk_page(
        request, "admin/queue/list.html", "Review queue",
        asked=asked, rows=rows, persons=persons, form=QueueForm(asked, persons),
        kinds=[
            {"count": count, "here": count.kind == asked.kind, "query": asked.query(kind=count.kind)}
            for count in counts
        ],
        total=sum(count.count for count in counts), all_query=asked.query(kind=""),
        query=asked.query(), narrowed=asked.query() != asked.query(**dict.fromkeys(_NARROWING, "")),
        earlier=asked.query(before=page.ids[0]) if page.earlier and page.ids else "",
        later=asked.query(after=page.ids[-1]) if page.later and page.ids else "",
        old=timezone.now() - _OLD, may_decide=may(request, Right.REVIEW),
        deciding=asked.state == ReviewState.OPEN and may(request, Right.REVIEW),
    )  # fmt: skip


_NARROWING: Final = ("edition", "who", "harvest", "context", "age", "q")


def _row(item: ReviewItem) -> dict[str, Any]:
    return {
        "item": item,
        "line": line_of(item),
        "seen": seen_text(item),
        "outcome": "" if item.state == ReviewState.OPEN else outcome_of(item),
    }


def bulk_view(request: HttpRequest) -> HttpResponse:
    """Decide many items alike: first a page that says what will be done to each, then the outcome of each."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("admin:queue"))
    if not may(request, Right.REVIEW):
        raise PermissionDenied
    asked = QueueFilter.read_query(request.POST.get("in", ""))
    seen = list(_seen(request))
    if not seen:
        messages.warning(request, "Select some items first.")
        return HttpResponseRedirect(queue_url(asked))
    accept = request.POST.get("answer") == "accept"
    if "confirmed" in request.POST:
        outcomes = decide_reviews(
            actor=actor_of(request), seen=seen, accept=accept, note=request.POST.get("note", "")
        )
        return _outcomes(request, asked, outcomes)
    items = ReviewItem.objects.select_related("event", "other", "context").in_bulk(
        [one.item_id for one in seen]
    )
    rows = [
        {"item": item, "line": line_of(item), "does": words.accepting if accept else words.rejecting,
         "label": words.accept if accept else words.reject}
        for one in seen if (item := items.get(one.item_id)) is not None
        for words in (words_of(item),)
    ]  # fmt: skip
    return desk_page(
        request, "admin/queue/bulk.html", "Decide these?",
        rows=rows, accept=accept, query=asked.query(), seen=" ".join(map(_text, seen)), most=MANY,
        waiting=number_of(request.POST.get("waiting")),
    )  # fmt: skip


def _outcomes(request: HttpRequest, asked: QueueFilter, outcomes: list[Outcome]) -> HttpResponse:
    for one in outcomes:
        if one.item is not None:
            said = f"{one.item.get_state_display()}: {outcome_of(one.item)}"
            log_act(request, one.item, f"{said} (one of {len(outcomes)}).")
    items = ReviewItem.objects.select_related("event", "other", "context").in_bulk(
        [one.seen.item_id for one in outcomes]
    )
    rows = [
        {"item": items.get(one.seen.item_id), "line": line_of(items[one.seen.item_id]), "outcome": one}
        for one in outcomes
        if one.seen.item_id in items
    ]
    return desk_page(
        request, "admin/queue/bulk_done.html", "Decided",
        rows=rows, done=sum(one.item is not None for one in outcomes), query=asked.query(),
        refused=sum(one.item is None for one in outcomes),
    )  # fmt: skip


def _seen(request: HttpRequest) -> Iterable[Seen]:
    """What was selected, as it was shown; with ``same``, every item with that item's pair of contexts."""
    if same := number_of(request.POST.get("same")):
        item = ReviewItem.objects.select_related("event").filter(pk=same).first()
        rows = (
            same_replacement(item).select_related("event").order_by("pk")[:MANY] if item is not None else ()
        )
        for row in rows:
            yield Seen(row.pk, row.event.version if row.event is not None else None)
        return
    told = " ".join([*request.POST.getlist("item"), request.POST.get("seen", "")]).split()
    for text in told[:MANY]:
        parts = [number_of(part) for part in f"{text}::".split(":")]
        yield Seen(parts[0], parts[1] or None, parts[2] or None)


def seen_text(item: ReviewItem) -> str:
    """An item as it is shown, for a form: its id and the versions of its events."""
    versions = (one.version if one is not None else None for one in (item.event, item.other))
    return _text(Seen(item.pk, *versions))


def _text(seen: Seen) -> str:
    return ":".join(str(part or "") for part in seen)


def assign_view(request: HttpRequest) -> HttpResponse:
    """Take items on, give them to somebody, or drop them (``to``: "me", "nobody", a user's id)."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("admin:queue"))
    asked = QueueFilter.read_query(request.POST.get("in", ""))
    to = request.POST.get("to") or request.POST.get("person", "")
    ids = [one.item_id for one in _seen(request)]
    chosen = {"me": request.user.pk, "nobody": None}.get(to, number_of(to))
    back = number_of(request.POST.get("back"))
    target = item_url(back, asked) if back else queue_url(asked)
    if not ids or (chosen == 0):
        messages.warning(request, "Select some items, and somebody to do them.")
        return HttpResponseRedirect(target)
    try:
        changed = assign_review(actor=actor_of(request), item_ids=ids, user_id=chosen)
    except ActionError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(target)
    for item in changed:
        log_act(request, item, f"Assigned to {item.assigned_to or 'nobody'}.")
    messages.success(request, f"Assigned anew: {len(changed)}.")
    return HttpResponseRedirect(target)


def queue_url(asked: QueueFilter) -> str:
    """The list with this filter."""
    return f"{reverse('admin:queue')}?{asked.query()}".rstrip("?")


def item_url(item_id: int, asked: QueueFilter) -> str:
    """An item's page, which goes on in this filter."""
    return f"{reverse('admin:queue_item', args=[item_id])}?{asked.query()}".rstrip("?")
