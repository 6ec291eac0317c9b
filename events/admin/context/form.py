"""The forms of a context: its values, its merge, its split."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget, AutocompleteSelectMultiple
from django.urls import reverse_lazy

from events.actions.contexts.edit import ContextValues
from events.admin.base import RefusalMixin, number_of
from events.models import Context, Event
from events.models.context import NAME_MAX

_LEAD: Final = Event._meta.get_field("lead")
PREVIEW_ID: Final = "profile-preview"


class EditionSelect(AutocompleteSelectMultiple):
    """Autocompletion that offers one edition's contexts, except one."""

    edition: str = ""
    apart: int | None = None

    def get_url(self) -> str:
        """Where to ask, with what narrows the answer."""
        return f"{super().get_url()}?edition={self.edition}&apart={self.apart or ''}"


class ContextForm(RefusalMixin, forms.ModelForm):  # type: ignore[type-arg]
    """A context's values. ``version`` is what the editor saw; saving over a newer one is refused.

    With ``looking`` the form is shown as it was sent, and not saved.
    """

    looking: ClassVar[bool] = False

    name = forms.CharField(
        max_length=NAME_MAX, widget=AdminTextInputWidget(),
        help_text="A former name stays as an alias; the address stays too.",
    )  # fmt: skip
    alias_lines = forms.CharField(
        label="Aliases", required=False, widget=AdminTextareaWidget(attrs={"rows": 4}),
        help_text="One a line. Harvests, texts and search mean this context by them.",
    )  # fmt: skip
    broader = forms.ModelMultipleChoiceField(
        Context.objects.standing(), required=False, label="Broader contexts",
        widget=EditionSelect(_LEAD, admin.site), help_text="What this is a part of.",
    )  # fmt: skip
    more_broader = forms.CharField(
        label="More broader contexts", required=False, widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text="By name, one a line.",
    )  # fmt: skip
    profile = forms.CharField(
        required=False,
        widget=AdminTextareaWidget(
            attrs={
                "rows": 8, "hx-post": reverse_lazy("admin:context_profile"), "hx-target": f"#{PREVIEW_ID}",
                "hx-trigger": "input changed delay:400ms", "hx-params": "profile,csrfmiddlewaretoken",
            }
        ),
        help_text="Markdown; shown on the context's page.",
    )  # fmt: skip
    wikidata = forms.CharField(required=False, help_text="For example Q7184.")
    wikipedia = forms.CharField(
        required=False, widget=AdminTextInputWidget(), help_text="Its article's address."
    )
    version = forms.IntegerField(widget=forms.HiddenInput())

    class Meta:
        model = Context
        fields = ("generic",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        context: Context = self.instance
        for name in ("profile", "wikidata", "wikipedia"):
            self.initial[name] = getattr(context, name)
        self.initial["version"] = context.version
        self.initial["alias_lines"] = "\n".join(row.name for row in context.aliases.all())
        self.initial["broader"] = list(context.broader.all())
        field: Any = self.fields["broader"]
        field.queryset = Context.objects.standing().of_edition(context.edition).exclude(pk=context.pk)
        field.widget.edition, field.widget.apart = context.edition, context.pk

    def is_valid(self) -> bool:
        """Whether to save."""
        return super().is_valid() and not self.looking

    def values(self) -> ContextValues:
        """What the editor asks for, as the action takes it."""
        clean = self.cleaned_data
        return {
            "name": clean["name"],
            "aliases": clean["alias_lines"].splitlines(),
            "broader": [*(row.name for row in clean["broader"]), *clean["more_broader"].splitlines()],
            "profile": clean["profile"].replace("\r\n", "\n"),
            "wikidata": clean["wikidata"].strip(),
            "wikipedia": clean["wikipedia"].strip(),
            "generic": clean["generic"],
        }


class ActForm(forms.Form):
    """What every grave act asks: the version that was shown, and why."""

    version = forms.IntegerField(widget=forms.HiddenInput())
    note = forms.CharField(
        required=False, widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text="Public: why, in the history of changes.",
    )  # fmt: skip


class MergeForm(ActForm):
    """Which context stays, in which version."""

    into = forms.ModelChoiceField(Context.objects.standing(), widget=forms.HiddenInput())
    into_version = forms.IntegerField(widget=forms.HiddenInput())


class EventsField(forms.CharField):
    """Ids of events, parted by commas."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> list[int]:
        """The ids; other things are no ids."""
        said = str(super().clean(value))
        return [number for one in said.split(",") if (number := number_of(one))]


class SplitForm(ActForm):
    """Which events get which context, and whether the lead moves too."""

    name = forms.CharField(
        max_length=NAME_MAX, label="Context that these events get", widget=AdminTextInputWidget(),
        help_text="A new name, or that of a context that is there.",
    )  # fmt: skip
    lead = forms.BooleanField(
        required=False, initial=True, label="Where it is the lead context, the other becomes it"
    )
    events = EventsField()
    field_order = ("name", "lead", "note")
