"""What writers are answered, where it is not what readers are."""

from __future__ import annotations

from rest_framework import serializers

from events.formats.serializers.paging import Shape
from events.vocabulary import Category, Grade, ReviewState, Right, State


class EventStateSerializer(Shape):
    """Where an event stands that readers cannot have."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=State.choices)
    revision = serializers.IntegerField()
    merged_into = serializers.IntegerField(allow_null=True)


class ProposedCitationSerializer(Shape):
    """A source that is proposed."""

    label = serializers.CharField()  # type: ignore[assignment]
    url = serializers.CharField()
    picture = serializers.CharField()


class ProposedValuesSerializer(Shape):
    """What is proposed, of what differs from the event."""

    text = serializers.CharField(required=False)
    summary = serializers.CharField(required=False)
    date = serializers.DateField(required=False)
    category = serializers.ChoiceField(choices=Category.choices, required=False)
    lead = serializers.CharField(required=False, allow_null=True)
    contexts = serializers.ListField(child=serializers.CharField(), required=False)
    citations = ProposedCitationSerializer(many=True, required=False)


class ProposalSerializer(Shape):
    """A correction that waits for an editor, or did."""

    id = serializers.IntegerField()
    event = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ReviewState.choices)
    proposed = serializers.DateTimeField()
    by = serializers.CharField()
    note = serializers.CharField()
    grade = serializers.ChoiceField(choices=Grade.choices)
    values = ProposedValuesSerializer()
    answer = serializers.CharField(help_text="The editor's words, or empty.")
    decided = serializers.DateTimeField(allow_null=True)


class TokenSerializer(Shape):
    """A token, and whom it stands for."""

    account = serializers.CharField()
    name = serializers.CharField()
    origin = serializers.CharField(allow_null=True, help_text="It delivers records of this origin only.")
    expires = serializers.DateTimeField()
    rights = serializers.ListField(child=serializers.ChoiceField(choices=Right.choices))


class UnpublishedEditorialSerializer(Shape):
    """An opinion piece that readers cannot have (yet)."""

    id = serializers.IntegerField()
    edition = serializers.CharField()
    title = serializers.CharField()
    author = serializers.CharField()
    date = serializers.DateField()
    path = serializers.CharField()
    body = serializers.CharField(help_text="Markdown.")
    revision = serializers.IntegerField()
    updated = serializers.DateTimeField()
    state = serializers.CharField()
    publish_at = serializers.DateTimeField()


class DeliveredRecordSerializer(Shape):
    """What became of one record."""

    line = serializers.IntegerField(help_text="Of the body, from 1.")
    result = serializers.ChoiceField(
        choices=[
            ("created", "Created"), ("updated", "Updated"), ("merged", "Merged"), ("conflict", "Conflict"),
            ("doubtful", "Doubtful"), ("held", "Held"), ("unchanged", "Unchanged"), ("bad", "Bad"),
        ]
    )  # fmt: skip
    event = serializers.IntegerField(allow_null=True, help_text="The event it is.")
    also = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="What else happened to the event."
    )
    pointer = serializers.CharField(required=False, help_text="Of a bad record: the place (RFC 6901).")
    detail = serializers.CharField(required=False, help_text="Of a bad record: why, and what to do.")


class DeliverySerializer(Shape):
    """What became of a delivery."""

    harvest = serializers.IntegerField(
        allow_null=True, help_text="Its number on the desk; null of a dry run."
    )
    dry_run = serializers.BooleanField()
    counts = serializers.DictField(child=serializers.IntegerField())
    results = DeliveredRecordSerializer(many=True, help_text="In the order of the body.")
