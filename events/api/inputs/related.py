"""Decisions about related links as bodies say them."""

from __future__ import annotations

from typing import Final

from rest_framework import serializers

from events.api.inputs.reading import Choice, Input, Text, Whole
from events.api.writing.bodies import Json
from events.vocabulary import Decision

NOTE_MAX: Final = 500


class DecisionInput(Input):
    """A decision about a related link."""

    decision = Choice(choices=Decision.choices, help_text="`note` leaves the link to the computation.")
    position = Whole(
        required=False, max_value=10_000, help_text="Among the pins, from 1; the last unless said."
    )
    note = Text(
        max_length=NOTE_MAX, allow_blank=True, required=False, default="", help_text="Readers see it."
    )

    def validate(self, attrs: Json) -> Json:
        """Only pins have a place."""
        if "position" in attrs and attrs["decision"] != Decision.PIN:
            raise serializers.ValidationError({"position": ["Only a pin has a place."]})
        if attrs["decision"] == Decision.NOTE and not attrs["note"].strip():
            raise serializers.ValidationError(
                {"note": ["Say something; to take a note away, delete the decision."]}
            )
        return attrs
