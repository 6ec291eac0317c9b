"""Contexts without hands: the names of known contexts, found in the texts of events.

A tag found in a text (``Tagged.TEXT``) is weaker than any other: any other way replaces it, and it
goes when the name is no longer in the text. What an editor took away stays away. Contexts that are
too generic are tagged like others; they relate nothing, and are still found by.

A pass compares every text with the tags it has and writes only what differs, so a killed pass is
resumed by the next one, and a second pass writes nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, OperationalError
from django.utils import timezone

from events.actions.holding import held
from events.actions.recording import Actor, Recording, recording
from events.actions.rows import links_due, lock_events
from events.actions.values import change_of
from events.inserting import insert_rows
from events.models import Alias, Context, Event, Harvest, Origin, Revision, Tagging
from events.text.naming import NameMatcher
from events.vocabulary import EDITIONS, ChangeKind, HarvestState, State, Tagged

READER: Final = "text"
ORIGIN: Final = "texts"
_ORIGIN_NAME: Final = "Names found in the texts of this archive"
_READ_AT_ONCE: Final = 500
_WRITE_AT_ONCE: Final = 100
_ATTEMPTS: Final = 5
_UNTOUCHED: Final = (State.MERGED, State.LEGAL, State.WITHDRAWN)


@dataclass(slots=True)
class TagCounts:
    """What a pass did: events read, events changed, tags added, tags taken away."""

    read: int = 0
    changed: int = 0
    added: int = 0
    removed: int = 0


def tag_from_texts(
    *,
    actor: Actor | None = None,
    event_ids: Collection[int] | None = None,
    edition: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> TagCounts:
    """Give events the contexts whose names stand in their texts, and take back those that no longer do.

    *event_ids*: only these events; all of *edition* (or of every edition) where it is ``None``.
    *actor*: the robot in whose name this is done; a run of its own unless given, which is on record
    only where something changed. Marks what changed due for ``relate.relate_due``. Must not be called
    inside a transaction. *progress* is told how many of how many events were read.
    """
    total = TagCounts()
    editions = [edition] if edition is not None else list(EDITIONS)
    wanted = {code: _ids(code, event_ids) for code in editions}
    size = sum(map(len, wanted.values()))
    for code, ids in wanted.items():
        if ids:
            _Pass(code, actor, total).run(ids, lambda: progress and progress(total.read, size))
    return total


def touched_by(harvest: Harvest) -> list[int]:
    """The events that *harvest* created or changed: those whose texts may name something new."""
    rows = Revision.objects.filter(harvest=harvest, event__isnull=False).order_by("event_id")
    return list(rows.values_list("event_id", flat=True).distinct())


def names_of(edition: str) -> Iterator[tuple[str, int]]:
    """Every name of the edition's contexts and the context it leads to: own names, aliases, merged ones."""
    contexts = Context.objects.of_edition(edition).order_by("pk")
    yield from contexts.standing().values_list("name", "pk")
    aliases = Alias.objects.filter(edition=edition).order_by("pk")
    for name, pk, into in aliases.values_list("name", "context_id", "context__merged_into_id"):
        yield name, into or pk
    for name, into in contexts.filter(merged_into__isnull=False).values_list("name", "merged_into_id"):
        yield name, into or 0


def _ids(edition: str, event_ids: Collection[int] | None) -> array[int]:
    events = Event.objects.of_edition(edition).exclude(state__in=_UNTOUCHED).order_by("pk")
    if event_ids is None:
        return array("q", events.values_list("pk", flat=True).iterator(chunk_size=10_000))
    ordered = sorted(set(event_ids))
    found = array("q")
    for start in range(0, len(ordered), _READ_AT_ONCE):
        chunk = ordered[start : start + _READ_AT_ONCE]
        found.extend(events.filter(pk__in=chunk).values_list("pk", flat=True))
    return found


class _Pass:
    """One pass over events of one edition."""

    def __init__(self, edition: str, actor: Actor | None, total: TagCounts) -> None:
        self._edition = edition
        self._actor = actor
        self._run: Harvest | None = None
        self._matcher = NameMatcher(names_of(edition))
        self._total = total

    def run(self, event_ids: Sequence[int], told: Callable[[], object]) -> None:
        before = (self._total.added, self._total.removed, self._total.changed)
        differing: list[int] = []
        for start in range(0, len(event_ids), _READ_AT_ONCE):
            chunk = event_ids[start : start + _READ_AT_ONCE]
            texts = dict(Event.objects.filter(pk__in=chunk).order_by().values_list("pk", "text"))
            tags = _tags(chunk)
            differing += [
                pk for pk in chunk if pk in texts and any(self._difference(texts[pk], tags.get(pk, [])))
            ]
            while len(differing) >= _WRITE_AT_ONCE:
                self._write(differing[:_WRITE_AT_ONCE])
                del differing[:_WRITE_AT_ONCE]
            self._total.read += len(chunk)
            told()
        if differing:
            self._write(differing)
        if self._run is not None:
            after = (self._total.added, self._total.removed, self._total.changed)
            added, removed, changed = (now - then for now, then in zip(after, before, strict=True))
            self._run.counts = {"updated": changed, "added": added, "removed": removed}
            self._run.state = HarvestState.FINISHED
            self._run.finished_at = timezone.now()
            self._run.save()

    def _difference(self, text: str, tags: Sequence[Tagging]) -> tuple[set[int], list[Tagging]]:
        """What the text names beyond its tags, and the tags found in it once that it no longer names."""
        found = self._matcher.targets(text)
        gone = [tag for tag in tags if tag.how == Tagged.TEXT and tag.context_id not in found]
        return found - {tag.context_id for tag in tags}, gone

    def _write(self, event_ids: list[int]) -> None:
        """Bring these events' tags up to date in one transaction; once more where another was in its way."""
        actor = self._actor or self._robot()
        for attempt in range(1, _ATTEMPTS + 1):
            counts = TagCounts()
            try:
                with recording(actor) as trace:
                    self._tag(event_ids, trace, counts)
                break
            except (IntegrityError, OperationalError):
                if attempt == _ATTEMPTS:
                    raise
        self._total.changed += counts.changed
        self._total.added += counts.added
        self._total.removed += counts.removed

    def _tag(self, event_ids: list[int], trace: Recording, counts: TagCounts) -> None:
        """Decide again on the locked rows, and write."""
        events = lock_events(dict.fromkeys(event_ids))
        tags = _tags(event_ids)
        decided = {
            pk: self._difference(event.text, tags.get(pk, []))
            for pk, event in events.items()
            if event.state not in _UNTOUCHED
        }
        names = _standing({pk for added, _ in decided.values() for pk in added})
        new: list[Tagging] = []
        dropped: list[Tagging] = []
        changed = []
        for event_id, (found, gone) in decided.items():
            added = sorted(found & names.keys())
            if not added and not gone:
                continue
            event = events[event_id]
            old = {tag.context_id: tag.context.name for tag in tags.get(event_id, []) if not tag.removed}
            left = {tag.context_id for tag in gone}
            after = {pk: name for pk, name in old.items() if pk not in left} | {pk: names[pk] for pk in added}
            trace.revise_event(
                event, ChangeKind.RETAGGED,
                {"contexts": change_of(sorted(old.values()), sorted(after.values()))},
            )  # fmt: skip
            new += [Tagging(event=event, context_id=pk, how=Tagged.TEXT) for pk in added]
            dropped += gone
            changed.append(event)
        Tagging.objects.filter(pk__in=[tag.pk for tag in dropped]).delete()
        insert_rows(new)
        Event.objects.bulk_update(changed, ["version", "updated_at"], batch_size=200)
        links_due([event.pk for event in changed])
        counts.changed, counts.added, counts.removed = len(changed), len(new), len(dropped)

    def _robot(self) -> Actor:
        """The robot of this pass; a pass that was killed left its run open, and it is taken up."""
        if self._run is None:
            origin, _ = Origin.objects.get_or_create(slug=ORIGIN, defaults={"name": _ORIGIN_NAME})
            runs = Harvest.objects.filter(
                origin=origin, reader=READER, edition=self._edition, state=HarvestState.RUNNING
            )
            self._run = runs.order_by("-id").first() or Harvest.objects.create(
                origin=origin, reader=READER, edition=self._edition, source_name="texts",
                moment=timezone.now(),
            )  # fmt: skip
        return Actor.robot(self._run)


def _tags(event_ids: Sequence[int]) -> dict[int, list[Tagging]]:
    found: dict[int, list[Tagging]] = {}
    rows = Tagging.objects.filter(event_id__in=list(event_ids)).select_related("context")
    for tag in rows.order_by("pk"):
        found.setdefault(tag.event_id, []).append(tag)
    return found


def _standing(context_ids: Collection[int]) -> Mapping[int, str]:
    """The names of those of these contexts that were not merged since the matcher was made; they stay so."""
    standing = Context.objects.standing()
    rows = standing.filter(pk__in=held(standing, context_ids))
    return dict(rows.values_list("pk", "name"))
