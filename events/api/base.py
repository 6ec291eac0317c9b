"""What every endpoint shares: strict parameters, its formats, and problems for whatever is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.views import APIView

from events.api import problems
from events.api.negotiation import JSON, Media, SuffixOrAccept, choose
from events.filter_fields import ID_MAX
from events.filters import Vocabulary, refused_parameters

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from rest_framework.renderers import BaseRenderer


_BODILESS: Final = (204, 304)
_Thing = TypeVar("_Thing")


class NoFilter(Vocabulary):
    """For addresses that have no filters."""


class ArchiveView(APIView):
    """An endpoint. ``parameters``: what its query may hold besides ``filters``.

    ``formats``: what its answers can be like, the default one first; ``media`` is the one that was
    asked for, ``suffix`` the end of the address that asked for it, if one did.
    """

    content_negotiation_class = SuffixOrAccept
    filters: ClassVar[type[Vocabulary]] = NoFilter
    parameters: ClassVar[tuple[str, ...]] = ()
    formats: ClassVar[tuple[Media, ...]] = (JSON,)
    media: Media = JSON
    suffix: str | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take the suffix off the arguments: no method has to know it."""
        self.suffix = kwargs.pop("format", None)
        return super().dispatch(request, *args, **kwargs)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        """Choose ``media``; raises ``Problem`` where this address has no such format."""
        self.media = choose(request._request.headers.get("Accept", ""), self.suffix, self.formats)
        return super().perform_content_negotiation(request, force)

    def get_exception_handler(self) -> Callable[[Exception, Mapping[str, Any]], HttpResponse]:
        """Problem details for every error."""
        return problems.answer_exception

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Every answer says what it depends on."""
        return {"Allow": ", ".join(self.allowed_methods), "Vary": "Accept"}

    def finalize_response(  # type: ignore[override]  # ours are Django's own responses
        self, request: Request, response: HttpResponse, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Say how long the answer is; to a HEAD, send no more than that."""
        made: HttpResponse = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]
        if not made.streaming and made.status_code not in _BODILESS:
            made.headers.setdefault("Content-Length", str(len(made.content)))
            if request.method == "HEAD":
                made.content = b""
        return made

    def options(self, _request: Request, *_args: Any, **_kwargs: Any) -> HttpResponse:  # type: ignore[override]
        """The allowed methods, and where all is described (RFC 8631), in the headers."""
        return HttpResponse(status=204, headers={"Link": f'<{reverse("api:openapi")}>; rel="service-desc"'})

    def require_known_parameters(self, request: Request) -> None:
        """Raise ``Problem`` where the query holds anything that would be overlooked."""
        refused = refused_parameters(request.query_params, self.filters, self.parameters)
        if not refused:
            return
        allowed = sorted([*self.filters.base_filters, *self.parameters])
        unknown = [name for name, reason in refused.items() if reason == "unknown"]
        if unknown:
            raise problems.Problem(
                problems.UNKNOWN_PARAMETER,
                f"Allowed here: {', '.join(allowed) or 'none'}.",
                errors=[problems.Fault("This address does not know it.", parameter=name) for name in unknown],
                extra={"allowed": allowed},
            )
        raise problems.invalid_parameters(refused)

    def filtered(self, request: Request, rows: Any) -> Any:
        """*rows* as the query's filters select them; raises ``Problem`` that names each bad value."""
        return self.checked(request, rows).qs

    def checked(self, request: Request, rows: Any) -> Vocabulary:
        """The query's filters with good values; raises ``Problem`` that names each bad one."""
        asked = self.filters.asked(request.query_params, rows)
        if not asked.is_valid():
            faults = [
                problems.Fault(str(message), parameter=name)
                for name, messages in asked.form.errors.items()
                for message in messages
            ]
            raise problems.Problem(problems.INVALID_PARAMETER, errors=faults)
        return asked

    def narrowed(self, request: Request) -> bool:
        """Whether the query names any filter."""
        return any(name in self.filters.base_filters for name in request.query_params)

    def chosen_fields(self, request: Request, known: Iterable[str]) -> list[str] | None:
        """The keys that ``fields`` names, None if it is not given; raises ``Problem`` for unknown ones."""
        if "fields" not in request.query_params:
            return None
        chosen, known = request.query_params["fields"].split(","), list(known)
        if unknown := [name for name in chosen if name not in known]:
            detail = f"Unknown: {', '.join(unknown)}. Known: {', '.join(known)}."
            raise problems.invalid_parameters({"fields": detail})
        return chosen

    def choice(self, request: Request, name: str, choices: tuple[str, ...]) -> str:
        """What the query says for *name*, the first of *choices* where it says nothing.

        Raises ``Problem`` for anything else.
        """
        said = str(request.query_params.get(name, choices[0]))
        if said not in choices:
            raise problems.invalid_parameters({name: f"One of: {', '.join(choices)}."})
        return said


def only(things: Sequence[_Thing]) -> _Thing:
    """The one of *things*; raises ``Problem`` (404) where it went since it was looked for."""
    if not things:
        raise problems.Problem(problems.NOT_FOUND)
    (found,) = things
    return found


def storable(pk: int) -> int:
    """*pk*, if a database can hold it; what is greater is no thing's id."""
    if pk > ID_MAX:
        raise problems.Problem(problems.NOT_FOUND)
    return pk
