"""The API's description of itself: its OpenAPI document and its problems."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request

from events.api import problems
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


class _AnyFormatView(ArchiveView):
    """Read by people who follow a link, so whatever they accept, it answers."""

    schema = None

    def perform_content_negotiation(self, _request: Request, force: bool = False) -> Any:
        """JSON."""
        return self.get_renderers()[0], "application/json"


class ProblemKindsView(_AnyFormatView):
    """All sorts of problems."""

    def get(self, request: Request) -> HttpResponse:
        """A list, in no order that means anything."""
        return answer(request, encode({"results": [_explained(kind) for kind in problems.KINDS.values()]}))


class ProblemKindView(_AnyFormatView):
    """Where a problem's ``type`` leads."""

    def get(self, request: Request, slug: str) -> HttpResponse:
        """What it means and what to do."""
        kind = problems.KINDS.get(slug)
        if kind is None:
            raise problems.Problem(problems.NOT_FOUND)
        return answer(request, encode(_explained(kind)))


class NothingView(ArchiveView):
    """Every address under ``/api/`` that nothing else answers."""

    schema = None

    def initial(self, request: Request, *_args: Any, **_kwargs: Any) -> None:
        """Nothing is here, whatever the method and the format."""
        hint = "" if request.path.endswith("/") else "Addresses of this API end with a slash."
        raise problems.Problem(problems.NOT_FOUND, hint)


def _explained(kind: problems.Kind) -> dict[str, Any]:
    return {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "explanation": kind.explanation,
    }
