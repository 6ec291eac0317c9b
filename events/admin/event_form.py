"""The form in which an event is created and corrected."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import (
    AdminDateWidget,
    AdminTextareaWidget,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)

from events.actions.errors import StaleVersion
from events.actions.values import EventValues, cited
from events.admin.base import RefusalMixin
from events.harvest.records import CitedSource
from events.models import Context, Event
from events.text.diff import Part, word_diff
from events.vocabulary import DEFAULT_EDITION, EDITION_CHOICES, EDITIONS, Grade

_LINE: Final = re.compile(r"^(?P<label>.*?)\s*(?P<url>(?<!\S)\S+://\S+)?\s*(?P<picture>(?<!\S)\S+://\S+)?$")
_LEAD: Final = Event._meta.get_field("lead")


def source_line(citation: CitedSource) -> str:
    """A citation as one line of the form: label, address, picture's address."""
    return " ".join(part for part in (citation.label, citation.url, citation.picture) if part)


def read_source_lines(lines: str, present: list[CitedSource]) -> list[CitedSource]:
    """The citations in *lines*; a line that was not touched is the *present* citation, whatever is in it."""
    known = {source_line(citation).strip(): citation for citation in present}
    found = []
    for line in lines.splitlines():
        if not line.strip():
            continue
        if line.strip() in known:
            found.append(known[line.strip()])
        elif match := _LINE.match(line.strip()):
            found.append(CitedSource(match["label"], match["url"] or "", match["picture"] or ""))
    return found


class EventForm(RefusalMixin, forms.ModelForm):  # type: ignore[type-arg]
    """An event's values. ``version`` is what the editor saw; saving over a newer one is refused."""

    text = forms.CharField(widget=AdminTextareaWidget(attrs={"rows": 5}), help_text="One paragraph of news.")
    summary = forms.CharField(
        widget=AdminTextareaWidget(attrs={"rows": 3}), required=False,
        help_text="The first source's own words; shown as theirs.",
    )  # fmt: skip
    date = forms.DateField(
        widget=AdminDateWidget(), help_text="The address stays when the date is corrected."
    )
    lead = forms.ModelChoiceField(
        Context.objects.standing(), required=False, label="Lead context",
        widget=AutocompleteSelect(_LEAD, admin.site),
    )  # fmt: skip
    contexts = forms.ModelMultipleChoiceField(
        Context.objects.standing(), required=False, widget=AutocompleteSelectMultiple(_LEAD, admin.site),
        help_text="What you take away stays away, whatever a harvest says.",
    )  # fmt: skip
    new_contexts = forms.CharField(
        widget=AdminTextareaWidget(attrs={"rows": 2}), required=False, label="More contexts",
        help_text="One name a line; those that do not exist yet are created.",
    )  # fmt: skip
    sources = forms.CharField(
        widget=AdminTextareaWidget(attrs={"rows": 4, "wrap": "off"}), required=False,
        help_text="One a line: the label, its address, and the address of its picture if it has one.",
    )  # fmt: skip
    grade = forms.ChoiceField(
        choices=[("", "—"), *Grade.choices], required=False,
        help_text="How grave the correction is. A change of contexts alone needs none.",
    )  # fmt: skip
    note = forms.CharField(
        widget=AdminTextareaWidget(attrs={"rows": 2}), required=False,
        help_text="Public. Required for every grade but a typo.",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    class Meta:
        model = Event
        fields = ("category",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = cited(self.instance) if self.instance.pk else []
        if not self.instance.pk:
            return
        event = self.instance
        self.stored_text = event.text
        self.initial["version"] = event.version
        self.initial["sources"] = "\n".join(source_line(citation) for citation in self.present)
        of_edition = Context.objects.standing().of_edition(event.edition)
        self.fields["lead"].queryset = of_edition  # type: ignore[attr-defined]
        self.fields["contexts"].queryset = of_edition  # type: ignore[attr-defined]
        if not self.is_bound:
            self.initial["contexts"] = [row.context_id for row in event.taggings.active()]

    @property
    def stale(self) -> bool:
        """Whether somebody, or a robot, was faster."""
        return isinstance(self.refusal, StaleVersion)

    def difference(self) -> tuple[Part, ...]:
        """From the stored text to the editor's own."""
        mine = self.data.get(self.add_prefix("text"), "").strip()
        return word_diff(self.stored_text, mine, cjk=EDITIONS[self.instance.edition].cjk)

    def values(self) -> EventValues:
        """What the editor asks for, as the actions take it."""
        clean = self.cleaned_data
        more = [name for name in clean["new_contexts"].splitlines() if name.strip()]
        return {
            "text": clean["text"],
            "summary": clean["summary"],
            "date": clean["date"],
            "category": clean["category"],
            "lead": clean["lead"].name if clean["lead"] else None,
            "contexts": [*(context.name for context in clean["contexts"]), *more],
            "citations": read_source_lines(clean["sources"], self.present),
        }

    def chosen_grade(self) -> Grade | None:
        """The grade chosen, if any."""
        return Grade(self.cleaned_data["grade"]) if self.cleaned_data["grade"] else None


class NewEventForm(EventForm):
    """An event that is created: it has an edition, perhaps a slug, and nothing to be graded."""

    edition = forms.ChoiceField(choices=EDITION_CHOICES, initial=DEFAULT_EDITION)
    slug = forms.CharField(required=False, help_text="Leave empty to have the address made of the text.")
