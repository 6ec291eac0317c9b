"""``events/ID/revisions/``: the versions of an event that readers could have met, with what changed."""

from __future__ import annotations

import json
from typing import Any, Final

from django.http import HttpResponse
from rest_framework.request import Request

from events import history
from events.api import describe, problems
from events.api.answers import answer, encode
from events.api.base import ArchiveView
from events.api.events import public_event
from events.api.pagination import ID, Cursor, Ordering, address_with, read_page_size, scope_of
from events.formats.serializers.revisions import RevisionPageSerializer
from events.text.diff import word_diff
from events.vocabulary import EDITIONS

_PAGE_SIZE_MAX: Final = 50
"""Fewer than of other lists: each difference by words may take a while."""
_NEWEST: Final = Ordering("-number", (ID,))
_WORDED: Final = frozenset({"text", "summary"})


class RevisionListView(ArchiveView):
    """The public versions of one event."""

    parameters = ("page_size", "cursor")

    @describe.single(
        "events_revisions",
        "events",
        RevisionPageSerializer,
        "The versions of an event, with what changed in each",
        fields=False,
        more=(describe.page_size(_PAGE_SIZE_MAX), describe.CURSOR, describe.LINK),
        kinds=(*describe.REMOVABLE, problems.INVALID_CURSOR),
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Newest first. What only editors saw is told by the version that made it public."""
        self.require_known_parameters(request)
        size = read_page_size(request.query_params, most=_PAGE_SIZE_MAX)
        scope = scope_of(f"revisions {pk}", request.query_params, ())
        said = request.query_params.get("cursor")
        before = None if said is None else Cursor.read(str(said), _NEWEST, scope).values[0]
        found = public_event(self, request, pk, "api:revisions")
        if isinstance(found, HttpResponse):
            return found
        rows = history.versions(history.chronicle(pk), before=before, limit=size + 1)
        following = None
        if len(rows) > size:
            rows.pop()
            cursor = Cursor(_NEWEST, False, (rows[-1]["number"],), scope).text()
            (following,) = address_with(request._request, "cursor", cursor)
        cjk = EDITIONS[json.loads(found[1])["edition"]].cjk
        results = [{**row, "changes": [_change(change, cjk) for change in row["changes"]]} for row in rows]
        return answer(
            request, encode({"results": results, "next": following}), links=[("next", following, "")]
        )


def _change(change: dict[str, Any], cjk: bool) -> dict[str, Any]:
    if change["field"] not in _WORDED or change["old"] is None:
        return {**change, "diff": None}
    parts = word_diff(change["old"], change["new"], cjk=cjk)
    return {**change, "diff": [{"op": part.op, "text": part.text} for part in parts]}
