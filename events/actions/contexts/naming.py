"""From names to contexts, many at once: what harvests and forms call contexts by.

A name is a context's own name, or an alias of one; a merged context leads to the one it was
merged into. ``context_merge.merge_contexts`` keeps those chains one step long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Final

from events.actions.holding import held
from events.models import Alias, Context
from events.models.context import NAME_MAX
from events.slugs import RESERVED, SLUG_MAX, free_slug, make_slug
from events.text.normalise import published
from events.vocabulary import ChangeKind

if TYPE_CHECKING:
    from events.actions.recording import Recording

_AT_ONCE: Final = 5_000
_ATTEMPTS: Final = 5


def context_name(said: str) -> str:
    """A context's name as it is stored: outer blanks off, inner runs of blanks one, cut to what fits."""
    return " ".join(published(said).split())[:NAME_MAX].rstrip()


def contexts_for(
    edition: str, names: Collection[str], *, trace: Recording, beside: Collection[int] = ()
) -> dict[str, Context]:
    """The context that each of *names* means in *edition*, by the name as given, for rows that will name it.

    A name that nobody knows becomes a new context, recorded in *trace*; one of nothing but blanks is
    missing from the answer. None of them is deleted or merged before the transaction ends. *beside*: ids
    of contexts that are held together with them (``rows.lock_contexts_with`` says why). Two queries at
    most where all names are known, on PostgreSQL one more; a few more where some are new.
    """
    wanted = {said: context_name(said) for said in names}
    stored = sorted({name for name in wanted.values() if name})
    known = hold_contexts(edition, stored, beside=beside)
    for _attempt in range(_ATTEMPTS):
        missing = [name for name in stored if name not in known]
        if not missing:
            break
        known.update(_create(edition, missing, trace))
    else:
        raise RuntimeError(f"Contexts could not be created, their slugs were taken: {missing[:3]}")
    return {said: known[name] for said, name in wanted.items() if name in known}


def hold_contexts(
    edition: str, names: Collection[str], *, beside: Collection[int] = ()
) -> dict[str, Context]:
    """As :func:`find_contexts`, for rows that will name them: they stay as they are until the commit."""
    for _attempt in range(_ATTEMPTS):
        found = find_contexts(edition, names)
        ids = {context.pk for context in found.values()}
        if ids <= held(Context.objects.standing(), ids.union(beside)):
            return found
    raise RuntimeError(f"Contexts were deleted or merged again and again: {list(names)[:3]}")


def find_contexts(edition: str, names: Collection[str]) -> dict[str, Context]:
    """The contexts that bear these names or aliases as stored; at most two queries."""
    found: dict[str, Context] = {}
    for chunk in _chunks(names):
        for context in (
            Context.objects.of_edition(edition).filter(name__in=chunk).select_related("merged_into")
        ):
            found[context.name] = context.merged_into or context
    for chunk in _chunks([name for name in names if name not in found]):
        aliases = Alias.objects.filter(edition=edition, name__in=chunk)
        for alias in aliases.select_related("context__merged_into"):
            found[alias.name] = alias.context.merged_into or alias.context
    return found


def meant_beside(context_id: int, names: Collection[str]) -> set[int]:
    """The ids of the contexts that *names* mean now in the edition of this context."""
    stored = sorted({context_name(name) for name in names} - {""})
    edition = Context.objects.filter(pk=context_id).values_list("edition", flat=True).first()
    return (
        {context.pk for context in find_contexts(edition, stored).values()} if edition and stored else set()
    )


def _create(edition: str, names: list[str], trace: Recording) -> dict[str, Context]:
    """Insert contexts of these names; those that another writer's slug collided with are missing.

    An equal ``created_at`` tells the rows that this transaction inserted from those that
    another writer inserted under the same name in the meantime.
    """
    slugs = _free_slugs(edition, names)
    rows = [
        Context(edition=edition, name=name, slug=slugs[name], created_at=trace.at, updated_at=trace.at)
        for name in names
    ]
    Context.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_AT_ONCE)
    found = hold_contexts(edition, names)
    for name, context in sorted(found.items()):
        if context.created_at == trace.at and context.slug == slugs[name]:
            trace.revise_context(context, ChangeKind.CREATED, {"name": {"old": None, "new": name}})
    return found


def _free_slugs(edition: str, names: list[str]) -> dict[str, str]:
    """A slug for each name that no context of the edition has, and no two names share."""
    wanted = {name: make_slug(name, edition)[: SLUG_MAX - 8] or "context" for name in names}
    uses = Counter(wanted.values())
    contexts = Context.objects.of_edition(edition)
    taken: set[str] = set()
    for chunk in _chunks(uses):
        taken.update(contexts.filter(slug__in=chunk).values_list("slug", flat=True))
    for stem, count in uses.items():
        if count > 1 or stem in taken or stem.lower() in RESERVED:
            taken.update(contexts.filter(slug__startswith=f"{stem}-").values_list("slug", flat=True))
    chosen: dict[str, str] = {}
    for name in names:
        chosen[name] = free_slug(wanted[name], taken.__contains__)
        taken.add(chosen[name])
    return chosen


def _chunks(names: Iterable[str]) -> Iterable[list[str]]:
    ordered = list(names)
    return (ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE))
