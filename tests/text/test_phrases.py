"""events/text/phrases.py: what a new context might be called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.text.phrases import PHRASE_MOST, phrases


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Rebels march on Port Azure.", ["Port Azure"]),
        ("U.S. President Jane Doe meets French Prime Minister Paul Roe.", ["Jane Doe", "Paul Roe"]),
        ("The President of the United States Jane Doe signs.", ["Jane Doe"]),
        ("The Syrian Observatory for Bird Rights reports.", ["Syrian Observatory for Bird Rights"]),
        ("Pope Silvester IV travels with Queen Margot.", ["Pope Silvester IV", "Queen Margot"]),
        ("The Iraqi Foreign Ministry and the United States Senate meet on Monday in March.", []),
        ("France, South Korea and the United Kingdom agree.", []),
        ("Heavy rain falls. Nobody knows.", []),
        ("Floods reach Azuria and the WXYZ headquarters.", ["Azuria", "WXYZ", "Azuria and the WXYZ"]),
        ("Azuria's army leaves New Azuria.", ["New Azuria"]),
        ("Talks on the Treaty of Port Azure end. Envoys go home.", ["Treaty of Port Azure"]),
        ("Jane Doe's envoys and Paul Roe’s house.", ["Jane Doe", "Paul Roe"]),
        ("A pro-Azurian and Azuria-bound ship.", []),
        ("He writes《红楼新梦》and 「蓝港条约」。", ["红楼新梦", "蓝港条约"]),
    ],
)
def test_names_are_told_from_other_capitals(text: str, names: list[str]) -> None:
    assert sorted(phrases(text)) == sorted(names)


@given(st.text(max_size=300))
def test_nothing_raises(text: str) -> None:
    assert all(0 < len(name) <= PHRASE_MOST for name in phrases(text))


NEARLY = "A b. Cd of and the St. Jane Doe's Iraqi President - ’ 《 》 U.S."


@given(st.lists(st.sampled_from(NEARLY.split()), max_size=12))
def test_nothing_raises_for_what_is_nearly_a_name(words: list[str]) -> None:
    assert all(name == name.strip() for name in phrases(" ".join(words)))
