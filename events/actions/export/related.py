"""The related links by the origins' own ids, so that anyone can score them (``evaluate_related``)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from events.actions.relate import ranking_in_use
from events.models import Event, EventFeatures, Provenance, RelatedLink
from events.related.neighbourhoods import Neighbourhood, blocks, statistics_of, whole
from events.related.picking import LINKS
from events.vocabulary import EDITIONS

_AT_ONCE: Final = 1_000


def export_related(
    path: Path, *, as_ranked: bool = False, progress: Callable[[int, int], None] | None = None
) -> int:
    """Write a line for each published event to *path*; how many.

    A line is ``{"id": …, "related": [ids, best first]}``: the id of the record that leads the event at
    its origin, as text; the archive's own where the origin gave none. Links are those stored, before
    editors' pins and bans. *as_ranked*: the best ten as the ranking has them, with those that tell the
    same again; computed now. The file is replaced when all is written.
    """
    names = _origins_ids()
    unfinished = path.with_name(f"{path.name}.part")
    total, done = Event.objects.published().count(), 0
    with unfinished.open("w", encoding="utf-8") as file:
        for event_id, targets in _ranked() if as_ranked else _stored():
            row = {"id": _name(names, event_id), "related": [_name(names, pk) for pk in targets]}
            file.write(f"{json.dumps(row, ensure_ascii=False)}\n")
            done += 1
            if progress is not None:
                progress(done, total)
    unfinished.replace(path)
    return done


def _origins_ids() -> dict[int, str]:
    rows = Provenance.objects.filter(leading=True).exclude(external_id="").order_by("-pk")
    return dict(rows.values_list("event_id", "external_id").iterator(10_000))


def _name(names: dict[int, str], event_id: int) -> str:
    return names.get(event_id, str(event_id))


def _stored() -> Iterator[tuple[int, list[int]]]:
    after = 0
    published = Event.objects.published().order_by("pk")
    while ids := list(published.filter(pk__gt=after).values_list("pk", flat=True)[:_AT_ONCE]):
        found: dict[int, list[int]] = {pk: [] for pk in ids}
        links = RelatedLink.objects.filter(event__in=ids).order_by("event_id", "rank")
        for event_id, target_id in links.values_list("event_id", "target_id"):
            found[event_id].append(target_id)
        yield from found.items()
        after = ids[-1]


def _ranked() -> Iterator[tuple[int, list[int]]]:
    ranking = ranking_in_use()
    for edition in EDITIONS:
        statistics, _ = statistics_of(edition)
        places = EventFeatures.objects.filter(edition=edition).order_by("day", "event_id")
        everything = whole(edition, statistics, ranking)
        for block in blocks(places.values_list("day", "event_id").iterator(10_000), statistics.window):
            events = everything or Neighbourhood.around(edition, block, statistics, ranking)
            yield from events.ranked(block, LINKS).items()
