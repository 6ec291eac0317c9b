"""Where a problem's ``type`` leads: a page for people, JSON for programs."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.conf import settings
from django.http import HttpResponse
from django.template import loader
from rest_framework.request import Request

from events.api import problems
from events.api.answers import encode
from events.api.negotiation import HTML, JSON
from events.api.single import SingleView, Writers

_STATUS_FIRST: Final = sorted(problems.KINDS.values(), key=lambda kind: (kind.status, kind.slug))


def _page(name: str, shown: dict[str, Any]) -> str:
    return str(loader.get_template(f"api/{name}.html").render({"site_name": settings.SITE_NAME, **shown}))


class ProblemKindsView(SingleView):
    """All kinds of problems."""

    schema = None
    parameters = ()
    writers: ClassVar[Writers] = {JSON: encode, HTML: lambda shown: _page("problems", shown)}

    def get(self, request: Request) -> HttpResponse:
        """By status."""
        self.wanted(request)
        return self.single(request, {"results": [_explained(kind) for kind in _STATUS_FIRST]})


class ProblemKindView(SingleView):
    """One kind of problem."""

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
