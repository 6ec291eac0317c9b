"""Lists that are not counted to their end: the more rows, the less an editor pages to the last."""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import Paginator
from django.utils.functional import cached_property

COUNTED_MOST: Final = 10_000
"""Rows are counted up to here; who looks for what lies behind them searches or filters."""


class CountingPaginator(Paginator[Any]):
    """Counts no further than :data:`COUNTED_MOST`, so that a list costs the same however long it is."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, or :data:`COUNTED_MOST` where there are more."""
        rows: Any = self.object_list
        return int(rows.order_by()[:COUNTED_MOST].count())
