"""Pages of long lists: where they end, and that a new row moves few of the ends."""

from __future__ import annotations

import pytest

from events.breaks import page_break

MOST = 40


def pages(keys: list[int]) -> list[list[int]]:
    """The list as readers page through it."""
    found = []
    while len(keys) > MOST:
        shown = page_break(keys[:MOST])
        found.append(keys[:shown])
        keys = keys[shown:]
    return [*found, keys]


def test_every_row_stands_on_one_page_and_no_page_is_longer_than_it_may_be() -> None:
    rows = list(range(2_000, 0, -1))
    found = pages(rows)
    assert [row for page in found for row in page] == rows
    assert {MOST // 2 < len(page) <= MOST for page in found[:-1]} == {True}
    assert [len(pages(rows[:number])) for number in (0, 1, MOST, MOST + 1)] == [1, 1, 1, 2]


@pytest.mark.parametrize("new", [[10_000], list(range(10_012, 10_000, -1))], ids=["one", "twelve"])
@pytest.mark.parametrize("place", [0, 700])
def test_new_rows_leave_nearly_all_pages_as_they_are(new: list[int], place: int) -> None:
    rows = list(range(2_000, 0, -1))
    before = pages(rows)
    after = pages([*rows[:place], *new, *rows[place:]])
    assert len(before) > 60
    assert len([page for page in after if page not in before]) <= 8
