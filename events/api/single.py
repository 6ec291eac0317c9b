"""One thing in an answer, in any of its formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from django.http import HttpResponse
from rest_framework.request import Request

from events.api import problems
from events.api.answers import alternates, answer, encode, select, without
from events.api.base import ArchiveView
from events.api.negotiation import JSON, XML, Media

Writers = Mapping[Media, Callable[[Any], str | bytes]]
_OF_KEYS: Final = (JSON, XML)


class SingleView(ArchiveView):
    """One thing by its id. ``writers``: how each of its ``formats`` is made of the whole answer.

    ``fields``: the keys of the whole answer, of which ``?fields=`` chooses.
    """

    parameters: ClassVar[tuple[str, ...]] = ("fields",)
    fields: ClassVar[tuple[str, ...]] = ()
    writers: ClassVar[Writers] = {JSON: encode}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.formats = tuple(cls.writers)

    def wanted(self, request: Request) -> list[str] | None:
        """Which keys ``fields`` chooses, if any; raises ``Problem`` for any parameter that does not fit."""
        self.require_known_parameters(request)
        fields = self.chosen_fields(request, self.fields) if self.fields else None
        if fields is not None and self.media not in _OF_KEYS:
            raise problems.invalid_parameters({"fields": "Only JSON and XML can be a choice of keys."})
        return fields

    def single(
        self,
        request: Request,
        thing: Mapping[str, Any],
        fields: list[str] | None = None,
        *,
        revision: int | None = None,
    ) -> HttpResponse:
        """The answer to a GET: *thing*, or of it the keys that were :meth:`wanted`."""
        shown = thing if fields is None else select(thing, fields)
        return self.written(request, self.writers[self.media](shown), revision=revision)

    def written(self, request: Request, body: str | bytes, *, revision: int | None = None) -> HttpResponse:
        """*body* in the chosen format, with links to the others."""
        links = alternates(
            request._request, self.formats, self.media, query=without(request.query_params, "fields")
        )
        return answer(request, body, media=self.media, revision=revision, links=links)
