"""Contexts."""

from __future__ import annotations

from rest_framework import serializers

from events.formats.serializers.paging import PageShape, Shape
from events.vocabulary import EDITION_CHOICES


class NeighbourSerializer(Shape):
    """A context, named."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()
    path = serializers.CharField(help_text="Its page on the public site.")


class ContextSerializer(Shape):
    """A person, place, organisation, treaty or ongoing story."""

    id = serializers.IntegerField()
    edition = serializers.ChoiceField(choices=EDITION_CHOICES)
    name = serializers.CharField()
    slug = serializers.CharField()
    path = serializers.CharField(help_text="Its page on the public site.")
    aliases = serializers.ListField(child=serializers.CharField())
    broader = NeighbourSerializer(many=True)
    narrower = NeighbourSerializer(many=True)
    profile = serializers.CharField(help_text="Markdown.")
    wikidata = serializers.CharField()
    wikipedia = serializers.CharField()
    generic = serializers.BooleanField(help_text="Too generic to relate events.")
    revision = serializers.IntegerField()
    updated = serializers.DateTimeField()


class ContextDetailSerializer(ContextSerializer):
    """A context with the number of its events; lists count nothing."""

    count = serializers.IntegerField(help_text="How many published events have it.")


class ContextPageSerializer(PageShape):
    """One page of contexts."""

    results = ContextSerializer(many=True)
