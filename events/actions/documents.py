"""Writing the stored document of events (architecture.md, decision 11), and what follows it: the
full-text index, the order of each context's and each publisher's events (``Tagging.key``,
``Citation.key``) and the counts (``tallies``).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction
from django.utils import timezone

from events.actions.consequences import Rewritten, cited_in, cited_in_body
from events.actions.tallies import Tallies
from events.formats.document import EventRows, document_of, event_document, stored_json
from events.inserting import insert_rows, new_row
from events.models import Citation, Document, Event, Revision, Tagging
from events.search import index

if TYPE_CHECKING:
    import datetime as dt

_AT_ONCE: Final = 500
_PLACE: Final = {
    model: f"UPDATE {model._meta.db_table} SET key = %s WHERE id = %s"  # noqa: S608  a name of ours
    for model in (Tagging, Citation)
}
Misplaced = defaultdict[type[Tagging] | type[Citation], list[tuple[int | None, int]]]
"""``(key, id)`` of the taggings and the citations whose key is to change."""


@transaction.atomic(savepoint=False)
def write_documents(
    event_ids: Collection[int],
    *,
    created: Mapping[int, EventRows | None] = MappingProxyType({}),
    at: dt.datetime | None = None,
    count: bool = True,
) -> list[Rewritten]:
    """Write the documents of these events anew where they changed; those that did.

    The search index, the order of contexts and publishers and the counts follow: they have those that
    are published.

    ``created`` names events that have no document yet, with all that their documents are made of where it
    is at hand, taggings and citations with their keys. Runs in the caller's transaction. Without *count* the
    counts stay as they are: for a trial that will be rolled back.
    """
    at = at or timezone.now()
    whole = [rows for rows in created.values() if rows is not None]
    made = [document_of(rows) for rows in whole]
    insert_rows([
        new_row(
            Document,
            {"event_id": rows.event.pk, "body": stored_json(document), "written_at": at,
             "counted_on": public_day(rows.event)},
        )
        for rows, document in zip(whole, made, strict=True)
    ])  # fmt: skip
    public = [document for rows, document in zip(whole, made, strict=True) if rows.event.is_public]
    tallies = Tallies()
    for document in public:
        tallies.add(document, 1, at)
    words = index.write(public, new=True)
    written = [
        Rewritten(rows.event.pk, rows.event.is_public, frozenset(), cited_in(document))
        for rows, document in zip(whole, made, strict=True)
    ]
    rest = {*event_ids, *created} - {rows.event.pk for rows in whole}
    for chunk in _chunks(sorted(rest)):
        written += _write(chunk, at, words, tallies)
    index.remember(words)
    if count:
        tallies.write()
    return written


def _write(event_ids: list[int], at: dt.datetime, words: set[str], tallies: Tallies) -> list[Rewritten]:
    # Locked before the rest is read: of two that write an event's document at once, the later one has read
    # all that the earlier one committed.
    rows = Document.objects.select_for_update(no_key=True).filter(event_id__in=event_ids).order_by("pk")
    known = {document.event_id: document for document in rows}
    corrections: dict[int, list[Revision]] = {}
    for revision in Revision.objects.filter(event_id__in=event_ids).corrections():
        corrections.setdefault(revision.event_id or 0, []).append(revision)
    inserted, updated, public, hidden, written = [], [], [], [], []
    misplaced = Misplaced(list)
    for event in Event.objects.filter(pk__in=event_ids).for_detail():
        add_misplaced(event, misplaced)
        made = event_document(event, corrections.get(event.pk, []))
        body = stored_json(made)
        if event.is_public:
            public.append(made)
        else:
            hidden.append(event.pk)
        document, day = known.get(event.pk), public_day(event)
        same = document is not None and document.body == body
        if document is not None and same and document.counted_on == day:
            continue
        if document is not None and document.counted_on is not None:
            tallies.add(json.loads(document.body), -1, event.updated_at)
        if day is not None:
            tallies.add(made, 1, event.updated_at)
        if not same:
            had = cited_in_body(document.body) if document is not None else frozenset[int]()
            written.append(Rewritten(event.pk, event.is_public, had, cited_in(made)))
        if document is None:
            inserted.append(Document(event_id=event.pk, body=body, written_at=at, counted_on=day))
        else:
            if not same:
                document.related_due |= _compared(json.loads(document.body)) != _compared(made)
                document.version += 1
                document.written_at = at
            document.body, document.counted_on = body, day
            updated.append(document)
    insert_rows(inserted)
    fields = ["body", "version", "written_at", "counted_on", "related_due"]
    Document.objects.bulk_update(updated, fields, batch_size=100)
    place(misplaced)
    index.remove(hidden)
    words |= index.write(public)
    return written


def public_day(event: Event) -> dt.date | None:
    """The day under which the counts have the event; none where readers do not."""
    return event.date if event.is_public else None


def _compared(document: Mapping[str, Any]) -> list[Any]:
    """What related links are computed from, contexts apart: who changes these marks the event due."""
    return [document[name] for name in ("date", "text", "category", "lead_context")]


def add_misplaced(event: Event, found: Misplaced) -> None:
    """Add the taggings and citations of an event, as ``for_detail`` loads it, whose key is to change."""
    for tag in event.taggings.all():
        if (key := tag.key_on(event)) != tag.key:
            found[Tagging].append((key, tag.pk))
    for citation in event.citations.all():
        if (key := citation.key_on(event)) != citation.key:
            found[Citation].append((key, citation.pk))


def place(misplaced: Misplaced) -> None:
    """Give taggings and citations their keys."""
    for model, keys in misplaced.items():
        with connection.cursor() as cursor:
            cursor.executemany(_PLACE[model], keys)


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    iterator = iter(ids)
    while chunk := list(islice(iterator, _AT_ONCE)):
        yield chunk
