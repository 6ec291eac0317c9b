"""Editorials that come with a harvest: they too are merged, never overwritten."""

from __future__ import annotations

import datetime as dt

from django.utils.timezone import make_aware

from events.actions.editorials import announce_at, is_told
from events.actions.harvesting.batch import Batch
from events.harvest.records import EditorialRecord
from events.models import Editorial
from events.text.merge import merge_text
from events.vocabulary import ChangeKind, State, Subject

_FIELDS = ("title", "author", "body")


def take_editorial(batch: Batch, record: EditorialRecord) -> None:
    """Create the editorial at the record's address, or merge what upstream changed into ours.

    Where both sides changed the same words, ours stays, and the next change is merged over what
    upstream said before. What is older than what it said last changes nothing.
    """
    said = {"title": record.title, "author": record.author, "body": record.body}
    moment = batch.run.moment.astimezone(dt.UTC).isoformat()
    editorial = (
        Editorial.objects.select_for_update()
        .filter(edition=record.edition, date=record.address.date, slug=record.address.slug)
        .first()
    )
    if editorial is None:
        editorial = Editorial.objects.create(
            edition=record.edition,
            date=record.address.date,
            slug=record.address.slug,
            state=State.PUBLISHED,
            publish_at=make_aware(dt.datetime.combine(record.address.date, dt.time.min)),
            origin=batch.run.origin,
            upstream={**said, "moment": moment},
            created_at=batch.trace.at,
            updated_at=batch.trace.at,
            **said,
        )
        if editorial.publish_at <= batch.trace.at:
            batch.trace.change(ChangeKind.CREATED, Subject.EDITORIAL, editorial.pk)
        announce_at(editorial.publish_at)
        batch.count("created", str(editorial), editorial.title)
        return
    known = editorial.upstream
    if known.get("moment", "") > moment:
        batch.count("unchanged")
        return
    base: dict[str, str] = {}
    changed = False
    for name in _FIELDS:
        ours = getattr(editorial, name)
        start = known.get(name, said[name])
        merge = merge_text(start, ours, said[name], cjk=batch.run.cjk)
        base[name] = said[name] if merge.clean else start
        if merge.clean and merge.text != ours:
            setattr(editorial, name, merge.text)
            changed = True
    if changed:
        editorial.version += 1
        editorial.updated_at = batch.trace.at
        if editorial.is_public and is_told(editorial):
            batch.trace.change(ChangeKind.UPDATED, Subject.EDITORIAL, editorial.pk)
    if changed or any(known.get(name) != base[name] for name in _FIELDS):
        editorial.upstream = {**base, "moment": moment}
        editorial.save()
    batch.count("updated" if changed else "unchanged", str(editorial), editorial.title)
