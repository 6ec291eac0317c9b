"""The history of an event or a context: every revision with what it changed, by whom, when and why."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, ClassVar, Final, Literal

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from events.admin.base import number_of
from events.admin.differences import revised
from events.models import Context, Event, Revision
from events.vocabulary import EDITIONS

Json = dict[str, Any]
_A_PAGE: Final = 50


def revision_rows(revisions: Iterable[Revision], *, cjk: bool) -> list[Json]:
    """Each revision (its harvest loaded) with what it changed."""
    return [{"revision": one, "changes": revised(one.fields, cjk=cjk)} for one in revisions]


def since(event: Event, version: int) -> list[Json]:
    """What happened to *event* after *version*, newest first; one query."""
    later = Revision.objects.filter(event=event, number__gt=version).select_related("harvest__origin")
    return revision_rows(later.order_by("-number")[:_A_PAGE], cjk=EDITIONS[event.edition].cjk)


def folded(rows: Iterable[Json]) -> list[Json]:
    """Rows in groups: a run of revisions by robots, to be folded, or a run by people."""
    return [
        {"robots": robots, "rows": list(run)}
        for robots, run in groupby(rows, key=lambda row: row["revision"].by_robot)
    ]


class HistoryMixin:
    """A ``history_view`` made of revisions, for a ``ModelAdmin`` of events or of contexts.

    ``history_subject`` names the field of ``Revision`` that leads to the model. ``revert_url``
    says where a revision can be gone back to.
    """

    history_template = "admin/events/history.html"
    history_subject: ClassVar[Literal["event", "context"]]

    def revert_url(self, request: HttpRequest, obj: Any, revision: Revision) -> str:
        """Where one goes back to *revision*; "" where that cannot be done."""
        return ""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Json | None = None
    ) -> HttpResponse:
        """Fifty revisions a page, newest first; a constant number of queries."""
        admin: Any = self
        model: type[Model] = admin.model
        obj: Any = model._default_manager.filter(pk=number_of(object_id)).first()
        if obj is None or not isinstance(obj, Event | Context):
            raise Http404
        if not admin.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        found = Revision.objects.filter(**{self.history_subject: obj}).order_by("-number")
        pages = Paginator(found.select_related("harvest__origin", "bulk"), _A_PAGE)
        page = pages.get_page(request.GET.get("p"))
        rows = revision_rows(page.object_list, cjk=EDITIONS[obj.edition].cjk)
        for row in rows:
            row["revert"] = self.revert_url(request, obj, row["revision"])
        shown = {
            **admin.admin_site.each_context(request),
            "title": "History",
            "subtitle": str(obj),
            "opts": admin.opts,
            "original": obj,
            "groups": folded(rows),
            "page": page,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.history_template, shown)
