"""What a webhook tells of a public change (layer 4): its number and kind, and where to read the rest.

Read at the moment of sending, never stored: a message that is tried again after its event was
withdrawn, or removed by law, no longer says the address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q

from events.editorials import editorial_path
from events.models import Address, Change, Context, Editorial, Event
from events.vocabulary import CHANGE_TYPES, Subject

Json = dict[str, Any]


def wanted_changes(types: Collection[str], *, after: int, up_to: int, limit: int) -> list[Change]:
    """The public changes of these types (none named: of all) in the span, by number; one query."""
    found = Change.objects.after(after).filter(seq__lte=up_to)
    if types:
        kinds: dict[str, list[str]] = defaultdict(list)
        for said in set(types) & set(CHANGE_TYPES):
            subject, _, kind = said.partition(".")
            kinds[subject].append(kind)
        either = Q(pk__in=())
        for subject, of_subject in kinds.items():
            either |= Q(subject=subject, kind__in=of_subject)
        found = found.filter(either)
    return list(found[:limit])


def of_edition(changes: Iterable[Change], edition: str) -> list[Change]:
    """Those of *changes* whose subject is of this edition, public or not; sources belong to none.

    Three queries at most.
    """
    ids: dict[str, set[int]] = defaultdict(set)
    rows = list(changes)
    for change in rows:
        ids[change.subject].add(change.subject_id)
    known: set[tuple[str, int]] = set()
    if events := ids[Subject.EVENT]:
        found = Address.objects.filter(event__in=events, current=True, edition=edition)
        known |= {(Subject.EVENT, pk) for pk in found.values_list("event", flat=True)}
    if contexts := ids[Subject.CONTEXT]:
        named = Context.objects.filter(pk__in=contexts, edition=edition)
        known |= {(Subject.CONTEXT, pk) for pk in named.values_list("pk", flat=True)}
    if editorials := ids[Subject.EDITORIAL]:
        written = Editorial.objects.filter(pk__in=editorials, edition=edition)
        known |= {(Subject.EDITORIAL, pk) for pk in written.values_list("pk", flat=True)}
    return [change for change in rows if (change.subject, change.subject_id) in known]


def change_message(seq: int) -> Json:
    """What a message says of the change *seq*. Two queries, for an event three."""
    change = Change.objects.select_related("revision").get(pk=seq)
    return {
        "seq": change.seq,
        "at": change.at,
        "type": f"{change.subject}.{change.kind}",
        "subject": change.subject,
        "id": change.subject_id,
        "other": change.other_id,
        "revision": change.revision.number if change.revision else None,
        "address": _address(Subject(change.subject), change.subject_id),
    }


def _address(subject: Subject, pk: int) -> str | None:
    """The path at which readers have it now; None for what is not, or no longer, public."""
    if subject is Subject.EVENT:
        public = Event.objects.published().filter(pk=pk).values("pk")
        row = Address.objects.filter(event__in=public, current=True).first()
        return row.path if row else None
    if subject is Subject.CONTEXT:
        context = Context.objects.standing().filter(pk=pk).first()
        return context.path if context else None
    if subject is Subject.EDITORIAL:
        editorial = Editorial.objects.published().filter(pk=pk).first()
        return editorial_path(editorial.edition, editorial.date, editorial.slug) if editorial else None
    return None
