"""The public ledger of corrections."""

from __future__ import annotations

from rest_framework import serializers

from events.formats.serializers.paging import PageShape, Shape
from events.vocabulary import Grade


class ChangedFieldSerializer(Shape):
    """A field that was corrected: its value before and after."""

    field = serializers.CharField()
    old = serializers.JSONField(help_text="A text, or a list of what the event had.")
    new = serializers.JSONField()


class LedgerEntrySerializer(Shape):
    """A correction: what it was, who made it, and why."""

    id = serializers.IntegerField()
    event = serializers.IntegerField(help_text="The id under `events/`.")
    address = serializers.CharField(help_text="The event's path on the public site, without suffix.")
    text = serializers.CharField(help_text="The event's text as it stands now.")
    date = serializers.DateField(help_text="The day of the event.")
    revision = serializers.IntegerField(help_text="The event's revision that it made.")
    at = serializers.DateTimeField()
    grade = serializers.ChoiceField(choices=Grade.choices)
    note = serializers.CharField(help_text="Why, in the editor's words; empty for typos.")
    by = serializers.CharField()
    changes = ChangedFieldSerializer(many=True)


class LedgerPageSerializer(PageShape):
    """One page of the ledger."""

    results = LedgerEntrySerializer(many=True)
