"""Opinion pieces."""

from __future__ import annotations

from rest_framework import serializers

from events.formats.serializers.paging import PageShape, Shape
from events.vocabulary import EDITION_CHOICES


class EditorialSerializer(Shape):
    """An opinion piece, written here or read from an archive's opinion pages."""

    id = serializers.IntegerField()
    edition = serializers.ChoiceField(choices=EDITION_CHOICES)
    title = serializers.CharField()
    author = serializers.CharField(help_text="Empty where nobody is named.")
    date = serializers.DateField()
    path = serializers.CharField(help_text="Its page on the public site.")
    body = serializers.CharField(help_text="Markdown.")
    revision = serializers.IntegerField()
    updated = serializers.DateTimeField()


class EditorialPageSerializer(PageShape):
    """One page of opinion pieces."""

    results = EditorialSerializer(many=True)
