"""The archive in figures."""

from __future__ import annotations

from rest_framework import serializers

from events.formats.serializers.paging import Shape
from events.vocabulary import EDITION_CHOICES, Category


class EditionFiguresSerializer(Shape):
    """An edition in figures."""

    edition = serializers.ChoiceField(choices=EDITION_CHOICES)
    events = serializers.IntegerField()
    first_day = serializers.DateField(allow_null=True, help_text="Of its oldest event.")
    last_day = serializers.DateField(allow_null=True, help_text="Of its newest event.")


class CategoryFiguresSerializer(Shape):
    """A category in figures."""

    category = serializers.ChoiceField(choices=Category.choices)
    events = serializers.IntegerField()


class StatsSerializer(Shape):
    """How much there is that the public may see."""

    events = serializers.IntegerField()
    contexts = serializers.IntegerField()
    sources = serializers.IntegerField()
    publishers = serializers.IntegerField()
    editorials = serializers.IntegerField()
    corrections = serializers.IntegerField()
    editions = EditionFiguresSerializer(many=True)
    categories = CategoryFiguresSerializer(many=True)
    seq = serializers.IntegerField(help_text="The last number of `changes/`, when it was counted.")
    counted = serializers.DateTimeField()
