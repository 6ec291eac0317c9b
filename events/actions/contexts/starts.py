"""What contexts are found by while a name is typed (``models.NameStart``): written with their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from events.inserting import insert_rows, new_row
from events.models import Alias, Context, NameStart
from events.models.context import START_MAX
from events.text.beginnings import beginnings

_AT_ONCE: Final = 500
_Start = tuple[bytes, int]


def write_starts(context_ids: Collection[int], *, created: Collection[Context] = ()) -> None:
    """Bring the beginnings of these contexts' names in line with their names; three queries for 500.

    ``created``: contexts that are new and have no other name; they are asked nothing. In the caller's
    transaction.
    """
    new = [_row(context, start) for context in created for start in _starts(context.name, [])]
    for chunk in _chunks(context_ids):
        rows = Context.objects.in_bulk(chunk)
        aliases: dict[int, list[str]] = defaultdict(list)
        for pk, name in Alias.objects.filter(context__in=chunk).values_list("context", "name"):
            aliases[pk].append(name)
        wanted = {pk: _starts(row.name, aliases[pk]) for pk, row in rows.items()}
        gone = []
        for pk, context_id, start, size in NameStart.objects.filter(context__in=chunk).values_list(
            "pk", "context", "start", "size"
        ):
            if (said := (bytes(start), size)) in wanted.get(context_id, ()):
                wanted[context_id].discard(said)
            else:
                gone.append(pk)
        NameStart.objects.filter(pk__in=gone).delete()
        new += [_row(rows[pk], start) for pk, starts in wanted.items() for start in sorted(starts)]
    insert_rows(new)


def write_all_starts() -> None:
    """Make all of them anew where they are not right, some contexts at a time."""
    last = 0
    while ids := list(
        Context.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]
    ):
        write_starts(ids)
        last = ids[-1]


def _starts(name: str, aliases: Iterable[str]) -> set[_Start]:
    """What a context of these names is found by, and how long its own name is."""
    return {
        (start.encode()[:START_MAX], len(name)) for said in (name, *aliases) for start in beginnings(said)
    }


def _row(context: Context, start: _Start) -> NameStart:
    columns = {"context_id": context.pk, "edition": context.edition, "start": start[0], "size": start[1]}
    return new_row(NameStart, columns)


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    return (ordered[at : at + _AT_ONCE] for at in range(0, len(ordered), _AT_ONCE))
