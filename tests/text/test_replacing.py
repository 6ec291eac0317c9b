"""events/text/replacing.py: what is found is what was asked for, and no pattern takes for ever."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.text.replacing import FIND_MOST, SECONDS, BadPattern, Finding, Replacer, TooSlow


def replaced(text: str, find: str, put: str, **how: bool) -> str:
    return Replacer(Finding(find, put, **how)).replace(text).text


@pytest.mark.parametrize(
    ("text", "find", "put", "how", "after"),
    [
        ("a cat, a catalogue", "cat", "dog", {}, "a dog, a catalogue"),
        ("a cat, a catalogue", "cat", "dog", {"whole": False}, "a dog, a dogalogue"),
        ("Cat and cat", "cat", "dog", {}, "Cat and dog"),
        ("Cat and cat", "cat", "dog", {"case": False}, "dog and dog"),
        ("俄罗斯总统", "俄罗斯", "俄国", {}, "俄国总统"),
        ("C++ wins", "C++", "Rust", {}, "Rust wins"),
        ("paid $5 (five)", "(five)", r"\1", {}, r"paid $5 \1"),
        ("U.S. and UXSX", "U.S.", "US", {}, "US and UXSX"),
        ("on 5 May", r"(\d+) (\w+)", r"\2 \g<1>", {"expression": True}, "on May 5"),
        ("a  b", r"\s{2,}", " ", {"expression": True, "whole": False}, "a b"),
        ("cats cat", "cat", "dog", {"expression": True}, "cats dog"),
    ],
)
def test_words_are_taken_as_written_and_expressions_as_expressions(
    text: str, find: str, put: str, how: dict[str, bool], after: str
) -> None:
    assert replaced(text, find, put, **how) == after


def test_the_places_are_those_of_the_old_text() -> None:
    found = Replacer(Finding("a", "long")).replace("a b a")
    assert found.places == ((0, 1), (4, 5))


@pytest.mark.parametrize(
    ("finding", "says"),
    [
        (Finding(" ", "x"), "Write what"),
        (Finding("same", "same"), "what was there"),
        (Finding("x" * (FIND_MOST + 1), ""), "More than"),
        (Finding("x", "y" * (FIND_MOST + 1)), "More than"),
        (Finding("(", "", expression=True), "no regular expression"),
        (Finding("x*", "y", expression=True, whole=False), "finds nothing"),
    ],
)
def test_what_means_nothing_is_refused_with_the_reason(finding: Finding, says: str) -> None:
    with pytest.raises(BadPattern, match=says):
        Replacer(finding)


def test_a_template_that_names_no_group_is_refused() -> None:
    with pytest.raises(BadPattern, match="put in"):
        replaced("a cat", "cat", r"\3", expression=True)


def test_an_expression_that_would_take_years_is_stopped() -> None:
    replacer = Replacer(Finding(r"(x+x+)+y", "", expression=True, whole=False))
    started = time.monotonic()
    with pytest.raises(TooSlow):
        replacer.replace("x" * 5_000)
    assert time.monotonic() - started < SECONDS * 20


@given(st.text(max_size=60), st.text(max_size=5))
def test_what_is_not_there_changes_nothing(text: str, find: str) -> None:
    try:
        replacer = Replacer(Finding(find, "\x00", whole=False))
    except BadPattern:
        return
    found = replacer.replace(text)
    assert (found.text == text) is (find not in text)
    assert found.text == text.replace(find, "\x00")
