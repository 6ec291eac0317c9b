"""Sources in the admin: found, read and described. They come and go with citations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.http import HttpRequest, HttpResponse

from events.actions.sources import TITLE_MAX, describe_source
from events.admin.base import ActingAdmin, RefusalMixin, actor_of
from events.models import Source
from events.vocabulary import Right

_KNOWN = ("title", "description")


class SourceForm(RefusalMixin, forms.ModelForm):  # type: ignore[type-arg]
    """A source's title and description; ``seen_…`` is what the editor saw."""

    title = forms.CharField(
        max_length=TITLE_MAX, required=False, widget=AdminTextInputWidget(),
        help_text="As the document itself has it.",
    )  # fmt: skip
    description = forms.CharField(
        required=False, widget=AdminTextareaWidget(attrs={"rows": 4}),
        help_text="The publisher's own words; shown to readers as theirs.",
    )  # fmt: skip
    seen_title = forms.CharField(widget=forms.HiddenInput(), required=False, strip=False)
    seen_description = forms.CharField(widget=forms.HiddenInput(), required=False, strip=False)

    class Meta:
        model = Source
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _KNOWN:
            self.initial[name] = self.initial[f"seen_{name}"] = getattr(self.instance, name)

    def _post_clean(self) -> None:
        """Nothing: the action checks, and the row is only changed by it."""


class SourceAdmin(ActingAdmin[Source]):
    """Web documents, by address, title or publisher."""

    right = Right.CORRECT
    list_display = ("url", "publisher", "title", "created_at")
    list_select_related = ("publisher",)
    search_fields = ("url", "title", "publisher__name")
    ordering = ("-id",)
    readonly_fields = ("url", "publisher", "created_at", "updated_at")

    def get_form(
        self, request: HttpRequest, obj: Source | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if self.has_change_permission(request, obj):
            kwargs["form"] = SourceForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Source | None = None) -> Any:
        seen = ("seen_title", "seen_description") if self.has_change_permission(request, obj) else ()
        return ((None, {"fields": ("url", "publisher", *_KNOWN, *seen, "created_at", "updated_at")}),)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        clean = form.cleaned_data
        changed = describe_source(
            actor=actor_of(request), source_id=obj.pk, seen=(clean["seen_title"], clean["seen_description"]),
            title=clean["title"], description=clean["description"],
        )  # fmt: skip
        obj.title, obj.description = changed.title, changed.description
