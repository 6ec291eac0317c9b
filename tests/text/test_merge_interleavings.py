"""Human edits and rewordings in any order: no human edit is lost (issue 2, "What must be shown", 4)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.text.merge import merge_text

START = "At least nine sailors die as a ferry sinks off Bergen , Norway , in a storm on Monday ."
STEPS = st.lists(
    st.tuples(st.sampled_from(["person", "robot"]), st.integers(0, 30), st.integers(0, 2), st.integers(1, 2)),
    min_size=1,
    max_size=12,
)


def play(steps: list[tuple[str, int, int, int]]) -> None:
    """A person and a robot change the text in turns; a person's words carry a mark of their own."""
    base = ours = upstream = START
    written: set[str] = set()
    for number, (who, place, removed, added) in enumerate(steps):
        words = (ours if who == "person" else upstream).split(" ")
        at = place % (len(words) + 1)
        fresh = [f"{who}{number}word{extra}" for extra in range(added)]
        written -= set(words[at : at + removed]) if who == "person" else set()
        words[at : at + removed] = fresh
        if who == "person":
            ours = " ".join(words)
            written |= set(fresh)
        else:
            upstream = " ".join(words)
        merged = merge_text(base, ours, upstream)
        mirrored = merge_text(base, upstream, ours)
        assert merged.clean == mirrored.clean
        if merged.clean:
            assert merged.text == mirrored.text
            ours, base = merged.text, upstream
        else:
            assert merged.text == ours
        assert written <= set(ours.split(" "))


@given(STEPS)
@settings(max_examples=300, deadline=None)
def test_no_human_edit_is_lost(steps: list[tuple[str, int, int, int]]) -> None:
    play(steps)


@pytest.mark.slow
@given(STEPS)
@settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_human_edit_is_lost_in_ten_thousand_interleavings(steps: list[tuple[str, int, int, int]]) -> None:
    play(steps)
