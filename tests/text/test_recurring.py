"""events/text/recurring.py: names that recur, without the parts of longer ones; stories first."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from events.text.naming import NameMatcher
from events.text.recurring import Candidate, densest_year, means_a_context, recurring_names


def recurring(texts: Iterable[str], *, known: Iterable[str] = (), step: int = 1) -> list[Candidate]:
    """What recurs in at least three of these texts, each *step* days after the one before."""
    matcher = NameMatcher((name, 1) for name in known)
    return recurring_names(
        ((number, 1 + number * step, text) for number, text in enumerate(texts)),
        known=lambda name: means_a_context(matcher, name),
        count_least=3,
        days_least=2,
    )


def test_a_name_on_several_days_recurs() -> None:
    assert recurring(["He sails to Port Azure."] * 6) == [Candidate("Port Azure", 6, 6, 6, (5, 4, 3, 2, 1))]
    assert recurring(["He sails to Port Azure."] * 2) == []
    assert recurring(["He sails to Port Azure."] * 6, step=0) == []


def test_what_a_context_is_called_is_no_candidate() -> None:
    assert recurring(["He sails to Port Azure."] * 6, known=["Port Azure"]) == []
    assert len(recurring(["He sails to Port Azure."] * 6, known=["Azure"])) == 1


def test_parts_of_longer_names_are_left_out() -> None:
    names = [
        one.name for one in recurring(["A state visit by Jane Margot Doe."] * 4 + ["They greet Doe."] * 4)
    ]
    assert names == ["Jane Margot Doe"]
    names = [one.name for one in recurring(["A visit by Jane Doe."] * 3 + ["They greet Margot Azure."] * 3)]
    assert names == ["Jane Doe", "Margot Azure"]


def test_counts_tell_one_name_with_and_from_two() -> None:
    one = recurring(["In the Peace and Development Council."] * 4)
    assert [found.name for found in one] == ["Peace and Development Council"]
    two = recurring(["He leaves Azuria and Sylvania."] * 3 + ["To Azuria.", "To Sylvania."] * 5)
    assert [found.name for found in two] == ["Azuria", "Sylvania"]


def test_a_story_of_one_year_comes_before_what_is_always_named() -> None:
    always = ["He reads the Daily Azure."] * 8
    story = ["The Azure Affair goes on."] * 5
    rows = [(number, 1 + number * 200, text) for number, text in enumerate(always)]
    rows += [(100 + number, 500 + number, text) for number, text in enumerate(story)]
    found = recurring_names(rows, known=lambda _: False, count_least=3, days_least=2)
    assert [one.name for one in found] == ["Azure Affair", "Daily Azure"]


@given(st.lists(st.integers(1, 3_000)))
def test_the_densest_year_is_as_if_counted_from_every_day(days: list[int]) -> None:
    plain = max((sum(first <= day <= first + 365 for day in days) for first in days), default=0)
    assert densest_year(days) == plain
