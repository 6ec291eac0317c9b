"""Contexts in the admin: found, edited, with their history; merging and splitting have pages of their own."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Literal

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from events.actions.contexts.edit import edit_context
from events.actions.errors import ActionError, StaleVersion
from events.admin.base import ActingAdmin, actor_of, may, number_of
from events.admin.context.conflict import reconciled
from events.admin.context.form import ContextForm
from events.admin.context.merge import merge_view, unmerge_view
from events.admin.context.panel import panel
from events.admin.context.split import split_view, undo_split_view
from events.admin.history import HistoryMixin
from events.formats.prose import clean_html
from events.harvest.limits import TEXT_MAX
from events.models import Context
from events.search.names import context_ids_named
from events.vocabulary import EDITIONS, Right

_FIELDS: Final = (
    "name", "alias_lines", "broader", "more_broader", "profile", "wikidata", "wikipedia", "generic",
    "version",
)  # fmt: skip
_FOUND_MOST: Final = 200
_READ: Final = ("name", "slug", "edition", "merged_into", "profile", "wikidata", "wikipedia", "generic")


class ContextAdmin(HistoryMixin, ActingAdmin[Context]):
    """Editing. Contexts come into being on events, and never go."""

    right = Right.TAG
    history_subject: ClassVar[Literal["event", "context"]] = "context"
    change_form_template = "admin/events/context/change_form.html"
    list_display = ("name", "edition", "generic", "merged_into", "version", "updated_at")
    list_filter = ("edition", "generic", ("merged_into", admin.EmptyFieldListFilter))
    list_select_related = ("merged_into",)
    search_fields = ("name", "aliases__name")
    search_help_text = "The beginning of a name or another name, or of a word in it."
    ordering = ("name",)

    def has_change_permission(self, request: HttpRequest, obj: Context | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.merged_into_id is None)

    def get_form(
        self, request: HttpRequest, obj: Context | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if self.has_change_permission(request, obj):
            kwargs["form"] = ContextForm
        form = super().get_form(request, obj, change, **kwargs)
        form.looking = getattr(request, "looking", False)
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Context | None = None) -> Any:
        if not self.has_change_permission(request, obj):
            return ((None, {"fields": _READ}),)
        return ((None, {"fields": _FIELDS}),)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Context], search_term: str
    ) -> tuple[QuerySet[Context], bool]:
        """By the beginning of a word of a name. Merged ones are not offered where one is to be chosen."""
        if request.path.endswith("/autocomplete/"):
            queryset = queryset.filter(merged_into__isnull=True)
            if request.GET.get("edition") in EDITIONS:
                queryset = queryset.filter(edition=request.GET["edition"])
            if apart := number_of(request.GET.get("apart")):
                queryset = queryset.exclude(pk=apart)
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=context_ids_named(search_term)[:_FOUND_MOST]), False

    def save_model(self, request: HttpRequest, obj: Context, form: Any, change: bool) -> None:
        edit_context(
            actor=actor_of(request),
            context_id=obj.pk,
            version=form.cleaned_data["version"],
            values=form.values(),
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = _found(object_id)
        if context is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        shown = {**(extra_context or {}), "panel": panel(context), "may_merge": may(request, Right.MERGE)}
        if request.method != "POST":
            shown["preview"] = clean_html(context.profile)
            return super().changeform_view(request, object_id, form_url, shown)
        shown["preview"] = clean_html(request.POST.get("profile", "")[:TEXT_MAX])
        if "_preview" in request.POST:
            request.looking = True  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, shown)
        try:
            return self._show_form(request, object_id, form_url, shown)
        except StaleVersion:
            form = self.get_form(request, context, change=True)(request.POST, instance=context)
            form.is_valid()
            stored = Context.objects.get(pk=context.pk)
            shown["conflict"], request.POST = reconciled(form, stored, request.POST)  # type: ignore[assignment]
            shown["preview"] = clean_html(request.POST["profile"][:TEXT_MAX])
            request.looking = True  # type: ignore[attr-defined]
        except ActionError as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
        return self._show_form(request, object_id, form_url, shown)

    def get_urls(self) -> list[URLPattern]:
        wrapped = self.admin_site.admin_view
        own = [
            path("profile/", wrapped(profile_view), name="context_profile"),
            path("<int:context_id>/merge/", wrapped(merge_view), name="events_context_merge"),
            path("<int:context_id>/unmerge/", wrapped(unmerge_view), name="events_context_unmerge"),
            path("<int:context_id>/split/", wrapped(split_view), name="events_context_split"),
            path(
                "<int:context_id>/split/<int:number>/undo/",
                wrapped(undo_split_view),
                name="events_context_split_undo",
            ),
        ]
        return [*own, *super().get_urls()]


def profile_view(request: HttpRequest) -> HttpResponse:
    """A profile as readers will see it, while it is being written."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not may(request, Right.TAG):
        raise PermissionDenied
    preview = clean_html(request.POST.get("profile", "")[:TEXT_MAX])
    return TemplateResponse(request, "admin/events/context/profile.html", {"preview": preview})


def _found(object_id: str | None) -> Context | None:
    return Context.objects.select_related("merged_into").filter(pk=number_of(object_id)).first()
