"""Keeping what related links are computed from: the features of events, and how rare features are.

Everything here joins the caller's transaction, which no other run of :mod:`events.actions.relate` overlaps.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from django.db.models import F

from events.inserting import insert_values
from events.models import Event, EventFeatures, FeatureCounts, FeaturePosting, RelatedLink
from events.related.features import Features, features_of
from events.related.neighbourhoods import rows_of
from events.related.statistics import Statistics, count_features

_ROWS_AT_ONCE: Final = 400
_COLUMNS: Final = ("event_id", "edition", "day", "category", "terms", "counts")
_INSERT: Final = (
    "INSERT INTO events_eventfeatures "
    "(event_id, edition, day, category, terms, counts, written, last, version, pending)"
)
_POST: Final = "INSERT INTO events_featureposting (term, event_id)"


class _Stand(NamedTuple):
    """What an event's features are made of, and the features."""

    edition: str
    day: int
    category: str
    features: Features

    @property
    def row(self) -> tuple[Any, ...]:
        packed = self.features
        return (self.edition, self.day, self.category, packed.packed_terms, packed.packed_counts)


def refresh_features(edition: str, event_ids: Collection[int]) -> set[int]:
    """Bring the features of these events of *edition* up to date; which of them changed.

    An event that is not published has none. Those that changed are posted by :func:`post_rare`.
    """
    stands = _stands(event_ids)
    rows = EventFeatures.objects.filter(pk__in=event_ids).values_list(*_COLUMNS)
    stored = {row[0]: (row[1], row[2], row[3], bytes(row[4]), bytes(row[5])) for row in rows}
    changed = {pk for pk in {*stands, *stored} if pk not in stands or stands[pk].row != stored.get(pk)}
    gone = changed.intersection(stored)
    _unpost({pk: _unpack(stored[pk][3]) for pk in gone})
    EventFeatures.objects.filter(pk__in=gone).delete()
    come = {pk: stands[pk] for pk in sorted(changed.intersection(stands))}
    insert_values(
        _INSERT,
        [(pk, *stand.row, "\t".join(stand.features.written), 0.0, 0, True) for pk, stand in come.items()],
    )
    FeatureCounts.objects.filter(edition=edition).update(
        present=F("present") + len(come) - len(gone), changes=F("changes") + 1
    )
    return changed


def post_rare(event_ids: Collection[int], statistics: Statistics) -> None:
    """Have the rare features of these events posted as *statistics* has them."""
    waiting = EventFeatures.objects.filter(pk__in=event_ids).exclude(version=statistics.version)
    rows = [
        (pk, version, _unpack(terms)) for pk, version, terms in waiting.values_list("pk", "version", "terms")
    ]
    _unpost({pk: terms for pk, version, terms in rows if version})
    insert_values(_POST, [(term, pk) for pk, _, terms in rows for term in _rare(terms, statistics)])
    waiting.update(version=statistics.version)


def forget_wording(event_ids: Collection[int]) -> None:
    """Leave no word of these events' texts in what is computed; their own links go with it.

    The lists that they stand in are put right by the next run: the events are due.
    """
    EventFeatures.objects.filter(pk__in=event_ids).update(written="")
    RelatedLink.objects.filter(event__in=event_ids).delete()


def count_anew(edition: str) -> None:
    """Count the features of an edition as they are stored now, and keep the counts as its next version."""
    counts = FeatureCounts.objects.get(edition=edition)
    found = count_features(rows_of(edition), counts.version + 1)
    FeatureCounts.objects.filter(edition=edition).update(
        version=found.version, events=found.events, days=found.days, words_mean=found.words_mean,
        names_mean=found.names_mean, present=found.events, terms=found.terms.astype("<i8").tobytes(),
        counts=found.counts.astype("<i4").tobytes(), changes=F("changes") + 1, recount=False,
    )  # fmt: skip


def _stands(event_ids: Collection[int]) -> dict[int, _Stand]:
    """What these events' features are now; those that are not published are missing. Two queries."""
    published = Event.objects.published().filter(pk__in=event_ids)
    contexts: dict[int, list[int]] = {}
    generic: dict[int, list[str]] = {}
    tagged = published.filter(taggings__removed=False, taggings__context__edition=F("edition"))
    names = ("taggings__context_id", "taggings__context__generic", "taggings__context__name")
    for event_id, context_id, is_generic, name in tagged.order_by().values_list("pk", *names):
        if is_generic:
            generic.setdefault(event_id, []).append(name)
        else:
            contexts.setdefault(event_id, []).append(context_id)
    events = published.order_by().values_list("pk", "edition", "date", "category", "text", "lead_id")
    return {
        pk: _Stand(
            edition,
            date.toordinal(),
            category,
            features_of(
                text,
                edition=edition,
                contexts=contexts.get(pk, ()),
                lead=lead,
                not_counting=generic.get(pk, ()),
            ),
        )
        for pk, edition, date, category, text, lead in events
    }


def _unpack(terms: Any) -> list[int]:
    return [int(term) for term in np.frombuffer(bytes(terms), "<i8")]


def _rare(terms: Sequence[int], statistics: Statistics) -> list[int]:
    found = np.array(terms, np.int64)
    return [int(term) for term in found[statistics.is_rare(found)]]


def _unpost(terms: Mapping[int, Sequence[int]]) -> None:
    """Take these events' postings away, found by the key's own order: there is no index by event."""
    wanted = sorted({term for found in terms.values() for term in found})
    for start in range(0, len(wanted), _ROWS_AT_ONCE):
        FeaturePosting.objects.filter(
            term__in=wanted[start : start + _ROWS_AT_ONCE], event_id__in=list(terms)
        ).delete()
