"""What one batch of a harvest works with, and the rows that its steps share."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from events.actions.contexts.naming import contexts_for
from events.actions.harvesting.matching import Claims
from events.actions.harvesting.upstream import Ask
from events.actions.holding import held
from events.actions.merge import pair_key
from events.actions.publishers import Cited, sources_for
from events.actions.recording import Recording
from events.actions.removal.tombstones import Tombstones
from events.harvest.records import BadRecord, Place, Record
from events.inserting import new_row
from events.models import Citation, Context, Event, Harvest, Origin, ReviewItem
from events.models import Sequence as PublicSequence
from events.vocabulary import EDITIONS, ReviewKind, ReviewState

COUNTED = ("created", "updated", "merged", "conflicts", "doubtful", "held", "unchanged", "bad")
_LABEL_MAX = 500
_NAMES_REMEMBERED = 50_000

Report = Callable[[str, str, str], None]
"""Told of each thing that changes: what happened (one of ``COUNTED``), where, and the new text."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record: the event it is, and what happened to that (of ``COUNTED``)."""

    place: Place
    event_id: int | None
    happened: tuple[str, ...]
    bad: BadRecord | None = None


Listen = Callable[[Outcome], None]


@dataclass(slots=True)
class Names:
    """The contexts that names mean, remembered from batch to batch until somebody else changes anything.

    Whether somebody did, the public sequence tells: every change of a context moves it.
    """

    by_name: dict[str, Context] = field(default_factory=dict)
    by_id: dict[int, Context] = field(default_factory=dict)
    _seq: int = -1

    def begin(self) -> int:
        """A batch begins: forget what may no longer be so. Where the public sequence stands."""
        last = PublicSequence.objects.values_list("last", flat=True).get()
        if last != self._seq or len(self.by_name) > _NAMES_REMEMBERED:
            self.forget()
        self._seq = last
        return last

    def end(self, numbers: Sequence[int]) -> None:
        """A batch is committed with these numbers of the public sequence, in order."""
        if numbers and numbers[0] != self._seq + 1:
            self.forget()
        if numbers:
            self._seq = numbers[-1]

    def ids_of(self, names: Set[str]) -> set[int]:
        """The contexts that those of *names* mean that are remembered."""
        return {self.by_name[name].pk for name in names & self.by_name.keys()}

    def hold(self, names: Set[str]) -> None:
        """Let what *names* mean stay until the commit; what does not stand any more is forgotten."""
        ids = self.ids_of(names)
        if gone := ids - held(Context.objects.standing(), ids):
            self.by_id = {pk: context for pk, context in self.by_id.items() if pk not in gone}
            self.by_name = {name: one for name, one in self.by_name.items() if one.pk not in gone}

    def forget(self) -> None:
        """Look everything up again."""
        self.by_name.clear()
        self.by_id.clear()

    def add(self, found: Mapping[str, Context]) -> None:
        """Remember what was looked up."""
        self.by_name.update(found)
        self.by_id.update((context.pk, context) for context in found.values())


@dataclass(slots=True)
class Run:
    """One harvest as its batches see it. ``newer``: date spans that later inputs of the origin told about."""

    harvest: Harvest
    origin: Origin
    edition: str
    moment: dt.datetime
    newer: Sequence[tuple[dt.date, dt.date]] = ()
    claims: Claims = field(default_factory=Claims)
    names: Names = field(default_factory=Names)
    tombstones: Tombstones = field(default_factory=Tombstones)
    counts: Counter[str] = field(default_factory=Counter)
    report: Report | None = None
    listen: Listen | None = None

    @property
    def cjk(self) -> bool:
        """Whether texts are merged by characters."""
        return EDITIONS[self.edition].cjk

    def outdated(self, date: dt.date, known: dt.datetime | None) -> bool:
        """Whether a later input told about *date*, or the record itself is *known* later."""
        if known is not None and known > self.moment:
            return True
        return any(first <= date <= last for first, last in self.newer)


@dataclass(slots=True)
class Batch:
    """One transaction of a run. ``cited`` is looked up once for all its records."""

    run: Run
    trace: Recording
    counts: Counter[str] = field(default_factory=Counter)
    reports: list[tuple[str, str, str]] = field(default_factory=list)
    cited: dict[tuple[str, str], Cited] = field(default_factory=dict)
    links_due: set[int] = field(default_factory=set)
    happened: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    known: dict[Place, tuple[int | None, bool]] = field(default_factory=dict)

    def learn(self, names: Iterable[str], citations: Iterable[tuple[str, str]]) -> None:
        """Look up, or create, the contexts and sources that the batch's records name."""
        known, asked, edition = self.run.names, set(names), self.run.edition
        if new := asked - known.by_name.keys():
            # All at once, in the order of ids: a merge that locks two of them must not meet us between.
            known.add(contexts_for(edition, new, trace=self.trace, beside=known.ids_of(asked)))
        known.hold(asked)
        if gone := asked - known.by_name.keys() - new:
            known.add(contexts_for(edition, gone, trace=self.trace))
        cited = dict.fromkeys(pair for pair in citations if pair not in self.cited)
        if cited:
            self.cited |= sources_for(list(cited), trace=self.trace)

    def context_id(self, name: str | None) -> int | None:
        """The context that *name* means here."""
        context = self.run.names.by_name.get(name) if name else None
        return context.pk if context is not None else None

    def context(self, context_id: int) -> Context:
        """The context of an id that :meth:`context_id` gave."""
        return self.run.names.by_id[context_id]

    def count(self, what: str, where: str = "", text: str = "", *, event: Event | None = None) -> None:
        """Count one record's outcome and tell it to whoever listens; *event*: what it happened to."""
        self.counts[what] += 1
        if event is not None and self.run.listen is not None:
            self.happened[event.pk].append(what)
        if self.run.report is not None:
            self.reports.append((what, where, text))

    def know(self, record: Record, event_id: int | None, *, same: bool = False) -> None:
        """Note which event a record is. *same*: it came as it came before, whatever others changed."""
        if self.run.listen is not None:
            self.known[record.place] = (event_id, same)

    def outcome(self, item: Record | BadRecord) -> Outcome:
        """What became of an item; to be asked when the batch is done."""
        if isinstance(item, BadRecord):
            return Outcome(item.place, None, ("bad",), item)
        event_id, same = self.known.get(item.place, (None, True))
        happened = [] if same or event_id is None else self.happened.get(event_id, [])
        return Outcome(item.place, event_id, tuple(dict.fromkeys(happened)) or ("unchanged",))

    def citation_rows(self, event: Event, citations: Sequence[Sequence[str]]) -> list[Citation]:
        """The citations of *event*, in order, ready to be inserted."""
        rows = []
        for position, (label, url, picture) in enumerate(citations, start=1):
            found = self.cited[label, url] if label or url else Cited(None, None)
            if found.source is None and not label and not picture:
                continue
            source, publisher = found.source, found.publisher
            columns = {
                "event_id": event.pk,
                "position": position,
                "source_id": source.pk if source is not None else None,
                "publisher_id": publisher.pk if publisher is not None else None,
                "label": label[:_LABEL_MAX],
                "raw_url": url,
                "picture": picture,
            }
            rows.append(new_row(Citation, columns, source=source, publisher=publisher))
        return rows

    def ask(self, event: Event, asks: Iterable[Ask]) -> None:
        """Put questions to the editors; one that is open already is brought up to date."""
        for ask in asks:
            replaced = ask.kind is ReviewKind.CONTEXT_REPLACED
            tail = f"{ask.data['old']}>{ask.data['new']}"[:150] if replaced else ask.field
            key = f"{event.pk}:{tail}"
            if replaced and ReviewItem.objects.filter(kind=ask.kind, key=key).exists():
                continue
            ReviewItem.objects.update_or_create(
                kind=ask.kind,
                key=key,
                state=ReviewState.OPEN,
                defaults={"event": event, "field": ask.field, "data": ask.data, "harvest": self.run.harvest},
            )
            if ask.kind is ReviewKind.CONFLICT:
                self.count("conflicts", str(event), ask.field, event=event)
            elif ask.kind is ReviewKind.HELD:
                self.count("held", str(event), ask.field, event=event)

    def ask_duplicate(self, event: Event, other: Event, **data: Any) -> None:
        """Ask whether two events are one; never again once it was asked."""
        first, second = sorted((event, other), key=lambda one: one.pk)
        key = pair_key(first.pk, second.pk)
        if ReviewItem.objects.filter(kind=ReviewKind.DUPLICATE, key=key).exists():
            return
        ReviewItem.objects.create(
            kind=ReviewKind.DUPLICATE, key=key, event=second, other=first, data=data, harvest=self.run.harvest
        )
        self.count("doubtful", str(event), other.text, event=event)
