"""What readers see changed by a transaction besides what its actions told of.

The public sequence must name every thing whose public form changed, or a copy that follows it goes
wrong without a sign. An action tells of the things it acts on. What follows from that for others is
found here, once for all actions, from the documents that were written: an event whose document changed
with a context's or publisher's name; a source that became, or ceased to be, cited by a published event;
contexts that name one that was renamed; pins on an event that came or went.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.db.models import Q

from events.changes import APPEARS, said_last
from events.models import Broader, Change, Citation, Curation
from events.vocabulary import ChangeKind, Decision, State, Subject

_TURNS: Final = frozenset({*APPEARS, ChangeKind.MERGED, ChangeKind.UNMERGED})
_AT_ONCE: Final = 5_000


class Rewritten(NamedTuple):
    """An event whose stored document is new or changed; the sources that it cited before, and cites."""

    event: int
    public: bool
    had: frozenset[int]
    has: frozenset[int]


class Told(NamedTuple):
    """An entry that the sequence is to get."""

    kind: ChangeKind
    subject: Subject
    id: int


@dataclass(frozen=True, slots=True)
class Consequences:
    """What may follow from a transaction; read by :meth:`entries` when nobody else can commit any more.

    *told*: the entries of its actions. *renamed*: contexts that have another name now. *created*:
    events that it made.
    """

    told: Sequence[Change]
    rewritten: Sequence[Rewritten]
    renamed: Collection[int] = ()
    created: Collection[int] = ()

    @property
    def possible(self) -> bool:
        """Whether :meth:`entries` has anything to look at."""
        return bool(self._untold() or self._sources() or self.renamed or self._turned())

    def entries(self) -> tuple[list[Told], list[Told]]:
        """What is to stand before the transaction's own entries, and what after them.

        Sources that appear come first: who applies entries in order has them when an event cites them.
        """
        came, gone = self._sources_that_turned()
        after = [Told(ChangeKind.UPDATED, Subject.EVENT, pk) for pk in self._untold()]
        after += [Told(ChangeKind.UPDATED, Subject.CONTEXT, pk) for pk in self._naming_renamed()]
        after += [Told(ChangeKind.CURATED, Subject.EVENT, pk) for pk in self._pinning()]
        return came, [*after, *gone]

    def _named(self, subject: Subject) -> set[int]:
        return {change.subject_id for change in self.told if change.subject == subject}

    def _untold(self) -> list[int]:
        """The public events whose documents changed though no action told of them."""
        named = self._named(Subject.EVENT)
        return sorted(row.event for row in self.rewritten if row.public and row.event not in named)

    def _turns(self) -> Iterator[Change]:
        """The entries by which events came to, or went from, the public."""
        return (change for change in self.told if change.subject == Subject.EVENT and change.kind in _TURNS)

    def _sources(self) -> set[int]:
        """The sources that may have become, or ceased to be, cited by a published event."""
        turned = {change.subject_id for change in self._turns()}
        found: set[int] = set()
        for row in self.rewritten:
            if row.event in turned:
                found |= row.had | row.has
            elif row.public:
                found |= row.had ^ row.has
        return found

    def _sources_that_turned(self) -> tuple[list[Told], list[Told]]:
        came, gone = [], []
        said = said_last(Subject.SOURCE, self._sources())
        cited = set(_cited(said))
        for pk, last in sorted(said.items()):
            shown = last not in (None, ChangeKind.WITHDRAWN)
            if pk in cited and not shown:
                kind = ChangeKind.CREATED if last is None else ChangeKind.RESTORED
                came.append(Told(kind, Subject.SOURCE, pk))
            elif shown and pk not in cited:
                gone.append(Told(ChangeKind.WITHDRAWN, Subject.SOURCE, pk))
        return came, gone

    def _naming_renamed(self) -> list[int]:
        """The contexts that name a renamed one as broader or narrower."""
        if not self.renamed:
            return []
        steps = Broader.objects.filter(Q(narrower__in=self.renamed) | Q(broader__in=self.renamed))
        ends = {pk for step in steps.values_list("narrower", "broader") for pk in step}
        return sorted(ends - self._named(Subject.CONTEXT))

    def _turned(self) -> set[int]:
        """The events whose coming or going shows in the pins of others. Nobody pinned one that is new."""
        turns = [change for change in self._turns() if change.subject_id not in self.created]
        return {pk for change in turns for pk in (change.subject_id, change.other_id) if pk is not None}

    def _pinning(self) -> list[int]:
        turned = self._turned()
        if not turned:
            return []
        pins = Curation.objects.filter(target__in=turned, decision=Decision.PIN, event__state=State.PUBLISHED)
        return sorted(set(pins.values_list("event", flat=True)) - self._named(Subject.EVENT))


def cited_in(document: Mapping[str, Any]) -> frozenset[int]:
    """The ids of the sources that an event's document cites."""
    return frozenset(one["source"] for one in document["citations"] if one["source"] is not None)


def cited_in_body(body: str) -> frozenset[int]:
    """:func:`cited_in` of a stored document."""
    return cited_in(json.loads(body)) if body else frozenset()


def _cited(source_ids: Collection[int]) -> Iterator[int]:
    ordered = sorted(source_ids)
    for start in range(0, len(ordered), _AT_ONCE):
        rows = Citation.objects.filter(
            source__in=ordered[start : start + _AT_ONCE], event__state=State.PUBLISHED
        )
        yield from rows.values_list("source_id", flat=True).distinct()
