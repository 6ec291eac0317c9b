"""Mentions come in the order of the events they name."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from events.harvest.gathering import by_target
from events.harvest.records import Mention, Place
from events.slugs import Address

ADDRESSES = st.builds(
    Address,
    st.dates(dt.date(1000, 1, 1), dt.date(2100, 12, 31)),
    st.text("abc-é俄", min_size=1, max_size=6),
)
MENTIONS = st.builds(
    Mention,
    st.sampled_from(("en", "zh")),
    ADDRESSES,
    st.text(max_size=10),
    st.lists(st.text(min_size=1, max_size=5), max_size=3).map(tuple),
    ADDRESSES,
    st.builds(Place, st.text(max_size=8), st.integers(1, 99)),
)


@given(st.lists(MENTIONS, max_size=12))
def test_nothing_is_lost_and_each_events_mentions_stand_together_in_their_order(said: list[Mention]) -> None:
    assert list(by_target(said)) == sorted(said, key=lambda one: (one.address.date, one.address.slug))
