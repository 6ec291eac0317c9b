"""What somebody may have meant whose address leads nowhere: days nearby, like addresses, a search."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Any, Final
from urllib.parse import urlencode

from events import queries, timeline
from events.models import Address
from events.public.frame import date_link
from events.public.ready import href, ready
from events.search.language import storable
from events.vocabulary import EDITIONS, State

_DATED: Final = re.compile(
    r"^(?:/[a-z]{2,3})?/news/(\d{4})(?:/(\d{1,2}))?(?:/(\d{1,2}))?(?:/(?P<slug>[^/]*))?(?:/|$)", re.ASCII
)
_SUFFIX: Final = re.compile(r"\.[a-z]{2,5}$", re.ASCII)
_CLOSEST_MOST: Final = 3
_LIKE: Final = 8
"""Letters that an address must share with another to be like it; of Chinese fewer."""
_LIKE_CJK: Final = 3
_SLUGS_READ: Final = 300
_WORDS_MOST: Final = 12


def ways_on(path: str, edition: str) -> dict[str, Any]:
    """What the page "not found" offers for *path*: ``day``, ``nearest`` days, ``closest`` events, ``search``.

    Five queries at most for an address that names a date, none for others. Only what is published.
    """
    match = _DATED.match(path)
    offered: dict[str, Any] = {"search": _search(path, edition)}
    date = _near(match[1], match[2], match[3]) if match else None
    if match is None or date is None:
        return offered
    near = timeline.nearest_days(edition, date)
    offered["nearest"] = [date_link(edition, day) for day in near if day is not None]
    if timeline.day_counts(edition, date, date):
        offered["day"] = date_link(edition, date) if match["slug"] else None
        offered["closest"] = _closest(edition, date, _SUFFIX.sub("", match["slug"] or ""))
    return offered


def _near(year: str, month: str | None, day: str | None) -> dt.date | None:
    """The day meant, or the nearest that its month and year have."""
    number = int(year)
    if not dt.MINYEAR <= number <= dt.MAXYEAR:
        return None
    within = min(max(int(month or 1), 1), 12)
    last = calendar.monthrange(number, within)[1]
    return dt.date(number, within, min(max(int(day or 1), 1), last))


def _closest(edition: str, date: dt.date, slug: str) -> list[dict[str, str]]:
    """The events of that day whose addresses begin most like *slug*."""
    least = _LIKE if slug.isascii() else _LIKE_CJK
    if len(slug) < least:
        return []
    there = Address.objects.filter(edition=edition, date=date, event__state=State.PUBLISHED)
    alike = [
        (_shared(slug, other), event_id)
        for other, event_id in there.values_list("slug", "event")[:_SLUGS_READ]
    ]
    alike.sort(key=lambda row: (-row[0], row[1]))
    ids = dict.fromkeys(event_id for length, event_id in alike if length >= least)
    return [
        {"href": href(event["address"], ".html"), "text": ready(event["text"])}
        for event in queries.documents(list(ids)[:_CLOSEST_MOST])
    ]


def _shared(one: str, other: str) -> int:
    """How many letters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _search(path: str, edition: str) -> dict[str, str] | None:
    """A search for the words of the address's last part."""
    last = _SUFFIX.sub("", storable(path).rstrip("/").rpartition("/")[2])
    words = [word for word in re.split(r"[\W_]+", last) if word and not word.isdigit()][:_WORDS_MOST]
    said = " ".join(words)[:120].strip()
    if len(said) < (_LIKE_CJK if said.isascii() else 1):
        return None
    return {"href": f"{EDITIONS[edition].prefix}/search/?{urlencode({'q': said})}", "words": said}
