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


class PublisherSerializer(Shape):
    """Who publishes sources."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    former_names = serializers.ListField(
        child=serializers.CharField(), help_text="Of publishers that were merged into it."
    )
    hosts = serializers.ListField(child=serializers.CharField(), help_text="Where it publishes.")
    path = serializers.CharField(help_text="Its page on the public site.")
    created = serializers.DateTimeField()


class PublisherPageSerializer(PageShape):
    """One page of publishers."""

    results = PublisherSerializer(many=True)
