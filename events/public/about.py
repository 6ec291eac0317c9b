"""What the archive is: ``/about/``, and what programs find: ``/about/api/``. In each edition's words."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events.catalogue import origins
from events.public.conditional import answer, etag_of
from events.public.errors import absolute
from events.public.frame import FORMATS, render, versions
from events.public.words import words
from events.text.urls import web
from events.vocabulary import DEFAULT_EDITION, EDITIONS

_OWN_WORDS: Final = frozenset({"en", "zh"})


@require_safe
def about_page(request: HttpRequest, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/about/``: licences by origin, privacy, who works here, how to correct something, whom to ask."""
    shown = {
        "origins": [
            {**row, "url": web(row["url"]), "licence_url": web(row["licence_url"])} for row in origins()
        ]
    }
    return _answer(request, edition, "about", shown)


@require_safe
def api_page(request: HttpRequest, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/about/api/``: the addresses that programs read."""
    return _answer(request, edition, "about/api", {})


def _answer(request: HttpRequest, edition: str, rest: str, shown: dict[str, Any]) -> HttpResponse:
    path = f"{EDITIONS[edition].prefix}/{rest}/"
    spoken = edition if edition in _OWN_WORDS else DEFAULT_EDITION
    name = rest.replace("/", "_")
    page = {
        **shown,
        "canonical": absolute(path),
        "versions": versions(edition, f"{rest}/"),
        "title": words(edition)["api" if shown == {} else "about_site"],
        "own_words": f"public/{name}_{spoken}.html",
        "prefix": EDITIONS[edition].prefix,
        "contact": settings.CONTACT,
        "contact_said": settings.CONTACT.removeprefix("mailto:"),
    }
    return answer(
        request,
        etag=etag_of(name, page),
        content_type=FORMATS["html"],
        make=lambda: render("public/about.html", edition, page),
        key=f"about {path}",
    )
