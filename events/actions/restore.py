"""``restore``: an empty database becomes the archive that ``export jsonl`` wrote, with ids and history.

One transaction: the archive is there as a whole or not at all. The files are checked against
their manifest before anything is written, and once more as they are read.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from django.core.management.color import no_style
from django.db import DataError, IntegrityError, connection, models, transaction
from django.db.models import Exists, F, OuterRef

from events.actions.contexts.starts import write_all_starts
from events.actions.documents import Misplaced, add_misplaced, place, public_day
from events.actions.errors import InvalidAction
from events.actions.export.check import CheckedFile, check_export
from events.actions.tallies import count_anew
from events.formats.document import event_document, stored_json
from events.formats.jsonl import CHILDREN, DOCUMENT, FILES, rows_of
from events.harvest.files import Refused
from events.harvest.jsonl import parse_line
from events.models import Change, Document, Event, RelatedLink, Revision, Sequence
from events.search import index

_LINES_AT_ONCE: Final = 500
_BYTES_AT_ONCE: Final = 4 * 1024 * 1024
_ROWS_AT_ONCE: Final = 500
_EVENTS_AT_ONCE: Final = 500
_MODELS: Final = tuple(
    kind.model
    for kind in (*(kind for kinds in FILES.values() for kind in kinds), *CHILDREN.values(), DOCUMENT)
)

Progress = Callable[[int, int], None]
"""Told how many lines are read, and of how many."""
_Numbered = tuple[int, list[models.Model]]


def restore_export(folder: Path, *, progress: Progress | None = None) -> Counter[str]:
    """Bring the export in *folder* into the empty database; how many rows of each kind there are now.

    Raises ``InvalidAction`` where the database holds an archive already, or the export is not
    whole, was changed or contradicts itself: file, line and reason. Users are not part of an
    export: names stay, links to accounts end. Related links are due afterwards
    (:func:`events.actions.relate.relate_due`, then :func:`settle_related`).
    """
    files = check_export(folder)
    total = sum(file.lines for file in files)
    counts: Counter[str] = Counter()
    with transaction.atomic():
        _require_empty()
        Sequence.objects.all().delete()
        done = 0
        for file in files:
            for lines in _batches(file):
                _insert(file, lines)
                done += len(lines)
                counts.update(str(rows[0]._meta.verbose_name_plural) for _, rows in lines)
                if progress is not None:
                    progress(done, total)
        _take_statistics()
        _check_references(files)
        _check_sequence()
        _write_bodies()
        count_anew()
        write_all_starts()
        _continue_ids()
    return counts


def settle_related() -> None:
    """Count the first computing of all links as none: they are what the export's versions stood for."""
    linked = RelatedLink.objects.filter(event=OuterRef("pk"))
    documents = Document.objects.filter(Exists(linked), related_version__gt=0, related_due=False)
    documents.update(related_version=F("related_version") - 1)


def _tables() -> str:
    return ", ".join(connection.ops.quote_name(model._meta.db_table) for model in _MODELS)


def _take_statistics() -> None:
    """Tell PostgreSQL's planner what is there now; it would take the tables for empty for a while."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {_tables()}")


def _require_empty() -> None:
    """Lock the tables where that is possible; raise ``InvalidAction`` if one holds a row."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {_tables()} IN SHARE ROW EXCLUSIVE MODE")
    for model in _MODELS:
        rows = model._base_manager.exclude(last=0) if model is Sequence else model._base_manager
        if rows.exists():
            raise InvalidAction(
                f"The database holds {model._meta.verbose_name_plural} already. An export can only be "
                "restored into an empty one: name another DATABASE_URL and run migrate first."
            )


def _batches(file: CheckedFile) -> Iterator[list[_Numbered]]:
    """The rows of the file, line by line, so many lines at once."""
    batch: list[_Numbered] = []
    size = 0
    for number, line in file.read():
        batch.append((number, _rows(file, number, line)))
        size += len(line)
        if len(batch) == _LINES_AT_ONCE or size > _BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _rows(file: CheckedFile, number: int, line: bytes) -> list[models.Model]:
    try:
        return list(rows_of(file.name, parse_line(line)))
    except Refused as refusal:
        raise file.refused(number, refusal.reason) from refusal


def _insert(file: CheckedFile, lines: list[_Numbered]) -> None:
    try:
        with transaction.atomic():
            _create([row for _, rows in lines for row in rows])
    except (IntegrityError, DataError, OverflowError):
        for number, rows in lines:
            try:
                with transaction.atomic():
                    _create(rows)
            except (IntegrityError, DataError, OverflowError) as error:
                raise file.refused(number, _told(error)) from error
        raise


def _create(rows: list[models.Model]) -> None:
    by_model: dict[type[models.Model], list[models.Model]] = defaultdict(list)
    for row in rows:
        by_model[type(row)].append(row)
    for model, found in by_model.items():
        model._base_manager.bulk_create(found, batch_size=_ROWS_AT_ONCE)


def _told(error: Exception) -> str:
    """What the database says is wrong, in one line."""
    said = re.sub(r"\s+", " ", str(error)).strip()
    return f"breaks a rule of the archive ({said})"


# What can only be judged when everything is there.


def _check_references(files: list[CheckedFile]) -> None:
    """Every row that another names is there; raises ``InvalidAction`` with the line of one that is not."""
    for model in _MODELS:
        for field in model._meta.concrete_fields:
            target = field.related_model
            if not isinstance(field, models.ForeignKey) or target not in _MODELS:
                continue
            there = target._base_manager.filter(pk=OuterRef(field.attname))
            lost = model._base_manager.filter(~Exists(there), **{f"{field.name}__isnull": False})
            row = lost.order_by("pk").values_list("pk", field.attname).first()
            if row is not None:
                raise _lost(files, model, row[0], f"{field.name} {row[1]}, which the export does not hold")
    try:
        connection.check_constraints()
    except IntegrityError as error:
        raise InvalidAction(f"The export contradicts itself: {_told(error)}.") from error


def _lost(files: list[CheckedFile], model: type[models.Model], pk: Any, what: str) -> InvalidAction:
    for file in files:
        for number, line in file.read():
            if any(type(row) is model and row.pk == pk for row in _rows(file, number, line)):
                return file.refused(number, f"{model._meta.verbose_name} {pk} names {what}")
    return InvalidAction(f"The export contradicts itself: {model._meta.verbose_name} {pk} names {what}.")


def _check_sequence() -> None:
    """The public sequence has its one row, and no gap below its last number."""
    last = Sequence.objects.values_list("last", flat=True).first()
    if last is None:
        raise InvalidAction("revisions.jsonl has no line of the type sequence: get the export again.")
    found = Change.objects.aggregate(count=models.Count("pk"), most=models.Max("pk"), least=models.Min("pk"))
    if found["count"] and (found["least"], found["most"], found["count"]) != (1, last, last):
        raise InvalidAction(
            f"revisions.jsonl: the public changes have gaps or do not end at the sequence's {last}."
        )
    if not found["count"] and last:
        raise InvalidAction(f"revisions.jsonl: the sequence stands at {last}, but there are no changes.")


def _write_bodies() -> None:
    """Every document's JSON, the index and the contexts' order, made of the rows as actions make them."""
    ids = list(Document.objects.order_by("pk").values_list("pk", flat=True)[:_EVENTS_AT_ONCE])
    while ids:
        corrections: dict[int, list[Revision]] = defaultdict(list)
        for revision in Revision.objects.filter(event_id__in=ids).corrections():
            corrections[revision.event_id or 0].append(revision)
        events = list(Event.objects.filter(pk__in=ids).for_detail())
        made = [event_document(event, corrections[event.pk]) for event in events]
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE events_document SET body = %s, counted_on = %s WHERE event_id = %s",
                [
                    (stored_json(document), connection.ops.adapt_datefield_value(public_day(event)), event.pk)
                    for event, document in zip(events, made, strict=True)
                ],
            )
        misplaced = Misplaced(list)
        for event in events:
            add_misplaced(event, misplaced)
        place(misplaced)
        public = [document for event, document in zip(events, made, strict=True) if event.is_public]
        index.remember(index.write(public, new=True))
        ids = list(
            Document.objects.order_by("pk")
            .filter(pk__gt=ids[-1])
            .values_list("pk", flat=True)[:_EVENTS_AT_ONCE]
        )


def _continue_ids() -> None:
    """New rows get the numbers above those that were restored (SQLite sees to that by itself)."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(_MODELS)):
            cursor.execute(statement)
