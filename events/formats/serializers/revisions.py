"""The versions of an event that readers could have met."""

from __future__ import annotations

from rest_framework import serializers

from events.formats.serializers.paging import Shape
from events.vocabulary import ChangeKind, Grade


class DiffPartSerializer(Shape):
    """A stretch of text that both versions have, or only the new one, or only the old one."""

    op = serializers.ChoiceField(choices=["equal", "insert", "delete"])
    text = serializers.CharField(trim_whitespace=False)


class RevisedFieldSerializer(Shape):
    """A field's value before and after."""

    field = serializers.CharField()
    old = serializers.JSONField(help_text="Null in the first version.")
    new = serializers.JSONField()
    diff = DiffPartSerializer(
        many=True,
        allow_null=True,
        help_text="The difference by words, of texts only. The parts other than inserts join to `old`, "
        "those other than deletes to `new`.",
    )


class RevisionSerializer(Shape):
    """A version of an event."""

    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=ChangeKind.choices)
    by = serializers.CharField(help_text="A person's name here, or the name of an origin.")
    robot = serializers.BooleanField(help_text="Whether a harvest made it.")
    grade = serializers.ChoiceField(choices=Grade.choices, allow_blank=True)
    note = serializers.CharField()
    changes = RevisedFieldSerializer(many=True)


class RevisionPageSerializer(Shape):
    """Versions, newest first."""

    results = RevisionSerializer(many=True)
    next = serializers.URLField(allow_null=True)
