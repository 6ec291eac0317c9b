"""Contexts by what readers call them: by a whole name, or by how one begins (``models.NameStart``)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db.models import Q, QuerySet

from events.models import Context, NameStart
from events.models.context import START_MAX
from events.search.language import storable
from events.text.beginnings import comparable
from events.vocabulary import EDITIONS

_NAMES_READ: Final = 200
LOOKED_AT: Final = 1_000
PREFIX_MAX: Final = 100


def contexts_called(names: Collection[str]) -> dict[str, list[int]]:
    """The contexts that these names mean, by the name as :func:`comparable` has it; a merged one's target.

    Names, other names and slugs count, in any edition. Of a name that very many longer ones end with,
    :data:`LOOKED_AT` are looked at, those of contexts with short names first. A query for each edition,
    and one.
    """
    wanted = {comparable(name) for name in names} - {""}
    if not wanted:
        return {}
    starts = [name.encode()[:START_MAX] for name in sorted(wanted)]
    ids = _looked_at(NameStart.objects.filter(start__in=starts).order_by("size"), None)
    slugs = {spelling for name in names for spelling in (name, name.lower())}
    asked = Q(pk__in=[pk for _, pk in ids]) | Q(edition__in=list(EDITIONS), slug__in=sorted(slugs))
    rows = Context.objects.filter(asked).order_by()
    found: dict[str, set[int]] = {}
    for pk, target, *known in rows.values_list("pk", "merged_into", "name", "slug", "aliases__name"):
        for name in known:
            if name and (said := comparable(name)) in wanted:
                found.setdefault(said, set()).add(target or pk)
    return {said: sorted(pks) for said, pks in found.items()}


def contexts_named(prefix: str, *, edition: str | None = None, limit: int) -> list[Context]:
    """Standing contexts whose name or other name has a word that begins so, the likeliest first.

    A query for each edition that is asked, and one.
    """
    ids = context_ids_named(prefix, edition=edition)[:_NAMES_READ]
    rows = list(Context.objects.standing().in_bulk(ids).values())
    start = comparable(prefix)
    rows.sort(key=lambda row: (not comparable(row.name).startswith(start), len(row.name), row.name))
    return rows[:limit]


def context_ids_named(prefix: str, *, edition: str | None = None) -> list[int]:
    """Of contexts as :func:`contexts_named` has them, and merged ones, the ids: short names first.

    Of a beginning that very many names have, :data:`LOOKED_AT` names are looked at: the first ones in the
    order of their letters. A query for each edition that is asked.
    """
    start = comparable(storable(prefix)[:PREFIX_MAX]).encode()[:START_MAX]
    if not start:
        return []
    # No byte of a text in UTF-8 is as great as the one added.
    begun = NameStart.objects.filter(start__gte=start, start__lt=start + b"\xff").order_by("start")
    return list(dict.fromkeys(pk for _, pk in sorted(_looked_at(begun, edition))))


def _looked_at(names: QuerySet[NameStart], edition: str | None) -> list[tuple[int, int]]:
    """The first :data:`LOOKED_AT` of *names* in each edition: how long the context's name is, and its id."""
    found: list[tuple[int, int]] = []
    for code in (edition,) if edition is not None else EDITIONS:
        found += names.filter(edition=code).values_list("size", "context")[:LOOKED_AT]
    return found
