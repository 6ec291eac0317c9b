"""What an event says, what it said at a former version, and what a correction would make it say.

Nothing is written here. The values are JSON by revision field (see ``models.Revision``): ``text``,
``summary``, ``date``, ``category``, ``lead``, ``contexts`` (names, sorted), ``citations``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from events.actions.contexts.naming import context_name, find_contexts
from events.actions.values import EventValues, citations_json, cited, clean_values, read_citations
from events.models import Event, Revision, Tagging
from events.text.merge import merge_items, merge_text
from events.vocabulary import EDITIONS

Json = dict[str, Any]
FIELDS: Final = ("text", "summary", "date", "category", "lead", "contexts", "citations")
"""The fields of an event that people and robots change, in the order in which they are shown."""
_WORDED: Final = frozenset({"text", "summary"})


def present_values(event: Event) -> Json:
    """What *event* says now; two queries, and one where its lead context is not loaded."""
    tagged = Tagging.objects.active().filter(event=event)
    return {
        "text": event.text,
        "summary": event.summary,
        "date": event.date.isoformat(),
        "category": str(event.category),
        "lead": event.lead.name if event.lead is not None else None,
        "contexts": sorted(tagged.values_list("context__name", flat=True)),
        "citations": citations_json(cited(event)),
    }


def values_now(event_id: int) -> tuple[int, str, Json]:
    """Version and edition of an event, and what it says; three queries. ``LookupError``: there is none."""
    event = Event.objects.select_related("lead").filter(pk=event_id).first()
    if event is None:
        raise LookupError(event_id)
    return event.version, event.edition, present_values(event)


def values_at(event: Event, version: int, present: Json | None = None) -> Json:
    """What *event* said at *version*; contexts renamed or merged since go by their present names."""
    present = present or present_values(event)
    values = dict(present)
    later = Revision.objects.filter(event=event, number__gt=version).order_by("-number")
    undone = set()
    for fields in later.values_list("fields", flat=True):
        for name in FIELDS:
            if name in fields:
                values[name] = fields[name].get("old")
                undone.add(name)
    # PostgreSQL gives the keys of stored JSON back in an order of its own.
    values["citations"] = citations_json(read_citations(values["citations"] or ()))
    if undone & {"lead", "contexts"}:
        said = {*(values["contexts"] or ()), values["lead"] or ""} - {""}
        names = _present_names(event.edition, said, present)
        values["contexts"] = sorted({names[name] for name in values["contexts"] or ()})
        values["lead"] = names[values["lead"]] if values["lead"] else None
    return values


def planned_values(event: Event, values: EventValues, present: Json | None = None) -> Json:
    """What *event* will say once ``correct_event`` has taken *values*.

    Raises ``InvalidAction`` for what that would refuse, but for a missing grade or note.
    """
    present = present or present_values(event)
    clean = clean_values(values, event)
    after = dict(present)
    after |= {name: clean[name] for name in ("text", "summary", "category") if name in clean}
    if "date" in clean:
        after["date"] = clean["date"].isoformat()
    if "citations" in clean:
        after["citations"] = citations_json(clean["citations"])
    said = {*clean.get("contexts", ()), clean.get("lead") or ""} - {""}
    names = _present_names(event.edition, said, present)
    if "contexts" in clean:
        after["contexts"] = sorted({names[name] for name in clean["contexts"]})
    if "lead" in clean:
        after["lead"] = names[clean["lead"]] if clean["lead"] else None
        if after["lead"] != present["lead"] and after["lead"]:
            after["contexts"] = sorted({*after["contexts"], after["lead"]})
    return after


def values_json(values: EventValues) -> Json:
    """*values* of an event that is not there yet."""
    clean = clean_values(values)
    lead = clean.get("lead")
    return {
        "text": clean["text"],
        "summary": clean.get("summary", ""),
        "date": clean["date"].isoformat(),
        "category": clean["category"],
        "lead": lead,
        "contexts": sorted({*clean.get("contexts", ()), *([lead] if lead else [])}),
        "citations": citations_json(clean.get("citations", ())),
    }


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the fields in which two sets of values differ."""
    return tuple(name for name in FIELDS if before[name] != after[name])


def merge_values(base: Json, ours: Json, theirs: Json, *, edition: str) -> tuple[Json, tuple[str, ...]]:
    """*ours* and *theirs*, both grown out of *base*, merged field by field; and the fields in conflict.

    Of a field in conflict the merge has ours. Sources are in conflict where both sides changed
    the same one.
    """
    merged: Json = {}
    conflicts = []
    for name in FIELDS:
        value, clean = _merge(name, base[name], ours[name], theirs[name], cjk=EDITIONS[edition].cjk)
        merged[name] = value
        if not clean:
            conflicts.append(name)
    return merged, tuple(conflicts)


def _merge(name: str, base: Any, ours: Any, theirs: Any, *, cjk: bool) -> tuple[Any, bool]:
    if ours in (base, theirs):
        return theirs, True
    if theirs == base:
        return ours, True
    if name == "contexts":
        return sorted(merge_items(base or (), ours, theirs)), True
    if name == "citations":
        return _merge_citations(base or [], ours, theirs)
    if name not in _WORDED:
        return ours, False
    merge = merge_text(base or "", ours, theirs, cjk=cjk)
    return merge.text, merge.clean


def _merge_citations(base: list[Json], ours: list[Json], theirs: list[Json]) -> tuple[list[Json], bool]:
    rows = [[tuple(row.values()) for row in side] for side in (base, ours, theirs)]
    before = {*rows[0]}
    if (before - {*rows[1]}) & (before - {*rows[2]}):
        return ours, False
    known = {tuple(row.values()): row for side in (base, ours, theirs) for row in side}
    return [known[key] for key in merge_items(*rows)], True


def _present_names(edition: str, names: set[str], present: Json) -> dict[str, str]:
    """What the contexts of these names are called now; a name that nobody knows stays.

    Only names that the event does not have now are looked up.
    """
    stored = {name: context_name(name) for name in names}
    unknown = sorted({*stored.values()} - {"", present["lead"], *present["contexts"]})
    known = find_contexts(edition, unknown) if unknown else {}
    return {said: known[name].name if name in known else name for said, name in stored.items()}
