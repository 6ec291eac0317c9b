"""The number that orders events by date and then by id, and still tells both (layer 0).

The full-text index and the events of a context are kept in its order, so that every list is
read from where it begins, at any depth.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

_ID_BITS: Final = 36
_IDS: Final = 1 << _ID_BITS
ID_MOST: Final = _IDS - 1
"""The greatest id of an event that a key can hold; its bits are those of the id."""


KEY_MOST: Final = (1 << 63) - 1
"""Above the key of any event."""


def key_of(date: str, event_id: int) -> int:
    """The key of an event: its ``date`` ("2004-02-09") first, then its ``event_id``.

    Ids have 36 bits of it, which is 68 thousand million. Migration 0006 says the same in SQL.
    """
    return int(date.replace("-", "")) * _IDS + event_id


def event_of(key: int) -> int:
    """The event's id in its key."""
    return key % _IDS


def day_of(key: int) -> int:
    """The event's day in its key, as a number: 20040209."""
    return key // _IDS


def date_of(key: int) -> dt.date:
    """The event's day in its key."""
    number = day_of(key)
    return dt.date(number // 10_000, number // 100 % 100, number % 100)
