"""Pages of the API for people: what it can do, and what its problems mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.conf import settings
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.template import loader
from django.urls import reverse
from rest_framework.request import Request

from events.api import problems
from events.api.answers import encode
from events.api.negotiation import HTML, JSON
from events.api.schema import openapi
from events.api.single import SingleView, Writers

_BY_STATUS: Final = sorted(problems.KINDS.values(), key=lambda kind: (kind.status, kind.slug))


def _page(name: str, shown: Mapping[str, Any]) -> str:
    return str(loader.get_template(f"api/{name}.html").render({"site_name": settings.SITE_NAME, **shown}))


class RootView(SingleView):
    """``/api/``: who comes here without a version wants to know what there is."""

    schema = None
    parameters = ()
    writers: ClassVar[Writers] = {HTML: str, JSON: str}

    def get(self, _request: Request) -> HttpResponse:
        """301 to the page that tells."""
        return HttpResponsePermanentRedirect(reverse("api:docs"))


class DocsView(SingleView):
    """The description of everything as a page; its script draws what the OpenAPI document says.

    Without scripts it lists the addresses. Nothing stands inside the page that the site's policy would
    have to be loosened for (docs/decisions).
    """

    schema = None
    parameters = ()
    writers: ClassVar[Writers] = {HTML: lambda shown: _page("docs", shown)}

    def get(self, request: Request) -> HttpResponse:
        """The page."""
        self.wanted(request)
        operations = [
            {"path": path, "method": method.upper(), "summary": said.get("summary", "")}
            for path, methods in json.loads(openapi())["paths"].items()
            for method, said in methods.items()
        ]
        return self.single(request, {"description": reverse("api:openapi"), "operations": operations})


class ProblemKindsView(SingleView):
    """All kinds of problems."""

    schema = None
    parameters = ()
    writers: ClassVar[Writers] = {JSON: encode, HTML: lambda shown: _page("problems", shown)}

    def get(self, request: Request) -> HttpResponse:
        """By status."""
        self.wanted(request)
        return self.single(request, {"results": [_explained(kind) for kind in _BY_STATUS]})


class ProblemKindView(SingleView):
    """Where a problem's ``type`` leads: one kind."""

    schema = None
    parameters = ()
    writers: ClassVar[Writers] = {JSON: encode, HTML: lambda shown: _page("problem", shown)}

    def get(self, request: Request, slug: str) -> HttpResponse:
        """What it means and what to do."""
        self.wanted(request)
        kind = problems.KINDS.get(slug)
        if kind is None:
            raise problems.Problem(problems.NOT_FOUND)
        return self.single(request, _explained(kind))


def _explained(kind: problems.Kind) -> dict[str, Any]:
    return {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "explanation": kind.explanation,
    }
