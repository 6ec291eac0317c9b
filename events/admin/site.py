"""The desk itself: Django's admin site with pages of its own beside the models' lists and forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from events.admin.base import may
from events.admin.dashboard import dashboard
from events.vocabulary import Right

View = Callable[..., HttpResponse]


class DeskPage(NamedTuple):
    """A page of the desk that belongs to no one model.

    ``route`` is below ``/admin/``; ``name`` goes with ``admin:``; ``label`` is what the menu calls
    it ("" keeps it out); ``right`` is who may open it (``None``: everybody who may sign in).
    """

    route: str
    name: str
    view: View
    label: str = ""
    right: Right | None = None


class DeskSite(admin.AdminSite):
    """The admin with :data:`pages` and a menu of them."""

    site_header = "News archive"
    site_title = "News archive"
    index_title = "Editors' desk"
    pages: Final[list[DeskPage]] = []

    def add_pages(self, pages: Iterable[DeskPage]) -> None:
        """Have these pages served; called once by each module, when the admin is loaded."""
        self.pages.extend(pages)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Django's index below the dashboard."""
        board = dashboard() if request.user.has_module_perms("events") else None
        return super().index(request, {**(extra_context or {}), "board": board})

    def get_urls(self) -> list[Any]:
        own: list[URLPattern] = [
            path(page.route, self.admin_view(_checked(page)), name=page.name) for page in self.pages
        ]
        return [*own, *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Django's, with the menu of the pages that this person may open."""
        shown = super().each_context(request)
        if not shown["has_permission"]:
            return shown
        menu = [
            {"label": page.label, "url": url, "here": request.path == url}
            for page in self.pages
            if page.label and (page.right is None or may(request, page.right))
            for url in (reverse(f"{self.name}:{page.name}"),)
        ]
        return {**shown, "desk_menu": menu}


def _checked(page: DeskPage) -> View:
    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if page.right is not None and not may(request, page.right):
            raise PermissionDenied
        return page.view(request, *args, **kwargs)

    return view


def desk_page(request: HttpRequest, template: str, title: str, **shown: Any) -> TemplateResponse:
    """A page in the desk's frame: *template* extends ``admin/desk.html``."""
    context = {**admin.site.each_context(request), "title": title, **shown}
    return TemplateResponse(request, template, context)
