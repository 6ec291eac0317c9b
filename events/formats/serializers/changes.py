"""The public sequence."""

from __future__ import annotations

from rest_framework import serializers

from events.formats.serializers.paging import Shape
from events.vocabulary import ChangeKind, Subject


class PinSerializer(Shape):
    """A related event that an editor chose."""

    target = serializers.IntegerField(help_text="The id of the related event.")
    position = serializers.IntegerField(allow_null=True, help_text="Its place among the pins, from 1.")
    note = serializers.CharField()


class ChangeSerializer(Shape):
    """An entry of the public sequence."""

    seq = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=ChangeKind.choices)
    subject = serializers.ChoiceField(choices=Subject.choices)
    id = serializers.IntegerField(help_text="The subject's id.")
    other = serializers.IntegerField(allow_null=True, help_text="What a merge led to.")
    revision = serializers.IntegerField(allow_null=True)
    object = serializers.DictField(
        required=False,
        allow_null=True,
        help_text="With `include=object`: the subject as its list has it now; null where it has it no more.",
    )
    pins = PinSerializer(
        many=True, required=False, help_text="With `include=object`, of an event: what editors pinned to it."
    )


class ChangePageSerializer(Shape):
    """Entries in order; ``next`` is null where the end was reached for now."""

    results = ChangeSerializer(many=True)
    next = serializers.URLField(allow_null=True)
