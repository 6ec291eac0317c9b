"""The review queue in the admin: each question with its sides, and two buttons."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.text import Truncator

from events.actions.errors import ActionError
from events.actions.review import decide_review
from events.admin.base import ReadingAdmin, actor_of, may
from events.admin.event_panel import three_sides
from events.admin.logbook import log_act
from events.models import Event, ReviewItem
from events.vocabulary import EDITIONS, ReviewKind, ReviewState, Right

_ANSWERS: Final[dict[str, tuple[str, str]]] = {
    ReviewKind.CONFLICT: ("Take upstream's", "Keep ours"),
    ReviewKind.HELD: ("Take upstream's", "Keep ours"),
    ReviewKind.DUPLICATE: ("Merge into the older", "They are different"),
    ReviewKind.CONTEXT_REPLACED: ("Keep the new context", "Put the old one back"),
    ReviewKind.CANDIDATE: ("Create the context", "Never propose it again"),
}


class ReviewItemAdmin(ReadingAdmin[ReviewItem]):
    """What waits for an editor; decided on the item's page."""

    change_form_template = "admin/events/reviewitem/change_form.html"
    list_display = ("__str__", "kind", "field", "about", "state", "created_at", "decided_by_name")
    list_filter = ("state", "kind")
    list_select_related = ("event", "other")
    search_fields = ("key", "event__text")
    date_hierarchy = "created_at"
    ordering = ("id",)
    fields = ("kind", "state", "field", "harvest", "created_at", "decided_at", "decided_by_name")

    @admin.display(description="event")
    def about(self, item: ReviewItem) -> str:
        """The first words of the event."""
        return Truncator(item.event.text).chars(80) if item.event is not None else ""

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        found = ReviewItem.objects.select_related("event__lead", "other__lead").filter(
            pk=int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        )
        context = dict(extra_context or {})
        if (item := found.first()) is not None:
            event = item.event
            context["item"] = item
            if "upstream" in item.data:
                cjk = event is not None and EDITIONS[event.edition].cjk
                context["sides"] = three_sides(item, cjk=cjk)
            if item.kind == ReviewKind.CANDIDATE:
                context["examples"] = Event.objects.filter(pk__in=item.data["examples"]).order_by("-date")
            answers = _ANSWERS.get(item.kind)
            if answers and item.kind == ReviewKind.HELD and not item.field:
                answers = ("Release the event", "Reject the event")
            if item.state == ReviewState.OPEN and may(request, Right.REVIEW):
                context["answers"] = answers
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decide_view)
        return [path("<int:item_id>/decide/", view, name="events_reviewitem_decide"), *super().get_urls()]

    def decide_view(self, request: HttpRequest, item_id: int) -> HttpResponse:
        """Answer the question; go on to the next open one of its kind, or back to the list."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        version = request.POST.get("version", "")
        try:
            item = decide_review(
                actor=actor_of(request), item_id=item_id, accept=request.POST.get("answer") == "accept",
                note=request.POST.get("note", ""), version=int(version) if version.isdecimal() else None,
            )  # fmt: skip
        except ActionError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("admin:events_reviewitem_change", args=[item_id]))
        log_act(request, item, f"{item.get_state_display()}.")
        messages.success(request, f"{item.get_kind_display()}: {item.get_state_display().lower()}.")
        following = ReviewItem.objects.open().filter(kind=item.kind, pk__gt=item_id).order_by("pk").first()
        if following is not None:
            return HttpResponseRedirect(reverse("admin:events_reviewitem_change", args=[following.pk]))
        return HttpResponseRedirect(reverse("admin:events_reviewitem_changelist") + "?state__exact=open")
