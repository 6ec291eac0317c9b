"""Which event a record is: one event, one address, for ever (issue of the harvest; docs/architecture.md).

In this order: the event that already has this record of this origin; the one that has, or ever
had, its address; the one that its Changes section names; else, within its day and edition,
the one that is the same story reworded (``events.text.sameness``). Two pages that one harvest
lists as current are never taken for one event. A left-over (a page that its day page does not
list) is a version of the listed event it resembles. What is doubtful becomes an event of its
own and a question for an editor: a wrong merge is worse than a duplicate.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from events.harvest.records import Record
from events.inserting import new_row
from events.models import Address, Citation, Event, Provenance
from events.slugs import Address as AddressValue
from events.text.normalise import published
from events.text.pairing import pair_day
from events.text.sameness import Verdict, compare
from events.text.story import Story, story
from events.text.urls import normalise_url
from events.vocabulary import EDITIONS, State

_DAYS_REMEMBERED: Final = 4_000
_COMPARABLE: Final = (State.PUBLISHED, State.HELD)
# What was withdrawn must not come back because it was reworded.
_RECOGNISED: Final = (*_COMPARABLE, State.WITHDRAWN)


class Claims:
    """Which events listed records of this harvest already are, remembered for the latest days seen."""

    def __init__(self) -> None:
        self._days: OrderedDict[dt.date, dict[int, list[str]]] = OrderedDict()
        self._taken: list[tuple[dt.date, int, str]] = []

    def take(self, date: dt.date, event_id: int, key: str) -> None:
        """Note that the record *key* of *date* is this event."""
        keys = self._days.setdefault(date, {}).setdefault(event_id, [])
        if key not in keys:
            keys.append(key)
            self._taken.append((date, event_id, key))
        self._days.move_to_end(date)
        while len(self._days) > _DAYS_REMEMBERED:
            self._days.popitem(last=False)

    def keys(self, date: dt.date, event_id: int) -> list[str]:
        """The keys of the records that are this event."""
        return self._days.get(date, {}).get(event_id, [])

    def settle(self) -> None:
        """The batch is committed: what was taken stays."""
        self._taken.clear()

    def forget(self) -> None:
        """The batch was rolled back: nothing was taken since the last one."""
        for date, event_id, key in self._taken:
            keys = self._days.get(date, {}).get(event_id, [])
            if key in keys:
                keys.remove(key)
        self._taken.clear()


@dataclass(slots=True)
class Found:
    """A record and the event it is: a stored one, or an :class:`Arrival`. ``row``: what is stored of it."""

    record: Record
    key: str
    digest: str
    row: Provenance | None = None
    event: Event | None = None
    arrival: Arrival | None = None
    swallows: list[Event] = field(default_factory=list)


@dataclass(slots=True)
class Arrival:
    """An event to be created from ``found``; as a version of ``into`` (it is then born merged)."""

    found: Found
    event: Event
    slug: AddressValue | None = None
    into: Event | Arrival | None = None
    doubtful: list[Event | Arrival] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Candidate:
    story: Story
    event: Event | None = None
    arrival: Arrival | None = None

    @property
    def what(self) -> Event | Arrival:
        found = self.event or self.arrival
        assert found is not None  # noqa: S101  one of them is always given
        return found


class Days:
    """What is stored about the days and addresses that some records name; loaded in four queries."""

    def __init__(self, edition: str, found: list[Found]) -> None:
        self.edition = edition
        self.cjk = EDITIONS[edition].cjk
        dates = {one.record.date for one in found}
        wanted = {address for one in found for address in _addresses_named(one.record)}
        self.addresses: dict[AddressValue, int] = {}
        rows = Address.objects.filter(edition=edition, date__in={*dates, *(one.date for one in wanted)})
        for date, slug, event_id in rows.values_list("date", "slug", "event_id"):
            self.addresses[AddressValue(date, slug)] = event_id
        named = {self.addresses[address] for address in wanted if address in self.addresses}
        named |= {one.row.event_id for one in found if one.row is not None}
        self.events: dict[int, Event] = {}
        self._days: dict[dt.date, list[Event]] = defaultdict(list)
        unresolved = {one.record.date for one in found if one.row is None or one.record.listed is False}
        for event in Event.objects.of_edition(edition).filter(date__in=unresolved, state__in=_RECOGNISED):
            self.events[event.pk] = event
            self._days[event.date].append(event)
        missing = {pk for pk in named if pk not in self.events}
        self._load(missing)
        self._load({
            event.merged_into_id
            for event in list(self.events.values())
            if event.merged_into_id is not None and event.merged_into_id not in self.events
        })  # fmt: skip
        self._urls: dict[int, list[str]] = defaultdict(list)
        comparable = [event.pk for events in self._days.values() for event in events]
        cited = Citation.objects.filter(event_id__in=comparable, source__isnull=False)
        for event_id, url in cited.values_list("event_id", "source__url"):
            self._urls[event_id].append(url)

    def _load(self, ids: set[int]) -> None:
        if ids:
            self.events.update(Event.objects.in_bulk(ids))

    def standing(self, event_id: int | None) -> Event | None:
        """The event of this id, or the one that it was merged into."""
        event = self.events.get(event_id or 0)
        if event is not None and event.merged_into_id is not None:
            return self.events.get(event.merged_into_id, event)
        return event

    def at(self, address: AddressValue | None) -> Event | None:
        """The event that has, or ever had, this address; merged ones followed."""
        return self.standing(self.addresses.get(address)) if address is not None else None

    def candidates(self, date: dt.date) -> list[_Candidate]:
        """The events of a day that a record may be, with their stories."""
        return [
            _Candidate(story(event.text, sources=self._urls.get(event.pk, ()), cjk=self.cjk), event=event)
            for event in self._days.get(date, ())
        ]


def match(found: list[Found], days: Days, claims: Claims) -> list[Arrival]:
    """Decide for every record of *found* which event it is; the ones to be created are returned."""
    arrivals: list[Arrival] = []
    for date, group in _by_date(found):
        for one in sorted(group, key=lambda one: one.row is None):
            _match_by_name(one, days, claims)
            if one.event is not None and one.record.listed is not False:
                claims.take(date, one.event.pk, one.key)
        _former_events(group, days, claims)
        if any(one.event is None or one.record.listed is False for one in group):
            arrivals.extend(_match_by_story(date, group, days, claims))
    return arrivals


def _match_by_name(one: Found, days: Days, claims: Claims) -> None:
    """By the record that is stored, else by the address, unless another id of this input has that."""
    if one.row is not None:
        one.event = days.standing(one.row.event_id)
    if one.event is None and (event := days.at(one.record.address)) is not None:
        others = set(claims.keys(one.record.date, event.pk)) - {one.key}
        one.event = None if one.record.origin_id and others else event


def _former_events(group: list[Found], days: Days, claims: Claims) -> None:
    """Let Changes sections name events; such an event of its own is swallowed unless it is listed itself."""
    for one in group:
        if one.record.listed is False:
            continue
        for former in one.record.former:
            event = days.at(former.address)
            if event is None or event is one.event:
                continue
            if set(claims.keys(one.record.date, event.pk)) - {one.key}:
                continue
            if one.event is None:
                one.event = event
                claims.take(one.record.date, event.pk, one.key)
            elif event.date == one.event.date and event.state in _COMPARABLE:
                one.swallows.append(event)


def _match_by_story(date: dt.date, group: list[Found], days: Days, claims: Claims) -> list[Arrival]:
    candidates = days.candidates(date)
    fresh = [one for one in group if one.event is None and one.record.listed is not False]
    arrivals: list[Arrival] = []
    stories = [_story(one.record, days.cjk) for one in fresh]
    free = [
        index
        for index, candidate in enumerate(candidates)
        if candidate.event is None or not claims.keys(date, candidate.event.pk)
    ]
    doubts: dict[int, Event | Arrival] = {}
    for pairing in pair_day(stories, [candidates[index].story for index in free]):
        candidate = candidates[free[pairing.known_index]]
        if pairing.verdict is Verdict.SAME and candidate.event is not None:
            one = fresh[pairing.new_index]
            one.event = candidate.event
            claims.take(date, candidate.event.pk, one.key)
        elif pairing.verdict is Verdict.DOUBTFUL:
            doubts[pairing.new_index] = candidate.what
    texts: dict[str, Arrival] = {}
    for index, one in enumerate(fresh):
        if one.event is not None:
            continue
        twin = texts.get(stories[index].text)
        if twin is not None and not (one.record.origin_id or one.record.address):
            one.arrival = twin  # the very same line twice in one input
            continue
        arrival = _arrive(one)
        if index in doubts:
            arrival.doubtful.append(doubts[index])
        _look_alikes(arrival, stories[index], candidates)
        candidates.append(_Candidate(stories[index], arrival=arrival))
        texts[stories[index].text] = arrival
        arrivals.append(arrival)
    arrivals.extend(_left_overs(group, candidates, days, claims))
    return arrivals


def _look_alikes(arrival: Arrival, told: Story, candidates: list[_Candidate]) -> None:
    """Ask about every event of the day that the new one may be, though both are listed."""
    for candidate in candidates:
        if candidate.what in arrival.doubtful:
            continue
        if compare(told, candidate.story).verdict is not Verdict.DIFFERENT:
            arrival.doubtful.append(candidate.what)


def _left_overs(
    group: list[Found], candidates: list[_Candidate], days: Days, claims: Claims
) -> Iterator[Arrival]:
    """Find the event that each left-over is a version of; the rest are events of their own."""
    named = {
        former.address: one for one in group if one.record.listed is not False for former in one.record.former
    }
    for one in group:
        if one.record.listed is not False:
            continue
        own = one.event
        if own is not None and (own.state not in _COMPARABLE or claims.keys(one.record.date, own.pk)):
            continue
        if own is None and one.record.address is not None and (new := named.get(one.record.address)):
            one.event, one.arrival = new.event, new.arrival
            continue
        told = _story(one.record, days.cjk)
        others = [candidate for candidate in candidates if candidate.event is not own or own is None]
        pairings = pair_day([told], [candidate.story for candidate in others])
        other = others[pairings[0].known_index].what if pairings else None
        same = bool(pairings) and pairings[0].verdict is Verdict.SAME
        if own is not None:
            if same and other is not None:
                _swallow(own, other, group)
            continue
        if same and isinstance(other, Event) and other.state != State.PUBLISHED:
            one.event = other  # nobody reads it, so nobody must read its former version
            continue
        arrival = _arrive(one)
        if same:
            arrival.into = other.into if isinstance(other, Arrival) and other.into else other
        else:
            arrival.doubtful = [other] if other is not None else []
            candidates.append(_Candidate(told, arrival=arrival))
        yield arrival


def _swallow(own: Event, other: Event | Arrival, group: list[Found]) -> None:
    """Have the listed event *other* take in *own*, a left-over that had been an event of its own."""
    for one in group:
        if one.record.listed is not False and (one.event is other or one.arrival is other):
            one.swallows.append(own)
            return


def _arrive(one: Found) -> Arrival:
    record = one.record
    event = new_row(Event, {"edition": record.edition, "date": record.date, "text": published(record.text)})
    one.arrival = Arrival(found=one, event=event, slug=record.address)
    return one.arrival


def _story(record: Record, cjk: bool) -> Story:
    return story(record.text, sources=_urls(record), cjk=cjk)


def _urls(record: Record) -> Iterator[str]:
    for cited in record.citations or ():
        url = normalise_url(cited.url) if cited.url else None
        if url is not None:
            yield url


def _addresses_named(record: Record) -> Iterator[AddressValue]:
    if record.address is not None:
        yield record.address
    for former in record.former:
        if former.address is not None:
            yield former.address


def _by_date(found: Iterable[Found]) -> Iterator[tuple[dt.date, list[Found]]]:
    groups: dict[dt.date, list[Found]] = {}
    for one in found:
        groups.setdefault(one.record.date, []).append(one)
    yield from groups.items()
