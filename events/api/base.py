"""What every endpoint shares: strict parameters, and problems for whatever is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.api import problems
from events.api.negotiation import JsonNegotiation
from events.filter_fields import ID_MAX
from events.filters import Vocabulary, refused_parameters


class NoFilter(Vocabulary):
    """For addresses that have no filters."""


class ArchiveView(APIView):
    """A read-only endpoint. ``parameters``: what its query may hold besides ``filters``."""

    content_negotiation_class = JsonNegotiation
    filters: ClassVar[type[Vocabulary]] = NoFilter
    parameters: ClassVar[tuple[str, ...]] = ()

    def get_exception_handler(self) -> Callable[[Exception, Mapping[str, Any]], HttpResponse]:
        """Problem details for every error."""
        return problems.answer_exception

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Every answer says what it depends on."""
        return {"Allow": ", ".join(self.allowed_methods), "Vary": "Accept"}

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        """The allowed methods, in the headers."""
        return Response(status=204)

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
        faults = [problems.Fault(reason, parameter=name) for name, reason in refused.items()]
        raise problems.Problem(problems.INVALID_PARAMETER, errors=faults)

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
            fault = problems.Fault(detail, parameter="fields")
            raise problems.Problem(problems.INVALID_PARAMETER, errors=[fault])
        return chosen


def storable(pk: int) -> int:
    """*pk*, if a database can hold it; what is greater is no thing's id."""
    if pk > ID_MAX:
        raise problems.Problem(problems.NOT_FOUND)
    return pk
