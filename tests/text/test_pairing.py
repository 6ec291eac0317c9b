"""events/text/pairing.py: a day's texts and the events known for it, one to one."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from events.text.pairing import pair_day
from events.text.sameness import Verdict
from events.text.story import Story, story

FIRE = "A fire destroys the town hall of Bergen, Norway, killing two people."
FIRE_LATER = "A fire destroys the town hall of Bergen, Norway, killing seven people."
FIRE_LAST = "A fire destroys the old town hall in Bergen, Norway, killing nine people."
VOTE = "Voters in Peru elect a new parliament."


def stories(*texts: str) -> list[Story]:
    return [story(text) for text in texts]


def test_equal_texts_go_first_whatever_else_is_near() -> None:
    pairs = pair_day(stories(FIRE_LATER, FIRE), stories(FIRE, VOTE))
    assert [(pair.new_index, pair.known_index, pair.verdict) for pair in pairs] == [(1, 0, Verdict.SAME)]


def test_reworded_and_new_and_vanished() -> None:
    (pair,) = pair_day(stories("Chad sends troops to the lake.", FIRE_LATER), stories(VOTE, FIRE))
    assert (pair.new_index, pair.known_index, pair.verdict) == (1, 1, Verdict.SAME)


def test_each_event_is_taken_once() -> None:
    pairs = pair_day(stories(FIRE, FIRE, FIRE), stories(FIRE, FIRE))
    assert sorted(pair.known_index for pair in pairs) == [0, 1]
    assert len({pair.new_index for pair in pairs}) == 2


def test_a_rival_nearly_as_good_makes_it_doubtful() -> None:
    (pair,) = pair_day(stories(FIRE), stories(FIRE_LATER, FIRE_LATER + " "))
    assert pair.verdict is Verdict.DOUBTFUL
    assert "a rival is nearly as good" in pair.reasons


def test_a_rival_that_has_somebody_better_is_none() -> None:
    north, south = (
        "Boat Alpha sinks off Bodø with nine men on board.",
        "Boat Omega sinks off Bodø with nine men on board.",
    )
    pairs = pair_day(stories(north + " All live.", south + " All die."), stories(north, south))
    assert [(pair.new_index, pair.known_index, pair.verdict) for pair in pairs] == [
        (0, 0, Verdict.SAME),
        (1, 1, Verdict.SAME),
    ]


def test_blocked_pairs_are_never_made() -> None:
    assert pair_day(stories(FIRE, VOTE), stories(FIRE, VOTE), blocked={(0, 0), (1, 1)}) == []
    (pair,) = pair_day(stories(FIRE), stories(FIRE, FIRE_LAST), blocked={(0, 0)})
    assert pair.known_index == 1


def test_nothing_known_or_nothing_new() -> None:
    assert pair_day([], stories(FIRE)) == []
    assert pair_day(stories(FIRE), []) == []
    assert pair_day(stories(""), stories("")) == []


@given(
    st.lists(st.sampled_from([FIRE, FIRE_LATER, FIRE_LAST, VOTE])),
    st.lists(st.sampled_from([FIRE, FIRE_LATER, FIRE_LAST, VOTE])),
)
def test_assignment_is_one_to_one(new: list[str], known: list[str]) -> None:
    pairs = pair_day(stories(*new), stories(*known))
    assert len({pair.new_index for pair in pairs}) == len(pairs) == len({pair.known_index for pair in pairs})
    assert [pair.new_index for pair in pairs] == sorted(pair.new_index for pair in pairs)


def test_a_large_day_costs_milliseconds() -> None:
    texts = [
        f"Town{number} in Norway opens a new bridge{number} over the river{number}." for number in range(60)
    ]
    new, known = stories(*(text + " It cost nine million." for text in texts)), stories(*texts)
    started = time.process_time()
    pairs = pair_day(new, known)
    assert time.process_time() - started < 0.5
    assert all(pair.new_index == pair.known_index for pair in pairs)
