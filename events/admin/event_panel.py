"""What an event's page shows beside the form: where it came from, what happened, what it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from events.actions.values import citations_json, cited, said_of
from events.models import Curation, Event, RelatedLink, ReviewItem, Revision
from events.text.diff import Part, word_diff
from events.vocabulary import EDITIONS, Decision, State

Json = dict[str, Any]
_REVISIONS: Final = 50
_WORDED: Final = frozenset({"text", "summary"})
_SHOWN: Final = ("text", "summary", "date", "category", "lead", "contexts", "citations")


def panel(event: Event) -> Json:
    """Everything for the template, in eight queries; nothing is loaded there."""
    addresses = sorted(event.addresses.all(), key=lambda row: (not row.current, row.pk))
    curated = list(Curation.objects.filter(event=event).select_related("target").order_by("position", "pk"))
    decided = {row.target_id for row in curated}
    computed = RelatedLink.objects.filter(event=event).select_related("target").order_by("rank")[:_REVISIONS]
    return {
        "addresses": addresses,
        "public": event.state == State.PUBLISHED,
        "origins": _origins(event),
        "revisions": [revision_row(revision, cjk=EDITIONS[event.edition].cjk) for revision in _latest(event)],
        "pins": [row for row in curated if row.decision == Decision.PIN],
        "bans": [row for row in curated if row.decision == Decision.BAN],
        "computed": [link for link in computed if link.target_id not in decided],
        "questions": list(ReviewItem.objects.open().filter(event=event)),
    }


def _latest(event: Event) -> Iterator[Revision]:
    yield from Revision.objects.filter(event=event).order_by("-number")[:_REVISIONS]


def _origins(event: Event) -> list[Json]:
    """Each record the event is, with what it says now beside what is published."""
    ours = {
        "text": event.text, "summary": event.summary, "date": event.date.isoformat(),
        "category": event.category, "lead": event.lead.name if event.lead else None,
        "citations": citations_json(cited(event)),
        "contexts": sorted(row.context.name for row in event.taggings.active().select_related("context")),
    }  # fmt: skip
    rows = []
    for record in event.provenances.select_related("origin").order_by("-leading", "pk"):
        said = said_of(record.upstream)
        differing = [
            {"name": name, "value": _readable(said[name])}
            for name in _SHOWN
            if name in said and said[name] != ours[name]
        ]
        rows.append({"record": record, "differing": differing if record.leading else []})
    return rows


def revision_row(revision: Revision, *, cjk: bool) -> Json:
    """A revision with what it changed: words as a diff, other values as before and after."""
    changes: list[Json] = []
    for name, change in revision.fields.items():
        old, new = change.get("old"), change.get("new")
        if name in _WORDED and isinstance(old, str) and isinstance(new, str):
            changes.append({"name": name, "parts": word_diff(old, new, cjk=cjk)})
        elif name in {"pins", "bans", "state", "address", *_SHOWN}:
            changes.append({"name": name, "old": _readable(old), "new": _readable(new)})
    return {"revision": revision, "changes": changes}


def three_sides(item: ReviewItem, *, cjk: bool) -> Json:
    """A question's base, ours and upstream, with both differences where they are words."""
    sides = {name: _readable(item.data.get(name)) for name in ("base", "ours", "upstream")}
    worded = item.field in _WORDED

    def parts(name: str) -> tuple[Part, ...]:
        return word_diff(sides["base"], sides[name], cjk=cjk) if worded else (Part("equal", sides[name]),)

    return {**sides, "ours_parts": parts("ours"), "upstream_parts": parts("upstream")}


def _readable(value: Any) -> str:
    """A value of a revision or record in words."""
    if value is None:
        return ""
    if not isinstance(value, list):
        return str(value)
    return "; ".join(_readable_entry(entry) for entry in value)


def _readable_entry(entry: Any) -> str:
    if isinstance(entry, dict):
        return " ".join(str(part) for part in entry.values() if part)
    if isinstance(entry, list):
        return " ".join(str(part) for part in entry if part)
    return str(entry)
