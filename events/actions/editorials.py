"""Editorials by hand: written, published at a time, corrected, withdrawn and restored.

A piece is public from ``publish_at`` on, to the second and by itself. The public sequence tells of it
when it has become public: at once where the time has come, else by a task that is put off until then
(``announce_editorials``), or by the next act on any editorial. What the sequence said last of a piece
tells whether it is still to be told; nothing else is kept.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TypedDict

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks import default_task_backend, task

from events.actions.errors import InvalidAction, StaleVersion
from events.actions.recording import Actor, Recording, recording
from events.actions.values import one_paragraph
from events.changes import said_last, with_what_was_said
from events.harvest.limits import TEXT_MAX
from events.models import Change, Editorial
from events.slugs import RESERVED, SLUG_MAX, free_slug, make_slug
from events.vocabulary import EDITIONS, ChangeKind, Right, State, Subject

_SLUG: Final = re.compile(r"[\w-]+")
_TITLE_MAX: Final = 300
_AUTHOR_MAX: Final = 200


class EditorialValues(TypedDict, total=False):
    """What to change; a key that is absent leaves its field alone. ``slug`` "": made of the title."""

    title: str
    author: str
    body: str
    date: dt.date
    slug: str


def write_editorial(*, actor: Actor, edition: str, date: dt.date, values: EditorialValues) -> Editorial:
    """Begin a piece, as a draft. ``InvalidAction`` without a title or a text, or for a taken address."""
    actor.require(Right.WRITE)
    if edition not in EDITIONS:
        raise InvalidAction(f"There is no edition “{edition}”.")
    with recording(actor) as trace:
        editorial = Editorial(edition=edition, date=date, created_at=trace.at, updated_at=trace.at)
        _set(editorial, {"title": "", "author": "", "body": "", "slug": "", **values, "date": date})
        editorial.save(force_insert=True)
    return editorial


def edit_editorial(*, actor: Actor, editorial_id: int, version: int, values: EditorialValues) -> Editorial:
    """Change a piece. Its address only as long as readers never had it. Raises ``StaleVersion`` too."""
    with _acting(actor, editorial_id, version) as (editorial, trace):
        before = _written(editorial)
        _set(editorial, values)
        after = _written(editorial)
        if after != before:
            if after[:2] != before[:2] and _was_public(editorial):
                raise InvalidAction("Readers had it at its address already: date and address stay.")
            _save(editorial, trace)
    return editorial


def publish_editorial(
    *, actor: Actor, editorial_id: int, version: int, at: dt.datetime | None = None
) -> Editorial:
    """Have readers get a draft at the time *at*, or now; or give a published piece another time."""
    with _acting(actor, editorial_id, version) as (editorial, trace):
        if editorial.state == State.WITHDRAWN:
            raise InvalidAction("It was withdrawn; restore it instead.")
        if editorial.is_public and at is None:
            raise InvalidAction("It is published already.")
        editorial.state, editorial.publish_at = State.PUBLISHED, at or trace.at
        _save(editorial, trace)
        announce_at(editorial.publish_at)
    return editorial


def withdraw_editorial(*, actor: Actor, editorial_id: int, version: int) -> Editorial:
    """Take a piece from the public: its address answers 410."""
    with _acting(actor, editorial_id, version) as (editorial, trace):
        if editorial.state != State.PUBLISHED:
            raise InvalidAction("Only what is published can be withdrawn.")
        editorial.state = State.WITHDRAWN
        _save(editorial, trace)
    return editorial


def restore_editorial(*, actor: Actor, editorial_id: int, version: int) -> Editorial:
    """Publish a withdrawn piece again, at its address and from its time on."""
    with _acting(actor, editorial_id, version) as (editorial, trace):
        if editorial.state != State.WITHDRAWN:
            raise InvalidAction("It is not withdrawn.")
        editorial.state = State.PUBLISHED
        _save(editorial, trace)
        announce_at(editorial.publish_at)
    return editorial


@task()
def announce_editorials() -> int:
    """Tell the public sequence of the pieces that have become public; how many."""
    with recording(Actor(name="archive")) as trace:
        return announce_due(trace)


@contextmanager
def _acting(actor: Actor, editorial_id: int, version: int) -> Iterator[tuple[Editorial, Recording]]:
    """The piece, locked and at the version that was seen; at the end the sequence tells what changed."""
    actor.require(Right.WRITE)
    with recording(actor) as trace:
        editorial = Editorial.objects.select_for_update(no_key=True).filter(pk=editorial_id).first()
        if editorial is None:
            raise InvalidAction(f"There is no editorial {editorial_id}.")
        if editorial.version != version:
            raise StaleVersion(editorial.version)
        yield editorial, trace
        if editorial.version != version and is_told(editorial):
            kind = ChangeKind.UPDATED if editorial.is_public else ChangeKind.WITHDRAWN
            trace.change(kind, Subject.EDITORIAL, editorial.pk)
        announce_due(trace)


def _set(editorial: Editorial, values: EditorialValues) -> None:
    """Set *values*, cleaned; raises ``InvalidAction`` for what no piece can be."""
    if "title" in values:
        editorial.title = one_paragraph(values["title"])
    if "author" in values:
        editorial.author = one_paragraph(values["author"])
    if "body" in values:
        editorial.body = values["body"].replace("\r\n", "\n").strip()
    if not editorial.title or not editorial.body:
        raise InvalidAction("An editorial needs a title and a text.")
    for said, most in (
        (editorial.title, _TITLE_MAX), (editorial.author, _AUTHOR_MAX), (editorial.body, TEXT_MAX)
    ):  # fmt: skip
        if len(said) > most:
            raise InvalidAction(f"This is longer than {most:,} characters; shorten it: “{said[:40]}…”")
    old = editorial.date, editorial.slug
    editorial.date = values.get("date", editorial.date)
    wanted = values.get("slug", editorial.slug).strip()
    if (editorial.date, wanted) != old or not wanted:
        editorial.slug = _address(editorial, wanted)


def _address(editorial: Editorial, wanted: str) -> str:
    others = Editorial.objects.filter(edition=editorial.edition, date=editorial.date).exclude(pk=editorial.pk)

    def taken(slug: str) -> bool:
        return others.filter(slug=slug).exists()

    if not wanted:
        return free_slug(make_slug(editorial.title, editorial.edition), taken)
    if not _SLUG.fullmatch(wanted) or wanted.lower() in RESERVED or len(wanted) > SLUG_MAX:
        raise InvalidAction("An address is made of letters, digits, “-” and “_”.")
    if taken(wanted):
        raise InvalidAction(f"Another editorial of that day has the address {wanted}.")
    return wanted


def _written(editorial: Editorial) -> tuple[Any, ...]:
    return editorial.date, editorial.slug, editorial.title, editorial.author, editorial.body


def _was_public(editorial: Editorial) -> bool:
    """Whether readers have, or had, the piece."""
    told = Change.objects.filter(subject=Subject.EDITORIAL, subject_id=editorial.pk).exists()
    return told or editorial.is_public


def is_told(editorial: Editorial) -> bool:
    """Whether the public sequence says that readers have the piece."""
    said = said_last(Subject.EDITORIAL, [editorial.pk])[editorial.pk]
    return said not in (None, ChangeKind.WITHDRAWN)


def _save(editorial: Editorial, trace: Recording) -> None:
    editorial.version += 1
    editorial.updated_at = trace.at
    editorial.save()


def announce_due(trace: Recording) -> int:
    """Tell of every piece that is public though the sequence did not say so, or said it is gone; how many.

    One that somebody acts on at this moment is left to them: they announce it when they are done.
    """
    due = with_what_was_said(Editorial.objects.published())
    missing = due.filter(Q(said__isnull=True) | Q(said=ChangeKind.WITHDRAWN)).order_by("publish_at", "pk")
    found = list(missing.select_for_update(no_key=True, skip_locked=True).values_list("pk", "said"))
    for pk, last in found:
        trace.change(ChangeKind.RESTORED if last else ChangeKind.CREATED, Subject.EDITORIAL, pk)
    return len(found)


def announce_at(at: dt.datetime) -> None:
    """Have a piece announced when its time comes, where that is to come and the tasks' backend can wait."""
    if at > timezone.now() and default_task_backend.supports_defer:
        transaction.on_commit(lambda: announce_editorials.using(run_after=at).enqueue())
