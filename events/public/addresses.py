"""What an address means (docs: "Addresses"): the event it leads to, and what its state answers.

The ancestor's addresses, former ones, padded days and cut slugs are all understood here; the
views decide only how to say it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any, Final, NamedTuple

from django.db.models import OuterRef, Q, QuerySet, Subquery

from events.models import Address, Event
from events.prepared import Prepared
from events.slugs import Address as AddressValue
from events.vocabulary import DEFAULT_EDITION, EDITIONS, State

_MERGES_FOLLOWED: Final = 20
_SHORTEST_CUT: Final = 12
"""Letters a cut slug must still have to be guessed at; a Chinese one needs fewer."""
_SHORTEST_CUT_CJK: Final = 4
_LETTERS_OFF: Final = 8


class Place(NamedTuple):
    """Where an address leads: its event's state, and what the event's page is validated by.

    ``date`` and ``slug`` are the address's own, ``current`` says whether it is the event's
    present one. ``version``, ``related_version`` and ``written_at`` are its document's (None:
    none is stored); ``previous`` and ``next`` the nearest days that have events.
    """

    event_id: int
    edition: str
    date: dt.date
    slug: str
    current: bool
    state: str
    merged_into: int | None
    event_date: dt.date
    version: int | None
    related_version: int | None
    written_at: dt.datetime | None
    previous: dt.date | None
    next: dt.date | None

    @property
    def path(self) -> str:
        """The address's public path without suffix, the edition's prefix included."""
        return EDITIONS[self.edition].prefix + AddressValue(self.date, self.slug).path


def read_date(year: str, month: str, day: str) -> dt.date | None:
    """The day that three parts of a path name, padded or not; None for one that no calendar has."""
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def find_place(date: dt.date, slug: str, edition: str | None) -> Place | None:
    """Where this address leads; without an *edition*, the default one's comes before the others'."""
    if edition:
        rows = _in_edition.rows(edition=edition, date=date, slug=slug)
    else:
        rows = _anywhere.rows(date=date, slug=slug)
    found = [Place(*row) for row in rows]
    return min(found, key=lambda place: place.edition != DEFAULT_EDITION, default=None)


def present_place(event_id: int) -> Place | None:
    """The present address of the event with this id."""
    rows = _present.rows(event_id=event_id)
    return Place(*rows[0]) if rows else None


def places_between(edition: str, first: dt.date, last: dt.date) -> list[Place]:
    """Where every address on these days leads, former ones too; one query."""
    rows = _places().filter(edition=edition, date__range=(first, last))
    return [Place(*row) for row in rows.order_by("date", "event_id", "slug")]


def follow(place: Place) -> Place | None:
    """The present address of the event that *place* leads to in the end, merges followed."""
    current: Place | None = place
    for _ in range(_MERGES_FOLLOWED):
        if current is None or (current.current and current.state != State.MERGED):
            return current
        current = present_place(current.merged_into or current.event_id)
    return None


def find_cut(date: dt.date, slug: str, edition: str | None) -> Place | None:
    """The event meant by an address that is off by the last letters of a cut slug.

    The slug must begin the slugs of exactly one event of that day, or go on for a few letters
    after one; drafts and held events do not count, so that nothing says they exist.
    """
    shortest = _SHORTEST_CUT if slug.isascii() else _SHORTEST_CUT_CJK
    if len(slug) < shortest:
        return None
    longer_by = range(1, _LETTERS_OFF + 1)
    stems = [slug[:-letters] for letters in longer_by if len(slug) - letters >= shortest]
    candidates = (
        Address.objects.filter(edition__in=[edition] if edition else list(EDITIONS), date=date)
        .filter(Q(slug__startswith=slug) | Q(slug__in=stems))
        .exclude(event__state__in=[State.DRAFT, State.HELD])
        .values_list("edition", "event_id")
        .distinct()
    )
    by_edition: dict[str, list[int]] = defaultdict(list)
    for code, event_id in candidates[:10]:
        by_edition[code].append(event_id)
    meant = by_edition.get(DEFAULT_EDITION) or [pk for ids in by_edition.values() for pk in ids]
    return present_place(meant[0]) if len(meant) == 1 else None


def _places() -> QuerySet[Address, tuple[Any, ...]]:
    same_edition = Event.objects.published().filter(edition=OuterRef("event__edition"))
    earlier = same_edition.filter(date__lt=OuterRef("event__date")).order_by("-date")
    later = same_edition.filter(date__gt=OuterRef("event__date")).order_by("date")
    return Address.objects.values_list(
        "event_id",
        "edition",
        "date",
        "slug",
        "current",
        "event__state",
        "event__merged_into_id",
        "event__date",
        "event__document__version",
        "event__document__related_version",
        "event__document__written_at",
        Subquery(earlier.values("date")[:1]),
        Subquery(later.values("date")[:1]),
    )


_in_edition: Final = Prepared(
    lambda edition, date, slug: _places().filter(edition=edition, date=date, slug=slug)
)
_anywhere: Final = Prepared(
    lambda date, slug: _places().filter(edition__in=list(EDITIONS), date=date, slug=slug)
)
_present: Final = Prepared(lambda event_id: _places().filter(event_id=event_id, current=True))
