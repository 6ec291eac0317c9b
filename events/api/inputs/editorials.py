"""Opinion pieces as bodies say them."""

from __future__ import annotations

from typing import ClassVar

from rest_framework import serializers

from events.api.inputs.reading import Day, Input, Moment, Patch, Text
from events.formats.serializers.writing import UnpublishedEditorialSerializer
from events.harvest.limits import AUTHOR_MAX, TEXT_MAX, TITLE_MAX
from events.slugs import SLUG_MAX
from events.vocabulary import EDITION_CHOICES


class EditorialValuesInput(Input):
    """What a piece says."""

    title = Text(max_length=TITLE_MAX)
    author = Text(max_length=AUTHOR_MAX, allow_blank=True, required=False)
    body = Text(max_length=TEXT_MAX, help_text="Markdown.")
    date = Day()
    slug = Text(
        max_length=SLUG_MAX,
        allow_blank=True,
        required=False,
        help_text="The end of its address; of the title.",
    )
    shown = UnpublishedEditorialSerializer


class EditorialCreation(EditorialValuesInput):
    """A new piece, as a draft."""

    edition = serializers.ChoiceField(choices=EDITION_CHOICES)


class EditorialPatch(EditorialValuesInput, Patch):
    """A merge patch of a piece."""

    without: ClassVar = {"author": "", "slug": ""}


class PublishingInput(Input):
    """When readers get it."""

    at = Moment(required=False, allow_null=True, default=None, help_text="Now, unless said.")


class NothingInput(Input):
    """Nothing is asked."""
