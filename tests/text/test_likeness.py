"""events/text/likeness.py: names that mean the same, and names that only look so."""

from __future__ import annotations

import pytest

from events.text.hanzi import one_country
from events.text.likeness import Name, likely_same


def reason(one: str, other: str, counts: tuple[int, int] = (20, 1), *more: str) -> str:
    names = [Name(number, name) for number, name in enumerate((one, other, *more), start=1)]
    found = [
        like.reason
        for like in likely_same(names, count=dict(enumerate(counts, start=1)))
        if (like.one, like.other) == (1, 2)
    ]
    assert len(found) <= 1
    return found[0] if found else ""


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("俄羅斯", "俄罗斯", "script"),
        ("賓拉登", "賓·拉登", "form"),
        ("Libyan Civil War", "Libyan civil war", "form"),
        ("Israeli–Palestinian conflict", "Israeli-Palestinian Conflict", "form"),
        ("2015 Burkinabé coup d'état", "2015 Burkinabe coup d’etat", "form"),
        ("The Gambia", "Gambia", "form"),
        ("Mercury", "Mercury (disambiguation)", "disambiguation"),
        ("韩国国防部", "大韓民國國防部", "country"),
        ("Iran's nuclear program", "Nuclear program of Iran", "words"),
        ("2015 Sousse attacks", "2015 Sousse attack", "words"),
        ("Muammar Gaddafi", "Muammar Gadafi", "spelling"),
        ("Fukushima", "Fukishima", "spelling"),
        ("特蕾莎·梅伊克", "特蕾莎·梅依克", "spelling"),
    ],
)
def test_one_thing_under_two_names(one: str, other: str, expected: str) -> None:
    assert reason(one, other) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Iran", "Iraq"),
        ("MARS", "Mars"),
        ("科學", "《科学》"),
        ("中共", "中国"),
        ("2014 elections in Peru", "2015 elections in Peru"),
        ("Men's basketball league", "Women's basketball league"),
        ("Northern Cyprus", "Southern Cyprus"),
        ("印度总理", "印度总统"),
        ("1.5 million club", "15 million club"),
        ("C", "C#"),
        ("Mercury (planet)", "Mercury (element)"),
    ],
)
def test_two_things_whose_names_look_alike(one: str, other: str) -> None:
    assert reason(one, other) == ""


def test_two_names_that_both_stand_often_are_two_things() -> None:
    assert reason("Sudanese Army Corps", "Sudanise Army Corps", (60, 2)) == "spelling"
    assert reason("Sudanese Army Corps", "Sudanise Army Corps", (60, 30)) == ""
    assert reason("Sudanese Army Corps", "Sudanise Army Corps", (4, 2)) == ""
    assert reason("巴拉克·奥巴马", "贝拉克·奥巴马", (27, 15)) == "spelling"


def test_words_that_stand_in_several_names_are_not_misspelt() -> None:
    alike = ("Martin Schulte", "Martin Schulze", (20, 1))
    assert reason(*alike) == "spelling"
    assert reason(*alike, "Erika Schulte", "Otto Schulze") == ""


def test_an_alias_counts_where_it_is_the_same_and_not_where_it_is_like() -> None:
    names = [
        Name(1, "Ministry of Defence"),
        Name(1, "Def-Min", own=False),
        Name(2, "Def Min"),
        Name(3, "Def Mins"),
    ]
    assert [(like.one, like.other, like.reason, like.names) for like in likely_same(names, count={})] == [
        (1, 2, "alias", ("Def-Min", "Def Min"))
    ]


def test_of_many_each_is_paired_with_the_most_frequent() -> None:
    names = [Name(1, "Sinai Insurgency"), Name(2, "Sinai insurgency"), Name(3, "SINAI INSURGENCY")]
    found = likely_same(names, count={2: 38, 1: 3, 3: 1})
    assert [(like.one, like.other) for like in found] == [(1, 2), (2, 3)]


def test_a_country_has_one_name() -> None:
    assert one_country("北韓領導人") == one_country("朝鲜领导人") == "朝鲜领导人"
    assert one_country("中华民国") != one_country("台湾")


def test_thirteen_thousand_names_are_compared_without_comparing_all_pairs() -> None:
    names = [
        Name(number, f"Treaty {number // 26} of {chr(65 + number % 26)}burg") for number in range(13_000)
    ]
    assert likely_same(names, count={}) == []
