"""Finding an event to link to, over the whole archive: by words, day, id or address."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from django.utils.dateparse import parse_date

from events.models import Address, Event
from events.search.asking import Filters
from events.search.find import search
from events.search.language import QUERY_MAX, parse, storable
from events.slugs import read_path
from events.vocabulary import EDITIONS

HITS: Final = 10
_DAY: Final = re.compile(r"(?<!\S)\d{4}-\d{2}-\d{2}(?!\S)", re.ASCII)
_ADDRESS: Final = re.compile(rf"(?:{'|'.join(edition.prefix for edition in EDITIONS.values())})/news/\S+")
_ID: Final = re.compile(r"(?:\S*/e/|#)?(\d{1,18})", re.ASCII)


def find_events(said: str) -> list[int]:
    """The ids of the events meant by *said*, the best first; at most :data:`HITS`.

    An address (its path, or the whole URL, or ``/e/ID``) or an id means one event, whatever its state.
    Words are looked for in what is published, the last one as the beginning of a word; a day
    (2004-02-09) among them leaves only its events. At most three queries.
    """
    said = storable(said)[:QUERY_MAX].strip()
    if not said:
        return []
    if (address := _ADDRESS.search(said)) is not None:
        return _at_address(address[0])
    exact = _ID.fullmatch(said)
    own = list(Event.objects.filter(pk=int(exact[1])).values_list("pk", flat=True)) if exact else []
    if exact and not said.isdecimal():
        return own
    day, words = _without_day(said)
    if day is not None and not words:
        of_day = Event.objects.published().on_day(day)
        return list(of_day.values_list("pk", flat=True)[: 5 * HITS])
    going_on = words if words.endswith(('"', "*")) else f"{words}*"
    found = search(parse(going_on), filters=Filters(first=day, last=day), limit=HITS)
    return list(dict.fromkeys([*own, *(hit.event_id for hit in found.hits)]))[:HITS]


def _at_address(path: str) -> list[int]:
    found = read_path(path)
    if found is None:
        return []
    edition, address = found
    rows = Address.objects.filter(date=address.date, slug=address.slug)
    if edition is not None:
        rows = rows.filter(edition=edition)
    return list(rows.order_by("edition").values_list("event_id", flat=True)[:HITS])


def _without_day(said: str) -> tuple[dt.date | None, str]:
    """The first day named in *said*, and the words around it."""
    match = _DAY.search(said)
    try:
        day = parse_date(match[0]) if match else None
    except ValueError:
        day = None
    if match is None or day is None:
        return None, said
    return day, f"{said[: match.start()]} {said[match.end() :]}".strip()
