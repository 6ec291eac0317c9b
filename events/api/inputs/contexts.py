"""Contexts as bodies say them."""

from __future__ import annotations

from typing import ClassVar, Final

from rest_framework import serializers

from events.api.inputs.reading import Address, ContextNames, Flag, Input, Patch, Text
from events.formats.serializers.contexts import ContextDetailSerializer
from events.harvest.limits import NAME_MAX, TEXT_MAX
from events.vocabulary import EDITION_CHOICES

ALIASES_MAX: Final = 200
_WIKIPEDIA_MAX: Final = 500


class ContextValuesInput(Input):
    """What a context says."""

    name = Text(max_length=NAME_MAX, help_text="A former name stays as an alias.")
    aliases = serializers.ListField(child=Text(max_length=NAME_MAX), max_length=ALIASES_MAX, required=False)
    broader = ContextNames(required=False, help_text="Contexts that it is a part of.")
    profile = Text(max_length=TEXT_MAX, allow_blank=True, required=False, help_text="Markdown.")
    wikidata = Text(max_length=20, allow_blank=True, required=False, help_text="For example Q7184.")
    wikipedia = Address(max_length=_WIKIPEDIA_MAX, allow_blank=True, required=False)
    generic = Flag(required=False, help_text="Too generic to relate events.")
    shown = ContextDetailSerializer


class ContextCreation(ContextValuesInput):
    """A new context."""

    edition = serializers.ChoiceField(choices=EDITION_CHOICES)


class ContextPatch(ContextValuesInput, Patch):
    """A merge patch of a context."""

    without: ClassVar = {
        "aliases": [], "broader": [], "profile": "", "wikidata": "", "wikipedia": "", "generic": False,
    }  # fmt: skip
