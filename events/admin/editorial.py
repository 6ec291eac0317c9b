"""Editorials in the admin: written with a preview, published at a time, withdrawn and restored."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminDateWidget, AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from events.actions.editorials import (
    EditorialValues,
    edit_editorial,
    publish_editorial,
    restore_editorial,
    withdraw_editorial,
    write_editorial,
)
from events.actions.errors import ActionError, StaleVersion
from events.admin.base import ActingAdmin, RefusalMixin, actor_of, may
from events.admin.logbook import log_act
from events.editorials import editorial_path
from events.formats.prose import clean_html
from events.harvest.limits import TEXT_MAX
from events.models import Editorial
from events.text.diff import Part, word_diff
from events.vocabulary import DEFAULT_EDITION, EDITION_CHOICES, EDITIONS, Right, State

_FIELDS: Final = ("title", "author", "body", "date", "slug", "version")
_READ: Final = ("title", "author", "date", "edition", "slug", "state", "publish_at", "body", "origin")


class EditorialForm(RefusalMixin, forms.ModelForm):  # type: ignore[type-arg]
    """A piece. Whoever comes second sees what the other wrote, and may save again over it."""

    preview: ClassVar[bool] = False
    title = forms.CharField(max_length=300, widget=AdminTextInputWidget())
    author = forms.CharField(max_length=200, required=False, widget=AdminTextInputWidget())
    body = forms.CharField(
        label="Text", widget=AdminTextareaWidget(attrs={"rows": 24}),
        help_text="Markdown: *emphasis*, **strong**, ## heading, [link](https://…), > quotation, - list.",
    )  # fmt: skip
    date = forms.DateField(widget=AdminDateWidget(), initial=timezone.localdate)
    slug = forms.CharField(
        label="Address", required=False, widget=AdminTextInputWidget(),
        help_text="The last part of it; left empty it is made of the title. It stays once readers had it.",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    class Meta:
        model = Editorial
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _FIELDS if self.instance.pk else ():
            self.initial[name] = getattr(self.instance, name)
        if isinstance(self.refusal, StaleVersion):
            sent = {name: self.data.get(name) for name in self.data}
            self.data = {**sent, "version": str(self.refusal.current)}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.preview:
            self.add_error(None, "This is a preview. Nothing is saved yet.")
        return cleaned

    def _post_clean(self) -> None:
        """Nothing: the action checks, and the row is only changed by it."""

    @property
    def stale(self) -> bool:
        """Whether somebody, or a robot, was faster."""
        return isinstance(self.refusal, StaleVersion)

    def difference(self) -> tuple[Part, ...]:
        """From the stored text to the editor's own."""
        mine = str(self.data.get("body", "")).replace("\r\n", "\n").strip()
        return word_diff(self.instance.body, mine, cjk=EDITIONS[self.instance.edition].cjk)

    def said(self) -> str:
        """The text as it stands in the form."""
        return str(self.data.get("body", "") if self.is_bound else self.initial.get("body", ""))

    def values(self) -> EditorialValues:
        """What the editor asks for, as the action takes it."""
        clean = self.cleaned_data
        return {name: clean[name] for name in _FIELDS if name != "version"}  # type: ignore[return-value]


class NewEditorialForm(EditorialForm):
    edition = forms.ChoiceField(choices=EDITION_CHOICES, initial=DEFAULT_EDITION)


class ActForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput())


class PublishForm(ActForm):
    at = forms.DateTimeField(
        label="From", required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="Readers get it at this time, by the site's clock. Leave it empty to publish now.",
    )  # fmt: skip


_ACTS: Final[dict[str, tuple[str, Any, type[ActForm], frozenset[State]]]] = {
    "publish": ("Publish", publish_editorial, PublishForm, frozenset({State.DRAFT, State.PUBLISHED})),
    "withdraw": ("Withdraw", withdraw_editorial, ActForm, frozenset({State.PUBLISHED})),
    "restore": ("Restore", restore_editorial, ActForm, frozenset({State.WITHDRAWN})),
}
"""What else can be done to a piece: its label, the action, what it asks, in which states."""


class EditorialAdmin(ActingAdmin[Editorial]):
    """Opinion pieces: saving keeps a draft a draft; publishing is an act of its own."""

    right = Right.WRITE
    change_form_template = "admin/events/editorial/change_form.html"
    list_display = ("title", "author", "date", "edition", "state", "publish_at")
    list_filter = ("state", "edition")
    list_select_related = ("origin",)
    search_fields = ("title", "author")
    date_hierarchy = "date"
    ordering = ("-date", "-id")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, Right.WRITE)

    def get_form(
        self, request: HttpRequest, obj: Editorial | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if not self.has_change_permission(request, obj):
            return super().get_form(request, obj, change, **kwargs)
        kwargs["form"] = EditorialForm if obj is not None else NewEditorialForm
        form = super().get_form(request, obj, change, **kwargs)
        form.preview = "_preview" in request.POST
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Editorial | None = None) -> Any:
        if not self.has_change_permission(request, obj):
            return ((None, {"fields": _READ}),)
        return ((None, {"fields": _FIELDS if obj else ("edition", *_FIELDS)}),)

    def save_model(self, request: HttpRequest, obj: Editorial, form: Any, change: bool) -> None:
        if change:
            edit_editorial(
                actor=actor_of(request), editorial_id=obj.pk, values=form.values(),
                version=form.cleaned_data["version"] or 0,
            )  # fmt: skip
            return
        values = form.values()
        made = write_editorial(
            actor=actor_of(request), edition=form.cleaned_data["edition"], date=values["date"], values=values
        )
        obj.pk, obj.title, obj.version = made.pk, made.title, made.version
        obj._state.adding = False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        obj: Editorial | None = kwargs.get("obj")
        form = context["adminform"].form
        context["show_save_and_add_another"] = False
        if isinstance(form, EditorialForm):
            context["preview"] = clean_html(form.said()[:TEXT_MAX])
        if obj is not None:
            context["public_path"] = editorial_path(obj.edition, obj.date, obj.slug) if obj.is_public else ""
            context["scheduled"] = obj.state == State.PUBLISHED and not obj.is_public
            context["acts"] = [
                (name, label)
                for name, (label, _, _, states) in _ACTS.items()
                if obj.state in states and may(request, Right.WRITE)
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        wrapped = self.admin_site.admin_view
        return [
            path("preview/", wrapped(self.preview_view), name="events_editorial_preview"),
            path("<int:editorial_id>/act/<slug:name>/", wrapped(self.act_view), name="events_editorial_act"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """What the text in the form looks like, for the form's script."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not may(request, Right.WRITE):
            raise PermissionDenied
        shown = {"preview": clean_html(request.POST.get("body", "")[:TEXT_MAX])}
        return TemplateResponse(request, "admin/events/editorial/preview.html", shown)

    def act_view(self, request: HttpRequest, editorial_id: int, name: str) -> HttpResponse:
        """Ask, then publish, withdraw or restore."""
        editorial = Editorial.objects.filter(pk=editorial_id).first()
        if editorial is None or name not in _ACTS:
            raise Http404
        if not may(request, Right.WRITE):
            raise PermissionDenied
        label, act, form_class, _ = _ACTS[name]
        later = editorial.publish_at if editorial.publish_at > timezone.now() else None
        form = form_class(request.POST or None, initial={"version": editorial.version, "at": later})
        back = reverse("admin:events_editorial_change", args=[editorial_id])
        if request.method == "POST" and form.is_valid():
            try:
                act(actor=actor_of(request), editorial_id=editorial_id, **form.cleaned_data)
            except ActionError as refusal:
                form.add_error(None, str(refusal))
            else:
                log_act(request, editorial, _message(label, form.cleaned_data.get("at")))
                messages.success(request, f"{label}: done.")
                return HttpResponseRedirect(back)
        shown = {
            **self.admin_site.each_context(request),
            "title": f"{label}?",
            "opts": self.opts,
            "editorial": editorial,
            "path": editorial_path(editorial.edition, editorial.date, editorial.slug),
            "act": name,
            "label": label,
            "form": form,
            "back": back,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/events/editorial/act.html", shown)


def _message(label: str, at: dt.datetime | None) -> str:
    return f"{label}." if at is None else f"{label}, from {timezone.localtime(at):%Y-%m-%d %H:%M}."
