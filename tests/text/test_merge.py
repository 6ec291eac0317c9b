"""events/text/merge.py: the laws of the three-way merge, and its edges."""

from __future__ import annotations

import itertools
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.text.merge import TOKEN_LIMIT, merge_items, merge_text
from events.text.tokens import tokenise

WORDS = st.lists(
    st.sampled_from(["the", "a", "big", "cat", "sat", "on", "mat", ",", ".", "3", "30"]), max_size=14
)
SENTENCES = WORDS.map(" ".join)
LONG = " ".join(f"word{number}" for number in range(30))


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, str, str]:
    """A base and two texts grown out of it by a few word edits each."""
    base = draw(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=25))
    sides = []
    for _ in range(2):
        side = list(base)
        for _ in range(draw(st.integers(0, 3))):
            at = draw(st.integers(0, len(side)))
            side[at : at + draw(st.integers(0, 2))] = draw(st.lists(st.sampled_from("abXYZ"), max_size=2))
        sides.append(" ".join(side))
    return " ".join(base), sides[0], sides[1]


@given(st.text(), st.text(), st.booleans())
def test_unchanged_side_yields_to_the_other(base: str, other: str, cjk: bool) -> None:
    for ours, upstream in ((base, other), (other, base), (other, other)):
        merged = merge_text(base, ours, upstream, cjk=cjk)
        assert (merged.text, merged.clean, merged.conflicts) == (other, True, ())


@given(st.one_of(edited(), st.tuples(SENTENCES, SENTENCES, SENTENCES)), st.booleans())
def test_merge_is_symmetric_where_clean(texts: tuple[str, str, str], cjk: bool) -> None:
    base, ours, upstream = texts
    one = merge_text(base, ours, upstream, cjk=cjk)
    other = merge_text(base, upstream, ours, cjk=cjk)
    assert one.clean == other.clean
    if one.clean:
        assert one.text == other.text
    else:
        assert one.text == ours
        assert one.conflicts


@given(edited())
def test_no_edit_of_either_side_is_lost_when_clean(texts: tuple[str, str, str]) -> None:
    base, ours, upstream = texts
    merged = merge_text(base, ours, upstream)
    if merged.clean:
        have = Counter(tokenise(merged.text))
        for side in (ours, upstream):
            added = Counter(tokenise(side)) - Counter(tokenise(base))
            assert not {word: n for word, n in (added - have).items() if not word.isspace()}


@given(edited())
def test_clean_merge_never_puts_words_together_that_neither_side_had_together(
    texts: tuple[str, str, str],
) -> None:
    base, ours, upstream = texts
    merged = merge_text(base, ours, upstream)
    if merged.clean and base not in (ours, upstream):
        pairs = set()
        for side in (ours, upstream):
            words = ["", *side.split(), ""]
            pairs |= set(itertools.pairwise(words))
        words = ["", *merged.text.split(), ""]
        assert set(itertools.pairwise(words)) <= pairs


@pytest.mark.parametrize(
    ("base", "ours", "upstream", "merged"),
    [
        (
            "He called it a cornerstones of European security on Monday.",
            "He called it a cornerstone of European security on Monday.",
            "He called it a cornerstones of European security on Tuesday.",
            "He called it a cornerstone of European security on Tuesday.",
        ),
        (
            "Three people die in a fire in Oslo.",
            "Three people die in a fire in Oslo, Norway.",
            "At least three people die in a fire in Oslo.",
            "At least three people die in a fire in Oslo, Norway.",
        ),
        (
            "Teh cat sat on teh mat.",
            "The cat sat on teh mat.",
            "The cat sat on the mat.",
            "The cat sat on the mat.",
        ),
        ("One  two three four", "One two three four", "One  two three five", "One two three five"),
    ],
)
def test_changes_apart_merge(base: str, ours: str, upstream: str, merged: str) -> None:
    outcome = merge_text(base, ours, upstream)
    assert outcome.clean
    assert outcome.text == merged


@pytest.mark.parametrize(
    ("base", "ours", "upstream"),
    [
        ("killed 1,200 people", "killed 1,300 people", "killed 2,200 people"),
        ("the cat sat", "the black cat sat", "the white cat sat"),
        ("the cat sat", "the old cat sat", "the dog sat"),
        ("He died. She lived.", "He died, she lived.", "He died. Anna lived."),
        ("in the the city", "in the city", "in the old city"),
        ("a very good day", "a very very good day", "one very good day"),
        ("Fire in the old town hall", "Fire", "Fire in the new town hall"),
        (
            "Rain fell. It was cold.",
            "In the north rain fell. It was cold.",
            "Rain fell. It was cold in the north.",
        ),
    ],
)
def test_changes_that_touch_or_repeat_each_other_are_a_conflict(base: str, ours: str, upstream: str) -> None:
    outcome = merge_text(base, ours, upstream)
    assert not outcome.clean
    assert outcome.text == ours
    assert outcome.conflicts


def test_conflict_names_the_place() -> None:
    (conflict,) = merge_text("It was 3 dead there.", "It was 4 dead there.", "It was 5 dead there.").conflicts
    assert (conflict.base, conflict.ours, conflict.upstream) == ("3", "4", "5")


def test_two_places_are_two_conflicts() -> None:
    outcome = merge_text("3 dead and then many words and 9 hurt", "4 dead and then many words and 8 hurt",
                         "5 dead and then many words and 7 hurt")  # fmt: skip
    assert [conflict.base for conflict in outcome.conflicts] == ["3", "9"]


def test_chinese_merges_by_characters() -> None:
    base, ours, upstream = (
        "法国总统访问北京并发表讲话",
        "法国总理访问北京并发表讲话",
        "法国总统访问北京并发表演讲话",
    )
    assert merge_text(base, ours, upstream, cjk=True).text == "法国总理访问北京并发表演讲话"
    assert not merge_text(base, ours, upstream).clean


@pytest.mark.parametrize("cjk", [False, True])
def test_five_thousand_characters_merge_quickly(cjk: bool) -> None:
    unit = "".join(chr(0x4E00 + number * 7 % 900) for number in range(500)) if cjk else LONG + ". "
    base = (unit * 60)[:5_000]
    ours, upstream = "X " + base[5:], base[:-9] + "End."
    started = time.process_time()
    merged = merge_text(base, ours, upstream, cjk=cjk)
    assert time.process_time() - started < 0.5
    assert merged.clean


@pytest.mark.parametrize("unit", ["a ", "word ", "a b "])
def test_hostile_length_is_a_conflict_without_computing(unit: str) -> None:
    base = unit * TOKEN_LIMIT
    started = time.process_time()
    outcome = merge_text(base, "x " + base + "y", "z " + base + "w")
    assert time.process_time() - started < 2
    assert not outcome.clean


def test_hostile_repetition_is_bounded() -> None:
    base = "a b " * 4_000
    started = time.process_time()
    merge_text(base, base.replace("a b a", "a c a"), base.replace("b a b a b", "b d"))
    assert time.process_time() - started < 2


def test_items_merge_by_what_each_side_added_and_removed() -> None:
    assert merge_items(["a", "b", "c"], ["c", "a", "x"], ["a", "b", "y", "c"]) == ["c", "a", "x", "y"]
    assert merge_items(["a", "b"], ["b", "a", "d"], ["b"]) == ["b", "d"]


ITEMS = st.lists(st.sampled_from("abcdef"), unique=True)


@given(ITEMS, ITEMS, ITEMS)
def test_items_keep_the_laws_of_the_merge(base: list[str], ours: list[str], upstream: list[str]) -> None:
    assert merge_items(base, base, upstream) == upstream
    assert merge_items(base, ours, base) == ours
    assert merge_items(base, ours, ours) == ours
    merged = merge_items(base, ours, upstream)
    assert set(merged) == set(merge_items(base, upstream, ours))
    assert len(merged) == len(set(merged))
    assert set(ours) - set(base) <= set(merged)
    assert not (set(base) - set(ours)) & set(merged) - (set(upstream) - set(base))
