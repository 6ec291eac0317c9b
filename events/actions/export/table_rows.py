"""The public archive as the rows of ``formats.tables``, some hundred things at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from events.actions.export import public
from events.formats.tables import Row, Rows, context_rows, event_rows, pin_row

Progress = Callable[[int, int], None]
"""Told how many things are written, and of how many."""


def table_rows(progress: Progress | None = None) -> Iterator[dict[str, list[Row]]]:
    """The rows of all tables, as ``{table: rows}`` some at a time; to be read inside a snapshot."""
    done, total = 0, 0
    if progress is not None:
        read = (public.contexts, public.sources, public.documents, public.pins, public.editorials)
        total = sum(public.COUNTS[things]() for things in read)
    for count, rows in _batches():
        by_table: dict[str, list[Row]] = defaultdict(list)
        for table, row in rows:
            by_table[table].append(row)
        yield by_table
        done += count
        if progress is not None:
            progress(done, total)


def _batches() -> Iterator[tuple[int, Rows]]:
    """How many things, and their rows."""
    yield 0, (("origins", one) for one in public.origins())
    for heads in _some(public.contexts()):
        yield len(heads), (row for head in heads for row in context_rows(head))
    for heads in _some(public.sources()):
        yield len(heads), (("sources", head) for head in heads)
    for documents, merged in public.documents():
        yield len(documents), (row for document in documents for row in event_rows(document, merged))
    for pins in _some(public.pins()):
        yield len(pins), (("pins", pin_row(pin)) for pin in pins)
    for pieces in _some(public.editorials()):
        yield len(pieces), (("editorials", piece) for piece in pieces)


def _some(things: Iterator[Any]) -> Iterator[list[Any]]:
    while found := list(islice(things, public.AT_ONCE)):
        yield found
