"""events/text/sameness.py and story.py: a name speaks against, a figure does not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.text.sameness import SAME_FROM, Verdict, compare
from events.text.story import story

SAME = [
    (
        "At least 160 people are killed in floods in Sind, Pakistan.",
        "At least 207 people are killed in floods in Sind, Pakistan.",
    ),
    (
        "A Russian submarine sinks off the coast of Norway.",
        "A submarine of Russia sinks off the Norwegian coast.",
    ),
    (
        "SOHR says that twelve people died in clashes in Hama, Syria.",
        "The Syrian Observatory for Human Rights says that 15 people died in clashes in Hama, Syria.",
    ),
    ("A U.S. drone crashes near Tartu in Estonia.", "An American drone crashes near Tartu in Estonia."),
    (
        "Three sailors die in a fire in the port of Kiev.",
        "Three sailors are killed in a fire in the port of Kyiv.",
    ),
    (
        "The parliament of Poland votes for a ban on land mines.",
        "Poland's parliament votes to ban land mines.",
    ),
    (
        "A ferry with forty tourists sinks off Zanzibar, Tanzania.",
        "A ferry with forty tourists sinks off Zanzibar, Tanzania. Rescuers search for the crew of nine.",
    ),
]
DIFFERENT = [
    (
        "Voters in Peru go to the polls to elect a president.",
        "Voters in Chad go to the polls to elect a president.",
    ),
    ("Austria closes all its ports to oil tankers.", "Australia closes all its ports to oil tankers."),
    ("A bus crash in Niger kills twenty people.", "A bus crash in Nigeria kills twenty people."),
    ("Anna Berg wins the women's final in Oslo.", "Jan Dahl wins the men's final in Oslo."),
    (
        "The Reds defeat the Blues in the semi-final of the Harbour Cup.",
        "The Reds defeat the Greens in the final of the Harbour Cup.",
    ),
    ("The House of Representatives passes the Harbour Bill.", "The Senate passes the Harbour Bill."),
    (
        "The first round of the election is held in Brazil.",
        "The second round of the election is held in Brazil.",
    ),
    (
        "Ukraine attacks Russia with drones, killing three people.",
        "Russia attacks Ukraine with drones, killing three people.",
    ),
    ("A bomb kills two people in Basra, Iraq.", "A bomb kills two people in Mosul, Iraq."),
    ("Oslo swelters in a record heat of 39 degrees.", "Bergen swelters in a record heat of 39 degrees."),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_rewordings_are_the_same_event(one: str, other: str) -> None:
    assert compare(story(one), story(other)).verdict is Verdict.SAME


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_look_alikes_are_not_the_same_event(one: str, other: str) -> None:
    assert compare(story(one), story(other)).verdict is not Verdict.SAME


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_a_shared_source_proves_nothing(one: str, other: str) -> None:
    live = ["https://news.example/live"]
    assert compare(story(one, sources=live), story(other, sources=live)).verdict is not Verdict.SAME


def test_a_shared_source_helps() -> None:
    one, other = (
        "A storm floods the old harbour of Bergen.",
        "Bergen: the harbour is flooded after a night of storm.",
    )
    alone = compare(story(one), story(other)).score
    assert (
        compare(
            story(one, sources=["https://a.example/"]), story(other, sources=["https://a.example/"])
        ).score
        > alone
    )


def test_reasons_name_the_names() -> None:
    reasons = compare(story(DIFFERENT[0][0]), story(DIFFERENT[0][1])).reasons
    assert "other names: peru / chad" in reasons


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("挪威首相访问奥斯陆港口并发表讲话。", "挪威首相訪問奧斯陸港口並發表講話。", Verdict.SAME),
        (
            "大巴坠入山谷，造成至少12人死亡，多人受伤。",
            "一辆大巴坠入山谷，造成至少十五人死亡，多人受伤。",
            Verdict.SAME,
        ),
        ("秘鲁举行总统选举。", "乍得举行总统选举。", Verdict.DIFFERENT),
        ("德国承认北方海盟。", "法国承认北方海盟。", Verdict.DIFFERENT),
        ("Alpha公司宣布裁员一万人。", "Omega公司宣布裁员一万人。", Verdict.DIFFERENT),
        ("女子单打决赛在奥斯陆举行。", "男子单打决赛在奥斯陆举行。", Verdict.DIFFERENT),
    ],
)
def test_chinese_texts(one: str, other: str, verdict: Verdict) -> None:
    assert compare(story(one, cjk=True), story(other, cjk=True)).verdict is verdict


WORDS = st.lists(
    st.sampled_from(
        [
            "Peru",
            "Chad",
            "Oslo",
            "votes",
            "war",
            "the",
            "in",
            "12",
            "first",
            "second",
            "Minister",
            "UN",
            "U.S.",
        ]
    ),
    max_size=12,
)


@given(st.one_of(st.text(), WORDS.map(" ".join)), st.one_of(st.text(), WORDS.map(" ".join)), st.booleans())
def test_comparing_is_symmetric_and_never_fails(one: str, other: str, cjk: bool) -> None:
    first, second = story(one, cjk=cjk), story(other, cjk=cjk)
    there, back = compare(first, second), compare(second, first)
    assert there.score == pytest.approx(back.score)
    assert 0 <= there.score <= 1
    assert (there.verdict is Verdict.SAME) == (there.score >= SAME_FROM)
    if first.key:
        assert compare(first, first).verdict is Verdict.SAME


def test_obviously_different_pairs_cost_next_to_nothing() -> None:
    stories = [
        story(f"Town{number} opens a bridge number{number} over river{number} today.")
        for number in range(100)
    ]
    started = time.process_time()
    for one in stories:
        for other in stories:
            compare(one, other)
    assert time.process_time() - started < 1


def test_hostile_length_is_bounded() -> None:
    started = time.process_time()
    compare(story("Aa bb, " * 100_000), story("Aa cc, " * 100_000))
    compare(story("大山 " * 100_000, cjk=True), story("大水 " * 100_000, cjk=True))
    assert time.process_time() - started < 5
