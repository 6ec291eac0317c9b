"""Tells of sources as the sequence does from now on: there as long as a published event cites them."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.utils import timezone

APPEARS = ("created", "restored", "withdrawn")


def tell_of_sources(apps: Any, _schema_editor: Any) -> None:
    """Add the entries that are missing; until now a source was told of when it was first known."""
    change, citation = apps.get_model("events", "Change"), apps.get_model("events", "Citation")
    sequence = apps.get_model("events", "Sequence").objects.select_for_update().filter(id=1).first()
    if sequence is None:
        return
    rows = change.objects.filter(subject="source", kind__in=APPEARS).order_by("seq")
    said = dict(rows.values_list("subject_id", "kind").iterator())
    cited = set(
        citation.objects.filter(source__isnull=False, event__state="published")
        .values_list("source_id", flat=True)
        .distinct()
    )
    shown = {pk for pk, kind in said.items() if kind != "withdrawn"}
    entries = [(pk, "restored" if pk in said else "created") for pk in sorted(cited - shown)]
    entries += [(pk, "withdrawn") for pk in sorted(shown - cited)]
    now = timezone.now()
    change.objects.bulk_create(
        [
            change(seq=seq, at=now, kind=kind, subject="source", subject_id=pk)
            for seq, (pk, kind) in enumerate(entries, start=sequence.last + 1)
        ],
        batch_size=500,
    )
    sequence.last += len(entries)
    sequence.save(update_fields=["last"])


class Migration(migrations.Migration):
    dependencies = [("events", "0010_count_tallies")]
    operations = [migrations.RunPython(tell_of_sources, migrations.RunPython.noop, elidable=True)]
