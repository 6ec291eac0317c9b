"""events/text/naming.py: which names are found in a text, and which only look like one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.text.naming import NameMatcher, composed, searchable

NAMES = [
    "Iran", "Iran Air", "Iraq War", "War in Freedonia", "Freedonian Civil War", "Democratic Party",
    "Basketball", "Sailing", "plea", "ISIL", "Obama", "Grammy Award", "São Tomé",
    "Israeli–Palestinian conflict", "2011", "Kovač", "In basketball",
    "Organization of American States", "The Voice",
]  # fmt: skip
MATCHER = NameMatcher((name, number) for number, name in enumerate(NAMES))


def found(text: str, matcher: NameMatcher = MATCHER, names: list[str] = NAMES) -> list[str]:
    return [names[one.target] for one in matcher.find(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Envoys of Iran and others meet.", ["Iran"]),
        ("Iran says no.", ["Iran"]),
        ("Iran's envoys, Iran’s ships (Iran) and “Iran”.", ["Iran"] * 4),
        ("An Iran-backed group; the anti-Iran league.", ["Iran"] * 2),
        ("The Iranian crew lands.", []),
        ("In Tirana, IRAN and iran are written.", []),
        ("The Iran Air crew lands in Iran.", ["Iran Air", "Iran"]),
        ("They fly Iran Cargo and New Iran.", []),
        ("An Iran-Contra hearing.", []),
        ("President Obama visits.", ["Obama"]),
        ("On Monday the O'Obama clan visits.", []),
        ("Veterans of the Iraq War meet in Iran.", ["Iraq War", "Iran"]),
        ("The iraq war, an Iraq war.", []),
        ("The war in Freedonia goes on. War in freedonia.", ["War in Freedonia"]),
        ("The Freedonian civil war ends, the freedonian civil war.", ["Freedonian Civil War"]),
        ("Democratic Party members meet; the Democratic Party wins.", ["Democratic Party"] * 2),
        ("The Liberal Democratic Party wins.", []),
        ("The Institute of Sailing and the New Iraq War.", []),
        ("The State of Iran.", ["Iran"]),
        ("Sailing is slow. Basketball: a final.", []),
        ("The film Sailing opens in a plea for Basketball.", ["Sailing", "Basketball"]),
        ("ISIL fires; ISILs; isil; the ISIL Front.", ["ISIL", "ISIL"]),
        ("Two Grammy Awards and a Grammy Award.", ["Grammy Award"] * 2),
        ("Sao Tome, São Tomé, Sa\u0303o Tome\u0301.", ["São Tomé"] * 3),
        ("An Israeli-Palestinian conflict; Israeli\u2011Palestinian Conflict.", [NAMES[13]] * 2),
        ("In basketball, 2011 was good.", []),
        ("Kovac wins against Kovač.", ["Kovač"] * 2),
        ("The\u00a0Organization of\nAmerican States meets.", ["Organization of American States"]),
        ("A singer wins the Voice. The voice was heard.", []),
        ("A singer wins The Voice.", ["The Voice"]),
        ("", []),
    ],
)  # fmt: skip
def test_names_are_found_where_they_are_names(text: str, names: list[str]) -> None:
    assert found(text) == names


CHINESE = ["爆炸", "總統", "上月", "2010年", "中国", "中国大陆", "日本", "美", "蘇聯", "ISIL", "东京"]
CHINESE_MATCHER = NameMatcher((name, number) for number, name in enumerate(CHINESE))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("日本代表访问中国。", ["日本", "中国"]),
        ("他住在中国大陆。", ["中国大陆"]),
        ("发展中国家代表开会。", []),
        ("今日本市开会。", []),
        ("美军宣布。", []),
        ("上月总统府发生爆炸，2010年", []),
        ("苏联解体，蘇聯解体。", ["蘇聯"] * 2),
        ("據報中國與日本", ["中国", "日本"]),
        ("武装组织ISIL在东京", ["ISIL", "东京"]),
    ],
)
def test_chinese_names_need_no_boundary_but_two_characters(text: str, names: list[str]) -> None:
    assert found(text, CHINESE_MATCHER, CHINESE) == names


def test_what_is_as_written_wins_and_else_what_was_given_first() -> None:
    matcher = NameMatcher([("Freedonian civil war", 1), ("Freedonian Civil War", 2), ("freedonian War", 3)])
    assert matcher.targets("The Freedonian civil war") == {1}
    assert matcher.targets("The Freedonian Civil War") == {2}
    assert matcher.targets("The Freedonian Civil war") == {1}


def test_several_names_lead_to_one_context() -> None:
    matcher = NameMatcher([("Freedonia", 1), ("Land of the Free", 1), ("Sylvania", 2)])
    assert matcher.targets("Freedonia, the Land of the Free, meets Sylvania.") == {1, 2}


def test_without_names_nothing_is_found() -> None:
    assert NameMatcher([]).find("Iran") == []
    assert NameMatcher([("plea", 1), ("A", 2), ("2004–2010", 3)]).find("A plea of 2004–2010") == []


@given(st.lists(st.text(max_size=30), max_size=8), st.text(max_size=200))
def test_nothing_raises_and_nothing_overlaps(names: list[str], text: str) -> None:
    hits = NameMatcher((name, number) for number, name in enumerate(names)).find(text)
    places = [(one.start, one.end) for one in hits]
    assert all(start < end <= len(composed(text)) for start, end in places)
    assert all(left[1] <= right[0] for left, right in pairwise(places))


WORDS = st.lists(
    st.sampled_from(["Iran", "Air", "iran", "the", "Iraq", "War", "New"]), min_size=1, max_size=6
)


@given(WORDS, st.sampled_from([" ", ", ", "-", "", "'s ", ". "]))
def test_a_name_is_never_a_part_of_a_word(words: list[str], between: str) -> None:
    text = between.join(words)
    for one in MATCHER.find(text):
        assert not text[one.end : one.end + 1].isalnum()
        assert one.start == 0 or not text[one.start - 1].isalnum()


@given(WORDS)
def test_the_longest_name_wins(words: list[str]) -> None:
    text = " ".join(words)
    for one in MATCHER.find(text):
        if NAMES[one.target] == "Iran":
            assert text[one.end : one.end + 4] != " Air"


@given(st.text(min_size=1, max_size=40))
def test_a_name_that_is_searched_for_is_found_where_it_stands_alone(name: str) -> None:
    written = " ".join(composed(name).split())
    if searchable(written) and " " not in written and written.isalnum() and written.isascii():
        assert NameMatcher([(name, 7)]).targets(f"said of {written}") == {7}
