"""Django's own log of what people did (``LogEntry``), written where the revisions are.

It stands in the same transaction, so that the two can never disagree about who, when and what.
An entry names no word of an event: what is removed from the archive by law is not in the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from events.inserting import insert_rows
from events.models import Context, Event, Revision
from events.vocabulary import ChangeKind

_NAME_MAX: Final = 200


def log_revisions(revisions: Iterable[Revision]) -> None:
    """Write the entry of every revision that a person made by hand.

    What a bulk change did is told by the bulk change's own entry, not by one for each event.
    """
    by_hand = ((row.actor_id, row) for row in revisions if row.bulk_id is None)
    insert_rows([_entry(row, person) for person, row in by_hand if person is not None])


def said_of_revision(revision: Revision) -> str:
    """What an entry says happened: "Revision 3: corrected (typo): text, date"."""
    grade = f" ({revision.get_grade_display().lower()})" if revision.grade else ""
    fields = f": {', '.join(sorted(revision.fields))}" if revision.fields else ""
    return f"Revision {revision.number}: {revision.get_kind_display().lower()}{grade}{fields}"


def log_name(thing: Event | Context) -> str:
    """What the log calls an event or a context: an event by number and day, never by its words."""
    if isinstance(thing, Event):
        return f"Event {thing.pk} ({thing.date})"
    return str(thing)[:_NAME_MAX]


def _entry(revision: Revision, person: int) -> LogEntry:
    thing = revision.event or revision.context
    if thing is None:
        raise ValueError("A revision is of an event or of a context.")
    return LogEntry(
        user_id=person,
        action_time=revision.at,
        content_type_id=ContentType.objects.get_for_model(type(thing)).pk,
        object_id=str(thing.pk),
        object_repr=log_name(thing),
        action_flag=ADDITION if revision.kind == ChangeKind.CREATED else CHANGE,
        change_message=said_of_revision(revision),
    )
