"""events/text/suspicion.py and figures.py: few alarms, and the right ones."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.text.figures import figures
from events.text.suspicion import suspicion

LONG = "The ministers of twelve countries meet in Oslo and agree on a plan for the northern sea routes."


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (LONG, "The ministers meet.", "shrunk"),
        (LONG, "", "junk"),
        ("A storm hits the coast.", "A storm hits the coast, kills aaaaaaaaaa", "junk"),
        ("A storm hits the coast.", "buy buy buy buy buy now", "junk"),
        ("A storm hits the coast.", "12345 67890 !!! ### 4711", "junk"),
        ("A storm hits Orléans.", "A storm hits OrlÃ©ans.", "junk"),
        ("A storm hits the coast.", "A storm\x00 hits the coast.", "junk"),
        ("A storm hits.", "A storm https://a.example https://b.example www.c.example", "junk"),
        ("A storm hits the coast of Norway.", "A STORM HITS THE COAST OF NORWAY.", "shouting"),
        ("At least 16 people are killed in a fire.", "At least 160 people are killed in a fire.", "figure"),
        ("Sixteen people die in a fire.", "Two hundred people die in a fire.", "figure"),
        ("A quake kills 1,200 people.", "A quake kills 12 people.", "figure"),
        ("A blast kills 12 and injures 30.", "A blast kills 120 and injures 30.", "figure"),
    ],
)
def test_suspicious_rewordings_are_named(old: str, new: str, reason: str) -> None:
    assert suspicion(old, new) == reason


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (LONG, LONG),
        (LONG, "The ministers of twelve countries meet in Oslo."),
        ("A storm hits the coast of Norway.", "A storm hits Norway."),
        ("At least 160 people are killed in a quake.", "At least 207 people are killed in a quake."),
        ("Three people are killed.", "3 people are killed."),
        ("A bomb kills five people.", "A bomb kills five people in a war that has killed 60,000."),
        ("Four people are killed.", "Four people, aged 44 years, are killed in 2019."),
        ("The bank loses 5 million euros.", "The bank loses 500 million euros."),
        ("NATO meets.", "NATO, OPEC and ASEAN meet in the north."),
        ("It was ça, and 'naïve'.", "It was ça, and “naïve”."),
        ("He writes: www.a.example", "He writes: https://a.example"),
    ],
)
def test_usual_rewordings_are_not_suspicious(old: str, new: str) -> None:
    assert suspicion(old, new) is None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("大火造成12人死亡，30人受伤。", "大火造成1.2万人死亡，30人受伤。", "figure"),
        ("大火造成十二人死亡。", "大火造成一百二十人死亡。", "figure"),
        ("大火造成12人死亡，30人受伤。", "大火造成15人死亡，30人受伤。", None),
        ("北方三国的部长在奥斯陆会面，商定了一项关于海上航线的共同计划。", "部长会面。", "shrunk"),
        ("部长会面。", "éƒ¨é•¿ä¼šé¢ã€‚", "junk"),
    ],
)
def test_chinese_rewordings(old: str, new: str, reason: str | None) -> None:
    assert suspicion(old, new, cjk=True) == reason


def test_what_was_wrong_before_is_no_reason() -> None:
    assert suspicion("SHOUTED TEXT ABOUT A STORM IN NORWAY", "SHOUTED TEXT ABOUT A STORM IN SWEDEN") is None


@given(st.text(), st.text(), st.booleans())
def test_any_text_gets_an_answer(old: str, new: str, cjk: bool) -> None:
    assert suspicion(old, new, cjk=cjk) in (None, "shrunk", "figure", "shouting", "junk")
    assert suspicion(old, old, cjk=cjk) is None


def test_hostile_length_is_answered_quickly() -> None:
    started = time.process_time()
    suspicion("5 dead, " * 20_000, "6 dead, " * 20_000)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,200 and 64", [1200, 64]),
        ("sixty-four", [64]),
        ("two hundred and seven", [207]),
        ("three thousand four hundred", [3400]),
        ("2 million", [2_000_000]),
        ("a hundred", [100]),
        ("none", []),
    ],
)
def test_english_figures(text: str, values: list[float]) -> None:
    assert [figure.value for figure in figures(text)] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("三百二十人", [320]),
        ("1.5万人", [15_000]),
        ("二十余人", [20]),
        ("两万三千", [23_000]),
        ("103萬", [1_030_000]),
        ("十五", [15]),
    ],
)
def test_chinese_figures(text: str, values: list[float]) -> None:
    assert [figure.value for figure in figures(text, cjk=True)] == values
