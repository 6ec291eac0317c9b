"""Contexts to look at: likely duplicates, and names in texts that are not on the event.

Both are review items. ``CONTEXT_DUPLICATE`` (key: both ids): ``context`` would stay, ``data["other"]`` go;
accepted they are merged, rejected they are never proposed again. ``CONTEXT_NAMED`` (key: event and
context): accepted the event is tagged; rejected it is noted as removed by an editor, so that no robot
tags it either. ``review.decide.decide_review`` answers them; nothing is changed before an editor accepts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Final

from django.db.models import Count

from events.actions.contexts.merge import context_pair_key
from events.actions.contexts.tagging import names_of
from events.actions.errors import InvalidAction
from events.actions.recording import Actor, recording
from events.actions.rows import lock_event
from events.models import Alias, Context, Event, ReviewItem, Tagging
from events.text.likeness import Like, Name, likely_same
from events.text.naming import NameMatcher
from events.vocabulary import ReviewKind, ReviewState, Right, Tagged

WAITING_MOST: Final = 200
"""How many suggestions of a kind and an edition wait for an editor at the same time."""
_READ_AT_ONCE: Final = 500


def propose_duplicates(*, edition: str, limit: int = WAITING_MOST) -> dict[str, int]:
    """Put likely duplicates to the editors, the most certain first, until *limit* wait; the counts.

    Those whose contexts have been merged since are closed as obsolete.
    """
    contexts = dict(Context.objects.standing().of_edition(edition).values_list("pk", "name"))
    count = event_counts(contexts)
    likes = {context_pair_key(like.one, like.other): like for like in _likes(edition, contexts, count)}
    counts = {"found": len(likes), "proposed": 0, "obsolete": 0}
    asked, waiting = set(), 0
    items = ReviewItem.objects.filter(kind=ReviewKind.CONTEXT_DUPLICATE, context__edition=edition)
    for item in items.select_related("context"):
        pair = {item.context_id, item.data.get("other")}
        asked.add(item.key)
        if item.state != ReviewState.OPEN:
            continue
        if pair <= contexts.keys():
            waiting += 1
        else:
            counts["obsolete"] += _close(item)
    fresh = [like for key, like in likes.items() if key not in asked]
    for like in fresh[: max(0, limit - waiting)]:
        counts["proposed"] += _ask(like, count)
    return counts


def propose_named(
    *, edition: str, limit: int = WAITING_MOST, progress: Callable[[int, int], None] | None = None
) -> dict[str, int]:
    """Put contexts that events name and do not carry to the editors until *limit* wait; the counts.

    The newest events come first. Contexts that an editor took away from the event, and those that are
    too generic, are left out.
    """
    items = ReviewItem.objects.filter(kind=ReviewKind.CONTEXT_NAMED, event__edition=edition)
    counts = {"found": 0, "proposed": 0, "obsolete": 0}
    waiting = 0
    there = _tagged(list(items.open().values_list("event", flat=True)))
    for item in items.open().select_related("context"):
        merged = item.context is None or item.context.merged_into_id is not None
        if merged or item.context_id in there.get(item.event_id or 0, ()):
            counts["obsolete"] += _close(item)
        else:
            waiting += 1
    asked = set(items.values_list("key", flat=True))
    for event_id, context_id in _unnamed(edition, progress):
        if f"{event_id}-{context_id}" in asked:
            continue
        if waiting >= limit:
            break
        counts["found"] += 1
        waiting += 1
        _, created = ReviewItem.objects.get_or_create(
            kind=ReviewKind.CONTEXT_NAMED, key=f"{event_id}-{context_id}",
            defaults={"event_id": event_id, "context_id": context_id},
        )  # fmt: skip
        counts["proposed"] += created
    return counts


def event_counts(context_ids: Collection[int]) -> dict[int, int]:
    """How many events carry each of these contexts; one query."""
    rows = Tagging.objects.active().order_by().values_list("context").annotate(count=Count("pk"))
    if len(context_ids) <= _READ_AT_ONCE:
        rows = rows.filter(context__in=context_ids)
    return {pk: number for pk, number in rows if pk in context_ids}


def refuse_named(item: ReviewItem, *, actor: Actor) -> None:
    """Note that the event is not to be tagged with what its text seems to name, by robots either."""
    actor.require(Right.TAG)
    if item.event_id is None or item.context is None:
        raise InvalidAction("The question names no event and context.")
    context = item.context.merged_into or item.context
    with recording(actor):
        Tagging.objects.get_or_create(
            event=lock_event(item.event_id), context=context,
            defaults={"how": Tagged.PERSON, "removed": True, "by": actor.user},
        )  # fmt: skip


def _likes(edition: str, contexts: dict[int, str], count: dict[int, int]) -> list[Like]:
    names = [Name(pk, name) for pk, name in contexts.items()]
    aliases = Alias.objects.filter(edition=edition, context__in=Context.objects.standing())
    names += [Name(pk, name, own=False) for pk, name in aliases.values_list("context", "name")]
    found = likely_same(names, count=count)
    order = {reason: at for at, reason in enumerate(dict.fromkeys(like.reason for like in found))}
    return sorted(
        found,
        key=lambda like: (
            order[like.reason], -min(count.get(like.one, 0), count.get(like.other, 0)), like.one, like.other,
        ),
    )  # fmt: skip


def _ask(like: Like, count: dict[int, int]) -> int:
    pair = sorted((like.one, like.other), key=lambda pk: (-count.get(pk, 0), pk))
    _, created = ReviewItem.objects.get_or_create(
        kind=ReviewKind.CONTEXT_DUPLICATE, key=context_pair_key(*pair),
        defaults={"context_id": pair[0], "data": {"other": pair[1], "reason": like.reason}},
    )  # fmt: skip
    return int(created)


def _close(item: ReviewItem) -> int:
    """Close an item unless an editor answered it just now."""
    return ReviewItem.objects.open().filter(pk=item.pk).update(state=ReviewState.OBSOLETE)


def _unnamed(edition: str, progress: Callable[[int, int], None] | None) -> Iterator[tuple[int, int]]:
    """Each published event, newest first, and each context that it names and does not carry."""
    matcher = NameMatcher(names_of(edition))
    generic = set(Context.objects.of_edition(edition).filter(generic=True).values_list("pk", flat=True))
    ids = list(Event.objects.published().of_edition(edition).newest_first().values_list("pk", flat=True))
    for start in range(0, len(ids), _READ_AT_ONCE):
        chunk = ids[start : start + _READ_AT_ONCE]
        texts = dict(Event.objects.filter(pk__in=chunk).values_list("pk", "text"))
        there = _tagged(chunk)
        for pk in chunk:
            for target in sorted(matcher.targets(texts.get(pk, "")) - there.get(pk, set()) - generic):
                yield pk, target
        if progress is not None:
            progress(min(start + _READ_AT_ONCE, len(ids)), len(ids))


def _tagged(event_ids: Iterable[int]) -> dict[int, set[int]]:
    """The contexts of these events, those that an editor removed too."""
    found: dict[int, set[int]] = {}
    rows: Any = Tagging.objects.filter(event__in=list(event_ids)).values_list("event", "context")
    for event_id, context_id in rows:
        found.setdefault(event_id, set()).add(context_id)
    return found
