"""Addresses under ``/api/``; what is not here is answered with a problem, too."""

from __future__ import annotations

from django.urls import path, re_path

from events.api import schema, search, views

app_name = "api"
urlpatterns = [
    path("v1/events/", views.EventListView.as_view(), name="events"),
    path("v1/events/<int:pk>/", views.EventView.as_view(), name="event"),
    path("v1/events/<int:pk>/related/", views.RelatedView.as_view(), name="related"),
    path("v1/contexts/", views.ContextListView.as_view(), name="contexts"),
    path("v1/contexts/<int:pk>/", views.ContextView.as_view(), name="context"),
    path("v1/sources/", views.SourceListView.as_view(), name="sources"),
    path("v1/sources/<int:pk>/", views.SourceView.as_view(), name="source"),
    path("v1/search/", search.SearchView.as_view(), name="search"),
    path("v1/suggest/", search.SuggestView.as_view(), name="suggest"),
    path("v1/changes/", views.ChangeListView.as_view(), name="changes"),
    path("openapi.json", schema.DescriptionView.as_view(), name="openapi"),
    path("problems/", schema.ProblemKindsView.as_view(), name="problems"),
    path("problems/<slug:slug>", schema.ProblemKindView.as_view(), name="problem"),
    re_path(r"", schema.NothingView.as_view()),
]
