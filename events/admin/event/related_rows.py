"""What the desk shows of an event's related links: what is computed and why, what editors decided, and all
that readers see of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, OuterRef, Subquery

from events import queries
from events.actions.curate import tag_of
from events.actions.relate import ranking_in_use
from events.models import BannedReason, Context, Curation, Event, RelatedLink, Tagging
from events.related.neighbourhoods import links_of
from events.related.picking import LINKS, Link
from events.related.reasons import for_readers, reason_in_full, reason_in_numbers, words_shared
from events.vocabulary import Decision

RANKED: Final = 20
"""How many links of the ranking an editor sees; readers get at most the first ``ranking.LINKS``."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A context of the event: how many published events have it, and whether this one is related by it."""

    context: Context
    events: int
    banned: bool

    @property
    def counts(self) -> bool:
        """Whether links are computed by it."""
        return not (self.banned or self.context.generic)

    @property
    def said(self) -> str:
        """Its name, and how rare it is or why it does not count."""
        if self.context.generic:
            return f"{self.context.name} (generic, does not count)"
        if self.banned:
            return f"{self.context.name} (banned here, does not count)"
        return f"{self.context.name} ({self.events:,} event{'' if self.events == 1 else 's'})"


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link of the event, computed or decided. ``rank`` is 0 for one that is not among those computed.

    ``loose``: its reason is too little for readers.
    """

    target: Event
    why: str
    rank: int = 0
    score: float = 0.0
    numbers: str = ""
    loose: bool = False
    decided: Curation | None = None

    @property
    def decision(self) -> str:
        """What is decided about it; "" where nothing is."""
        return self.decided.decision if self.decided else ""

    @property
    def note(self) -> str:
        """The editor's note."""
        return self.decided.note if self.decided else ""

    @property
    def is_cut_off(self) -> bool:
        """Whether readers would get it if the ranking were longer."""
        return self.rank > LINKS

    @property
    def is_too_loose(self) -> bool:
        """Whether readers do not get it since it has too little in common, and nobody decided otherwise."""
        return self.loose and not self.decided


class RelatedLinks:
    """One event's links, read at once: a fixed number of queries whatever there is.

    *found*: events that were searched for, to be shown with what they share with this one.
    """

    def __init__(self, event: Event, found: Collection[int] = ()) -> None:
        self.event = event
        curations = list(Curation.objects.filter(event=event).order_by("position", "pk"))
        bans = list(BannedReason.objects.filter(event=event).select_related("context").order_by("pk"))
        self.seen = tag_of(curations, bans)
        self.reasons = _reasons(event, {row.context_id for row in bans})
        on_event = {reason.context.pk for reason in self.reasons}
        self.bans_elsewhere = [row.context for row in bans if row.context_id not in on_event]
        computed = links_of(event.pk, ranking_in_use(), most=RANKED)
        rows = self._rows(curations, computed, found)
        ranked = [rows[link.target] for link in computed if link.target in rows]
        self.ranking = [row for row in ranked if not row.is_cut_off]
        self.below = [row for row in ranked if row.is_cut_off]
        decided = [rows[row.target_id] for row in curations if row.target_id in rows]
        self.pins = [row for row in decided if row.decision == Decision.PIN]
        self.bans = [row for row in decided if row.decision == Decision.BAN]
        self.waiting = [row for row in decided if row.decision == Decision.NOTE and not row.rank]
        self.hits = [rows[pk] for pk in found if pk in rows and pk != event.pk]
        self.public = [
            {**row, "words": words_shared(row["reason"])}
            for row in for_readers(queries.related_of([event.pk]).get(event.pk, []))
        ]

    @property
    def limit(self) -> int:
        """How many computed links readers get at most."""
        return LINKS

    def _rows(
        self, curations: list[Curation], computed: list[Link], found: Collection[int]
    ) -> dict[int, LinkRow]:
        decided = {row.target_id: row for row in curations}
        names = {reason.context.pk: reason.context.name for reason in self.reasons}
        places = {
            link.target: (rank, link.score, reason_in_numbers(reason), reason["loose"])
            for rank, link in enumerate(computed, start=1)
            for reason in [reason_in_full(link.reason, names)]
        }
        wanted = {*decided, *places, *found}
        targets = Event.objects.filter(pk__in=wanted).only("id", "edition", "date", "text", "state")
        shared = self._shared(wanted)
        return {
            target.pk: LinkRow(
                target,
                in_words(shared[target.pk]),
                *places.get(target.pk, (0, 0.0, "", False)),
                decided=decided.get(target.pk),
            )
            for target in targets
        }

    def _shared(self, targets: Collection[int]) -> dict[int, list[Reason]]:
        """Which contexts each of the targets has in common with the event, those that count first."""
        mine = {reason.context.pk: reason for reason in self.reasons}
        taggings = Tagging.objects.active().filter(event__in=targets, context__in=mine)
        shared: dict[int, list[Reason]] = defaultdict(list)
        for event_id, context_id in taggings.values_list("event_id", "context_id"):
            shared[event_id].append(mine[context_id])
        for reasons in shared.values():
            reasons.sort(key=lambda reason: (not reason.counts, reason.events, reason.context.name))
        return shared


def _reasons(event: Event, banned: Collection[int]) -> list[Reason]:
    """The event's contexts, the rarest first."""
    tagged = Event.objects.published().filter(taggings__context=OuterRef("context"), taggings__removed=False)
    counted = tagged.order_by().values("taggings__context").annotate(events=Count("pk")).values("events")
    taggings = event.taggings.active().select_related("context").annotate(events=Subquery(counted))
    found = [(row.context, getattr(row, "events", None) or 0) for row in taggings]
    reasons = [Reason(context, events, context.pk in banned) for context, events in found]
    return sorted(reasons, key=lambda reason: (reason.events, reason.context.name))


def in_words(reasons: Iterable[Reason]) -> str:
    """Why two events are related: "shares Donald Tusk (12 events) and Poland (generic, does not count)"."""
    said = [reason.said for reason in reasons]
    if not said:
        return "shares no context"
    return f"shares {', '.join(said[:-1])} and {said[-1]}" if len(said) > 1 else f"shares {said[0]}"


def lists_with_reason(context: Context) -> int:
    """How many events have a stored link with this context as a reason."""
    both: dict[str, Any] = {
        "event__taggings__context": context,
        "event__taggings__removed": False,
        "target__taggings__context": context,
        "target__taggings__removed": False,
    }
    links = RelatedLink.objects.filter(**both).order_by()
    banned = BannedReason.objects.filter(context=context).values("event")
    return links.exclude(event__in=banned).values("event").distinct().count()
