"""Publishers in the admin: renamed, merged and un-merged, hosts moved; counts are shown first."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from events.actions.errors import ActionError
from events.actions.publishing import (
    at_host,
    coming_back,
    holdings,
    merge_publishers,
    move_host,
    rename_publisher,
    unmerge_publisher,
)
from events.admin.base import ActingAdmin, RefusalMixin, actor_of, may, number_of
from events.admin.logbook import log_act
from events.models import Publisher, PublisherHost, PublisherTally, Source
from events.vocabulary import Right

_PUBLISHER: Final = Source._meta.get_field("publisher")


class PublisherForm(RefusalMixin, forms.ModelForm):  # type: ignore[type-arg]
    """A publisher's name; ``seen`` is the one that the editor saw."""

    name = forms.CharField(max_length=200, help_text="The former name leads to the new one.")
    seen = forms.CharField(widget=forms.HiddenInput(), required=False, strip=False)

    class Meta:
        model = Publisher
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["name"] = self.initial["seen"] = self.instance.name

    def _post_clean(self) -> None:
        """Nothing: the action checks, and the row is only changed by it."""


class IntoForm(forms.Form):
    """Which publisher it goes to."""

    into = forms.ModelChoiceField(
        Publisher.objects.filter(merged_into__isnull=True),
        label="Publisher",
        widget=AutocompleteSelect(_PUBLISHER, admin.site),
        help_text="Find it by its name or a host.",
    )


_CITING: Final = (
    PublisherTally.objects.filter(name=OuterRef("name"))
    .order_by()
    .values("name")
    .annotate(number=Sum("events"))
    .values("number")
)


class PublisherAdmin(ActingAdmin[Publisher]):
    """Who publishes, with hosts and names, and how many events cite them."""

    right = Right.TAG
    change_form_template = "admin/events/publisher/change_form.html"
    list_display = ("name", "merged_into", "events_counted", "created_at")
    list_filter = (("merged_into", admin.EmptyFieldListFilter),)
    list_select_related = ("merged_into",)
    search_fields = ("name", "hosts__host")
    ordering = ("name",)

    def has_change_permission(self, request: HttpRequest, obj: Publisher | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.merged_into_id is None)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Publisher]:
        found = super().get_queryset(request)
        return found if _chooses(request) else found.annotate(event_count=Subquery(_CITING))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Publisher], search_term: str
    ) -> tuple[QuerySet[Publisher], bool]:
        """Where one is to be chosen, merged ones are not offered."""
        if _chooses(request):
            queryset = queryset.filter(merged_into__isnull=True)
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description="events")
    def events_counted(self, publisher: Publisher) -> int:
        """How many published events cite it."""
        return getattr(publisher, "event_count", None) or 0

    def get_form(
        self, request: HttpRequest, obj: Publisher | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if self.has_change_permission(request, obj):
            kwargs["form"] = PublisherForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Publisher | None = None) -> Any:
        mine = self.has_change_permission(request, obj)
        return ((None, {"fields": ("name", "seen") if mine else ("name", "merged_into", "created_at")}),)

    def save_model(self, request: HttpRequest, obj: Publisher, form: Any, change: bool) -> None:
        clean = form.cleaned_data
        rename_publisher(actor=actor_of(request), publisher_id=obj.pk, seen=clean["seen"], name=clean["name"])
        obj.name = clean["name"]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["show_save_and_add_another"] = False
        if (publisher := kwargs.get("obj")) is not None:
            context["hosts"] = list(publisher.hosts.all())
            context["names"] = list(publisher.merged_publishers.all())
            context["has"] = holdings(publisher) if publisher.merged_into_id is None else None
            context["may_merge"] = may(request, Right.MERGE)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        wrapped = self.admin_site.admin_view
        return [
            path("<int:pk>/merge/", wrapped(self.merge_view), name="events_publisher_merge"),
            path("<int:pk>/unmerge/", wrapped(self.unmerge_view), name="events_publisher_unmerge"),
            path("host/<int:pk>/", wrapped(self.host_view), name="events_publisher_host"),
            *super().get_urls(),
        ]

    def merge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Which one stays; then both with counts; then merge."""
        goes = _found(request, Publisher.objects.filter(merged_into__isnull=True), pk)
        form = IntoForm(request.POST or (request.GET if request.GET.get("into") else None))
        shown: dict[str, Any] = {"act": "merge", "label": "Merge", "publisher": goes, "form": form}
        if form.is_bound and form.is_valid():
            stays = form.cleaned_data["into"]
            shown |= {"into": stays, "into_has": holdings(stays)}
            if request.method == "POST":
                try:
                    merge_publishers(
                        actor=actor_of(request), publisher_id=pk, into_id=stays.pk,
                        seen=request.POST.get("seen", ""), into_seen=request.POST.get("into_seen", ""),
                    )  # fmt: skip
                except ActionError as refusal:
                    shown["refusal"] = str(refusal)
                else:
                    return self._done(request, goes, stays, f"Merged into “{stays.name}”.")
        return self._ask(request, {**shown, "has": holdings(goes)})

    def unmerge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what comes back; then take the merge back."""
        back = _found(request, Publisher.objects.filter(merged_into__isnull=False), pk)
        shown = {"act": "unmerge", "label": "Un-merge", "publisher": back, "into": back.merged_into}
        if request.method == "POST":
            try:
                unmerge_publisher(actor=actor_of(request), publisher_id=pk)
            except ActionError as refusal:
                shown["refusal"] = str(refusal)
            else:
                return self._done(request, back, back, "Un-merged.")
        return self._ask(request, {**shown, "has": coming_back(back)})

    def host_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Which publisher gets the host, with what stands there; then move it."""
        host = _found(request, PublisherHost.objects.select_related("publisher"), pk)
        form = IntoForm(request.POST or None)
        shown = {
            "act": "host", "label": "Move host", "publisher": host.publisher, "host": host, "form": form,
        }  # fmt: skip
        if request.method == "POST" and form.is_valid():
            into, seen = form.cleaned_data["into"], request.POST.get("seen", "")
            try:
                move_host(actor=actor_of(request), host_id=pk, into_id=into.pk, seen=number_of(seen))
            except ActionError as refusal:
                shown["refusal"] = str(refusal)
            else:
                return self._done(request, host.publisher, into, f"{host.host} went to “{into.name}”.")
        return self._ask(request, {**shown, "has": at_host(host)})

    def _done(self, request: HttpRequest, about: Publisher, goes_to: Publisher, said: str) -> HttpResponse:
        log_act(request, about, said)
        messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:events_publisher_change", args=[goes_to.pk]))

    def _ask(self, request: HttpRequest, shown: dict[str, Any]) -> HttpResponse:
        media = self.media + shown["form"].media if "form" in shown else self.media
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "media": media,
            "title": f"{shown['label']}?", **shown,
        }  # fmt: skip
        return TemplateResponse(request, "admin/events/publisher/act.html", context)


def _chooses(request: HttpRequest) -> bool:
    return request.path.endswith("/autocomplete/")


def _found(request: HttpRequest, rows: QuerySet[Any], pk: int) -> Any:
    """The row that an act is about; 404 where there is none, 403 for who may not merge."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    if not may(request, Right.MERGE):
        raise PermissionDenied
    return row
