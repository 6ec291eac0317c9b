"""Hits, facets and suggestions."""

from __future__ import annotations

from rest_framework import serializers

from events.formats.serializers.events import EventSerializer
from events.formats.serializers.paging import Shape


class PartSerializer(Shape):
    """A piece of a text."""

    text = serializers.CharField(trim_whitespace=False)
    found = serializers.BooleanField(help_text="Whether it is what was looked for.")


class HitSerializer(EventSerializer):
    """An event that was found."""

    highlight = PartSerializer(many=True, help_text="The piece of its text that shows best why.")
    score = serializers.FloatField(help_text="Comparable within one search only; 0 when ordered by date.")
    left_out = serializers.ListField(
        child=serializers.CharField(), help_text="Words of the query that were not asked of it."
    )


class FacetValueSerializer(Shape):
    """How many hits have a value."""

    value = serializers.CharField(help_text="What the filter of the same name takes.")
    name = serializers.CharField()
    count = serializers.IntegerField()


class FacetsSerializer(Shape):
    """The values that most hits have, most first."""

    context = FacetValueSerializer(many=True)  # type: ignore[assignment]
    category = FacetValueSerializer(many=True)
    publisher = FacetValueSerializer(many=True)
    counted = serializers.IntegerField(help_text="So many hits, the newest, were looked at.")
    more = serializers.BooleanField(help_text="Whether there are more hits than that.")


class MonthSerializer(Shape):
    """A month that has hits."""

    month = serializers.CharField(help_text="2004-02")
    count = serializers.IntegerField()


class HistogramSerializer(Shape):
    """How many hits each month has, oldest first."""

    months = MonthSerializer(many=True)
    count = serializers.IntegerField(help_text="How many hits there are.")
    more = serializers.BooleanField(help_text="Whether there are more, older ones, than were counted.")


class SearchPageSerializer(Shape):
    """One page of hits."""

    results = HitSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    all_words = serializers.BooleanField(
        help_text="False where hardly any event has all the words, and those with most of them were found."
    )
    cut = serializers.BooleanField(help_text="Whether the query was longer than what is read of it.")
    did_you_mean = serializers.CharField(
        allow_null=True, help_text="A query with more hits, where this one has few and looks mistyped."
    )
    facets = FacetsSerializer(allow_null=True, help_text="Null unless `facets=true`.")
    histogram = HistogramSerializer(allow_null=True, help_text="Null unless `facets=true`.")


class SuggestedContextSerializer(Shape):
    """A context whose name has a word that begins so."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    path = serializers.CharField()


class SuggestedEventSerializer(Shape):
    """An event that has such words."""

    id = serializers.IntegerField()
    address = serializers.CharField()
    date = serializers.DateField()
    highlight = PartSerializer(many=True)


class SuggestionsSerializer(Shape):
    """What the beginning of a query may become."""

    contexts = SuggestedContextSerializer(many=True)
    events = SuggestedEventSerializer(many=True)
