"""Candidates for new contexts: recurring names in texts, proposed to editors and never created unseen.

A candidate is a ``ReviewItem`` of kind ``CANDIDATE`` with key ``edition:name`` and in ``data`` its
``name``, ``count`` (events), ``days`` (distinct) and ``examples`` (ids of its newest events). Accepted,
it becomes a context and is tagged (:func:`accept_candidate`, ``tagging``); rejected, it is never
proposed again; or it becomes another name of a context that is there (:func:`name_candidate`).
Proposed first is what makes a story: many events within one year, few outside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from events.actions.contexts.edit import edit_context
from events.actions.contexts.naming import contexts_for
from events.actions.contexts.tagging import names_of, tag_from_texts
from events.actions.errors import InvalidAction
from events.actions.recording import Actor, recording
from events.actions.relate import relate_soon
from events.actions.rows import lock_contexts
from events.models import Alias, Context, Event, ReviewItem
from events.text.naming import NameMatcher
from events.text.recurring import Candidate, means_a_context, recurring_names
from events.vocabulary import ReviewKind, ReviewState, Right

COUNT_LEAST: Final = 8
"""In how many events a name stands at least."""
DAYS_LEAST: Final = 5
"""On how many distinct days."""
WAITING_MOST: Final = 50
"""How many candidates of an edition wait for an editor at the same time."""
_KEY_MAX: Final = 200
_READ_AT_ONCE: Final = 2_000


def propose_contexts(
    *,
    edition: str,
    limit: int = WAITING_MOST,
    count_least: int = COUNT_LEAST,
    days_least: int = DAYS_LEAST,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """Put recurring names to the editors until *limit* of the edition's candidates wait; the counts.

    Those whose name has become a context's since are closed as obsolete, the others brought up to date.
    """
    matcher = NameMatcher(names_of(edition))

    def known(name: str) -> bool:
        return len(_key(edition, name)) > _KEY_MAX or means_a_context(matcher, name)

    weightiest = recurring_names(
        _texts(edition, progress), known=known, count_least=count_least, days_least=days_least
    )
    found = {one.name: one for one in weightiest}
    counts = {"found": len(found), "proposed": 0, "updated": 0, "obsolete": 0}
    asked = set()
    waiting = 0
    for item in ReviewItem.objects.filter(kind=ReviewKind.CANDIDATE, key__startswith=f"{edition}:"):
        name = item.data["name"]
        asked.add(name)
        if item.state != ReviewState.OPEN:
            continue
        if known(name):
            counts["obsolete"] += _change(item, state=ReviewState.OBSOLETE)
            continue
        waiting += 1
        if name in found and _data(found[name]) != item.data:
            counts["updated"] += _change(item, data=_data(found[name]))
    fresh = sorted(
        (one for one in found.values() if one.name not in asked), key=lambda one: (-one.weight, one.name)
    )
    for one in fresh[: max(0, limit - waiting)]:
        _, created = ReviewItem.objects.get_or_create(
            kind=ReviewKind.CANDIDATE, key=_key(edition, one.name), defaults={"data": _data(one)}
        )
        counts["proposed"] += created
    return counts


def _texts(edition: str, progress: Callable[[int, int], None] | None) -> Iterator[tuple[int, int, str]]:
    """Every published event's id, day and text."""
    events = Event.objects.published().of_edition(edition).order_by()
    total = events.count() if progress is not None else 0
    rows = events.values_list("pk", "date", "text").iterator(chunk_size=_READ_AT_ONCE)
    for number, (event_id, date, text) in enumerate(rows, start=1):
        yield event_id, date.toordinal(), text
        if progress is not None and (number % _READ_AT_ONCE == 0 or number == total):
            progress(number, total)


def accept_candidate(item: ReviewItem, *, actor: Actor) -> None:
    """Create the context that *item* proposes; joins the caller's recording."""
    actor.require(Right.TAG)
    edition, _, _ = item.key.partition(":")
    with recording(actor) as trace:
        contexts_for(edition, [item.data["name"]], trace=trace)


def name_candidate(item: ReviewItem, *, context_id: int, actor: Actor) -> Context:
    """Make the name that *item* proposes another name of this context, or of the one it was merged into.

    Joins the caller's recording. Raises ``InvalidAction`` for a context of another edition, or that
    is not there, and for a name that means another context by now.
    """
    actor.require(Right.TAG)
    edition, _, _ = item.key.partition(":")
    with recording(actor):
        target = Context.objects.filter(pk=context_id).values_list("merged_into", flat=True).first()
        pk = target or context_id
        context = lock_contexts({pk: None})[pk]
        if context.edition != edition:
            raise InvalidAction(f"“{context.name}” is a context of another edition.")
        aliases = Alias.objects.filter(context=context).values_list("name", flat=True)
        return edit_context(
            actor=actor, context_id=pk, version=context.version,
            values={"aliases": [*aliases, item.data["name"]]},
        )  # fmt: skip


def tag_candidate(item: ReviewItem) -> None:
    """Tag the events with the context that bears the name now; the robot does, in transactions of its own."""
    edition, _, _ = item.key.partition(":")
    longest = max(item.data["name"].split(), key=len)
    named = Event.objects.of_edition(edition).filter(text__icontains=longest)
    tag_from_texts(edition=edition, event_ids=list(named.values_list("pk", flat=True)))
    relate_soon()


def _key(edition: str, name: str) -> str:
    return f"{edition}:{name}"


def _data(one: Candidate) -> dict[str, Any]:
    return {"name": one.name, "count": one.count, "days": one.days, "examples": list(one.examples)}


def _change(item: ReviewItem, **values: Any) -> int:
    """Change an item unless an editor answered it just now; how many were changed."""
    return ReviewItem.objects.open().filter(pk=item.pk).update(**values)
