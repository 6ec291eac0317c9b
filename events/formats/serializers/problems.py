"""Problem details (RFC 9457)."""

from __future__ import annotations

from rest_framework import serializers

from events.formats.serializers.paging import Shape


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
        child=serializers.CharField(),
        required=False,
        help_text="What this address knows: its parameters, or its formats.",
    )


class ProblemKindSerializer(Shape):
    """The explanation of one sort of problem."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    explanation = serializers.CharField()
