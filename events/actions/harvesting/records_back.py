"""What an origin says of an event, set back to before a harvest, and forward again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Final

from events.actions.recording import Actor, recording
from events.actions.rows import lock_event
from events.actions.values import change_of, read_citations
from events.models import BulkChange, Event, Harvest, Provenance, Revision
from events.vocabulary import ChangeKind

RECORDS: Final = "records"
"""The key in the fields of a revision under which the records' former and present states are noted."""
_STATE: Final = ("upstream", "base", "leading", "moment")
_ROW: Final = ("origin_id", "edition", "key", "external_id", "slug", "evidence", "digest", "harvest_id")


class RecordsBack:
    """The records (``Provenance``) of one locked event that *harvest* was the last to tell of."""

    def __init__(self, event: Event, harvest: Harvest) -> None:
        self._event = event
        self._harvest = harvest

    def undo(self, revisions: Sequence[Revision], actor: Actor) -> bool:
        """Set the records back, by what the harvest's *revisions* (latest first) kept; whether any moved.

        A record that the harvest was the first to bring goes; one that later harvests told of stays.
        """
        rows = list(Provenance.objects.filter(event_id=self._event.pk, harvest=self._harvest).order_by("pk"))
        old = [_noted(row) for row in rows]
        kept = []
        for row in rows:
            if row.created_at >= self._harvest.started_at:
                row.delete()
                continue
            kept.append(row)
            row.moment = min(row.moment, self._moment_before())
            if row.leading:
                row.upstream, row.base = _said_before(row, revisions), {}
            row.save(update_fields=["upstream", "base", "moment"])
        self._find_leader(row.origin_id for row in rows)
        new = [_noted(row) for row in kept]
        if old == new:
            return False
        fields = {RECORDS: change_of({"rows": old}, {"rows": new})}
        with recording(actor) as trace:
            event = lock_event(self._event.pk)
            trace.revise_event(event, ChangeKind.UPDATED, fields, public=False)
            event.save(update_fields=["version", "updated_at"])
        return True

    def redo(self, change: BulkChange) -> None:
        """Set the records forward again, as they were before *change* set them back."""
        for noted in self._noted_by(change, "old"):
            row = Provenance.objects.filter(pk=noted["pk"]).first()
            if row is None:
                row = Provenance(event_id=self._event.pk, **{name: noted[name] for name in _ROW})
                row.date = dt.date.fromisoformat(noted["date"]) if noted["date"] else None
                row.created_at = dt.datetime.fromisoformat(noted["created_at"])
                led = Provenance.objects.filter(event_id=self._event.pk, origin=row.origin_id, leading=True)
                if noted["leading"]:
                    led.update(leading=False)
            self._set(row, noted)

    def undo_again(self, change: BulkChange) -> None:
        """Set the records back once more, as *change* did."""
        kept = {noted["pk"]: noted for noted in self._noted_by(change, "new")}
        for noted in self._noted_by(change, "old"):
            row = Provenance.objects.filter(pk=noted["pk"]).first()
            if row is None:
                continue
            if noted["pk"] in kept:
                self._set(row, kept[noted["pk"]])
            else:
                row.delete()
                self._find_leader([row.origin_id])

    def _set(self, row: Provenance, noted: dict[str, Any]) -> None:
        if row.harvest_id != self._harvest.pk:
            return  # the origin has spoken since
        row.upstream, row.base, row.leading = noted["upstream"], noted["base"], noted["leading"]
        row.moment = dt.datetime.fromisoformat(noted["moment"])
        if row.pk is None:
            row.pk = noted["pk"]
        row.save()

    def _noted_by(self, change: BulkChange, side: str) -> list[dict[str, Any]]:
        revisions = Revision.objects.filter(event_id=self._event.pk, bulk=change).order_by("-number")
        for revision in revisions:
            if RECORDS in revision.fields:
                return list((revision.fields[RECORDS][side] or {}).get("rows", ()))
        return []

    def _moment_before(self) -> dt.datetime:
        """When the origin was read before: the moment of its harvest before this one."""
        before = Harvest.objects.filter(
            origin=self._harvest.origin_id, edition=self._harvest.edition, pk__lt=self._harvest.pk
        )
        moment = before.order_by("-pk").values_list("moment", flat=True).first()
        return moment or self._harvest.moment

    def _find_leader(self, origins: Iterable[int]) -> None:
        """Let the latest record of each origin speak for the event where none does any more."""
        for origin in set(origins):
            rows = Provenance.objects.filter(event_id=self._event.pk, origin=origin)
            latest = rows.order_by("-moment", "-pk").first()
            if latest is not None and not rows.filter(leading=True).exists():
                latest.leading = True
                latest.save(update_fields=["leading"])


def _noted(row: Provenance) -> dict[str, Any]:
    noted: dict[str, Any] = {name: getattr(row, name) for name in _ROW}
    noted |= {"pk": row.pk, "upstream": row.upstream, "base": row.base, "leading": row.leading}
    noted |= {"moment": row.moment.isoformat(), "created_at": row.created_at.isoformat()}
    return {**noted, "date": row.date.isoformat() if row.date else None}


def _said_before(row: Provenance, revisions: Sequence[Revision]) -> dict[str, Any]:
    """What the origin said before these revisions (latest first), as far as they tell."""
    said = {**row.upstream, **row.base}
    for revision in revisions:
        for name, change in revision.fields.items():
            if name in ("text", "summary", "date") and change.get("base"):
                said[name] = change["base"]
            elif name == "category":
                said[name] = change.get("said") or change.get("base") or change.get("old")
            elif name == "lead":
                said[name] = change.get("old")
            elif name == "citations" and change.get("base") is not None:
                said[name] = [[one.label, one.url, one.picture] for one in read_citations(change["base"])]
            elif name == "contexts":
                _contexts_before(said, set(change["old"] or ()), set(change["new"] or ()))
    return {name: value for name, value in said.items() if value is not None}


def _contexts_before(said: dict[str, Any], old: set[str], new: set[str]) -> None:
    for key in ("contexts", "day"):
        if key in said:
            said[key] = [name for name in said[key] if name not in new - old]
    lost = [name for name in sorted(old - new) if name not in said.get("day", ())]
    if lost:
        said["contexts"] = [*said.get("contexts", ()), *lost]
