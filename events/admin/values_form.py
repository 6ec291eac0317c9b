"""An event's values as plain fields that need no script: for proposals, and for finishing them."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from events.actions.review.propose import NOTE_MAX
from events.actions.values import EventValues, read_citations
from events.harvest.limits import TEXT_MAX
from events.harvest.records import CitedSource
from events.models.context import NAME_MAX
from events.vocabulary import Category, Grade

_BETWEEN: Final = " | "


def source_lines(citations: list[CitedSource]) -> str:
    """Citations one a line: label, address and picture, divided by upright strokes."""
    return "\n".join(_BETWEEN.join((one.label, one.url, one.picture)).rstrip(" |") for one in citations)


def read_source_lines(lines: str, present: list[CitedSource]) -> list[CitedSource]:
    """The citations in *lines*; a line that was not touched is the *present* citation, whatever is in it."""
    known = {source_lines([citation]): citation for citation in present}
    found = []
    for line in filter(None, map(str.strip, lines.splitlines())):
        if line in known:
            found.append(known[line])
            continue
        parts = [part.strip() for part in line.split("|")]
        if len(parts) == 1 and "://" in line:
            parts = ["", line]
        found.append(CitedSource(*[*parts, "", ""][:3]))
    return found


class ValuesForm(forms.Form):
    """Text, summary, date, category, contexts and sources; ``present`` is what stands now, as JSON."""

    text = forms.CharField(max_length=TEXT_MAX, widget=forms.Textarea(attrs={"rows": 6}))
    summary = forms.CharField(
        max_length=TEXT_MAX, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The first source’s own words.",
    )  # fmt: skip
    date = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    category = forms.ChoiceField(choices=Category.choices)
    lead = forms.CharField(
        max_length=NAME_MAX, required=False, label="Lead context",
        help_text="The heading under which the event stands on its day.",
    )  # fmt: skip
    contexts = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text="One name a line."
    )
    citations = forms.CharField(
        required=False, label="Sources", widget=forms.Textarea(attrs={"rows": 4, "wrap": "off"}),
        help_text="One a line: label | address | the address of its picture, if it has one.",
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, present: dict[str, Any], shown: dict[str, Any] | None = None
    ) -> None:
        values = {**present, **(shown or {})}
        self.present = read_citations(present["citations"])
        initial = {
            **values,
            "lead": values["lead"] or "",
            "contexts": "\n".join(values["contexts"]),
            "citations": source_lines(read_citations(values["citations"])),
        }
        forms.Form.__init__(self, data, initial=initial, label_suffix="")

    def values(self) -> EventValues:
        """What was typed, as the actions take it."""
        clean = self.cleaned_data
        return {
            "text": clean["text"],
            "summary": clean["summary"],
            "date": clean["date"],
            "category": clean["category"],
            "lead": clean["lead"] or None,
            "contexts": [name.strip() for name in clean["contexts"].splitlines() if name.strip()],
            "citations": read_source_lines(clean["citations"], self.present),
        }


class ProposalForm(ValuesForm):
    """What a contributor proposes, and why."""

    version = forms.IntegerField(widget=forms.HiddenInput())
    grade = forms.ChoiceField(
        choices=[choice for choice in Grade.choices if choice[0] != Grade.LEGAL],
        initial=Grade.CORRECTION, label="What kind of correction",
    )  # fmt: skip
    note = forms.CharField(
        max_length=NOTE_MAX, label="Why, or the source", widget=forms.Textarea(attrs={"rows": 3}),
        help_text="An editor reads it, and it is published with the correction.",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, present: dict[str, Any], version: int) -> None:
        super().__init__(data, present=present)
        self.initial["version"] = version
