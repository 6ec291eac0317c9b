"""Which format an answer has: JSON, unless the caller accepts nothing that covers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rest_framework.parsers import BaseParser
    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request

MEDIA_TYPE: Final = "application/json"
_COVERED: Final = frozenset(
    {("application", "json"), ("application", "problem+json"), ("application", "*"), ("*", "*")}
)


class JsonNegotiation(BaseContentNegotiation):
    """Takes ``Accept`` only; DRF's ``?format=`` would be a parameter that no list of filters names."""

    def select_parser(self, _request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        """The only parser."""
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], _format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """JSON; raises ``NotAcceptable`` for a caller who takes none. Whoever says nothing takes all."""
        # Parameters such as a charset are overlooked: there is one JSON, and it is UTF-8.
        wanted = {
            (kind.main_type, kind.sub_type) for kind in request._request.accepted_types if kind.quality > 0
        }
        if wanted & _COVERED or not request._request.headers.get("Accept", "").strip():
            return next(iter(renderers)), MEDIA_TYPE
        raise NotAcceptable
