"""What an event's page shows beside the form: where it came from, what happened, what waits."""

from __future__ import annotations

from typing import Any, Final

from events.actions.plan import FIELDS, present_values
from events.actions.values import said_of
from events.admin.differences import differences
from events.admin.event.hands import hands_of
from events.admin.event.preview import preview_of, stored_document
from events.admin.history import revision_rows
from events.models import Event, ReviewItem, Revision
from events.vocabulary import EDITIONS, State

Json = dict[str, Any]
_LATEST: Final = 5
_LOOKED_AT: Final = 200


def head(event: Event, present: Json) -> Json:
    """What stands above and beside the form, of an event that says *present*; three queries."""
    return {
        "addresses": sorted(event.addresses.all(), key=lambda row: (not row.current, row.pk)),
        "public": event.state == State.PUBLISHED,
        "preview": preview_of(event.edition, present, stored_document(event)),
        "questions": list(ReviewItem.objects.open().filter(event=event)),
    }


def panel(event: Event) -> Json:
    """Everything for the template, in a fixed number of queries; nothing is loaded there."""
    cjk = EDITIONS[event.edition].cjk
    present = present_values(event)
    records = list(event.provenances.select_related("origin").order_by("-leading", "pk"))
    leading = max((row for row in records if row.leading), key=lambda row: (row.moment, row.pk), default=None)
    revisions = list(
        Revision.objects.filter(event=event)
        .select_related("harvest__origin")
        .order_by("-number")[:_LOOKED_AT]
    )
    return {
        **head(event, present),
        "origins": [
            {"record": row, "differing": _differing(row.upstream, present, cjk=cjk) if row.leading else []}
            for row in records
        ],
        "hands": hands_of(event, present, revisions, leading),
        "revisions": revision_rows(revisions[:_LATEST], cjk=cjk),
    }


def _differing(upstream: Json, present: Json, *, cjk: bool) -> list[Any]:
    """How what a record says now differs from what is published, field by field."""
    said = said_of(upstream)
    return differences(said, present, [name for name in FIELDS if name in said], cjk=cjk)
