"""What undoing would do, looked at before it is asked for; nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import F, Max, QuerySet
from django.utils import timezone

from events.actions.harvesting.undo import editorials_created, why_kept
from events.actions.taking_back import plan_back
from events.models import Address, BulkChange, Curation, Editorial, Event, Harvest, Provenance, Revision
from events.vocabulary import ChangeKind, Decision, HarvestState, State

SHOWN_MOST: Final = 20
"""How many events are shown with what would become of them."""
COMPARED_MOST: Final = 500
"""How many of the events that others changed since are compared word by word."""
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Sample:
    """An event and what each field goes back from and to; ``keeps``: fields that stay as others made them."""

    event: Event
    fields: dict[str, tuple[Any, Any]]
    keeps: tuple[str, ...] = ()


@dataclass(slots=True)
class UndoLook:
    """What undoing a harvest or a bulk change would do.

    ``withdrawn``: events it created; ``kept``: those of them that stay, with why (the first ones);
    ``back``: events that it changed; ``since``: how many of them others changed since, of which
    ``conflicts`` in the same words (``compared`` were looked at); ``cannot``: what stays, in words.
    """

    withdrawn: int = 0
    kept_count: int = 0
    kept: list[tuple[Event, str]] = field(default_factory=list)
    back: int = 0
    since: int = 0
    compared: int = 0
    conflicts: int = 0
    merges: int = 0
    editorials: int = 0
    samples: list[Sample] = field(default_factory=list)
    cannot: list[str] = field(default_factory=list)


def look_at_bulk(change: BulkChange) -> UndoLook:
    """What undoing *change* would do."""
    found = UndoLook()
    _changed(found, Revision.objects.filter(bulk=change, event__isnull=False))
    return found


def look_at_harvest(harvest: Harvest) -> UndoLook:
    """What undoing *harvest* would do."""
    found = UndoLook()
    revised = Revision.objects.filter(harvest=harvest, event__isnull=False)
    created = revised.filter(kind=ChangeKind.CREATED)
    found.withdrawn = created.filter(event__state__in=(State.PUBLISHED, State.HELD, State.MERGED)).count()
    for event in _worked_on(created, harvest):
        if why := why_kept(event, harvest.pk):
            found.kept_count += 1
            if len(found.kept) < SHOWN_MOST:
                found.kept.append((event, why))
    found.withdrawn -= found.kept_count
    _changed(found, revised.exclude(event__in=created.values("event")))
    found.merges = revised.filter(kind=ChangeKind.MERGED, fields__has_key="merge").count()
    found.editorials = editorials_created(harvest).filter(version=1, state=State.PUBLISHED).count()
    found.cannot = list(_cannot(harvest))
    return found


def _worked_on(created: QuerySet[Revision], harvest: Harvest) -> Iterator[Event]:
    """Those of the events it created that somebody else's revision, record or pin names too."""
    ids = created.values("event")
    revised = Revision.objects.filter(event__in=ids, harvest__isnull=True, bulk__isnull=True)
    told = Provenance.objects.filter(event__in=ids).exclude(harvest=harvest)
    pinned = Curation.objects.filter(target__in=ids, decision=Decision.PIN)
    touched = {
        *revised.order_by().values_list("event_id", flat=True),
        *told.values_list("event_id", flat=True),
        *pinned.values_list("target_id", flat=True),
    }
    for chunk in _chunks(sorted(touched)):
        shown = Event.objects.filter(pk__in=chunk, state__in=(State.PUBLISHED, State.HELD))
        yield from shown.order_by("pk")


def _changed(found: UndoLook, revised: QuerySet[Revision]) -> None:
    """Count the events that go back, and compare those that others changed since."""
    rows = revised.exclude(kind__in=(ChangeKind.CREATED, ChangeKind.MERGED)).order_by()
    found.back = rows.values("event").distinct().count()
    later = rows.values("event").annotate(last=Max("number")).filter(event__version__gt=F("last"))
    since = list(later.order_by("event").values_list("event", flat=True))
    found.since = len(since)
    compared = since[:COMPARED_MOST]
    for sample in _samples(compared, revised):
        found.compared += 1
        if sample.keeps:
            found.conflicts += 1
        if len(found.samples) < SHOWN_MOST:
            found.samples.append(sample)
    found.samples.sort(key=lambda sample: not sample.keeps)
    rest = SHOWN_MOST - len(found.samples)
    if rest > 0:
        more = rows.exclude(event__in=compared).order_by("event")
        ids = list(more.values_list("event", flat=True).distinct()[:rest])
        found.samples.extend(_samples(ids, revised))


def _samples(event_ids: Sequence[int], revised: QuerySet[Revision]) -> Iterator[Sample]:
    for chunk in _chunks(event_ids):
        revisions: dict[int, list[Revision]] = {}
        for revision in revised.filter(event__in=chunk).order_by("-number"):
            revisions.setdefault(revision.event_id or 0, []).append(revision)
        events = Event.objects.filter(pk__in=chunk).select_related("lead").prefetch_related("citations")
        for event in events.order_by("pk"):
            back = plan_back(event, revisions[event.pk])
            fields = {
                name: (value, back.now[name])
                for name, value in back.before.items()
                if value != back.now[name]
            }
            if back.drop or back.add:
                fields["contexts"] = (sorted(back.drop), sorted(back.add))
            yield Sample(event, fields, tuple(name for name, _ in back.conflicts))


def _cannot(harvest: Harvest) -> Iterator[str]:
    """What stays though the harvest is undone, and why."""
    addresses = Address.objects.filter(
        event__in=Revision.objects.filter(harvest=harvest).values("event"),
        current=False, created_at__gte=harvest.started_at,
        created_at__lte=harvest.finished_at or timezone.now(),
    )  # fmt: skip
    if count := addresses.count():
        yield f"{count:,} former addresses that it brought go on redirecting: an address is never taken back."
    contexts = Revision.objects.filter(harvest=harvest, context__isnull=False, kind=ChangeKind.CREATED)
    if count := contexts.count():
        yield f"{count:,} contexts that it created stay, though perhaps on no event."
    editorials = Editorial.objects.filter(
        origin=harvest.origin_id,
        edition=harvest.edition,
        upstream__moment=harvest.moment.astimezone(dt.UTC).isoformat(),
    ).exclude(pk__in=editorials_created(harvest).values("pk"))
    if count := editorials.count():
        yield f"{count:,} editorials that it changed stay so: their former words are not kept."
    later = Harvest.objects.filter(
        origin=harvest.origin_id, edition=harvest.edition, pk__gt=harvest.pk
    ).exclude(state=HarvestState.RUNNING)
    if count := later.count():
        yield f"What {count:,} later harvests of this origin changed stays."


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
