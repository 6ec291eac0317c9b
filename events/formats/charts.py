"""Charts as shapes (layer 5): where each bar stands, so that a template can draw it as SVG.

Every bar is a link with a title; the table that tells the same is made of the same points
(architecture.md, decision 9). Lengths are in the units of the SVG's own view box.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

_GAP: Final = 0.2
"""The share of a bar's step that stays empty."""
_LEAST: Final = 1.5
"""What a bar with a value measures at least: one event among thousands must be seen."""
_LABELS_MOST: Final = 12
_BARS_MOST: Final = 60
_TICKS_MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Point:
    """A value with its label, what its bar says of itself, and where it leads ("" for nowhere)."""

    label: str
    value: int
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A point with its place. ``middle``: where its label stands, if there is room (``labelled``)."""

    point: Point
    x: float
    y: float
    width: float
    height: float
    middle: float
    labelled: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A round value of the scale, and the height at which it stands."""

    value: int
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars within ``width`` × ``height``; ``most`` is the greatest value, at the top of the scale."""

    name: str
    bars: tuple[Bar, ...]
    width: int
    height: int
    most: int
    ticks: tuple[Tick, ...]

    @property
    def points(self) -> list[Point]:
        """What the table beside the chart lists."""
        return [bar.point for bar in self.bars]


def spans(years: Mapping[int, int]) -> list[tuple[int, int, int]]:
    """The counts of *years*, which have no gaps, as first year, last year and count of each bar.

    Of more than :data:`_BARS_MOST` years ten stand together, or a hundred: an archive grows by years too.
    """
    together = next((number for number in (1, 10, 100) if len(years) <= number * _BARS_MOST), 1000)
    found = []
    for _, group in groupby(sorted(years.items()), key=lambda one: one[0] // together):
        of_span = list(group)
        found.append((of_span[0][0], of_span[-1][0], sum(number for _, number in of_span)))
    return found


def columns(
    name: str, points: Sequence[Point], *, width: int = 640, height: int = 120, labels: int = _LABELS_MOST
) -> Chart:
    """Upright bars from left to right: a course of time. With many points only some bear one of *labels*."""
    most = max((point.value for point in points), default=0)
    step = width / max(1, len(points))
    every = -(-len(points) // labels)
    bars = []
    for at, point in enumerate(points):
        tall = _length(point.value, most, height)
        bars.append(
            Bar(
                point=point, x=round(at * step + step * _GAP / 2, 2), y=round(height - tall, 2),
                width=round(step * (1 - _GAP), 2), height=round(tall, 2),
                middle=round((at + 0.5) * step, 2), labelled=at % max(1, every) == 0,
            )
        )  # fmt: skip
    return Chart(name, tuple(bars), width, height, most, _ticks(most, height))


def _ticks(most: int, height: int) -> tuple[Tick, ...]:
    """At most three round values up to *most*, apart by 1, 2 or 5 times a power of ten; none for 1."""
    if most < 2:
        return ()
    step = 1
    while most // step > _TICKS_MOST:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return tuple(
        Tick(value, round(height - value / most * height, 2)) for value in range(step, most + 1, step)
    )


def _length(value: int, most: int, room: float) -> float:
    return max(_LEAST, value / most * room) if value > 0 else 0.0
