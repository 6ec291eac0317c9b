"""One item of the queue on a page of its own: looked at, answered, asked again."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse

from events.actions.errors import ActionError, StaleVersion
from events.actions.review.decide import decide_review, may_reopen, reopen_review
from events.actions.review.replaced import merge_replaced
from events.admin.base import actor_of, may
from events.admin.logbook import log_act
from events.admin.queue.filtering import QueueFilter, people
from events.admin.queue.forms import AnswerForm, form_of
from events.admin.queue.pages import item_url, queue_url, require_looking, seen_text
from events.admin.queue.pictures import events_of, picture_of
from events.admin.queue.words import line_of, outcome_of, words_of
from events.admin.site import desk_page
from events.models import ReviewItem
from events.vocabulary import ReviewKind, ReviewState, Right

_HISTORY: Final = 20
_ANSWERS: Final = ("accept", "reject", "own", "merge")
_PAINTED: Final = frozenset(ReviewKind.values)


def item_view(request: HttpRequest, item_id: int) -> HttpResponse:
    """The question with the right picture, its answers, and the way to the next one."""
    require_looking(request)
    asked = QueueFilter.read(request.GET)
    return _show(request, _item(item_id), asked, start=request.GET.get("start", "ours"))


def decide_view(request: HttpRequest, item_id: int) -> HttpResponse:
    """Answer as the button says (``answer``); then the next of the same filter, or back to the list.

    What is refused is shown on the item's page, with what was typed kept; where somebody was
    faster, beside what the event says now.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not may(request, Right.REVIEW):
        raise PermissionDenied
    item = _item(item_id)
    asked = QueueFilter.read_query(request.POST.get("in", ""))
    answer = request.POST.get("answer", "")
    form: AnswerForm = form_of(item, item.event, request.POST)
    if answer not in _ANSWERS or not form.is_valid():
        return _show(request, item, asked, form=form, refusal="Look at the fields below.")
    try:
        item = _answer(request, item, answer, form)
    except ActionError as refusal:
        return _refused(request, item_id, asked, refusal)
    log_act(request, item, f"{item.get_state_display()}: {outcome_of(item)}.")
    messages.success(request, f"{item.get_kind_display()}: {outcome_of(item)}.")
    following = asked.neighbour(request.user, item_id)
    return HttpResponseRedirect(item_url(following, asked) if following else queue_url(asked))


def _answer(request: HttpRequest, item: ReviewItem, answer: str, form: AnswerForm) -> ReviewItem:
    said = form.said(answer)
    if answer == "merge":
        merge_replaced(
            actor=actor_of(request),
            item_id=item.pk,
            stays_id=form.cleaned_data["stays"] or 0,
            note=said["note"],
        )
        item.refresh_from_db()
        return item
    return decide_review(actor=actor_of(request), item_id=item.pk, accept=answer != "reject", **said)


def _refused(request: HttpRequest, item_id: int, asked: QueueFilter, refusal: ActionError) -> HttpResponse:
    """The page again. Who was overtaken has now seen the present version, and may answer anew."""
    item = _item(item_id)
    data = request.POST.copy()
    if isinstance(refusal, StaleVersion):
        for name, event in (("version", item.event), ("other_version", item.other)):
            data[name] = str(event.version) if event is not None else ""
    form = form_of(item, item.event, data)
    return _show(request, item, asked, form=form, refusal=str(refusal))


def reopen_view(request: HttpRequest, item_id: int) -> HttpResponse:
    """Ask the question again."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    asked = QueueFilter.read_query(request.POST.get("in", ""))
    try:
        item = reopen_review(actor=actor_of(request), item_id=_item(item_id).pk)
    except ActionError as refusal:
        messages.error(request, str(refusal))
    else:
        log_act(request, item, "Asked again.")
        messages.success(request, "The question is open again.")
    return HttpResponseRedirect(item_url(item_id, asked))


def _item(item_id: int) -> ReviewItem:
    related = ("event", "other", "context", "harvest__origin", "assigned_to")
    item = ReviewItem.objects.select_related(*related).filter(pk=item_id).first()
    if item is None:
        raise Http404
    return item


def _show(
    request: HttpRequest,
    item: ReviewItem,
    asked: QueueFilter,
    *,
    form: AnswerForm | None = None,
    refusal: str = "",
    start: str = "ours",
) -> HttpResponse:
    events = events_of(item)
    if item.event_id is not None:
        item.event = events.get(item.event_id, item.event)
    deciding = item.state == ReviewState.OPEN and may(request, Right.REVIEW)
    if deciding and form is None:
        form = form_of(item, item.event, start=start)
    shown: dict[str, Any] = picture_of(item, events)
    template = item.kind if item.kind in _PAINTED else "item"
    earlier, later = (asked.neighbour(request.user, item.pk, forward=way) for way in (False, True))
    return desk_page(
        request, f"admin/queue/{template}.html", f"{item.get_kind_display()} {item.pk}",
        **shown,
        item=item, line=line_of(item), words=words_of(item), form=form if deciding else None,
        refusal=refusal, deciding=deciding, may_merge=may(request, Right.MERGE), start=start,
        outcome="" if item.state == ReviewState.OPEN else outcome_of(item),
        reopenable=item.state != ReviewState.OPEN
        and may(request, Right.REVIEW)
        and may_reopen(item, actor_of(request)),
        history=[{"item": one, "outcome": outcome_of(one)} for one in _earlier(item)],
        query=asked.query(), seen=seen_text(item), back=queue_url(asked),
        persons=people() if deciding else (),
        previous=item_url(earlier, asked) if earlier else "",
        following=item_url(later, asked) if later else "",
        here=reverse("admin:queue_item", args=[item.pk]),
    )  # fmt: skip


def _earlier(item: ReviewItem) -> list[ReviewItem]:
    """What was decided before about the same event, newest first."""
    if item.event_id is None:
        return []
    decided = ReviewItem.objects.filter(event=item.event_id, decided_at__isnull=False).exclude(pk=item.pk)
    return list(decided.order_by("-decided_at", "-pk")[:_HISTORY])
