"""Addresses under ``/api/``; what is not here is answered with a problem, too."""

from __future__ import annotations

from django.urls import path, re_path

from events.api import changes, contexts, events, schema, search, sources

app_name = "api"
urlpatterns = [
    path("v1/events/", events.EventListView.as_view(), name="events"),
    path("v1/events/<int:pk>/", events.EventView.as_view(), name="event"),
    path("v1/events/<int:pk>/related/", events.RelatedView.as_view(), name="related"),
    path("v1/contexts/", contexts.ContextListView.as_view(), name="contexts"),
    path("v1/contexts/<int:pk>/", contexts.ContextView.as_view(), name="context"),
    path("v1/sources/", sources.SourceListView.as_view(), name="sources"),
    path("v1/sources/<int:pk>/", sources.SourceView.as_view(), name="source"),
    path("v1/search/", search.SearchView.as_view(), name="search"),
    path("v1/suggest/", search.SuggestView.as_view(), name="suggest"),
    path("v1/changes/", changes.ChangeListView.as_view(), name="changes"),
    path("openapi.json", schema.DescriptionView.as_view(), name="openapi"),
    path("problems/", schema.ProblemKindsView.as_view(), name="problems"),
    path("problems/<slug:slug>", schema.ProblemKindView.as_view(), name="problem"),
    re_path(r"", schema.NothingView.as_view()),
]
