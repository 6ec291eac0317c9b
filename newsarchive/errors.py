"""Which face answers where no view does: programs under ``/api/`` are told in their own way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.views import defaults

from events.api import problems
from events.public import errors

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_PROGRAMS: Final = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: Django takes the request for malformed."""
    if request.path_info.startswith(_PROGRAMS):
        return problems.rejected(exception).response()
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no address is like this."""
    if request.path_info.startswith(_PROGRAMS):
        return problems.of_status(404).response()
    return errors.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    if request.path_info.startswith(_PROGRAMS):
        return problems.of_status(500).response()
    return errors.server_error(request)
