"""Questions to the contexts."""

from __future__ import annotations

from django.db.models import QuerySet

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
from events.models import Alias, Broader, Context
from events.vocabulary import EDITIONS


class ContextFilter(Vocabulary):
    """Questions to the contexts."""

    edition = editions()
    name = VocabularyFilter(
        ManyField, WORD_SCHEMA, "Its name or one of its other names.", method="filter_name"
    )
    slug = VocabularyFilter(ManyField, WORD_SCHEMA, "The last part of its address.", method="filter_slug")
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
        # The indices of names begin with the edition. Asked in one query, SQLite looks at every context.
        named = {"edition__in": list(EDITIONS), "name__in": value}
        ids = set(Alias.objects.filter(**named).values_list("context", flat=True))
        for pk, target in Context.objects.filter(**named).values_list("pk", "merged_into"):
            ids.add(target or pk)
        return rows.filter(pk__in=ids)

    def filter_slug(self, rows: QuerySet[Context], _name: str, value: list[str]) -> QuerySet[Context]:
        """Contexts of these slugs, in any edition."""
        return rows.filter(edition__in=list(EDITIONS), slug__in=value)

    def filter_broader(
        self, rows: QuerySet[Context], _name: str, value: list[frozenset[int]]
    ) -> QuerySet[Context]:
        """Contexts one step below any of these."""
        below = Broader.objects.filter(broader__in=frozenset().union(*value))
        return rows.filter(pk__in=below.values("narrower"))
