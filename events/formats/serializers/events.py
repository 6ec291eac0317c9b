"""Events and what is related to them."""

from __future__ import annotations

from rest_framework import serializers

from events.formats.serializers.contexts import NeighbourSerializer
from events.formats.serializers.paging import PageShape, Shape
from events.vocabulary import EDITION_CHOICES, Category, Grade, Tagged


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
    title = serializers.CharField(
        required=False, help_text="The document's title in its publisher's words, or empty."
    )
    description = serializers.CharField(
        required=False, help_text="Its publisher's own description, or empty. Not under our licence."
    )


class CorrectionSerializer(Shape):
    """What a person corrected, and why."""

    revision = serializers.IntegerField()
    at = serializers.DateTimeField()
    grade = serializers.ChoiceField(choices=Grade.choices)
    note = serializers.CharField()
    by = serializers.CharField()


class ShareSerializer(Shape):
    """What two related events have in common."""

    kind = serializers.ChoiceField(choices=("context", "word"))
    said = serializers.CharField(help_text="The context's name, or the word as it stands in the event.")
    events = serializers.IntegerField(help_text="How many events had it when features were counted.")
    points = serializers.FloatField(help_text="What it adds to the score, before time and category.")


class ReasonSerializer(Shape):
    """Why two events are related."""

    contexts = serializers.ListField(child=serializers.CharField(), help_text="Names of shared contexts.")
    story = serializers.CharField(help_text="The context under which both stand, or empty.")
    shares = ShareSerializer(many=True, help_text="The most telling of what both have, with numbers.")
    near = serializers.FloatField(
        allow_null=True, help_text="What their distance in time leaves of the points; null: not computed."
    )
    loose = serializers.BooleanField(help_text="Little in common: readers' pages leave the link out.")


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


class EventPageSerializer(PageShape):
    """One page of events."""

    results = EventSerializer(many=True)


class RelatedListSerializer(Shape):
    """All related events of one event."""

    results = RelatedSerializer(many=True)
