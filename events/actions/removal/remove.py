"""Removing an event by law: its words are erased, and a tombstone stays that answers 451.

Everything goes that is the event's: text and slugs, what its revisions, its records, its document,
the index, the questions, pins and notes say; sources that nobody else cites; contexts that nothing
but this event ever had. What stays: number, day, state, the public reason, who did what and when,
and hashes by which a later harvest knows it again (``actions.tombstones``). Events that were merged
into it are the same story, and go with it. It cannot be taken back.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Q

from events.actions.errors import InvalidAction, StaleVersion
from events.actions.programs.answered import blank_answers
from events.actions.recording import Actor, Recording, recording
from events.actions.relate_features import forget_wording
from events.actions.removal.purging import purge_when_committed
from events.actions.removal.quotes import Quotes, unquote
from events.actions.removal.tombstones import TEXT_MARKS, removed_key, text_mark
from events.actions.removal.unused import discard_contexts, discard_sources
from events.actions.rows import links_changed, lock_events, relate_again
from events.actions.values import change_of
from events.actions.webhooks.send import forget_answers
from events.models import (
    Address,
    BannedReason,
    Citation,
    Curation,
    Event,
    Origin,
    Provenance,
    ReviewItem,
    Revision,
    Tagging,
)
from events.search.forget import forget
from events.slugs import removed_slug
from events.vocabulary import Category, ChangeKind, Decision, ReviewState, Right, State, Subject

_WORDED: Final = ("text", "summary")
_NUMBERS: Final = re.compile(r"[\d:-]+")
"""Keys of questions that hold no words."""


@dataclass(slots=True)
class _Said:
    """Every wording that is to go. ``labels`` and ``urls`` are those of sources."""

    texts: set[str] = field(default_factory=set)
    summaries: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)
    urls: set[str] = field(default_factory=set)

    def take(self, name: str, value: Any) -> None:
        """Note a field's value as revisions and records keep it."""
        if name in _WORDED and isinstance(value, str):
            (self.texts if name == "text" else self.summaries).add(value)
        elif name == "citations":
            for one in value or ():
                label, url, picture = (
                    (one["label"], one["url"], one["picture"]) if isinstance(one, dict) else one
                )
                self.labels.add(label)
                self.urls |= {url, picture}
        elif name == "merge" and isinstance(value, dict):
            self.take("citations", value.get("citations"))


def remove_event(*, actor: Actor, event_id: int, version: int, reason: str) -> Event:
    """Remove the event by law, for good: 451 at every address it had, and its words are nowhere.

    *reason* is public and must not repeat what is removed. Needs ``Right.REMOVE``. Raises
    ``InvalidAction`` for one that was merged into another (that one is to be removed) or removed
    already, ``StaleVersion`` where it is no longer at *version*. Backups and what readers took
    before are beyond reach; docs/operations.md says what to do.
    """
    actor.require(Right.REMOVE)
    if not reason.strip():
        raise InvalidAction("Say why the event is removed; readers will be told.")
    with recording(actor) as trace:
        events = _lock(event_id, version)
        ids = [event.pk for event in events]
        said, addresses = _said(events), list(Address.objects.filter(event__in=ids))
        items = _erase_questions(ids, trace)
        others = _erase_curation(ids, trace)
        texts = [*said.texts, *said.summaries, *said.labels]
        cited = Citation.objects.filter(event__in=ids)
        sources = set(cited.values_list("source", flat=True)) - {None}
        publishers = set(cited.values_list("publisher", flat=True)) - {None}
        cited.delete()
        texts += _erase_tags(events, trace)
        gone = discard_sources(sources, publishers, said.urls, said.labels)
        unquote(
            Quotes(
                event_ids=frozenset(ids),
                item_ids=frozenset(items),
                addresses=tuple((row.date, row.slug) for row in addresses),
                texts=frozenset(said.texts | said.summaries),
                citations=frozenset(gone),
                merge_notes=_merge_notes(ids),
            )
        )
        _erase_history(ids)
        _erase_records(ids, addresses)
        for event in events:
            _bury(event, reason.strip(), said.texts, trace)
        forget(ids, texts)
        forget_answers(ids)
        blank_answers()
        forget_wording(ids)
        relate_again([*ids, *others], actor=actor)
        for other in others:
            links_changed(other)
        purge_when_committed()
    return next(event for event in events if event.pk == event_id)


def _lock(event_id: int, version: int) -> list[Event]:
    """The event and those merged into it, locked; harvests of their origins wait."""
    one = Q(event=event_id) | Q(event__merged_into=event_id)
    origins = Provenance.objects.filter(one).values_list("origin", flat=True)
    list(Origin.objects.select_for_update(no_key=True).filter(pk__in=set(origins)).order_by("pk"))
    merged = set(Event.objects.filter(merged_into=event_id).values_list("pk", flat=True))
    rows = lock_events({event_id: version, **dict.fromkeys(merged)})
    event = rows[event_id]
    if event.state == State.MERGED:
        raise InvalidAction(
            f"Event {event_id} was merged into {event.merged_into_id}: remove that one, and this one goes "
            "with it; or un-merge it first."
        )
    if event.state == State.LEGAL:
        raise InvalidAction(f"Event {event_id} was removed for legal reasons already.")
    if merged != set(Event.objects.filter(merged_into=event_id).values_list("pk", flat=True)):
        raise StaleVersion(event.version)
    return [rows[pk] for pk in sorted(rows)]


def _said(events: Collection[Event]) -> _Said:
    """Every text, summary and citation that the events have or had, here or upstream."""
    said = _Said()
    for event in events:
        said.take("text", event.text)
        said.take("summary", event.summary)
    rows = Citation.objects.filter(event__in=events).values_list("label", "raw_url", "picture")
    said.take("citations", list(rows))
    for fields in Revision.objects.filter(event__in=events).values_list("fields", flat=True):
        for name, change in fields.items():
            for side in ("base", "old", "new", "upstream"):
                said.take(name, change.get(side))
    for upstream, base in Provenance.objects.filter(event__in=events).values_list("upstream", "base"):
        for values in (upstream, base):
            for name, value in values.items():
                said.take(name, value)
    for one in (said.texts, said.summaries, said.labels, said.urls):
        one.discard("")
    return said


def _erase_questions(ids: list[int], trace: Recording) -> list[int]:
    """Close the questions about the events and empty them all; their ids."""
    about = ReviewItem.objects.filter(Q(event__in=ids) | Q(other__in=ids))
    about.filter(state=ReviewState.OPEN).update(state=ReviewState.OBSOLETE, decided_at=trace.at)
    items = []
    for pk, key in list(about.values_list("pk", "key")):
        kept = key if _NUMBERS.fullmatch(key) else f"removed:{pk}"
        ReviewItem.objects.filter(pk=pk).update(data={}, key=kept)
        items.append(pk)
    return items


def _erase_curation(ids: list[int], trace: Recording) -> list[int]:
    """Take away pins, bans and notes of the events and on them; the other events that had any."""
    rows = Curation.objects.filter(Q(event__in=ids) | Q(target__in=ids))
    others = set(rows.values_list("event", flat=True)) - set(ids)
    pinning = rows.filter(event__in=others, decision=Decision.PIN, event__state=State.PUBLISHED)
    for pk in sorted(set(pinning.values_list("event", flat=True))):
        trace.change(ChangeKind.CURATED, Subject.EVENT, pk)
    rows.delete()
    BannedReason.objects.filter(event__in=ids).delete()
    return sorted(others)


def _erase_tags(events: Collection[Event], trace: Recording) -> list[str]:
    """Take the contexts off; those that nothing else ever had go. Their names."""
    rows = Tagging.objects.filter(event__in=events)
    contexts = set(rows.values_list("context", flat=True))
    contexts |= {event.lead_id for event in events if event.lead_id is not None}
    rows.delete()
    for event in events:
        event.lead = None
        event.save(update_fields=["lead"])
    return discard_contexts(contexts, trace=trace)


def _merge_notes(ids: list[int]) -> frozenset[str]:
    rows = Revision.objects.filter(event__in=ids, kind__in=(ChangeKind.MERGED, ChangeKind.UNMERGED))
    return frozenset(rows.exclude(note="").values_list("note", flat=True))


def _erase_history(ids: list[int]) -> None:
    """Leave of each revision who, when, what kind, and the names of the fields; of states their values."""
    for pk, fields in list(Revision.objects.filter(event__in=ids).values_list("pk", "fields")):
        bare = {name: change if name == "state" else change_of(None, None) for name, change in fields.items()}
        Revision.objects.filter(pk=pk).erase(fields=bare, note="")


def _erase_records(ids: list[int], addresses: list[Address]) -> None:
    """Leave of each record and address its hash."""
    for pk, key in list(Provenance.objects.filter(event__in=ids).values_list("pk", "key")):
        Provenance.objects.filter(pk=pk).update(
            key=removed_key(key), external_id="", slug="", digest="", upstream={}, base={}
        )
    for row in addresses:
        row.slug = removed_slug(row.date, row.slug)
        row.save(update_fields=["slug"])


def _bury(event: Event, reason: str, texts: Collection[str], trace: Recording) -> None:
    """Make the event its own tombstone, and record it. The public sequence always tells."""
    old = str(event.state)
    event.text = event.summary = event.category_said = ""
    event.category, event.lead = Category.OTHER, None
    event.state, event.merged_into = State.LEGAL, None
    fields = {
        "state": change_of(old, str(State.LEGAL)),
        TEXT_MARKS: change_of(None, sorted(map(text_mark, texts))),
    }
    trace.revise_event(event, ChangeKind.WITHDRAWN, fields, note=reason, public=True)
    event.save()
