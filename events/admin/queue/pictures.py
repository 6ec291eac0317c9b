"""What an item's page shows: the right picture for each kind of question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.db.models import Prefetch

from events.actions.plan import present_values
from events.actions.review.answers import contexts_asked
from events.actions.review.replaced import replaced_pair, same_replacement
from events.admin.differences import differences, entries, readable
from events.admin.queue.forms import SETS, WORDED, entries_of, regions_of
from events.admin.queue.words import HELD_BECAUSE
from events.models import Context, Event, Provenance, ReviewItem, Tagging
from events.slugs import Address
from events.text.diff import Part, word_diff
from events.text.merge import Conflict
from events.text.sameness import compare
from events.text.story import Story, story
from events.text.urls import normalise_url
from events.vocabulary import EDITIONS, ReviewKind, category_of

Json = dict[str, Any]
_SAMPLES: Final = 5
_NAMES: Final = 12


def events_of(item: ReviewItem) -> dict[int, Event]:
    """The item's events with all that is shown of them, in five queries at most."""
    ids = [pk for pk in (item.event_id, item.other_id) if pk is not None]
    if not ids:
        return {}
    rows = Event.objects.filter(pk__in=ids).select_related("lead").with_address()
    shown = rows.prefetch_related(
        Prefetch("taggings", Tagging.objects.active().select_related("context")),
        "citations",
        Prefetch("provenances", Provenance.objects.select_related("origin").defer("upstream", "base")),
    )
    return {event.pk: event for event in shown}


def public_path(event: Event) -> str:
    """Where readers find it; "" where they do not."""
    if not event.is_public or event.address_slug is None:  # type: ignore[attr-defined]
        return ""
    address = Address(event.address_date, event.address_slug)  # type: ignore[attr-defined]
    return f"{EDITIONS[event.edition].prefix}{address.path}.html"


def box(event: Event | None, parts: tuple[Part, ...] = ()) -> Json | None:
    """An event in a box: its words (or how they differ), contexts, sources, where it came from."""
    if event is None:
        return None
    return {
        "event": event,
        "parts": parts or (Part("equal", event.text),),
        "public": public_path(event),
        "contexts": [row.context for row in event.taggings.all()],
        "citations": list(event.citations.all()),
        "origins": list(event.provenances.all()),
    }


def picture_of(item: ReviewItem, events: dict[int, Event]) -> Json:
    """What the template of the item's kind shows beside the form."""
    event = events.get(item.event_id or 0)
    paint = _PICTURES.get(item.kind)
    shown: Json = {"box": box(event)}
    return shown | (paint(item, event, events.get(item.other_id or 0)) if paint is not None else {})


def _field(item: ReviewItem, event: Event | None, _other: Event | None) -> Json:
    """Base, ours, upstream, and the merge. Ours is what the event says now, not when it was asked."""
    shown: Json = {"because": _because(item)}
    if event is None or not item.field:
        return shown
    present = present_values(event).get(item.field)
    if item.field in SETS:
        return shown | {"entries": entries_of(item, present or [])}
    said = {"base": item.data.get("base"), "ours": present, "upstream": item.data.get("upstream")}
    if item.field == "category":
        said |= {name: _category(said[name]) for name in ("base", "upstream")}
    sides = {name: readable(value) for name, value in said.items()}
    cjk = EDITIONS[event.edition].cjk

    def parts(name: str) -> tuple[Part, ...]:
        if item.field in WORDED:
            return word_diff(sides["base"], sides[name].strip(), cjk=cjk)
        return (Part("equal", sides[name]),)

    shown |= {"sides": {**sides, "ours_parts": parts("ours"), "upstream_parts": parts("upstream")}}
    asked = readable(item.data.get("ours"))
    shown["moved"] = item.field in WORDED and bool(asked) and asked != sides["ours"]
    if item.field in WORDED:
        regions = regions_of(item, event)
        shown["regions"] = [
            {"conflict": region} if isinstance(region, Conflict) else {"text": region} for region in regions
        ]
        shown["conflicts"] = sum(isinstance(region, Conflict) for region in regions)
    return shown


def _because(item: ReviewItem) -> str:
    """Why it is held; of a person's draft, who made it and what for."""
    if item.data.get("reason") == "proposed":
        return ": ".join(filter(None, (f"A draft by {item.data['by']}", item.data["note"])))
    return HELD_BECAUSE.get(item.data.get("reason", ""), "")


def _category(said: Any) -> str:
    """A heading of an origin with the category that it means."""
    return f"{said} ({category_of(str(said)).label})" if said else ""


def _duplicate(item: ReviewItem, event: Event | None, other: Event | None) -> Json:
    """Both events side by side, the newer as it differs from the older, and why a machine asks."""
    if event is None or other is None:
        return {"older": box(event or other), "newer": None}
    older, newer = sorted((event, other), key=lambda one: one.pk)
    cjk = EDITIONS[older.edition].cjk
    match = compare(_story(older, cjk=cjk), _story(newer, cjk=cjk))
    names = [{row.context_id for row in one.taggings.all()} for one in (older, newer)]
    urls = [{_url(row.raw_url) for row in one.citations.all() if row.raw_url} for one in (older, newer)]
    return {
        "older": box(older),
        "newer": box(newer, word_diff(older.text, newer.text, cjk=cjk)),
        "match": match,
        "shared_contexts": names[0] & names[1],
        "shared_urls": len(urls[0] & urls[1]),
        "days": abs((older.date - newer.date).days),
    }


def _story(event: Event, *, cjk: bool) -> Story:
    return story(
        event.text, sources=[_url(row.raw_url) for row in event.citations.all() if row.raw_url], cjk=cjk
    )


def _url(said: str) -> str:
    return normalise_url(said) or said


def _replaced(item: ReviewItem, _event: Event | None, _other: Event | None) -> Json:
    """The contexts with how often each is used, and other events with the same question."""
    shown: Json = {"old": item.data.get("old", []), "new": item.data.get("new", [])}
    same = same_replacement(item)
    shown["same"] = same.count()
    others = same.exclude(pk=item.pk).select_related("event").order_by("pk")[:_SAMPLES]
    shown["samples"] = list(others)
    if (pair := replaced_pair(item)) is not None:
        shown["pair"] = [_used(context) for context in pair]
    return shown


def _context_duplicate(item: ReviewItem, _event: Event | None, _other: Event | None) -> Json:
    """Both contexts with how they are used, and why they are asked about."""
    both = contexts_asked(item) or ()
    reasons = [(name, value) for name, value in item.data.items() if name != "other" and entries(value)]
    return {"both": [_used(context) for context in both], "reasons": reasons[:_NAMES]}


def _context_named(item: ReviewItem, _event: Event | None, _other: Event | None) -> Json:
    return {"named": _used(item.context)} if item.context is not None else {}


def _used(context: Context) -> Json:
    """A context, on how many events it is, its other names, and its newest events."""
    tagged = Event.objects.filter(taggings__context=context, taggings__removed=False)
    return {
        "context": context,
        "count": Tagging.objects.active().filter(context=context).count(),
        "aliases": list(context.aliases.values_list("name", flat=True)[:_NAMES]),
        "events": list(tagged.order_by("-date", "-pk")[:_SAMPLES]),
    }


def _candidate(item: ReviewItem, _event: Event | None, _other: Event | None) -> Json:
    examples = Event.objects.filter(pk__in=item.data.get("examples", [])).order_by("-date", "-pk")
    return {"examples": list(examples)}


def _proposal(item: ReviewItem, event: Event | None, _other: Event | None) -> Json:
    data = item.data
    cjk = event is not None and EDITIONS[event.edition].cjk
    return {"proposed": differences(data["base"], data["values"], list(data["values"]), cjk=cjk)}


def _report(item: ReviewItem, event: Event | None, _other: Event | None) -> Json:
    cjk = event is not None and EDITIONS[event.edition].cjk
    quote, fix = str(item.data.get("quote") or ""), str(item.data.get("fix") or "")
    return {
        "parts": word_diff(quote, fix, cjk=cjk) if fix else (Part("equal", quote),),
        "found": event is not None and bool(quote) and event.text.count(quote) == 1,
    }


def _proofreading(item: ReviewItem, event: Event | None, _other: Event | None) -> Json:
    cjk = event is not None and EDITIONS[event.edition].cjk
    found, fix = str(item.data.get("found", "")), item.data.get("fix")
    return {"parts": (Part("equal", found),) if fix is None else word_diff(found, str(fix), cjk=cjk)}


def _dead_source(item: ReviewItem, _event: Event | None, _other: Event | None) -> Json:
    return {"facts": [(name, value) for name, value in item.data.items() if entries(value)][:_NAMES]}


_PICTURES: Final[dict[str, Callable[[ReviewItem, Event | None, Event | None], Json]]] = {
    ReviewKind.CONFLICT: _field,
    ReviewKind.HELD: _field,
    ReviewKind.DUPLICATE: _duplicate,
    ReviewKind.CONTEXT_REPLACED: _replaced,
    ReviewKind.CONTEXT_DUPLICATE: _context_duplicate,
    ReviewKind.CONTEXT_NAMED: _context_named,
    ReviewKind.CANDIDATE: _candidate,
    ReviewKind.PROPOSAL: _proposal,
    ReviewKind.REPORT: _report,
    ReviewKind.PROOFREADING: _proofreading,
    ReviewKind.DEAD_SOURCE: _dead_source,
}
