"""Changing contexts: names, aliases, hierarchy, profile."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import partial
from typing import Any, Final, TypedDict

from django.db.models import Q

from events.actions.contexts.naming import context_name, contexts_for, find_contexts, meant_beside
from events.actions.errors import InvalidAction
from events.actions.recording import Actor, once_recorded, recording
from events.actions.rows import lock_contexts_with, relate_again
from events.harvest.limits import TEXT_MAX
from events.models import Alias, Broader, Context, Event, Tagging
from events.text.urls import normalise_url
from events.vocabulary import EDITIONS, ChangeKind, Right

_AT_ONCE: Final = 500
_WIKIDATA: Final = re.compile(r"Q[1-9][0-9]{0,18}")
_PLAIN: Final = ("profile", "wikidata", "wikipedia", "generic")


class ContextValues(TypedDict, total=False):
    """What to change; an absent key leaves its field alone. ``broader``: names of standing contexts."""

    name: str
    aliases: Collection[str]
    broader: Collection[str]
    profile: str
    wikidata: str
    wikipedia: str
    generic: bool


def create_context(*, actor: Actor, edition: str, values: ContextValues) -> Context:
    """Make a context. Raises ``InvalidAction`` without a name, and for one that means a context already."""
    actor.require(Right.TAG)
    name = context_name(values.get("name", ""))
    if edition not in EDITIONS:
        raise InvalidAction(f"There is no edition “{edition}”.")
    if not name:
        raise InvalidAction("A context needs a name.")
    with recording(actor) as trace:
        if other := find_contexts(edition, [name]).get(name):
            raise InvalidAction(f"“{name}” already means the context “{other.name}”.")
        context = contexts_for(edition, {name}, trace=trace)[name]
        rest: ContextValues = {key: value for key, value in values.items() if key != "name"}  # type: ignore[assignment]
        return edit_context(actor=actor, context_id=context.pk, version=context.version, values=rest)


def edit_context(*, actor: Actor, context_id: int, version: int, values: ContextValues) -> Context:
    """Change a context; one revision holds all changes, none is left where nothing changes.

    A former name stays as an alias, so that harvests still mean this context by it; the address
    stays too. The documents of its events are written anew in transactions of their own.
    Raises ``InvalidAction`` for a name or alias that is another's, and for a circle of broader contexts.
    """
    actor.require(Right.TAG)
    with recording(actor) as trace:
        broader = partial(meant_beside, context_id, values.get("broader", ()))
        context = lock_contexts_with({context_id: version}, broader)[context_id]
        if context.merged_into_id is not None:
            raise InvalidAction(f"“{context.name}” was merged into {context.merged_into}; change that one.")
        _check_plain(values)
        changes: dict[str, Any] = {}
        for name in _PLAIN:
            if name in values and values[name] != getattr(context, name):
                changes[name] = {"old": getattr(context, name), "new": values[name]}
                setattr(context, name, values[name])
        _rename(context, values, changes)
        steps = _set_broader(context, values["broader"], changes) if "broader" in values else set()
        if not changes:
            return context
        trace.revise_context(context, ChangeKind.UPDATED, changes)
        trace.related_contexts(*steps)
        context.save()
        events = events_of(context) if changes.keys() & {"name", "generic"} else []
        if "generic" in changes or (context.generic and "name" in changes):
            relate_again(events, actor=actor)
    if "name" in changes:
        rewrite_documents(actor, events)
    return context


def rewrite_documents(actor: Actor, event_ids: Collection[int]) -> None:
    """Write these events' documents anew, 500 at a time, so that nobody waits long for the lock.

    Within a recording: as a part of it where they are so few, else when that is committed.
    """
    rewrite = partial(_rewrite, actor, sorted(event_ids))
    if len(event_ids) <= _AT_ONCE:
        rewrite()
    else:
        once_recorded(rewrite)


def _rewrite(actor: Actor, ordered: list[int]) -> None:
    for start in range(0, len(ordered), _AT_ONCE):
        with recording(actor) as trace:
            trace.touch(*ordered[start : start + _AT_ONCE])


def events_of(context: Context) -> list[int]:
    """The events whose documents name the context."""
    named = Event.objects.filter(
        Q(pk__in=Tagging.objects.active().filter(context=context).values("event")) | Q(lead=context)
    )
    return list(named.values_list("pk", flat=True))


def _check_plain(values: ContextValues) -> None:
    if len(values.get("profile", "")) > TEXT_MAX:
        raise InvalidAction(f"The profile is longer than {TEXT_MAX:,} characters; shorten it.")
    if values.get("wikidata") and not _WIKIDATA.fullmatch(values["wikidata"]):
        raise InvalidAction("Wikidata names things like Q7184.")
    if values.get("wikipedia") and normalise_url(values["wikipedia"]) is None:
        raise InvalidAction("Write Wikipedia's address with https:// in front.")


def _rename(context: Context, values: ContextValues, changes: dict[str, Any]) -> None:
    """Set name and aliases; the former name becomes an alias."""
    present = set(Alias.objects.filter(context=context).values_list("name", flat=True))
    wanted = (
        {context_name(name) for name in values["aliases"]} - {""} if "aliases" in values else set(present)
    )
    name = context_name(values["name"]) if "name" in values else context.name
    if not name:
        raise InvalidAction("A context needs a name.")
    if name != context.name:
        if Context.objects.filter(edition=context.edition, name=name).exists():
            raise InvalidAction(f"“{name}” is, or was, another context; merge the two instead.")
        changes["name"] = {"old": context.name, "new": name}
        wanted.add(context.name)
        context.name = name
    wanted.discard(name)
    for taken, other in find_contexts(context.edition, sorted({name, *wanted})).items():
        if other.pk != context.pk:
            raise InvalidAction(f"“{taken}” already means the context “{other.name}”; merge the two instead.")
    Alias.objects.filter(context=context, name__in=present - wanted).delete()
    Alias.objects.bulk_create(
        Alias(context=context, edition=context.edition, name=alias) for alias in sorted(wanted - present)
    )
    if wanted != present:
        changes["aliases"] = {"old": sorted(present), "new": sorted(wanted)}


def _set_broader(context: Context, names: Collection[str], changes: dict[str, Any]) -> set[int]:
    """Let exactly the contexts of these names be broader; those that became so or ceased to be."""
    found = find_contexts(context.edition, sorted({context_name(name) for name in names} - {""}))
    for name in names:
        if context_name(name) and context_name(name) not in found:
            raise InvalidAction(f"There is no context “{name}”.")
    wanted = {other.pk: other for other in found.values()}
    steps = Broader.objects.filter(narrower=context)
    present = {step.broader_id: step.broader for step in steps.select_related("broader")}
    for pk, other in wanted.items():
        if pk not in present and context.pk in reached_from({pk}):
            raise InvalidAction(f"“{other.name}” is part of “{context.name}” already, and cannot be broader.")
    if wanted.keys() == present.keys():
        return set()
    steps.exclude(broader__in=wanted).delete()
    Broader.objects.bulk_create(
        Broader(narrower=context, broader_id=pk) for pk in wanted.keys() - present.keys()
    )
    changes["broader"] = {
        "old": sorted(other.name for other in present.values()),
        "new": sorted(other.name for other in wanted.values()),
    }
    return set(wanted.keys() ^ present.keys())


def reached_from(start: set[int]) -> set[int]:
    """These contexts (by id) and all that are broader than they, at any distance; one query a step."""
    reached, edge = set(start), set(start)
    while edge:
        edge = set(Broader.objects.filter(narrower__in=edge).values_list("broader", flat=True)) - reached
        reached |= edge
    return reached
