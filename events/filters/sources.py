"""Questions to the sources and to their publishers."""

from __future__ import annotations

from events.filter_fields import ManyField, PublishersField, UrlField
from events.filters.vocabulary import (
    WORD_SCHEMA,
    Vocabulary,
    VocabularyFilter,
    changed_since,
)
from events.filters.vocabulary import (
    ids as ids_filter,
)
from events.models import Publisher, Source


class SourceFilter(Vocabulary):
    """Questions to the sources."""

    publisher = VocabularyFilter(
        PublishersField, WORD_SCHEMA, "Its publisher's name; repeated: any of them.",
        field_name="publisher", lookup_expr="in",
    )  # fmt: skip
    url = VocabularyFilter(
        UrlField, {"type": "string", "format": "uri"}, "Its web address, in any form that means the same.",
        field_name="url",
    )  # fmt: skip
    changed_since = changed_since()
    ids = ids_filter()

    class Meta:
        model = Source
        fields: tuple[str, ...] = ()


class PublisherFilter(Vocabulary):
    """Questions to the publishers."""

    name = VocabularyFilter(
        ManyField, WORD_SCHEMA, "Its name; repeated: any of them.", field_name="name", lookup_expr="in"
    )
    host = VocabularyFilter(
        ManyField,
        WORD_SCHEMA,
        "A host under which it publishes, as `bbc.co.uk`; repeated: any of them.",
        field_name="hosts__host",
        distinct=True,
        lookup_expr="in",
    )
    ids = ids_filter()

    class Meta:
        model = Publisher
        fields: tuple[str, ...] = ()
