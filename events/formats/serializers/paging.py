"""What the answers of all nouns have in common."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

Shape = serializers.Serializer[Any]


class PageShape(Shape):
    """One page of a list."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    count = serializers.IntegerField(
        required=False, help_text="How many there are; with `count=only`, and then `results` is empty."
    )
