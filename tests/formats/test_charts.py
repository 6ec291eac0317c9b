"""Charts as shapes: bars in their places, and a scale of round values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.formats.charts import Point, columns


def chart(*values: int, labels: int = 12):
    return columns(
        "Events", [Point(str(at), value, "", "") for at, value in enumerate(values)], labels=labels
    )


@pytest.mark.parametrize(
    ("most", "ticks"),
    [(0, []), (1, []), (3, [1, 2, 3]), (9, [5]), (40, [20, 40]), (1234, [500, 1000]), (180, [50, 100, 150])],
)
def test_a_scale_has_round_values(most: int, ticks: list[int]) -> None:
    assert [tick.value for tick in chart(most).ticks] == ticks


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=300))
def test_everything_stands_within_the_chart(values: list[int]) -> None:
    made = chart(*values)
    assert len(made.ticks) <= 3
    assert all(0 <= tick.y <= made.height and tick.value <= max(values) for tick in made.ticks)
    for bar in made.bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= made.width + 0.05
        assert bar.y + bar.height == pytest.approx(made.height, abs=0.05)
        assert (bar.height > 0) == (bar.point.value > 0)


def test_so_many_bars_are_labelled_as_there_is_room_for() -> None:
    assert sum(bar.labelled for bar in chart(*range(1, 36), labels=5).bars) == 5
