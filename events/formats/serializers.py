"""The shape of every JSON answer, for the API's description (OpenAPI).

Answers are spliced from stored documents and never pass through these classes; a test holds real
answers against the description that is made of them.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from events.vocabulary import EDITION_CHOICES, Category, ChangeKind, Grade, Subject, Tagged

Shape = serializers.Serializer[Any]


class NeighbourSerializer(Shape):
    """A context, named."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    slug = serializers.CharField()
    path = serializers.CharField(help_text="Its page on the public site.")


class EventContextSerializer(NeighbourSerializer):
    """A context of an event, and how it came there."""

    how = serializers.ChoiceField(choices=Tagged.choices)


class CitationSerializer(Shape):
    """A source's place on an event."""

    label = serializers.CharField()  # type: ignore[assignment]  # DRF collects fields, the name is free
    url = serializers.CharField(help_text="As it came; empty for a bare name.")
    publisher = serializers.CharField()
    source = serializers.IntegerField(  # type: ignore[assignment]
        allow_null=True, help_text="The id under `sources/`."
    )
    picture = serializers.CharField(help_text="Address of a picture at the source, or empty. Not ours.")


class CorrectionSerializer(Shape):
    """What a person corrected, and why."""

    revision = serializers.IntegerField()
    at = serializers.DateTimeField()
    grade = serializers.ChoiceField(choices=Grade.choices)
    note = serializers.CharField()
    by = serializers.CharField()


class ReasonSerializer(Shape):
    """Why two events are related."""

    contexts = serializers.ListField(child=serializers.CharField(), help_text="Names of shared contexts.")


class RelatedSerializer(Shape):
    """A related event, by rank."""

    id = serializers.IntegerField()
    address = serializers.CharField()
    date = serializers.DateField()
    text = serializers.CharField()
    rank = serializers.IntegerField()
    score = serializers.FloatField()
    reason = ReasonSerializer()
    pinned = serializers.BooleanField(help_text="Chosen by an editor.")
    note = serializers.CharField()


class ProvenanceSerializer(Shape):
    """A record that the event was harvested from."""

    origin = serializers.CharField()
    name = serializers.CharField()
    id = serializers.CharField(help_text="The origin's own id, or empty.")
    address = serializers.CharField(help_text="The path at the origin, or empty.")
    harvested = serializers.DateTimeField()


class LicenceSerializer(Shape):
    """What an origin asks for."""

    origin = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField()
    attribution = serializers.CharField()


class EventSerializer(Shape):
    """An event as it is stored."""

    id = serializers.IntegerField()
    edition = serializers.ChoiceField(choices=EDITION_CHOICES)
    address = serializers.CharField(help_text="Its path on the public site, without suffix.")
    former_addresses = serializers.ListField(
        child=serializers.CharField(), help_text="Paths that lead here too, oldest first."
    )
    date = serializers.DateField(help_text="The day of the event.")
    text = serializers.CharField()
    summary = serializers.CharField(help_text="The first source's own words; not under our licence.")
    summary_by = serializers.CharField(help_text="Whose words the summary is.")
    category = serializers.ChoiceField(choices=Category.choices)
    category_said = serializers.CharField(help_text="The category in the origin's words.")
    lead_context = NeighbourSerializer(allow_null=True)
    contexts = EventContextSerializer(many=True)
    citations = CitationSerializer(many=True)
    corrections = CorrectionSerializer(many=True, help_text="Newest first.")
    provenance = ProvenanceSerializer(many=True)
    licence = LicenceSerializer(many=True)
    revision = serializers.IntegerField()
    created = serializers.DateTimeField()
    updated = serializers.DateTimeField()


class EventDetailSerializer(EventSerializer):
    """An event with its related events."""

    related = RelatedSerializer(many=True)


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


class SourceSerializer(Shape):
    """A web document that events cite."""

    id = serializers.IntegerField()
    url = serializers.CharField()
    publisher = serializers.CharField()
    title = serializers.CharField(help_text="The publisher's own words; not under our licence.")
    description = serializers.CharField(help_text="The publisher's own words; not under our licence.")
    created = serializers.DateTimeField()
    updated = serializers.DateTimeField()


class ChangeSerializer(Shape):
    """An entry of the public sequence."""

    seq = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=ChangeKind.choices)
    subject = serializers.ChoiceField(choices=Subject.choices)
    id = serializers.IntegerField(help_text="The subject's id.")
    other = serializers.IntegerField(allow_null=True, help_text="What a merge led to.")
    revision = serializers.IntegerField(allow_null=True)


class PageShape(Shape):
    """One page of a list."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class EventPageSerializer(PageShape):
    """One page of events."""

    results = EventSerializer(many=True)


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


class ContextPageSerializer(PageShape):
    """One page of contexts."""

    results = ContextSerializer(many=True)


class SourcePageSerializer(PageShape):
    """One page of sources."""

    results = SourceSerializer(many=True)


class ChangePageSerializer(Shape):
    """Entries in order; ``next`` is null where the end was reached for now."""

    results = ChangeSerializer(many=True)
    next = serializers.URLField(allow_null=True)


class RelatedListSerializer(Shape):
    """All related events of one event."""

    results = RelatedSerializer(many=True)


class FaultSerializer(Shape):
    """One wrong thing."""

    parameter = serializers.CharField(required=False, help_text="The query parameter.")
    pointer = serializers.CharField(required=False, help_text="The place in the body (RFC 6901).")
    detail = serializers.CharField()


class ProblemSerializer(Shape):
    """Problem details (RFC 9457)."""

    type = serializers.CharField(help_text="A path that explains this sort of problem.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FaultSerializer(many=True, required=False)  # type: ignore[assignment]
    allowed = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="The parameters that this address knows."
    )


class ProblemKindSerializer(Shape):
    """The explanation of one sort of problem."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    explanation = serializers.CharField()
