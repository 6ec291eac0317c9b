"""The form in which an event is created and corrected."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import (
    AdminDateWidget,
    AdminTextareaWidget,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)

from events.actions.plan import Json, values_at
from events.actions.values import EventValues, cited, read_citations
from events.admin.base import RefusalMixin
from events.admin.event.hands import Hand
from events.admin.event.sources import MOST, SourceFormSet, SourceRows, rows_of
from events.harvest.records import CitedSource
from events.models import Context, Event
from events.vocabulary import DEFAULT_EDITION, EDITION_CHOICES, Grade

_ROWS: Final = "sources"
_LEAD: Final = Event._meta.get_field("lead")
SHOWN: Final = ("text", "summary", "date", "category", "lead", "contexts", "new_contexts")
"""The fields that people fill in, in the order of the page; the sources stand below them."""

_MEANING: Final = {
    Grade.TYPO: "spelling, grammar or punctuation; nothing that readers were told changes",
    Grade.CORRECTION: "something that it said was wrong",
    Grade.CLARIFICATION: "it was right, but could be misunderstood",
    Grade.UPDATE: "it was right, and has been overtaken",
    Grade.RETRACTION: "it did not happen, or cannot be upheld",
    Grade.LEGAL: "it must not be read any more; you go on to the legal removal",
}


class EventForm(RefusalMixin, forms.ModelForm):  # type: ignore[type-arg]
    """An event's values. ``version`` is what the editor saw; saving over a newer one is refused.

    Grade and note are asked for when the change is reviewed; here they only travel along.
    """

    text = forms.CharField(widget=AdminTextareaWidget(attrs={"rows": 7}), help_text="One paragraph of news.")
    summary = forms.CharField(
        widget=AdminTextareaWidget(attrs={"rows": 4}), required=False,
        help_text="The first source's own words; shown as theirs.",
    )  # fmt: skip
    date = forms.DateField(
        widget=AdminDateWidget(), help_text="The address stays when the date is corrected."
    )
    lead = forms.ModelChoiceField(
        Context.objects.standing(), required=False, label="Lead context",
        widget=AutocompleteSelect(_LEAD, admin.site),
        help_text="The context under whose heading the event stands on its day.",
    )  # fmt: skip
    contexts = forms.ModelMultipleChoiceField(
        Context.objects.standing(), required=False, widget=AutocompleteSelectMultiple(_LEAD, admin.site),
        help_text="What you take away stays away, whatever a harvest says.",
    )  # fmt: skip
    new_contexts = forms.CharField(
        widget=AdminTextareaWidget(attrs={"rows": 2}), required=False, label="More contexts",
        help_text="One name a line; those that do not exist yet are created.",
    )  # fmt: skip
    grade = forms.CharField(widget=forms.HiddenInput(), required=False)
    note = forms.CharField(widget=forms.HiddenInput(), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput(), min_value=1, required=False)

    stay = False
    """Whether the form is to be shown again, whatever stands in it."""
    hands: Mapping[str, Hand] = MappingProxyType({})
    leading: tuple[str, ...] = ()

    class Meta:
        model = Event
        fields = ("category",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event = self.instance
        self._seen: Json | None = None
        self.present = cited(event) if event.pk else []
        self.many_sources = len(self.present) > MOST
        sent = self.is_bound and f"{_ROWS}-TOTAL_FORMS" in self.data and not self.many_sources
        self.sources: SourceFormSet = SourceRows(
            self.data if sent else None,
            initial=[] if self.many_sources else rows_of(self.present),
            prefix=_ROWS,
        )
        if not event.pk:
            return
        self.fields["version"].required = True
        for name in ("text", "summary", "date", "version"):
            self.initial[name] = getattr(event, name)
        self.initial["lead"] = event.lead_id
        of_edition = Context.objects.standing().of_edition(event.edition)
        self.fields["lead"].queryset = of_edition  # type: ignore[attr-defined]
        self.fields["contexts"].queryset = of_edition  # type: ignore[attr-defined]
        if not self.is_bound:
            self.initial["contexts"] = [row.context_id for row in event.taggings.active()]

    def is_valid(self) -> bool:
        """Also the rows of sources; never where the form is to be shown again."""
        rows = self.sources.is_valid() or not self.sources.is_bound
        return super().is_valid() and rows and not self.stay

    def shown(self) -> list[dict[str, Any]]:
        """The fields that people fill in, each with whose words stand in it."""
        return [{"field": self[name], "hand": self.hands.get(name)} for name in (*self.leading, *SHOWN)]

    def sources_hand(self) -> Hand | None:
        """Whose list of sources it is."""
        return self.hands.get("citations")

    def seen(self) -> Json:
        """What the event said in the version that the editor saw."""
        if self._seen is None:
            self._seen = values_at(self.instance, self.cleaned_data["version"])
        return self._seen

    def values(self) -> EventValues:
        """What the editor asks for, as the actions take it."""
        clean = self.cleaned_data
        more = [name for name in clean["new_contexts"].splitlines() if name.strip()]
        values: EventValues = {
            "text": clean["text"],
            "summary": clean["summary"],
            "date": clean["date"],
            "category": clean["category"],
            "lead": clean["lead"].name if clean["lead"] else None,
            "contexts": [*(context.name for context in clean["contexts"]), *more],
        }
        if self.sources.is_bound:
            values["citations"] = self.sources.sources(self._known())
        return values

    def _known(self) -> list[CitedSource]:
        """The sources that may stand untouched in the rows: the present ones and those the editor saw."""
        if self.instance.pk and self.cleaned_data["version"] != self.instance.version:
            return [*self.present, *read_citations(self.seen()["citations"] or ())]
        return self.present


class NewEventForm(EventForm):
    """An event that is created: it has an edition, perhaps a slug, and nothing to be graded."""

    edition = forms.ChoiceField(choices=EDITION_CHOICES, initial=DEFAULT_EDITION)
    slug = forms.CharField(required=False, help_text="Leave empty to have the address made of the text.")
    note = forms.CharField(widget=AdminTextareaWidget(attrs={"rows": 2}), required=False, help_text="Public.")
    leading = ("edition", "slug")


class ReviewForm(forms.Form):
    """How grave a correction is, and what readers are told of it; *graded* where words or facts change."""

    grade = forms.ChoiceField(
        choices=[(grade.value, f"{grade.label}: {_MEANING[grade]}") for grade in Grade],
        widget=forms.RadioSelect(),
        error_messages={"required": "Say how grave the correction is: choose a grade."},
    )
    note = forms.CharField(
        widget=AdminTextareaWidget(attrs={"rows": 2}), required=False,
        help_text="Public: readers see it below the event. Required for every grade but a typo.",
    )  # fmt: skip

    def __init__(self, *args: Any, graded: bool, legal: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not graded:
            del self.fields["grade"]
            self.fields["note"].help_text = "Public; it stands in the event's history."
        elif not legal:
            field = self.fields["grade"]
            field.choices = [one for one in field.choices if one[0] != Grade.LEGAL]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the note that the grade needs."""
        clean = super().clean() or self.cleaned_data
        grade = self.chosen_grade()
        if grade is not None and grade is not Grade.LEGAL and grade.needs_note and not clean.get("note"):
            self.add_error("note", f"Readers must be told why: a {grade.label.lower()} needs a note.")
        return clean

    def chosen_grade(self) -> Grade | None:
        """The grade chosen, if any."""
        chosen = self.cleaned_data.get("grade")
        return Grade(chosen) if chosen else None
