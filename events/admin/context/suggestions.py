"""Contexts to look at: likely duplicates, names in texts, candidates; each with a click to accept."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from events.actions.contexts.suggestions import event_counts
from events.actions.errors import ActionError
from events.actions.review.decide import decide_review
from events.admin.base import actor_of, may
from events.admin.site import desk_page
from events.models import Context, Event, ReviewItem, Tagging
from events.vocabulary import EDITIONS, ReviewKind, Right

Json = dict[str, Any]
KINDS: Final = {
    "duplicates": ReviewKind.CONTEXT_DUPLICATE,
    "named": ReviewKind.CONTEXT_NAMED,
    "candidates": ReviewKind.CANDIDATE,
}
REASONS: Final = {
    "script": "the same in traditional and simplified characters",
    "form": "the same but for case, accents, hyphens or quotation marks",
    "disambiguation": "the same but for “(disambiguation)”",
    "alias": "another name of the one is the other’s name",
    "country": "the same but for the name of a country",
    "words": "the same words in another order or number",
    "spelling": "a letter or two differ",
}
_A_PAGE: Final = 25
_EXAMPLES: Final = 2


def suggestions_view(request: HttpRequest) -> HttpResponse:
    """What waits, a kind at a time, the first proposed first; a constant number of queries."""
    kind = request.GET.get("kind", "duplicates")
    if kind not in KINDS:
        raise Http404
    waiting = ReviewItem.objects.open().filter(kind__in=KINDS.values())
    counts = dict(waiting.order_by().values_list("kind").annotate(Count("pk")))
    items = waiting.filter(kind=KINDS[kind]).select_related("context", "event")
    page = Paginator(items, _A_PAGE).get_page(request.GET.get("p"))
    rows = _DRESSED[kind](list(page.object_list))
    return desk_page(
        request, "admin/events/context/suggestions.html", "Contexts to look at", kind=kind, page=page,
        rows=rows, tabs=[(name, counts.get(value, 0)) for name, value in KINDS.items()],
        may_merge=may(request, Right.MERGE), may_decide=may(request, Right.REVIEW),
    )  # fmt: skip


def decide_suggestion(request: HttpRequest, item_id: int) -> HttpResponse:
    """``answer``: ``accept``, ``other`` (accept, and the other context stays) or ``never``."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    item = ReviewItem.objects.filter(pk=item_id, kind__in=KINDS.values()).first()
    if item is None:
        raise Http404
    answer = request.POST.get("answer")
    stays = item.data.get("other") if answer == "other" else None
    said, refused = "", ""
    if item.kind == ReviewKind.CONTEXT_DUPLICATE and answer != "never" and not may(request, Right.MERGE):
        raise PermissionDenied
    try:
        decide_review(actor=actor_of(request), item_id=item_id, accept=answer != "never", stays=stays)
        said = _ANSWERED[ReviewKind(item.kind)][answer == "never"]
    except ActionError as refusal:
        refused = str(refusal)
    if request.headers.get("HX-Request"):
        pair = [pk for pk in (item.context_id, item.data.get("other")) if isinstance(pk, int)]
        gone = Context.objects.filter(pk__in=pair, merged_into__isnull=False)
        shown = {"said": said, "refused": refused, "gone": gone.first() if not refused else None}
        return TemplateResponse(request, "admin/events/context/answered.html", shown)
    (messages.error if refused else messages.success)(request, refused or said)
    kind = next(name for name, value in KINDS.items() if value == item.kind)
    return HttpResponseRedirect(f"{reverse('admin:context_suggestions')}?kind={kind}")


_ANSWERED: Final = {
    ReviewKind.CONTEXT_DUPLICATE: ("Merged.", "They differ; they will not be proposed again."),
    ReviewKind.CONTEXT_NAMED: ("The event is tagged.", "The event will not be tagged with it."),
    ReviewKind.CANDIDATE: (
        "The context is created, its events are tagged.",
        "It will not be proposed again.",
    ),
}


def _duplicates(items: list[ReviewItem]) -> list[Json]:
    ids = {pk for item in items for pk in (item.context_id, item.data.get("other")) if isinstance(pk, int)}
    tags = Tagging.objects.active().filter(context=OuterRef("pk")).order_by("-event").values("event")
    newest = Context.objects.standing().annotate(first=Subquery(tags[:1]), second=Subquery(tags[1:2]))
    contexts: dict[int, Any] = newest.in_bulk(list(ids))
    counts = event_counts(contexts)
    wanted = {pk for context in contexts.values() for pk in (context.first, context.second) if pk}
    events = Event.objects.only("date", "text").in_bulk(list(wanted))

    def shown(pk: int) -> Json:
        context = contexts[pk]
        examples = [events[one] for one in (context.first, context.second) if one in events]
        return {"context": context, "count": counts.get(pk, 0), "examples": examples}

    return [
        {
            "item": item,
            "why": REASONS.get(item.data.get("reason", ""), ""),
            "both": [shown(pk) for pk in (item.context_id, item.data.get("other")) if pk in contexts],
        }
        for item in items
    ]


def _named(items: list[ReviewItem]) -> list[Json]:
    return [{"item": item, "lang": EDITIONS[item.event.edition].lang if item.event else ""} for item in items]


def _candidates(items: list[ReviewItem]) -> list[Json]:
    ids = {pk for item in items for pk in item.data.get("examples", ())[:_EXAMPLES]}
    events = Event.objects.only("date", "text", "edition").in_bulk(list(ids))
    return [
        {
            "item": item,
            "examples": [events[pk] for pk in item.data.get("examples", ())[:_EXAMPLES] if pk in events],
        }
        for item in items
    ]


_DRESSED: Final = {"duplicates": _duplicates, "named": _named, "candidates": _candidates}
