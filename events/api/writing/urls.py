"""Addresses that are there for writing alone; the others have writing methods beside the reading ones."""

from __future__ import annotations

from typing import Final

from django.urls import path

from events.api.writing import contexts, editorials, events, proposals, records, related

WRITING: Final = [
    path("v1/events/<int:pk>/withdraw/", events.WithdrawView.as_view(), name="event_withdraw"),
    path("v1/events/<int:pk>/restore/", events.RestoreView.as_view(), name="event_restore"),
    path("v1/events/<int:pk>/release/", events.ReleaseView.as_view(), name="event_release"),
    path("v1/events/<int:pk>/reject/", events.RejectView.as_view(), name="event_reject"),
    path("v1/events/<int:pk>/revert/", events.RevertView.as_view(), name="event_revert"),
    path("v1/events/<int:pk>/merge/", events.MergeView.as_view(), name="event_merge"),
    path("v1/events/<int:pk>/unmerge/", events.UnmergeView.as_view(), name="event_unmerge"),
    path(
        "v1/events/<int:pk>/related/<int:target>/", related.RelatedDeciding.as_view(), name="related_decision"
    ),
    path("v1/contexts/<int:pk>/merge/", contexts.ContextMergeView.as_view(), name="context_merge"),
    path("v1/contexts/<int:pk>/unmerge/", contexts.ContextUnmergeView.as_view(), name="context_unmerge"),
    path(
        "v1/editorials/<int:pk>/publish/", editorials.EditorialPublishView.as_view(), name="editorial_publish"
    ),
    path(
        "v1/editorials/<int:pk>/withdraw/",
        editorials.EditorialWithdrawView.as_view(),
        name="editorial_withdraw",
    ),
    path(
        "v1/editorials/<int:pk>/restore/", editorials.EditorialRestoreView.as_view(), name="editorial_restore"
    ),
    path("v1/harvest/records/", records.RecordsView.as_view(), name="harvest_records"),
    path("v1/proposals/<int:pk>/", proposals.ProposalView.as_view(), name="proposal"),
    path("v1/token/", proposals.TokenView.as_view(), name="token"),
]
