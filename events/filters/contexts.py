"""Questions to the contexts."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from events.filter_fields import ContextsField, ManyField
from events.filters.vocabulary import (
    WORD_SCHEMA,
    Vocabulary,
    VocabularyFilter,
    changed_since,
    editions,
)
from events.filters.vocabulary import (
    ids as ids_filter,
)
from events.models import Context


class ContextFilter(Vocabulary):
    """Questions to the contexts."""

    edition = editions()
    name = VocabularyFilter(
        ManyField, WORD_SCHEMA, "Its name or one of its other names.", method="filter_name"
    )
    slug = VocabularyFilter(
        ManyField, WORD_SCHEMA, "The last part of its address.", field_name="slug", lookup_expr="in"
    )
    broader = VocabularyFilter(
        ContextsField,
        WORD_SCHEMA,
        "The id or slug of a context that it is part of.",
        method="filter_broader",
    )
    changed_since = changed_since()
    ids = ids_filter()

    class Meta:
        model = Context
        fields: tuple[str, ...] = ()

    def filter_name(self, rows: QuerySet[Context], _name: str, value: list[str]) -> QuerySet[Context]:
        """Contexts that have one of these names, or had it before a merge."""
        alias = Context.objects.filter(aliases__name__in=value).values("pk")
        merged = Context.objects.filter(name__in=value, merged_into__isnull=False).values("merged_into")
        return rows.filter(Q(name__in=value) | Q(pk__in=alias) | Q(pk__in=merged))

    def filter_broader(
        self, rows: QuerySet[Context], _name: str, value: list[frozenset[int]]
    ) -> QuerySet[Context]:
        """Contexts one step below any of these."""
        return rows.filter(broader_steps__broader__in=frozenset().union(*value)).distinct()
