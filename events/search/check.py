"""Whether index and archive agree, and making them so without a moment in which nothing is found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from events.models import Document, Event, SearchEntry
from events.search import backends, index

_AT_ONCE: Final = 500


@dataclass(slots=True)
class Disagreement:
    """Published events that are not in the index as they should be, entries of others, broken structures."""

    wrong: list[int] = field(default_factory=list)
    leftover: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.wrong or self.leftover or self.faults)


def disagreement() -> Disagreement:
    """Compare every published event's document with the index, and every entry with the archive."""
    found = Disagreement(faults=backends.current().faults())
    for ids in _batches(_documents()):
        documents = _published(ids)
        found.wrong += backends.current().differing([index.entry_of(row) for row in documents])
    for ids in _batches(_entries(), "event_id"):
        found.leftover += sorted(set(ids) - set(_public(ids)))
    return found


def rebuild(*, whole: bool = False, progress: Callable[[int], None] = lambda _count: None) -> int:
    """Make the index right, batch by batch; how many events had to be written or taken out.

    It goes on being searched and written meanwhile. *whole*: write everything, right or not.
    """
    changed = 0
    for ids in _batches(_entries(), "event_id"):
        with transaction.atomic():
            if gone := set(ids) - set(_public(ids, lock=True)):
                index.remove(gone)
                changed += len(gone)
    for ids in _batches(_documents()):
        with transaction.atomic():
            documents = {row["id"]: row for row in _published(ids, lock=True)}
            if not whole:
                entries = [index.entry_of(row) for row in documents.values()]
                wrong = backends.current().differing(entries)
                documents = {pk: documents[pk] for pk in wrong}
            index.remember(index.write(documents.values()))
            changed += len(documents)
        progress(len(ids))
    return changed


def _entries() -> QuerySet[SearchEntry, int]:
    return SearchEntry.objects.order_by("event_id").values_list("event_id", flat=True)


def _documents() -> QuerySet[Document, int]:
    return Document.objects.order_by("pk").values_list("pk", flat=True)


def _public(ids: list[int], *, lock: bool = False) -> list[int]:
    rows = Event.objects.published().filter(pk__in=ids, document__isnull=False).order_by("pk")
    return list((rows.select_for_update(of=("self",)) if lock else rows).values_list("pk", flat=True))


def _published(ids: list[int], *, lock: bool = False) -> list[dict[str, object]]:
    public = _public(ids, lock=lock)
    rows = Document.objects.filter(pk__in=public).order_by("pk")
    bodies = (rows.select_for_update() if lock else rows).values_list("body", flat=True)
    return [json.loads(body) for body in bodies]


def _batches(rows: QuerySet[Any, int], column: str = "pk") -> Iterator[list[int]]:
    """The numbers of *rows*, which are in their order, so many at once, each batch read anew."""
    last = 0
    while ids := list(rows.filter(**{f"{column}__gt": last})[:_AT_ONCE]):
        yield ids
        last = ids[-1]
