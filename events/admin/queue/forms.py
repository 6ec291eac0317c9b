"""What an editor can say when answering an item: a form for each kind of question."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from events.actions.contexts.naming import find_contexts
from events.actions.errors import InvalidAction
from events.actions.plan import present_values
from events.actions.review.answers import contexts_asked
from events.actions.review.propose import Onto, merge_proposal
from events.actions.review.replaced import replaced_pair
from events.actions.review.reported import reported_text
from events.actions.values import EventValues, values_from_json
from events.admin.values_form import ValuesForm
from events.models import Event, ReviewItem
from events.text.merge import Conflict, merge_items, merge_regions
from events.vocabulary import EDITIONS, Category, Grade, ReviewKind

WORDED: Final = frozenset({"text", "summary"})
SETS: Final = frozenset({"contexts", "citations"})
_GRADES: Final = [("", "As usual for this answer"), *Grade.choices]


class AnswerForm(forms.Form):
    """What every answer carries: the versions that were seen, and a note."""

    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    other_version = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    note = forms.CharField(
        required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Public where it goes with a correction.",
    )  # fmt: skip

    def __init__(self, data: Any, item: ReviewItem, event: Event | None, **initial: Any) -> None:
        self.item, self.event = item, event
        super().__init__(data, initial=initial, label_suffix="")

    def said(self, answer: str) -> dict[str, Any]:
        """What goes to ``decide_review`` beside the answer; *answer* is the button that was pressed."""
        clean = self.cleaned_data
        said = {name: clean[name] for name in ("note", "version", "other_version")}
        if clean.get("grade"):
            said["grade"] = Grade(clean["grade"])
        return said


class GradedForm(AnswerForm):
    """An answer that may lead to a correction."""

    grade = forms.ChoiceField(choices=_GRADES, required=False, help_text="How grave the correction is.")


class FieldForm(GradedForm):
    """A conflict in one field: own words may take the place of both sides."""

    own = forms.CharField(required=False, label="The merge")

    def __init__(self, data: Any, item: ReviewItem, event: Event | None, **initial: Any) -> None:
        super().__init__(data, item, event, **initial)
        present = initial.get("present")
        if item.field in WORDED:
            self.fields["own"].widget = forms.Textarea(attrs={"rows": 6})
            self.initial["own"] = merged_words(initial.get("regions", ()), initial.get("start", "ours"))
        elif item.field == "category":
            self.fields["own"] = forms.ChoiceField(choices=Category.choices, required=False, label="Another")
            self.initial["own"] = present
        elif item.field == "date":
            day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            self.fields["own"] = forms.DateField(required=False, widget=day, label="Another")
            self.initial["own"] = present
        else:
            self.fields["own"].label = "Another"
            self.initial["own"] = present or ""

    def said(self, answer: str) -> dict[str, Any]:
        said = super().said(answer)
        if answer == "own":
            value = self.cleaned_data["own"]
            if not value and self.item.field == "date":
                raise InvalidAction("Say which day it should be.")
            said["values"] = {self.item.field: value or ("" if self.item.field in WORDED else None)}
        return said


class SetForm(GradedForm):
    """A conflict in a set: each entry is kept or not."""

    keep = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any, item: ReviewItem, event: Event | None, **initial: Any) -> None:
        super().__init__(data, item, event, **initial)
        self.entries: list[dict[str, Any]] = initial["entries"]
        keep = self.fields["keep"]
        keep.choices = [(str(at), entry["name"]) for at, entry in enumerate(self.entries)]  # type: ignore[attr-defined]
        self.initial["keep"] = [str(at) for at, entry in enumerate(self.entries) if entry["merged"]]

    def said(self, answer: str) -> dict[str, Any]:
        said = super().said(answer)
        if answer == "own":
            kept = [self.entries[int(at)]["value"] for at in self.cleaned_data["keep"]]
            said["values"] = values_from_json({self.item.field: kept})
        return said


class DuplicateForm(AnswerForm):
    """Which of two events stays."""

    stays = forms.TypedChoiceField(
        coerce=int, required=False, empty_value=None, widget=forms.RadioSelect, label="The one that stays"
    )

    def __init__(self, data: Any, item: ReviewItem, event: Event | None, **initial: Any) -> None:
        super().__init__(data, item, event, **initial)
        both = sorted(pk for pk in (item.event_id, item.other_id) if pk is not None)
        named = [f"Event {pk}, the {age}" for pk, age in zip(both, ("older", "newer"), strict=False)]
        self.fields["stays"].choices = list(zip(both, named, strict=True))  # type: ignore[attr-defined]
        self.initial["stays"] = both[0] if both else None

    def said(self, answer: str) -> dict[str, Any]:
        return {**super().said(answer), "stays": self.cleaned_data["stays"]}


class ContextsForm(AnswerForm):
    """Which of the two contexts stays, where they are one."""

    stays = forms.TypedChoiceField(
        coerce=int, required=False, empty_value=None, widget=forms.RadioSelect, label="The one that stays"
    )

    def __init__(self, data: Any, item: ReviewItem, event: Event | None, **initial: Any) -> None:
        super().__init__(data, item, event, **initial)
        asked = item.kind == ReviewKind.CONTEXT_DUPLICATE
        pair = contexts_asked(item) if asked else (replaced_pair(item) or ())[::-1]
        self.fields["stays"].choices = [(one.pk, one.name) for one in pair or ()]  # type: ignore[attr-defined]
        self.initial["stays"] = pair[0].pk if pair else None
        if not asked:
            self.fields["stays"].label = "If both are one, the name that stays"

    def said(self, answer: str) -> dict[str, Any]:
        said = super().said(answer)
        if self.item.kind == ReviewKind.CONTEXT_DUPLICATE:
            said["stays"] = self.cleaned_data["stays"]
        return said


class CandidateForm(AnswerForm):
    """Of which context a candidate's name may be another name."""

    alias_of = forms.CharField(
        required=False, max_length=200, label="It is another name of the context",
        help_text="A name or another name of a context that is there.",
    )  # fmt: skip

    def clean_alias_of(self) -> int | None:
        """The context's id."""
        name = self.cleaned_data["alias_of"].strip()
        if not name:
            return None
        found = find_contexts(self.item.key.partition(":")[0], [name])
        if name not in found:
            raise forms.ValidationError(f"There is no context “{name}”.")
        return found[name].pk

    def said(self, answer: str) -> dict[str, Any]:
        said = super().said(answer)
        if answer == "own":
            said["alias_of"] = self.cleaned_data["alias_of"]
            if said["alias_of"] is None:
                raise InvalidAction("Say of which context it is another name.")
        return said


class ProposedForm(ValuesForm, GradedForm):
    """A contributor's proposal, merged onto the present, to be finished and accepted."""

    def __init__(self, data: Any, item: ReviewItem, event: Event, **initial: Any) -> None:
        self.item, self.event = item, event
        self.onto: Onto = merge_proposal(item, event)
        ValuesForm.__init__(self, data, present=present_values(event), shown=self.onto.values)
        self.initial.update({"grade": item.data.get("grade", ""), **initial})

    def said(self, answer: str) -> dict[str, Any]:
        said = super().said(answer)
        return {**said, "values": self.values()} if answer == "accept" else said


class ReportForm(GradedForm):
    """The text with a reader's fix in it."""

    own = forms.CharField(required=False, label="The text", widget=forms.Textarea(attrs={"rows": 6}))

    def __init__(self, data: Any, item: ReviewItem, event: Event | None, **initial: Any) -> None:
        super().__init__(data, item, event, **initial)
        fixed = reported_text(item, event) if event is not None else None
        self.initial["own"] = fixed or (event.text if event is not None else "")

    def said(self, answer: str) -> dict[str, Any]:
        said = super().said(answer)
        own = self.cleaned_data["own"]
        if answer == "accept" and own and self.event is not None and own != self.event.text:
            values: EventValues = {"text": own}
            said["values"] = values
        return said


def merged_words(regions: tuple[str | Conflict, ...], start: str) -> str:
    """The merge as text, with the side *start* ("ours" or "upstream") where both changed the same place."""
    side = "upstream" if start == "upstream" else "ours"
    return "".join(region if isinstance(region, str) else getattr(region, side) for region in regions)


def regions_of(item: ReviewItem, event: Event) -> tuple[str | Conflict, ...]:
    """The merge of a worded field's three sides, with what the event says now as ours."""
    base, upstream = (str(item.data.get(name) or "") for name in ("base", "upstream"))
    return merge_regions(base, getattr(event, item.field), upstream.strip(), cjk=EDITIONS[event.edition].cjk)


def entries_of(item: ReviewItem, present: list[Any]) -> list[dict[str, Any]]:
    """Every entry that a side of a set has: who has it, and whether the merge keeps it."""

    def plain(side: Any) -> list[Any]:
        return [_entry(one) for one in side or []]

    base, ours, upstream = plain(item.data.get("base")), plain(present), plain(item.data.get("upstream"))
    merged = merge_items(base, ours, upstream)
    return [
        {
            "name": entry if isinstance(entry, str) else " ".join(part for part in entry if part),
            "value": entry if isinstance(entry, str) else list(entry),
            "base": entry in base, "ours": entry in ours, "upstream": entry in upstream,
            "merged": entry in merged,
        }
        for entry in dict.fromkeys([*ours, *upstream, *base])
    ]  # fmt: skip


def _entry(one: Any) -> str | tuple[str, ...]:
    if isinstance(one, dict):
        return (one["label"], one["url"], one["picture"])
    return one if isinstance(one, str) else tuple(one)


def form_of(item: ReviewItem, event: Event | None, data: Any = None, *, start: str = "ours") -> Any:
    """The form that answers *item*; *start*: which side a merge begins with where both changed a place."""
    seen: dict[str, Any] = {
        "version": event.version if event is not None else None,
        "other_version": item.other.version if item.other is not None else None,
    }
    if item.field and event is not None and item.kind in (ReviewKind.CONFLICT, ReviewKind.HELD):
        if item.field in WORDED:
            return FieldForm(data, item, event, **seen, regions=regions_of(item, event), start=start)
        present = present_values(event).get(item.field)
        if item.field in SETS:
            return SetForm(data, item, event, **seen, entries=entries_of(item, present or []))
        return FieldForm(data, item, event, **seen, present=present)
    if item.kind == ReviewKind.PROPOSAL and event is not None:
        return ProposedForm(data, item, event, **seen)
    kinds: dict[str, type[AnswerForm]] = {
        ReviewKind.DUPLICATE: DuplicateForm,
        ReviewKind.CONTEXT_REPLACED: ContextsForm,
        ReviewKind.CONTEXT_DUPLICATE: ContextsForm,
        ReviewKind.CANDIDATE: CandidateForm,
        ReviewKind.REPORT: ReportForm,
    }
    return kinds.get(item.kind, AnswerForm)(data, item, event, **seen)
