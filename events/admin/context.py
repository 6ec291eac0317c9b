"""Contexts in the admin: found, edited, merged."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from events.actions.context_merge import merge_contexts
from events.actions.contexts import ContextValues, edit_context
from events.actions.errors import ActionError
from events.admin.base import ActingAdmin, RefusalMixin, actor_of, may
from events.models import Alias, Context, Event, Tagging
from events.vocabulary import Right

_FIELDS: Final = (
    "name",
    "alias_lines",
    "broader_lines",
    "profile",
    "wikidata",
    "wikipedia",
    "generic",
    "version",
)
_LEAD: Final = Event._meta.get_field("lead")


class ContextForm(RefusalMixin, forms.ModelForm):  # type: ignore[type-arg]
    """A context's values; aliases and broader contexts one a line."""

    name = forms.CharField(help_text="A former name stays as an alias; the address stays too.")
    alias_lines = forms.CharField(
        label="Aliases",
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 4}),
        help_text="One a line.",
    )
    broader_lines = forms.CharField(
        label="Broader contexts", required=False, widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text="What this is a part of; names, one a line.",
    )  # fmt: skip
    wikipedia = forms.CharField(required=False, help_text="Its article's address.")
    version = forms.IntegerField(widget=forms.HiddenInput())

    class Meta:
        model = Context
        fields = ("profile", "wikidata", "generic")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        context = self.instance
        if context.pk and not self.is_bound:
            self.initial["alias_lines"] = "\n".join(context.aliases.values_list("name", flat=True))
            self.initial["broader_lines"] = "\n".join(context.broader.values_list("name", flat=True))
            self.initial["version"] = context.version

    def values(self) -> ContextValues:
        """What the editor asks for, as the action takes it."""
        clean = self.cleaned_data
        return {
            "name": clean["name"],
            "aliases": clean["alias_lines"].splitlines(),
            "broader": clean["broader_lines"].splitlines(),
            "profile": clean["profile"],
            "wikidata": clean["wikidata"],
            "wikipedia": clean["wikipedia"],
            "generic": clean["generic"],
        }


class MergeForm(forms.Form):
    """Which context stays."""

    into = forms.ModelChoiceField(
        Context.objects.standing(), label="Context that stays", widget=AutocompleteSelect(_LEAD, admin.site)
    )
    note = forms.CharField(required=False, widget=AdminTextareaWidget(attrs={"rows": 2}))


class ContextAdmin(ActingAdmin[Context]):
    """Editing and merging. Contexts come into being on events, and never go."""

    right = Right.TAG
    change_form_template = "admin/events/context/change_form.html"
    list_display = ("name", "edition", "generic", "merged_into", "version", "updated_at")
    list_filter = ("edition", "generic", ("merged_into", admin.EmptyFieldListFilter))
    list_select_related = ("merged_into",)
    search_fields = ("name", "aliases__name")
    ordering = ("name",)

    def has_change_permission(self, request: HttpRequest, obj: Context | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.merged_into_id is None)

    def get_form(
        self, request: HttpRequest, obj: Context | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if self.has_change_permission(request, obj):
            kwargs["form"] = ContextForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Context | None = None) -> Any:
        if not self.has_change_permission(request, obj):
            read = ("name", "slug", "edition", "merged_into", "profile", "wikidata", "wikipedia", "generic")
            return ((None, {"fields": read}),)
        return ((None, {"fields": _FIELDS}),)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Context], search_term: str
    ) -> tuple[QuerySet[Context], bool]:
        """Where a context is to be chosen, merged ones are not offered."""
        if request.path.endswith("/autocomplete/"):
            queryset = queryset.filter(merged_into__isnull=True)
        return super().get_search_results(request, queryset, search_term)

    def save_model(self, request: HttpRequest, obj: Context, form: Any, change: bool) -> None:
        edit_context(
            actor=actor_of(request),
            context_id=obj.pk,
            version=form.cleaned_data["version"],
            values=form.values(),
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.merge_view)
        return [path("<int:context_id>/merge/", view, name="events_context_merge"), *super().get_urls()]

    def merge_view(self, request: HttpRequest, context_id: int) -> HttpResponse:
        """Ask which context stays, with counts; then merge."""
        context = Context.objects.filter(pk=context_id, merged_into__isnull=True).first()
        if context is None:
            raise Http404
        if not may(request, Right.MERGE):
            raise PermissionDenied
        form = MergeForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            into = form.cleaned_data["into"]
            try:
                stays = merge_contexts(
                    actor=actor_of(request),
                    context_id=context_id,
                    into_id=into.pk,
                    note=form.cleaned_data["note"],
                )
            except ActionError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, f"“{context.name}” now leads to “{stays.name}”.")
                return HttpResponseRedirect(reverse("admin:events_context_change", args=[stays.pk]))
        shown = {
            **self.admin_site.each_context(request),
            "title": "Merge?",
            "opts": self.opts,
            "context": context,
            "form": form,
            "events": Tagging.objects.active().filter(context=context).count(),
            "led": Event.objects.filter(lead=context).count(),
            "aliases": Alias.objects.filter(context=context).count(),
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/events/context/merge.html", shown)
