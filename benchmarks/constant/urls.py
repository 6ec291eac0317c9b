"""One page of 3.6 kB that never changes (goals.md: *constant*)."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

PAGE = b"<!doctype html><title>Constant</title>".ljust(3600, b".")


def constant(_request: HttpRequest) -> HttpResponse:
    """The page."""
    return HttpResponse(PAGE)


urlpatterns = [path("constant", constant)]
