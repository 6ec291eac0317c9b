"""Find and replace over a search: the address holds what is asked, the page shows what it would do."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from events.actions.bulk.replace import FIELDS, Look, Wanted, look, start_replacing
from events.actions.contexts.naming import find_contexts
from events.actions.errors import ActionError
from events.admin.base import actor_of, number_of
from events.admin.bulk import change_url, revision_changes
from events.admin.logbook import log_act
from events.admin.site import desk_page
from events.models import Context
from events.search.asking import Filters
from events.search.language import QUERY_MAX
from events.text.replacing import FIND_MOST, Finding
from events.vocabulary import EDITION_CHOICES, EDITIONS, Category, Grade

_KINDS: Final = (("words", "Words, as they are written"), ("expression", "A regular expression"))
_DAY: Final = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ReplaceForm(forms.Form):
    """What to look for, where, and what to put in its place."""

    find = forms.CharField(max_length=FIND_MOST, strip=False, label="Find")
    put = forms.CharField(max_length=FIND_MOST, strip=False, required=False, label="Replace with")
    kind = forms.ChoiceField(choices=_KINDS, initial="words", label="It is", widget=forms.RadioSelect)
    whole = forms.BooleanField(required=False, initial=True, label="Whole words only")
    case = forms.BooleanField(required=False, initial=True, label="Same capitals only")
    within = forms.MultipleChoiceField(
        choices=[(name, name.capitalize()) for name in FIELDS], initial=["text"], label="In",
        widget=forms.CheckboxSelectMultiple, error_messages={"required": "Say where to look."},
    )  # fmt: skip
    q = forms.CharField(
        max_length=QUERY_MAX, required=False, label="Among the events of this search",
        help_text="As readers search: words, “a phrase”, -not, OR. Empty: all events that readers can see.",
    )  # fmt: skip
    edition = forms.ChoiceField(choices=[("", "Any"), *EDITION_CHOICES], required=False)
    since = forms.DateField(required=False, label="From", widget=_DAY)
    until = forms.DateField(required=False, label="To", widget=_DAY)
    category = forms.ChoiceField(choices=[("", "Any"), *Category.choices], required=False)
    context = forms.CharField(max_length=200, required=False, help_text="Its name.")
    publisher = forms.CharField(
        max_length=200, required=False, help_text="Its name, of a source that is cited."
    )

    def clean_context(self) -> list[int]:
        """The ids of the contexts that the name means, in any edition."""
        name = self.cleaned_data["context"]
        if not name:
            return []
        editions = (
            [self.cleaned_data.get("edition") or ""] if self.cleaned_data.get("edition") else list(EDITIONS)
        )
        found: list[Context] = [
            context for edition in editions for context in find_contexts(edition, [name]).values()
        ]
        if not found:
            raise ValidationError(f"There is no context “{name}”.")
        return [context.pk for context in found]

    def wanted(self) -> Wanted:
        """What the valid form asks for."""
        asked = self.cleaned_data
        return Wanted(
            finding=Finding(
                asked["find"], asked["put"], expression=asked["kind"] == "expression",
                whole=asked["whole"], case=asked["case"],
            ),
            query=asked["q"],
            filters=Filters(
                contexts=(frozenset(asked["context"]),) if asked["context"] else (),
                categories=(asked["category"],) if asked["category"] else (),
                publishers=(asked["publisher"],) if asked["publisher"] else (),
                editions=(asked["edition"],) if asked["edition"] else (),
                first=asked["since"], last=asked["until"],
            ),
            fields=tuple(asked["within"]),
        )  # fmt: skip


class RunForm(forms.Form):
    """The grade and note of the corrections; ``seen``: how many events matched when
    they were looked at, ``shown``: the ids of those that had a box.
    """

    grade = forms.ChoiceField(
        choices=[(grade.value, grade.label) for grade in Grade if grade is not Grade.LEGAL],
        initial=Grade.TYPO,
    )
    note = forms.CharField(
        required=False, label="Public note", widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        help_text="Needed from “correction” up; readers see it.",
    )  # fmt: skip
    seen = forms.IntegerField(min_value=0)
    shown = forms.CharField(required=False)


def replace_view(request: HttpRequest) -> HttpResponse:
    """The form; with something to find also what would happen (GET); have it done (POST)."""
    form = ReplaceForm(request.GET if "find" in request.GET else None, label_suffix="")
    run = RunForm(request.POST, label_suffix="") if request.method == "POST" else None
    refusal, found = "", None
    if form.is_bound and form.is_valid():
        try:
            if run is not None and run.is_valid():
                return _start(request, form.wanted(), run)
        except ActionError as refused:
            refusal = str(refused)
        try:
            found = look(form.wanted())
        except ActionError as refused:
            refusal = refusal or str(refused)
    if found is not None:
        run = run or RunForm(initial={"grade": Grade.TYPO}, label_suffix="")
    return desk_page(
        request, "admin/replace/replace.html", "Find and replace",
        form=form, run=run if found is not None else None, found=found, refusal=refusal,
        samples=_samples(found, request), years=sorted(found.years.items()) if found else [],
        odd=found.odd.most_common() if found else [],
    )  # fmt: skip


def _start(request: HttpRequest, wanted: Wanted, run: RunForm) -> HttpResponse:
    """Have it done in all events but those of the samples whose boxes were cleared."""
    shown = _ids(run.cleaned_data["shown"].split(","))
    asked = run.cleaned_data
    change = start_replacing(
        actor=actor_of(request), wanted=wanted, seen=asked["seen"],
        without=shown - _ids(request.POST.getlist("event")),
        grade=Grade(asked["grade"]), note=asked["note"],
    )  # fmt: skip
    log_act(request, change, "Started.")
    messages.success(request, "It has been queued.")
    return HttpResponseRedirect(change_url(change.pk))


def _ids(said: list[str]) -> set[int]:
    return set(map(number_of, said)) - {0}


def _samples(found: Look | None, request: HttpRequest) -> list[dict[str, Any]]:
    """The first events that would change, each with its differences and whether its box is ticked."""
    if found is None:
        return []
    chosen = _ids(request.POST.getlist("event")) if request.method == "POST" else None
    return [
        {
            "event": sample.event,
            "warnings": sample.warnings,
            "chosen": chosen is None or sample.event.pk in chosen,
            "changes": revision_changes(sample.fields, cjk=EDITIONS[sample.event.edition].cjk),
        }
        for sample in found.samples
    ]
