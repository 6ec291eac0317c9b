"""Events as bodies say them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, cast

from rest_framework import serializers

from events.actions.values import EventValues
from events.api import problems
from events.api.inputs.reading import (
    Choice,
    Citations,
    ContextName,
    ContextNames,
    Day,
    Flag,
    Input,
    Patch,
    Text,
    Whole,
)
from events.api.writing.bodies import Json
from events.formats.serializers.events import EventDetailSerializer
from events.harvest.limits import SUMMARY_MAX, TEXT_MAX
from events.harvest.records import CitedSource
from events.slugs import SLUG_MAX, read_path
from events.vocabulary import EDITION_CHOICES, Category, Grade

NOTE_MAX: Final = 2_000
GRADES: Final = [(grade.value, grade.label) for grade in Grade if grade is not Grade.LEGAL]
"""What must go by law is removed on the desk, after a look at everything it touches."""


class EventValuesInput(Input):
    """What an event says."""

    date = Day(help_text="The day of the event.")
    text = Text(max_length=TEXT_MAX, help_text="One paragraph.")
    summary = Text(max_length=SUMMARY_MAX, allow_blank=True, required=False, help_text="In a source's words.")
    category = Choice(choices=Category.choices, required=False)
    lead_context = ContextName(allow_null=True, required=False)
    contexts = ContextNames(required=False, help_text="New names become contexts.")
    citations = Citations(required=False)
    shown = EventDetailSerializer


class EventCreation(EventValuesInput):
    """A new event."""

    edition = serializers.ChoiceField(choices=EDITION_CHOICES)
    category = Choice(choices=Category.choices)
    slug = Text(max_length=SLUG_MAX, required=False, help_text="The end of its address; made of the text.")
    note = Text(max_length=NOTE_MAX, allow_blank=True, required=False, help_text="Why, or where it is from.")
    draft = Flag(required=False, help_text="Let it wait for an editor; contributors' always do.")


class EventPatch(EventValuesInput, Patch):
    """A merge patch of an event; `grade` and `note` say what readers are told of the correction."""

    address = Text(max_length=SLUG_MAX + 40, help_text="A new address; the old one redirects.")
    grade = Choice(choices=GRADES, help_text="How grave it is; retagging alone needs none.")
    note = Text(max_length=NOTE_MAX, allow_blank=True, help_text="Why; needed from `correction` up.")
    without: ClassVar = {
        "summary": "", "category": Category.OTHER.value, "lead_context": None, "contexts": [],
        "citations": [],
    }  # fmt: skip
    beside = frozenset({"grade", "note", "address"})


class ReasonInput(Input):
    """Why it is withdrawn."""

    reason = Text(max_length=NOTE_MAX, help_text="Readers are told.")


class NoteInput(Input):
    """A note for the record, if there is one."""

    note = Text(max_length=NOTE_MAX, allow_blank=True, required=False, default="")


class MergeInput(NoteInput):
    """What it is merged into."""

    into = Whole(help_text="The id of the one that stays.")


class RevertInput(Input):
    """Which revision to go back to."""

    revision = Whole(max_value=2**31 - 1)
    grade = Choice(choices=GRADES, required=False, default=Grade.CORRECTION.value)
    note = Text(max_length=NOTE_MAX)


def values_of(read: Mapping[str, Any]) -> EventValues:
    """What was read of a body, as actions take it."""
    names = {"lead_context": "lead"}
    values = {
        names.get(name, name): value for name, value in read.items() if name in EventValuesInput().fields
    }
    if "citations" in values:
        values["citations"] = [CitedSource(**dict(row)) for row in values["citations"]]
    return cast("EventValues", values)


def read_patch(patch: Json, present: Json) -> Json:
    """What *patch* makes of an event that says *present* (by revision field); raises ``Problem`` (422)."""
    shown = {name: value for name, value in present.items() if name != "lead"}
    lead = {"name": present["lead"]} if present["lead"] else None
    return EventPatch.read_onto({**shown, "lead_context": lead}, patch)


def slug_of(address: str, edition: str, date: str) -> str:
    """The slug in a new *address* of an event; raises ``Problem`` where it is not in its own folder."""
    found = read_path(address)
    if found is None or (found[0] or edition) != edition or found[1].date.isoformat() != date:
        fault = problems.Fault(
            "Must be an address in the folder of the event's own day and edition.", pointer="/address"
        )
        raise problems.Problem(problems.INVALID_MEMBER, errors=[fault])
    return found[1].slug
