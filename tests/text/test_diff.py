"""events/text/diff.py: exact, and readable."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from events.text.diff import Part, word_diff

TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(["a", "big", " ", "  ", "中", "国", ".", "\n"])).map("".join),
)


@given(TEXTS, TEXTS, st.booleans())
def test_parts_join_back_to_both_texts(old: str, new: str, cjk: bool) -> None:
    parts = word_diff(old, new, cjk=cjk)
    assert "".join(part.text for part in parts if part.op != "insert") == old
    assert "".join(part.text for part in parts if part.op != "delete") == new
    assert all(part.text for part in parts)


@given(st.text())
def test_equal_texts_have_no_change(text: str) -> None:
    assert all(part.op == "equal" for part in word_diff(text, text))


def test_whole_words_are_shown() -> None:
    assert word_diff("a cornerstones of peace", "a cornerstone of peace") == (
        Part("equal", "a "),
        Part("delete", "cornerstones"),
        Part("insert", "cornerstone"),
        Part("equal", " of peace"),
    )


def test_a_rewritten_phrase_is_one_change_and_not_confetti() -> None:
    parts = word_diff("The ship has sunk off the coast.", "The vessel is reported lost off the coast.")
    assert [part.op for part in parts] == ["equal", "delete", "insert", "equal"]


def test_chinese_is_compared_by_characters() -> None:
    parts = word_diff("法国总统访问北京", "法国总理访问北京", cjk=True)
    assert [(part.op, part.text) for part in parts if part.op != "equal"] == [
        ("delete", "统"),
        ("insert", "理"),
    ]


def test_hostile_texts_are_bounded_in_time() -> None:
    old = " ".join(f"a{number * 7919 % 3001}" for number in range(9_000))
    new = " ".join(f"a{number * 104729 % 2999}" for number in range(9_000))
    started = time.process_time()
    parts = word_diff(old, new)
    assert time.process_time() - started < 5
    assert "".join(part.text for part in parts if part.op != "insert") == old
    (long_delete, long_insert) = word_diff("x " * 30_000, "y " * 30_000)
    assert (long_delete.op, long_insert.op) == ("delete", "insert")
