"""How every write leaves its trace: revisions, stored documents and the one public sequence.

All actions write inside :func:`recording`. Its transaction ends, in this order, with the
revisions and their entries in the log, the documents of the touched events, what was asked to come
last (``Recording.at_last``), and the public changes with what follows from them for other things
(``actions.consequences``). Their numbers are
taken by the last statements before the commit: the row of ``Sequence`` stays locked from there to the
commit, so numbers are gap-free and appear in commit order on both databases.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from events.actions.consequences import Consequences, Told
from events.actions.contexts.starts import write_starts
from events.actions.documents import write_documents
from events.actions.errors import MissingRight
from events.actions.logbook import log_revisions
from events.formats.document import EventRows
from events.inserting import insert_rows, new_row
from events.models import BulkChange, Change, Context, Event, Harvest, Revision, Sequence
from events.vocabulary import ChangeKind, Grade, Right, Subject

if TYPE_CHECKING:
    import datetime as dt

    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person (``user``) or a robot (``harvest``); ``name`` is what the public is shown.

    ``bulk``: the bulk change that the person's acts are a part of.
    """

    name: str
    user: User | None = None
    harvest: Harvest | None = None
    bulk: BulkChange | None = None

    @classmethod
    def person(cls, user: User | AbstractBaseUser | AnonymousUser) -> Actor:
        """The signed-in *user*; raises ``PermissionDenied`` for anybody else."""
        if not user.is_authenticated or not user.is_active:
            raise PermissionDenied("Sign in first.")
        return cls(name=user.get_username(), user=user)  # type: ignore[arg-type]

    @classmethod
    def robot(cls, harvest: Harvest) -> Actor:
        """The robot that runs *harvest*."""
        return cls(name=harvest.origin.slug, harvest=harvest)

    def require(self, right: Right) -> None:
        """Raise ``PermissionDenied`` unless this person holds *right*. Robots hold none."""
        if self.user is None or not self.user.has_perm(f"events.{right.value}"):
            raise MissingRight(right)


@dataclass(slots=True)
class Recording:
    """What one transaction will leave behind; made by :func:`recording` only."""

    actor: Actor
    at: dt.datetime = field(default_factory=timezone.now)
    revisions: list[Revision] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    created: dict[int, EventRows | None] = field(default_factory=dict)
    renamed: set[int] = field(default_factory=set)
    named: dict[int, Context | None] = field(default_factory=dict)
    sequenced: bool = True
    _last: list[Callable[[], None]] = field(default_factory=list)
    _afterwards: list[Callable[[], None]] = field(default_factory=list)

    def created_event(
        self, event: Event, fields: dict[str, Any], *, rows: EventRows | None = None
    ) -> Revision:
        """Record the first revision of *event*, just inserted. *rows*: what its document is made of."""
        self.created[event.pk] = rows
        revision = self._revision(ChangeKind.CREATED, fields, number=1, event=event)
        if event.is_public:
            self.change(ChangeKind.CREATED, Subject.EVENT, event.pk, revision=revision)
        return revision

    def revise_event(
        self,
        event: Event,
        kind: ChangeKind,
        fields: dict[str, Any],
        *,
        grade: Grade | None = None,
        note: str = "",
        public: bool | None = None,
        public_kind: ChangeKind | None = None,
        other: int | None = None,
    ) -> Revision:
        """Record a further revision of *event* and count its ``version`` up (the caller saves the row).

        ``fields``: see ``Revision``. ``public``: whether readers can see the change; by default
        whether the event is published now. ``public_kind``: what the public sequence calls it,
        where that differs. ``other``: the event that a merge led to.
        """
        event.version += 1
        event.updated_at = self.at
        revision = self._revision(kind, fields, number=event.version, event=event, grade=grade, note=note)
        self.touched.add(event.pk)
        if event.is_public if public is None else public:
            self.change(public_kind or kind, Subject.EVENT, event.pk, other=other, revision=revision)
        return revision

    def revise_context(
        self,
        context: Context,
        kind: ChangeKind,
        fields: dict[str, Any],
        *,
        note: str = "",
        other: int | None = None,
    ) -> Revision:
        """Record a revision of *context* and count its ``version`` up (the caller saves the row)."""
        if kind is ChangeKind.CREATED:
            self.named[context.pk] = context
        else:
            context.version += 1
            context.updated_at = self.at
            if "name" in fields:
                self.renamed.add(context.pk)
            if fields.keys() - _NAMELESS:
                self.named[context.pk] = None
        revision = self._revision(kind, fields, number=context.version, context=context, note=note)
        self.change(kind, Subject.CONTEXT, context.pk, other=other, revision=revision)
        return revision

    def change(
        self,
        kind: ChangeKind,
        subject: Subject,
        subject_id: int,
        *,
        other: int | None = None,
        revision: Revision | None = None,
    ) -> None:
        """Add an entry to the public sequence; it gets its number when the transaction ends."""
        self.changes.append(
            new_row(
                Change,
                {
                    "at": self.at,
                    "kind": kind,
                    "subject": subject,
                    "subject_id": subject_id,
                    "other_id": other,
                },
                revision=revision,
            )
        )

    def related_contexts(self, *context_ids: int) -> None:
        """Tell that these contexts gained or lost a broader or narrower one, each once in the transaction."""
        named = {change.subject_id for change in self.changes if change.subject == Subject.CONTEXT}
        for pk in sorted(set(context_ids) - named):
            self.change(ChangeKind.UPDATED, Subject.CONTEXT, pk)

    def touch(self, *event_ids: int) -> None:
        """Have the stored documents of these events rewritten when the transaction ends."""
        self.touched.update(event_ids)

    def at_last(self, act: Callable[[], None]) -> None:
        """Have *act* run in this transaction when all else is written but the public sequence."""
        self._last.append(act)

    def _revision(
        self,
        kind: ChangeKind,
        fields: dict[str, Any],
        *,
        number: int,
        event: Event | None = None,
        context: Context | None = None,
        grade: Grade | None = None,
        note: str = "",
    ) -> Revision:
        actor = self.actor
        revision = new_row(
            Revision,
            {
                "event_id": None if event is None else event.pk,
                "context_id": None if context is None else context.pk,
                "number": number,
                "at": self.at,
                "kind": kind,
                "actor_id": None if actor.user is None else actor.user.pk,
                "actor_name": actor.name,
                "harvest_id": None if actor.harvest is None else actor.harvest.pk,
                "bulk_id": None if actor.bulk is None else actor.bulk.pk,
                "grade": grade or "",
                "note": note,
                "fields": fields,
            },
            event=event, context=context, actor=actor.user, harvest=actor.harvest, bulk=actor.bulk,
        )  # fmt: skip
        self.revisions.append(revision)
        return revision

    def _flush(self) -> None:
        insert_rows(self.revisions, keys=True)
        log_revisions(self.revisions)
        created = {pk: None if pk in self.touched else rows for pk, rows in self.created.items()}
        rewritten = write_documents(
            self.touched - created.keys(), created=created, at=self.at, count=self.sequenced
        )
        if self.named:
            new = {pk: context for pk, context in self.named.items() if context is not None}
            write_starts(self.named.keys() - new.keys(), created=new.values())
        for act in self._last:
            act()
        if not self.sequenced:
            return
        following = Consequences(self.changes, rewritten, self.renamed, self.created)
        if following.possible:
            take_numbers(0)  # from here to the commit nobody else changes what readers see
            before, after = following.entries()
            self.changes[:0] = map(self._entry, before)
            self.changes += map(self._entry, after)
        if not self.changes:
            return
        for change in self.changes:
            change.revision_id = change.revision.pk if change.revision is not None else None
        first = take_numbers(len(self.changes))
        for seq, change in enumerate(self.changes, start=first):
            change.seq = seq
        insert_rows(self.changes)

    def _entry(self, told: Told) -> Change:
        said = {"at": self.at, "kind": told.kind, "subject": told.subject, "subject_id": told.id}
        return new_row(Change, said, revision=None)


_NAMELESS: Final = frozenset({"profile", "wikidata", "wikipedia", "generic", "broader"})
"""What may change of a context and leave its names as they are."""


class _Running(threading.local):
    recording: Recording | None = None


_running = _Running()


@contextmanager
def recording(actor: Actor, *, sequenced: bool = True) -> Iterator[Recording]:
    """A transaction that leaves its trace. One inside another joins it (and keeps the outer actor).

    Not *sequenced*: for a trial that will be rolled back, and must not hold up others meanwhile.
    Nothing may be written to the database after the block's end and before the commit, so the
    outermost one must not stand inside a transaction of the caller's; tests apart.
    """
    if _running.recording is not None:
        yield _running.recording
        return
    with transaction.atomic():
        current = Recording(actor, sequenced=sequenced)
        _running.recording = current
        try:
            yield current
            current._flush()
        finally:
            _running.recording = None
    for act in current._afterwards:
        act()


def once_recorded(act: Callable[[], None]) -> None:
    """Run *act* when the transaction that is being recorded is committed; at once where none is."""
    if _running.recording is None:
        act()
    else:
        _running.recording._afterwards.append(act)


def start_sequence(using: str = "default", **_signal: Any) -> None:
    """Make the row that numbers all public changes, where it is not there; runs after every migration."""
    Sequence.objects.using(using).get_or_create(id=1)


def take_numbers(count: int) -> int:
    """Take *count* numbers of the public sequence; the first of them. Locks it until the commit."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE events_sequence SET last = last + %s WHERE id = 1 RETURNING last", [count])
        row = cursor.fetchone()
    if row is None:
        raise RuntimeError("The public sequence has no row; run manage.py migrate.")
    return int(row[0]) - count + 1
