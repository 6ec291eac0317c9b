"""Questions to the editorials."""

from __future__ import annotations

from events.filter_fields import DateField, ManyField
from events.filters.vocabulary import (
    DATE_SCHEMA,
    WORD_SCHEMA,
    Vocabulary,
    VocabularyFilter,
    changed_since,
    editions,
)
from events.filters.vocabulary import (
    ids as ids_filter,
)
from events.models import Editorial


class EditorialFilter(Vocabulary):
    """Questions to the editorials. Give it ``Editorial.objects.published()``."""

    date_from = VocabularyFilter(
        DateField, DATE_SCHEMA, "First day of the pieces.", field_name="date", lookup_expr="gte"
    )
    date_to = VocabularyFilter(
        DateField, DATE_SCHEMA, "Last day of the pieces.", field_name="date", lookup_expr="lte"
    )
    changed_since = changed_since()
    author = VocabularyFilter(
        ManyField, WORD_SCHEMA, "Who wrote it; repeated: any of them.", field_name="author", lookup_expr="in"
    )
    edition = editions()
    ids = ids_filter()

    class Meta:
        model = Editorial
        fields: tuple[str, ...] = ()
