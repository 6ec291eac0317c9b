"""Events with all that may be related to them, read from what is stored (layer 3, reads only).

Everything is read anew for each :class:`Neighbourhood`: one lives as long as one step of work.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from events.models import BannedReason, EventFeatures, FeatureCounts, FeaturePosting
from events.related.features import context_term, terms_of_name
from events.related.picking import Link, Picker
from events.related.rankings import Ranking
from events.related.rows import Row, Rows
from events.related.scoring import Scorer
from events.related.statistics import NOTHING_COUNTED, Statistics

BLOCK: Final = 500
"""So many events are looked at together: those near in time have mostly the same neighbours."""
WHOLE_MOST: Final = 150_000
"""An edition of more events is not read at once: each thousand takes some 2 MB."""
_IDS_AT_ONCE: Final = 900
_COLUMNS: Final = ("event_id", "day", "category", "terms", "counts")
_ROUNDING: Final = 1e-4
Ints = npt.NDArray[np.int64]


def statistics_of(edition: str) -> tuple[Statistics, int]:
    """The edition's counts, and how often what links are computed from has changed. One query."""
    counts = FeatureCounts.objects.filter(edition=edition).first()
    if counts is None:
        return NOTHING_COUNTED, 0
    return unpacked(counts), counts.changes


def changes_of(edition: str) -> int:
    """How often what links are computed from has changed. One query."""
    found = FeatureCounts.objects.filter(edition=edition).values_list("changes", flat=True).first()
    return found or 0


def unpacked(counts: FeatureCounts) -> Statistics:
    """A stored row as it is computed with."""
    return Statistics(
        counts.version, counts.events, counts.days, counts.words_mean, counts.names_mean,
        np.frombuffer(bytes(counts.terms), "<i8").astype(np.int64, copy=False),
        np.frombuffer(bytes(counts.counts), "<i4").astype(np.int64),
    )  # fmt: skip


def rows_of(edition: str, at_once: int = 20_000) -> Iterator[Rows]:
    """All events of an edition that have features, part by part in the order of their ids."""
    for part in _all_rows(edition, at_once):
        yield Rows.of(part)


class Neighbourhood:
    """Events of one edition that may be related to some of them, all of whose candidates are here.

    Events that have no features (not public, or not looked at yet) have no links.
    """

    def __init__(self, edition: str, rows: Collection[Row], statistics: Statistics, ranking: Ranking) -> None:
        self._edition = edition
        self._rows = Rows.of(rows)
        self._scorer = Scorer(self._rows, statistics, ranking)

    @classmethod
    def around(
        cls, edition: str, event_ids: Collection[int], statistics: Statistics, ranking: Ranking
    ) -> Neighbourhood:
        """These events and all their candidates: about two queries, and one for each thousand of them."""
        own = _by_ids(event_ids)
        rows = dict(own)
        for first, last in _spans(own.values(), statistics.window):
            near = EventFeatures.objects.filter(edition=edition, day__gte=first, day__lte=last)
            found = near.order_by().values_list(*_COLUMNS).iterator(20_000)
            rows |= {row[0]: _row(*row) for row in found}
        rows |= _far(own.values(), rows, statistics)
        return cls(edition, rows.values(), statistics, ranking)

    def links(self, event_ids: Collection[int], most: int | None = None) -> dict[int, list[Link]]:
        """The links of each of these, best first; what editors banned as a reason of one brings it none.

        About two queries. Events that have no features are left out.
        """
        written = _written(sorted(self._rows.among(event_ids)))
        bans = _banned(sorted(written), self._edition)
        picker = Picker(self._scorer)
        found = {}
        for event_id, said in written.items():
            place = self._rows.place_of(event_id)
            terms = self._rows.terms[self._rows.features_at(place)].tolist()
            words = dict(zip(terms, said.split("\t"), strict=False))
            found[event_id] = picker.links(place, words, bans.get(event_id, frozenset()), most)
        return found

    def ranked(self, event_ids: Collection[int], most: int) -> dict[int, list[int]]:
        """The events that rank best for each, those that tell the same again among them."""
        picker = Picker(self._scorer)
        return {
            event_id: [
                int(self._rows.ids[at]) for at, _ in picker.ranked(self._rows.place_of(event_id), most=most)
            ]
            for event_id in sorted(self._rows.among(event_ids))
        }

    def entered(self, event_ids: Collection[int]) -> set[int]:
        """The other events into whose stored lists one of these may belong; never too few."""
        lasts = np.zeros(len(self._rows))
        for ids, last in _lasts(np.sort(self._rows.ids)):
            lasts[self._rows.places_of(np.array(ids, np.int64))] = last
        entered: set[int] = set()
        for event_id in self._rows.among(event_ids):
            found = self._scorer.of(self._rows.place_of(event_id))
            enters = found.worthy & (found.scores + _ROUNDING >= lasts[found.places])
            entered.update(self._rows.ids[found.places[enters]].tolist())
        return entered


def whole(edition: str, statistics: Statistics, ranking: Ranking) -> Neighbourhood | None:
    """All events of the edition, read once for all that is asked; ``None`` where they are too many."""
    if EventFeatures.objects.filter(edition=edition).count() > WHOLE_MOST:
        return None
    rows = [row for part in _all_rows(edition, 20_000) for row in part]
    return Neighbourhood(edition, rows, statistics, ranking)


def links_of(event_id: int, ranking: Ranking, most: int | None = None) -> list[Link]:
    """The links of one event as they follow from what is stored now, computed for whoever looks at them."""
    edition = EventFeatures.objects.filter(pk=event_id).values_list("edition", flat=True).first()
    if edition is None:
        return []
    statistics, _ = statistics_of(edition)
    return (
        Neighbourhood.around(edition, [event_id], statistics, ranking)
        .links([event_id], most)
        .get(event_id, [])
    )


def blocks(stands: Iterable[tuple[int, int]], window: int) -> Iterator[list[int]]:
    """Ids of events in parts that are worth being looked at together.

    *stands*: (day, id), ascending. No part spans so much time that it has more neighbours than its
    events would have alone.
    """
    part: list[int] = []
    first = 0
    for day, event_id in stands:
        if part and (len(part) >= BLOCK or day - first > 2 * window):
            yield part
            part = []
        if not part:
            first = day
        part.append(event_id)
    if part:
        yield part


def _all_rows(edition: str, at_once: int) -> Iterator[list[Row]]:
    after = 0
    while True:
        found = EventFeatures.objects.filter(edition=edition, event__gt=after).order_by("event_id")
        rows = [_row(*row) for row in found.values_list(*_COLUMNS)[:at_once]]
        if not rows:
            return
        yield rows
        after = rows[-1].event_id


def _far(own: Iterable[Row], near: Mapping[int, Row], statistics: Statistics) -> dict[int, Row]:
    """The events that share a rare feature with one of *own*, without those *near*."""
    terms = np.unique(np.concatenate([np.empty(0, np.int64), *(_terms(row) for row in own)]))
    ids: set[int] = set()
    for chunk in _chunks(terms[statistics.is_rare(terms)].tolist()):
        found = FeaturePosting.objects.filter(term__in=chunk).order_by()
        ids.update(found.values_list("event_id", flat=True).iterator(20_000))
    return _by_ids(ids.difference(near))


def _row(event_id: int, day: int, category: str, terms: Any, counts: Any) -> Row:
    return Row(event_id, day, category, bytes(terms), bytes(counts))


def _terms(row: Row) -> Ints:
    return np.frombuffer(row.terms, "<i8").astype(np.int64, copy=False)


def _by_ids(event_ids: Collection[int]) -> dict[int, Row]:
    found: dict[int, Row] = {}
    for chunk in _chunks(sorted(event_ids)):
        rows = EventFeatures.objects.filter(pk__in=chunk).order_by().values_list(*_COLUMNS)
        found |= {row[0]: _row(*row) for row in rows}
    return found


def _spans(rows: Collection[Row], window: int) -> list[tuple[int, int]]:
    """From which day to which one the events near these happened; spans that touch are one."""
    spans: list[tuple[int, int]] = []
    for day in sorted({row.day for row in rows}):
        first, last = max(day - window, 0), day + window
        if spans and first <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first, last))
    return spans


def _lasts(event_ids: Ints) -> Iterator[tuple[list[int], list[float]]]:
    for chunk in _chunks(event_ids.tolist()):
        rows = (
            EventFeatures.objects.filter(pk__in=chunk, last__gt=0).order_by().values_list("event_id", "last")
        )
        found = list(rows)
        yield [pk for pk, _ in found], [last for _, last in found]


def _banned(event_ids: Sequence[int], edition: str) -> dict[int, frozenset[int]]:
    """By event what is no reason for its links: the contexts banned there, and the words of their names."""
    banned: dict[int, set[int]] = {}
    for chunk in _chunks(event_ids):
        rows = BannedReason.objects.filter(event__in=chunk).order_by()
        for event_id, context_id, name in rows.values_list("event_id", "context_id", "context__name"):
            banned.setdefault(event_id, set()).update(
                {context_term(context_id)}, terms_of_name(name, edition)
            )
    return {event_id: frozenset(terms) for event_id, terms in banned.items()}


def _written(event_ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for chunk in _chunks(event_ids):
        found.update(EventFeatures.objects.filter(pk__in=chunk).order_by().values_list("event_id", "written"))
    return found


def _chunks(values: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), _IDS_AT_ONCE):
        yield values[start : start + _IDS_AT_ONCE]
