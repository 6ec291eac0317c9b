"""The API's description of itself."""

from __future__ import annotations

from functools import cache

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request

from events.api.answers import answer, encode
from events.api.base import ArchiveView


@cache
def openapi() -> str:
    """The OpenAPI document; made once in the life of a process, because that takes a second."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    return encode(generator.get_schema(request=None, public=True))  # type: ignore[no-untyped-call]


class DescriptionView(ArchiveView):
    """The OpenAPI document."""

    schema = None

    def get(self, request: Request) -> HttpResponse:
        """OpenAPI 3.1 as JSON."""
        self.require_known_parameters(request)
        return answer(request, openapi())
