"""What of an event is compared: words by stems, names, peoples, contexts; and what does not count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.related.features import (
    CONTEXT,
    FEATURES_MOST,
    KIND_MASK,
    NAME,
    NATION,
    WORD,
    context_term,
    features_of,
    term_of,
    terms_of_name,
)


def said(kind: int, text: str, edition: str = "en") -> set[str]:
    found = features_of(text, edition=edition)
    return {
        written for term, written in zip(found.terms, found.written, strict=True) if term & KIND_MASK == kind
    }


def test_words_count_by_their_stems_without_those_that_say_nothing() -> None:
    one = features_of("The miners were reported striking.", edition="en")
    other = features_of("A miner strikes.", edition="en")
    assert one.terms == other.terms
    assert len(one.terms) == 2


def test_capitals_inside_a_sentence_are_names_and_offices_are_not() -> None:
    text = "Divers say that President Merkel met Ana Prieto. Ferries sail. Angela Merkel agrees."
    assert said(NAME, text) == {"Merkel", "Ana", "Prieto", "Angela"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("in Turkey", "a Turkish ferry"),
        ("the U.S. Senate", "the United States"),
        ("North Korea", "North Koreans"),
    ],
)
def test_a_country_and_its_people_are_one(one: str, other: str) -> None:
    terms = [
        {term for term in features_of(text, edition="en").terms if term & KIND_MASK == NATION}
        for text in (one, other)
    ]
    assert terms[0] == terms[1] != set()


def test_contexts_count_and_the_lead_one_is_told_apart() -> None:
    found = features_of("", edition="en", contexts=[7, 5], lead=7)
    assert dict(zip(found.terms, found.counts, strict=True)) == {context_term(5): 1, context_term(7): 2}
    assert all(term & KIND_MASK == CONTEXT for term in found.terms)


def test_words_of_a_context_that_does_not_count_do_not_count() -> None:
    found = features_of("Voters in Poland strike.", edition="en", not_counting=["Poland"])
    assert not terms_of_name("Poland", "en") & set(found.terms)
    assert term_of(WORD, "strike", "en") in found.terms


def test_chinese_counts_by_pairs_countries_and_latin_names() -> None:
    assert "海峡" in said(WORD, "台灣海峽的渡輪", "zh")
    assert said(NATION, "美国总统访问韓國。", "zh") == {"美国", "韩国"}
    assert features_of("台灣海峽", edition="zh").terms == features_of("台湾海峡", edition="zh").terms
    assert said(NAME, "欧洲的SpaceX公司", "zh") == {"spacex"}


def test_the_same_words_of_two_editions_are_two_features() -> None:
    assert not set(features_of("ferry", edition="en").terms) & set(features_of("ferry", edition="zh").terms)


@given(st.text(max_size=400), st.sampled_from(["en", "zh"]))
def test_any_text_gives_features_in_order_that_can_be_stored(text: str, edition: str) -> None:
    found = features_of(text, edition=edition, contexts=[1])
    assert list(found.terms) == sorted(set(found.terms))
    assert len(found.packed_terms) == 8 * len(found.packed_counts) == 8 * len(found.written)
    assert max(found.terms) < 1 << 63
    assert all("\t" not in written for written in found.written)


def test_a_text_without_end_costs_no_more_than_a_long_one() -> None:
    text = " ".join(
        f"word{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(9_000)
    )
    assert len(features_of(text, edition="en").terms) <= FEATURES_MOST
