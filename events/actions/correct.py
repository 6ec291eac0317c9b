"""Creating an event by hand, correcting one, and going back to what it was."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from events.actions.contexts.naming import context_name, contexts_for, find_contexts
from events.actions.errors import InvalidAction
from events.actions.publishers import sources_for
from events.actions.recording import Actor, Recording, recording
from events.actions.rows import lock_event, relate_again, require_changeable
from events.actions.values import (
    EventValues,
    change_of,
    citations_json,
    cited,
    clean_values,
    upstream_of,
    values_from_json,
)
from events.harvest.records import CitedSource
from events.models import Address, Citation, Context, Event, ReviewItem, Revision, Tagging
from events.slugs import RESERVED, SLUG_MAX, free_slug, make_slug, removed_slug
from events.vocabulary import EDITIONS, ChangeKind, Grade, ReviewKind, Right, State, Tagged

_PLAIN: Final = ("text", "summary", "category")
_TAGS: Final = frozenset({"contexts", "lead"})
_SLUG: Final = re.compile(r"[\w-]+")
_ATTEMPTS: Final = 20
DRAFTS_MOST: Final = 50


def create_event(  # noqa: PLR0913  keyword-only, one for each value of an event
    *,
    actor: Actor,
    edition: str,
    date: dt.date,
    text: str,
    category: str,
    slug: str = "",
    lead: str | None = None,
    contexts: Collection[str] = (),
    citations: Sequence[CitedSource] = (),
    summary: str = "",
    note: str = "",
    draft: bool = False,
) -> Event:
    """Publish a new event, at an address made of its text unless *slug* is given.

    Contexts go by name and are created where they are new. A *draft* waits in the review queue until an
    editor releases it; whoever may only propose makes no other. Raises ``PermissionDenied`` without
    ``Right.CORRECT``, or for a draft ``Right.PROPOSE``, ``InvalidAction`` for an empty text, a slug that is
    taken or none, and for more than :data:`DRAFTS_MOST` drafts of one person.
    """
    actor.require(Right.PROPOSE if draft else Right.CORRECT)
    if edition not in EDITIONS:
        raise InvalidAction(f"There is no edition “{edition}”.")
    values = clean_values(
        {
            "text": text, "date": date, "summary": summary, "category": category,
            "lead": lead, "contexts": contexts, "citations": citations,
        }
    )  # fmt: skip
    if draft:
        _require_known({*values["contexts"], values["lead"] or ""} - {""}, edition)
    with recording(actor) as trace:
        event = Event.objects.create(
            edition=edition, date=date, text=values["text"], summary=values["summary"],
            category=values["category"], created_at=trace.at, updated_at=trace.at,
            state=State.DRAFT if draft else State.PUBLISHED,
        )  # fmt: skip
        address = claim_address(event, slug=slug, wanted=make_slug(values["text"], edition))
        rest: EventValues = {
            "lead": values["lead"], "contexts": values["contexts"], "citations": values["citations"]
        }  # fmt: skip
        changes = _apply(event, rest, trace)
        event.save(update_fields=["lead"])
        for name in _PLAIN:
            if values[name]:
                changes[name] = change_of(None, values[name])
        changes["date"] = change_of(None, date.isoformat())
        changes["address"] = change_of(None, address.path)
        trace.created_event(event, changes).note = note.strip()
        if draft:
            _ask_for_release(event, actor, note.strip())
        relate_again([event.pk], actor=actor)
    return event


def _require_known(names: Collection[str], edition: str) -> None:
    """Readers see every context: what a draft names must be there already."""
    known = find_contexts(edition, sorted(map(context_name, names)))
    if missing := sorted(name for name in names if context_name(name) not in known):
        raise InvalidAction(f"There is no context “{missing[0]}”; a draft names contexts that are there.")


def _ask_for_release(event: Event, actor: Actor, note: str) -> None:
    """Put a draft to the editors."""
    # One at a time for each person, so that the bound holds.
    get_user_model().objects.select_for_update().get(username=actor.name)
    own = Revision.objects.filter(kind=ChangeKind.CREATED, actor=actor.user, event__state=State.DRAFT)
    if own.count() >= DRAFTS_MOST:
        raise InvalidAction(f"{DRAFTS_MOST} of your drafts wait for an editor; that is the most.")
    data = {"reason": "proposed", "by": actor.name, "note": note}
    ReviewItem.objects.create(kind=ReviewKind.HELD, key=f"{event.pk}:", event=event, data=data)


_COMPARED: Final = frozenset(("contexts", "date", "text", "category", "lead"))
"""What related links are computed from."""


def correct_event(
    *,
    actor: Actor,
    event_id: int,
    version: int,
    values: EventValues,
    grade: Grade | None,
    note: str = "",
) -> Event:
    """Change an event's values; one revision holds them all, none is left where nothing changes.

    *version* is the event's as the caller saw it. A change of contexts alone is a retagging and
    needs no *grade*; every other is a correction with a grade and, from "correction" up, a public
    *note*. The address stays whatever changes. Raises ``PermissionDenied``, ``StaleVersion``,
    ``InvalidAction``.
    """
    actor.require(Right.CORRECT)
    with recording(actor) as trace:
        event = lock_event(event_id, version)
        require_changeable(event)
        changes = _apply(event, clean_values(values, event), trace)
        if not changes:
            return event
        note = note.strip()
        said = upstream_of(event)
        for name, change in changes.items():
            change["base"] = said.get(name)
        if changes.keys() <= _TAGS:
            trace.revise_event(event, ChangeKind.RETAGGED, changes, note=note)
        else:
            if grade is None:
                raise InvalidAction("Say how grave the correction is: choose a grade.")
            if grade.needs_note and not note:
                raise InvalidAction(f"Readers must be told why: a {grade.label.lower()} needs a note.")
            trace.revise_event(event, ChangeKind.CORRECTED, changes, grade=grade, note=note)
        event.save()
        if changes.keys() & _COMPARED:
            relate_again([event.pk], actor=actor)
    return event


def revert_event(
    *,
    actor: Actor,
    event_id: int,
    version: int,
    revision_number: int,
    note: str,
    grade: Grade = Grade.CORRECTION,
) -> Event:
    """Give an event's values back the form they had at a former revision, by a correction of its own.

    State, address and merges stay as they are. Raises as :func:`correct_event` does.
    """
    actor.require(Right.CORRECT)
    with recording(actor):
        event = lock_event(event_id, version)
        if not Revision.objects.filter(event=event, number=revision_number).exists():
            raise InvalidAction(f"Event {event_id} has no revision {revision_number}.")
        former: dict[str, Any] = {}
        for later in Revision.objects.filter(event=event, number__gt=revision_number).order_by("number"):
            for name, change in later.fields.items():
                former.setdefault(name, change.get("old"))
        return correct_event(
            actor=actor, event_id=event_id, version=version, values=values_from_json(former),
            grade=grade, note=note,
        )  # fmt: skip


def claim_address(event: Event, *, slug: str, wanted: str) -> Address:
    """Make the event's first, or new current, address: *slug* itself, or the first free one after *wanted*.

    Addresses are unique for ever. Raises ``InvalidAction`` for a *slug* that is taken or none.
    """
    addresses = Address.objects.filter(edition=event.edition, date=event.date)

    def taken(candidate: str) -> bool:
        return addresses.filter(slug__in=(candidate, removed_slug(event.date, candidate))).exists()

    if slug:
        slug = slug.strip()
        if not _SLUG.fullmatch(slug) or slug.lower() in RESERVED or len(slug) > SLUG_MAX:
            raise InvalidAction("An address is made of letters, digits, “-” and “_”.")
        if taken(slug):
            raise InvalidAction(f"The address {slug} is, or was, another event's on that day.")
    for _attempt in range(_ATTEMPTS):
        row = Address(
            event=event, edition=event.edition, date=event.date, slug=slug or free_slug(wanted, taken),
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            # Another writer took it between the question and the insert.
            if slug:
                raise InvalidAction(f"The address {slug} was taken just now.") from None
            continue
        return row
    raise InvalidAction("No free address was found; try again.")


def _apply(event: Event, values: EventValues, trace: Recording) -> dict[str, dict[str, Any]]:
    """Set *values* on the event (the caller saves its row); what changed, as a revision's fields."""
    changes: dict[str, dict[str, Any]] = {}
    for name in _PLAIN:
        if name in values and values[name] != getattr(event, name):
            changes[name] = change_of(getattr(event, name), values[name])
            setattr(event, name, values[name])
    if "date" in values and values["date"] != event.date:
        changes["date"] = change_of(event.date.isoformat(), values["date"].isoformat())
        event.date = values["date"]
    names = {*values.get("contexts", ()), values.get("lead") or ""} - {""}
    known = contexts_for(event.edition, names, trace=trace) if names else {}
    added: set[int] = set()
    if "lead" in values:
        lead = known.get(values["lead"] or "")
        if (lead and lead.pk) != event.lead_id:
            changes["lead"] = change_of(event.lead and event.lead.name, lead and lead.name)
            event.lead = lead
            added = {lead.pk} if lead is not None else set()
    if "contexts" in values or added:
        wanted = (
            {known[name].pk for name in values["contexts"] if name in known} if "contexts" in values else None
        )
        if change := retag(event, wanted, added, actor=trace.actor):
            changes["contexts"] = change
    if "citations" in values and list(values["citations"]) != cited(event):
        changes["citations"] = change_of(citations_json(cited(event)), citations_json(values["citations"]))
        cite(event, values["citations"], trace)
    return changes


def retag(event: Event, wanted: set[int] | None, added: set[int], *, actor: Actor) -> dict[str, Any] | None:
    """Let a person set the event's contexts to *wanted* (``None``: as they are) and *added*.

    What is taken away stays as a removed row, so that no harvest brings it back. The change as
    a revision's field, or ``None``.
    """
    rows = {row.context_id: row for row in Tagging.objects.filter(event=event)}
    present = {pk for pk, row in rows.items() if not row.removed}
    after = (present if wanted is None else wanted) | added
    if after == present:
        return None
    for pk in present ^ after:
        row = rows.get(pk) or Tagging(event=event, context_id=pk)
        row.how, row.removed, row.by = Tagged.PERSON, pk in present, actor.user
        row.save()
    names = dict(Context.objects.filter(pk__in=present | after).values_list("pk", "name"))
    return change_of(sorted(names[pk] for pk in present), sorted(names[pk] for pk in after))


def cite(event: Event, citations: Sequence[CitedSource], trace: Recording) -> None:
    """Replace the event's list of sources."""
    found = sources_for([(one.label, one.url) for one in citations], trace=trace)
    Citation.objects.filter(event=event).delete()
    Citation.objects.bulk_create(
        Citation(
            event=event,
            position=position,
            source=found[one.label, one.url].source,
            publisher=found[one.label, one.url].publisher,
            label=one.label,
            raw_url=one.url,
            picture=one.picture,
        )
        for position, one in enumerate(citations, start=1)
    )
