"""Sources."""

from __future__ import annotations

from rest_framework import serializers

from events.formats.serializers.paging import PageShape, Shape


class SourceSerializer(Shape):
    """A web document that events cite."""

    id = serializers.IntegerField()
    url = serializers.CharField()
    publisher = serializers.CharField()
    title = serializers.CharField(help_text="The publisher's own words; not under our licence.")
    description = serializers.CharField(help_text="The publisher's own words; not under our licence.")
    created = serializers.DateTimeField()
    updated = serializers.DateTimeField()


class SourcePageSerializer(PageShape):
    """One page of sources."""

    results = SourceSerializer(many=True)
