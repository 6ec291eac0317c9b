"""The merge that a person finishes: what is settled, and where one must choose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.text import merge
from events.text.merge import Conflict, merge_regions, merge_text


def test_what_one_side_changed_elsewhere_is_settled() -> None:
    regions = merge_regions(
        "Ten people die in a flood near the coast.",
        "Ten people died in a flood near the northern coast.",
        "Twelve people perish in a flood near the coast.",
    )
    assert regions == (
        "Twelve people ",
        Conflict("die", "died", "perish"),
        " in a flood near the northern coast.",
    )


def test_a_clean_merge_is_one_stretch_and_nothing_is_none() -> None:
    assert merge_regions("a b c d", "a b c x", "y b c d") == ("y b c x",)
    assert merge_regions("", "", "") == ()


def test_chinese_is_merged_by_characters() -> None:
    regions = merge_regions("洪水造成十人死亡。", "洪水造成二十人死亡。", "洪水造成三十人死亡。", cjk=True)
    assert regions == ("洪水造成", Conflict("", "二", "三"), "十人死亡。")


def test_too_long_a_text_is_one_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "TOKEN_LIMIT", 3)
    assert merge_regions("a b c", "a b x", "a b y") == (Conflict("a b c", "a b x", "a b y"),)


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=12).map(" ".join)


def sided(regions: tuple[str | Conflict, ...], side: str) -> str:
    return "".join(region if isinstance(region, str) else getattr(region, side) for region in regions)


@given(WORDS, WORDS, WORDS)
def test_regions_agree_with_the_merge_and_are_symmetric(base: str, ours: str, upstream: str) -> None:
    regions = merge_regions(base, ours, upstream)
    conflicts = [region for region in regions if isinstance(region, Conflict)]
    assert bool(conflicts) == (not merge_text(base, ours, upstream).clean)
    swapped = merge_regions(base, upstream, ours)
    assert sided(swapped, "upstream") == sided(regions, "ours")
    assert sided(swapped, "ours") == sided(regions, "upstream")


def test_a_word_moved_to_where_the_other_side_wrote_is_not_lost_by_a_choice() -> None:
    assert merge_regions("b c", "a b c", "c b") == (Conflict("b c", "a b c", "c b"),)


@given(WORDS, WORDS, WORDS)
def test_words_that_both_sides_kept_are_in_either_choice(base: str, ours: str, upstream: str) -> None:
    regions = merge_regions(base, ours, upstream)
    kept = {*base.split()} & {*ours.split()} & {*upstream.split()}
    for side in ("ours", "upstream"):
        assert {word for word in kept if base.split().count(word) == 1} <= {*sided(regions, side).split()}
