"""Many events' features side by side, as they are compared (pure, no database)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from events.related.features import KIND_MASK, NAME, NATION, WORD

Ints = npt.NDArray[np.int64]


class Row(NamedTuple):
    """One event as it is stored: eight bytes a term, one a count; *day* counts from the year 1."""

    event_id: int
    day: int
    category: str
    terms: bytes
    counts: bytes


@dataclass(frozen=True)
class Rows:
    """Events in the order of time (of a day by their ids), and their features one after the other."""

    ids: Ints
    days: Ints
    categories: npt.NDArray[np.str_]
    sizes: Ints
    terms: Ints
    counts: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, rows: Collection[Row]) -> Rows:
        """These rows, each event once."""
        ordered = sorted(rows, key=lambda row: (row.day, row.event_id))
        return cls(
            np.array([row.event_id for row in ordered], np.int64),
            np.array([row.day for row in ordered], np.int64),
            np.array([row.category for row in ordered], np.str_),
            np.array([len(row.counts) for row in ordered], np.int64),
            np.frombuffer(b"".join(row.terms for row in ordered), "<i8").astype(np.int64, copy=False),
            np.frombuffer(b"".join(row.counts for row in ordered), np.uint8),
        )

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def kinds(self) -> Ints:
        """The kind of each feature."""
        return self.terms & KIND_MASK

    @cached_property
    def owners(self) -> Ints:
        """For each feature the place of its event."""
        return np.repeat(np.arange(len(self.ids)), self.sizes)

    @cached_property
    def _by_id(self) -> Ints:
        """The places in the order of ids."""
        return np.argsort(self.ids)

    @cached_property
    def starts(self) -> Ints:
        """Where each event's features begin; one more at the end."""
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(self.sizes)])

    @cached_property
    def words(self) -> Ints:
        """How many words each event has."""
        return self._length(self.kinds == WORD)

    @cached_property
    def names(self) -> Ints:
        """How many names each event has, peoples included."""
        return self._length((self.kinds == NAME) | (self.kinds == NATION))

    def place_of(self, event_id: int) -> int:
        """Where an event stands; raises ``KeyError`` where it is not among these."""
        return int(self.places_of(np.array([event_id]))[0])

    def among(self, event_ids: Iterable[int]) -> set[int]:
        """Which of these events are here."""
        return set(event_ids).intersection(self.ids.tolist())

    def places_of(self, event_ids: Ints) -> Ints:
        """Where these events stand; raises ``KeyError`` where one is not among these."""
        if not len(self.ids):
            raise KeyError(event_ids)
        found = np.searchsorted(self.ids, event_ids, sorter=self._by_id)
        places: Ints = self._by_id[np.minimum(found, len(self.ids) - 1)]
        if (self.ids[places] != event_ids).any():
            raise KeyError(event_ids)
        return places

    def features_at(self, place: int) -> slice:
        """Which of the features are those of the event at *place*."""
        return slice(int(self.starts[place]), int(self.starts[place + 1]))

    def _length(self, which: npt.NDArray[np.bool_]) -> Ints:
        found = np.bincount(self.owners[which], self.counts[which], minlength=len(self.ids))
        return found.astype(np.int64)
