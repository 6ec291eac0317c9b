"""The API's description of itself."""

from __future__ import annotations

from functools import cache
from typing import Any

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


def allow_choices(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Where ``fields`` may leave keys out of an answer, its shape requires none of them."""
    shapes = result["components"]["schemas"]
    for methods in result["paths"].values():
        for operation in methods.values():
            if any(parameter["name"] == "fields" for parameter in operation.get("parameters", ())):
                shape = _shape(shapes, operation["responses"]["200"]["content"]["application/json"]["schema"])
                results = shape.get("properties", {}).get("results")
                chosen = shape if results is None else _shape(shapes, results["items"])
                chosen.pop("required", None)
    return result


def _shape(shapes: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    named: dict[str, Any] = shapes[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return named


class DescriptionView(ArchiveView):
    """The OpenAPI document."""

    schema = None

    def get(self, request: Request) -> HttpResponse:
        """OpenAPI 3.1 as JSON."""
        self.require_known_parameters(request)
        return answer(request, openapi())
