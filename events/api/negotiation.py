"""Which format an answer has: by the suffix of its address, else by ``Accept``, else JSON."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from django.http.request import MediaType
from rest_framework.negotiation import BaseContentNegotiation

from events.api import problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rest_framework.parsers import BaseParser
    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request

_REMEMBERED_MOST: Final = 300
"""Longer headers are read anew each time, so that nobody fills the memory with them."""


@dataclass(frozen=True, slots=True)
class Media:
    """A format of answers: the ``suffix`` of its addresses and its media type.

    ``parameters`` follow the type in ``Content-Type``; ``also``: other names of it in ``Accept``.
    """

    suffix: str
    type: str
    parameters: str = ""
    also: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The header ``Content-Type``."""
        return self.type + self.parameters


JSON: Final = Media("json", "application/json", also=("application/problem+json",))
XML: Final = Media("xml", "application/xml", "; charset=utf-8", also=("text/xml",))
CSV: Final = Media("csv", "text/csv", "; charset=utf-8; header=present")
NDJSON: Final = Media(
    "ndjson",
    "application/x-ndjson",
    also=("application/ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines"),
)
MARKDOWN: Final = Media("md", "text/markdown", "; charset=utf-8")
HTML: Final = Media("html", "text/html", "; charset=utf-8", also=("application/xhtml+xml",))
TURTLE: Final = Media("ttl", "text/turtle", "; charset=utf-8")
JSON_LD: Final = Media("jsonld", "application/ld+json")
NINJS: Final = Media("ninjs", "application/ninjs+json")


def choose(accept: str, suffix: str | None, formats: Sequence[Media]) -> Media:
    """The one of *formats* that was asked for; raises ``Problem`` where there is no such one."""
    if suffix is not None:
        found = next((one for one in formats if one.suffix == suffix), None)
        if found is None:
            said = f"This address has no format {suffix}. It has: {_listed(formats)}."
            raise problems.Problem(problems.NOT_FOUND, said, extra=_allowed(formats))
        return found
    if len(accept) <= _REMEMBERED_MOST:
        found = _preferred(accept, tuple(formats))
    else:
        found = _preferred.__wrapped__(accept, tuple(formats))
    if found is None:
        raise problems.Problem(problems.NOT_ACCEPTABLE, f"Here: {_listed(formats)}.", extra=_allowed(formats))
    return found


def _listed(formats: Sequence[Media]) -> str:
    return ", ".join(f"{one.type} (.{one.suffix})" for one in formats)


def _allowed(formats: Sequence[Media]) -> dict[str, list[str]]:
    return {"allowed": [one.type for one in formats]}


@lru_cache(maxsize=512)
def _preferred(accept: str, formats: tuple[Media, ...]) -> Media | None:
    """The format with the greatest weight (RFC 9110, 12.5.1), the first of equals; None where all weigh 0.

    A browser that was led here asks for a page and takes all else with less weight; it gets the
    first format too, whatever it says of XML.
    """
    ranges = [MediaType(said) for said in accept.split(",") if said.strip()]
    if not ranges:
        return formats[0]
    best = max(formats, key=lambda one: _weight(one, ranges))
    page = _weight(HTML, ranges)
    browser = page >= _weight(best, ranges) and page > _weight_of_all(ranges)
    if browser and HTML not in formats and _weight(formats[0], ranges) > 0:
        return formats[0]
    return best if _weight(best, ranges) > 0 else None


def _weight_of_all(ranges: Iterable[MediaType]) -> float:
    """What ``*/*`` gives to formats that nothing else covers."""
    return max((said.quality for said in ranges if said.main_type == "*"), default=0.0)


def _weight(one: Media, ranges: Iterable[MediaType]) -> float:
    """What the most specific of the ranges that cover a format gives it; parameters are overlooked."""
    found = (-1, 0.0)
    for said in ranges:
        asked = f"{said.main_type}/{said.sub_type}"
        for name in (one.type, *one.also):
            if asked == name:
                found = max(found, (2, said.quality))
            elif asked == f"{name.partition('/')[0]}/*":
                found = max(found, (1, said.quality))
            elif asked == "*/*":
                found = max(found, (0, said.quality))
    return found[1]


class SuffixOrAccept(BaseContentNegotiation):
    """DRF's part in it: one parser. What the answer is like, :func:`choose` decides for each view.

    DRF's ``?format=`` would be a parameter that no list of filters names.
    """

    def select_parser(self, _request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        """The only parser."""
        return next(iter(parsers))

    def select_renderer(
        self, _request: Request, renderers: Iterable[BaseRenderer], _format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The only renderer; it makes nothing but the empty answer to ``OPTIONS``."""
        return next(iter(renderers)), JSON.type
