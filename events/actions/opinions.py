"""Editorials that come with a harvest: they too are merged, never overwritten."""

from __future__ import annotations

from django.utils.timezone import make_aware

from events.actions.batch import Batch
from events.harvest.records import EditorialRecord
from events.models import Editorial
from events.text.merge import merge_text
from events.vocabulary import ChangeKind, State, Subject

_FIELDS = ("title", "author", "body")


def take_editorial(batch: Batch, record: EditorialRecord) -> None:
    """Create the editorial at the record's address, or merge what upstream changed into ours.

    Where both sides changed the same words, ours stays.
    """
    said = {"title": record.title, "author": record.author, "body": record.body}
    editorial = (
        Editorial.objects.select_for_update()
        .filter(edition=record.edition, date=record.address.date, slug=record.address.slug)
        .first()
    )
    if editorial is None:
        midnight = make_aware(batch.run.moment.replace(tzinfo=None)).replace(
            year=record.address.date.year, month=record.address.date.month, day=record.address.date.day,
            hour=0, minute=0, second=0, microsecond=0,
        )  # fmt: skip
        editorial = Editorial.objects.create(
            edition=record.edition,
            date=record.address.date,
            slug=record.address.slug,
            state=State.PUBLISHED,
            publish_at=midnight,
            origin=batch.run.origin,
            upstream=said,
            created_at=batch.trace.at,
            updated_at=batch.trace.at,
            **said,
        )
        batch.trace.change(ChangeKind.CREATED, Subject.EDITORIAL, editorial.pk)
        batch.count("created", str(editorial), editorial.title)
        return
    if editorial.upstream == said or batch.run.outdated(editorial.date, None):
        batch.count("unchanged")
        return
    changed = False
    for name in _FIELDS:
        ours = getattr(editorial, name)
        merge = merge_text(editorial.upstream.get(name, ours), ours, said[name], cjk=batch.run.cjk)
        if merge.clean and merge.text != ours:
            setattr(editorial, name, merge.text)
            changed = True
    editorial.upstream = said
    if changed:
        editorial.version += 1
        editorial.updated_at = batch.trace.at
        batch.trace.change(ChangeKind.UPDATED, Subject.EDITORIAL, editorial.pk)
    editorial.save()
    batch.count("updated" if changed else "unchanged", str(editorial), editorial.title)
