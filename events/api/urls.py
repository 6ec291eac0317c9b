"""Addresses under ``/api/``; what is not here is answered with a problem, too.

Each has two forms: with a slash, where ``Accept`` decides about the format, and with a suffix instead,
which decides itself: ``events/1/`` and ``events/1.xml``.
"""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path, re_path, register_converter
from rest_framework.views import APIView

from events.api import (
    changes,
    contexts,
    corrections,
    days,
    editorials,
    events,
    index,
    lost,
    pages,
    revisions,
    schema,
    search,
    sources,
    stats,
)
from events.api.writing.urls import WRITING


class _Day:
    """A day, as ``2004-02-09``."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: Any) -> str:
        return str(value)


register_converter(_Day, "day")


def _both(address: str, view: type[APIView], name: str) -> list[URLPattern]:
    return [
        path(f"v1/{address}/", view.as_view(), name=name),
        path(f"v1/{address}.<slug:format>", view.as_view()),
    ]


app_name = "api"
urlpatterns = [
    path("v1/", index.IndexView.as_view(), name="index"),
    *_both("events", events.EventListView, "events"),
    *_both("events/<int:pk>", events.EventView, "event"),
    *_both("events/<int:pk>/related", events.RelatedView, "related"),
    *_both("events/<int:pk>/revisions", revisions.RevisionListView, "revisions"),
    *_both("contexts", contexts.ContextListView, "contexts"),
    *_both("contexts/<int:pk>", contexts.ContextView, "context"),
    *_both("sources", sources.SourceListView, "sources"),
    *_both("sources/<int:pk>", sources.SourceView, "source"),
    *_both("publishers", sources.PublisherListView, "publishers"),
    *_both("publishers/<int:pk>", sources.PublisherView, "publisher"),
    *_both("editorials", editorials.EditorialListView, "editorials"),
    *_both("editorials/<int:pk>", editorials.EditorialView, "editorial"),
    *_both("corrections", corrections.CorrectionListView, "corrections"),
    *_both("days", days.DayListView, "days"),
    *_both("days/<day:date>", days.DayView, "day"),
    *_both("search", search.SearchView, "search"),
    *_both("suggest", search.SuggestView, "suggest"),
    *_both("stats", stats.StatsView, "stats"),
    *_both("changes", changes.ChangeListView, "changes"),
    path("", pages.RootView.as_view(), name="root"),
    path("docs/", pages.DocsView.as_view(), name="docs"),
    *WRITING,
    path("openapi.json", schema.DescriptionView.as_view(), name="openapi"),
    path("problems/", pages.ProblemKindsView.as_view(), name="problems"),
    path("problems.<slug:format>", pages.ProblemKindsView.as_view()),
    path("problems/<slug:slug>", pages.ProblemKindView.as_view(), name="problem"),
    path("problems/<slug:slug>.<slug:format>", pages.ProblemKindView.as_view()),
    re_path(r"", lost.NothingView.as_view()),
]
