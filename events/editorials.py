"""Opinion pieces as plain dicts (layer 4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Q

from events.catalogue import timestamp
from events.keys import date_of, event_of, key_of
from events.models import Editorial
from events.slugs import day_path
from events.vocabulary import EDITIONS


class EditorialRow(NamedTuple):
    """An editorial in a list."""

    id: int
    edition: str
    date: dt.date
    slug: str
    title: str
    author: str
    version: int

    @property
    def key(self) -> int:
        """Its place in a list, as events have one."""
        return key_of(self.date.isoformat(), self.id)

    @property
    def path(self) -> str:
        """Its public path, the edition's prefix included."""
        return editorial_path(self.edition, self.date, self.slug)


def editorial_path(edition: str, date: dt.date, slug: str) -> str:
    """The path of an editorial: ``/opinion/2017/04/4/SLUG/`` behind the edition's prefix."""
    return f"{EDITIONS[edition].prefix}/opinion/{day_path(date).removeprefix('/news/')}{slug}/"


def editorials(edition: str, *, limit: int, after: int | None = None) -> list[EditorialRow]:
    """The newest editorials of an edition, or those behind the key *after*; one query.

    Raises ``ValueError`` for what is no key.
    """
    rows = Editorial.objects.published().filter(edition=edition).order_by("-date", "-id")
    if after is not None:
        date = date_of(after)
        rows = rows.filter(Q(date__lt=date) | Q(date=date, id__lt=event_of(after)))
    return [EditorialRow(*row) for row in rows.values_list(*EditorialRow._fields)[:limit]]


def newest_editorials(edition: str, *, limit: int) -> list[dict[str, Any]]:
    """The newest editorials of an edition with their bodies, and when each was published; one query."""
    rows = Editorial.objects.published().filter(edition=edition).order_by("-date", "-id")[:limit]
    return [{**editorial_document(row), "published": timestamp(row.publish_at)} for row in rows]


def editorial_documents(ids: Sequence[int]) -> list[dict[str, Any]]:
    """Those of these editorials that are public, in the order asked for; one query."""
    rows = Editorial.objects.published().in_bulk(ids)
    return [editorial_document(rows[pk]) for pk in ids if pk in rows]


def editorial_document(editorial: Editorial) -> dict[str, Any]:
    """The editorial as the formats take it; no query."""
    return {
        "id": editorial.pk,
        "edition": editorial.edition,
        "title": editorial.title,
        "author": editorial.author,
        "date": editorial.date.isoformat(),
        "path": editorial_path(editorial.edition, editorial.date, editorial.slug),
        "body": editorial.body,
        "revision": editorial.version,
        "updated": timestamp(editorial.updated_at),
    }


def find_editorial(edition: str, date: dt.date, slug: str) -> Editorial | None:
    """The editorial at this address, whatever its state; one query."""
    return Editorial.objects.filter(edition=edition, date=date, slug=slug).first()
