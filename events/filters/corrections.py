"""Questions to the ledger of corrections."""

from __future__ import annotations

from events.filter_fields import ChoicesField, DateField, IdsField
from events.filters.vocabulary import (
    DATE_SCHEMA,
    IDS_SCHEMA,
    Vocabulary,
    VocabularyFilter,
    changed_since,
    editions,
    words_schema,
)
from events.models import Revision
from events.vocabulary import Grade


class CorrectionFilter(Vocabulary):
    """Questions to the corrections. Give it ``ledger.public_corrections()``."""

    date_from = VocabularyFilter(
        DateField, DATE_SCHEMA, "First day of the events.", field_name="event_date", lookup_expr="gte"
    )
    date_to = VocabularyFilter(
        DateField, DATE_SCHEMA, "Last day of the events.", field_name="event_date", lookup_expr="lte"
    )
    changed_since = changed_since("at")
    event = VocabularyFilter(
        IdsField, IDS_SCHEMA, "Ids of events, with commas between them.", field_name="event", lookup_expr="in"
    )
    grade = VocabularyFilter(
        ChoicesField, words_schema(Grade.values), "How grave it is; repeated: any of them.",
        field_name="grade", lookup_expr="in", words=Grade.values,
    )  # fmt: skip
    edition = editions("event_edition")

    class Meta:
        model = Revision
        fields: tuple[str, ...] = ()
