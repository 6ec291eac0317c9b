"""The public sequence for programs, and the things that its entries name as readers have them (layer 4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery

from events import catalogue
from events.editorials import editorial_document
from events.models import Change, Context, Curation, Editorial, Event
from events.vocabulary import ChangeKind, Decision, State, Subject

Json = dict[str, Any]
APPEARS: Final = (ChangeKind.CREATED, ChangeKind.RESTORED, ChangeKind.WITHDRAWN)
"""The kinds by which the sequence says that a source or an editorial came or went; the last one counts."""
_AT_ONCE: Final = 5_000


def changes_after(seq: int, limit: int) -> list[Json]:
    """The entries of the public sequence above *seq*, at most *limit*; one query."""
    columns = ("seq", "at", "kind", "subject", "subject_id", "other_id", "revision__number")
    return [
        {
            "seq": row[0],
            "at": catalogue.timestamp(row[1]),
            "kind": row[2],
            "subject": row[3],
            "id": row[4],
            "other": row[5],
            "revision": row[6],
        }
        for row in Change.objects.after(seq).values_list(*columns)[:limit]
    ]


def things_of(changes: Iterable[Json]) -> dict[tuple[str, int], Json | str]:
    """What these entries are about, by subject and id, as the public lists have it now.

    An event is its stored JSON, everything else a dict. What readers do not have (any more) is missing.
    At most two queries for events, five for contexts, two for sources, one for editorials.
    """
    wanted: dict[str, set[int]] = defaultdict(set)
    for change in changes:
        wanted[change["subject"]].add(change["id"])
    return {
        (subject, pk): thing
        for subject, ids in sorted(wanted.items())
        for pk, thing in _READ[Subject(subject)](sorted(ids)).items()
    }


def pins_of(event_ids: Collection[int]) -> dict[int, list[Json]]:
    """What editors pinned to these published events, in order; one query. Ids without pins are missing."""
    pins = (
        Curation.objects.filter(event__in=event_ids)
        .filter(**VISIBLE_PIN)
        .order_by("event", "position", "target")
    )
    found: dict[int, list[Json]] = defaultdict(list)
    for event_id, target_id, position, note in pins.values_list("event", "target", "position", "note"):
        found[event_id].append({"target": target_id, "position": position, "note": note})
    return dict(found)


VISIBLE_PIN: Final = {
    "decision": Decision.PIN,
    "event__state": State.PUBLISHED,
    "target__state": State.PUBLISHED,
}
"""The curations that readers see as pins."""


def said_last(subject: Subject, ids: Collection[int]) -> dict[int, str | None]:
    """For each id the kind by which the sequence said last that it came or went; None where it never did."""
    said: dict[int, str | None] = dict.fromkeys(ids)
    ordered = sorted(ids)
    for start in range(0, len(ordered), _AT_ONCE):
        chunk = ordered[start : start + _AT_ONCE]
        rows = Change.objects.filter(subject=subject, subject_id__in=chunk, kind__in=APPEARS)
        said.update(rows.order_by("seq").values_list("subject_id", "kind"))
    return said


def with_what_was_said(editorials: QuerySet[Editorial]) -> QuerySet[Any]:
    """Each editorial with ``said``: :func:`said_last` of it."""
    said = Change.objects.filter(subject=Subject.EDITORIAL, subject_id=OuterRef("pk"), kind__in=APPEARS)
    return editorials.annotate(said=Subquery(said.order_by("-seq").values("kind")[:1]))


def told_editorials() -> QuerySet[Editorial]:
    """The editorials that the public sequence says readers have.

    A piece is on the site from its time on; here, when the sequence has told of it, a moment later.
    """
    published = Editorial.objects.filter(state=State.PUBLISHED)
    return with_what_was_said(published).filter(said__in=(ChangeKind.CREATED, ChangeKind.RESTORED))


def _events(ids: Collection[int]) -> Mapping[int, str]:
    rows = Event.objects.published().filter(pk__in=ids, document__isnull=False)
    return dict(rows.values_list("pk", "document__body"))


def _contexts(ids: Collection[int]) -> Mapping[int, Json]:
    standing = Context.objects.standing().filter(pk__in=ids).values_list("pk", flat=True)
    return {head["id"]: head for head in catalogue.context_heads(list(standing))}


def _sources(ids: Collection[int]) -> Mapping[int, Json]:
    cited = catalogue.cited_sources().filter(pk__in=ids).values_list("pk", flat=True)
    return {head["id"]: head for head in catalogue.source_heads(list(cited))}


def _editorials(ids: Collection[int]) -> Mapping[int, Json]:
    return {row.pk: editorial_document(row) for row in told_editorials().filter(pk__in=ids)}


_READ: Final[dict[Subject, Callable[[Collection[int]], Mapping[int, Json | str]]]] = {
    Subject.EVENT: _events,
    Subject.CONTEXT: _contexts,
    Subject.SOURCE: _sources,
    Subject.EDITORIAL: _editorials,
}
