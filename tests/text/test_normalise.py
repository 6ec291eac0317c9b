"""events/text/normalise.py and tokens.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.text.normalise import fold, is_cjk, published
from events.text.tokens import tokenise


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (" A bridge opens. ", "A bridge opens."),
        ("\ufeff\u200bA bridge\u00a0 opens.\u200b \n", "A bridge\u00a0 opens."),
        ("A \u200b bridge", "A \u200b bridge"),
        ("\u3000大桥通车。", "大桥通车。"),
        (" \u200b ", ""),
    ],
)
def test_published_strips_only_the_edges(raw: str, shown: str) -> None:
    assert published(raw) == shown


def test_published_takes_off_every_character_that_counts_as_blank() -> None:
    blank = "".join(char for char in map(chr, range(0x3100)) if char.isspace())
    assert published(f"{blank}A bridge{blank}opens.{blank}") == f"A bridge{blank}opens."


@given(st.text())
def test_published_is_idempotent_and_a_part_of_the_text(text: str) -> None:
    assert published(published(text)) == published(text)
    assert published(text) in text


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("Élysée  Palace", "elysee palace"),
        ("Semi-final", "semi final"),
        ("cease‑fire – talks", "cease fire talks"),
        ("STRASSE Straße", "strasse strasse"),
        ("Łódź, Đà Nẵng, København", "lodz, da nang, kobenhavn"),
        ("Qur’an", "qur'an"),
        ("１２ ﬁres", "12 fires"),
        ("在Go中国", "在 go 中 国"),
        ("zero\u200bwidth", "zerowidth"),
        ("", ""),
    ],
)
def test_fold_makes_what_a_reader_would_type(raw: str, folded: str) -> None:
    assert fold(raw) == folded


@given(st.text())
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_fold_ignores_case(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower())


@pytest.mark.parametrize(
    ("char", "answer"), [("中", True), ("か", True), ("한", True), ("a", False), ("é", False), ("。", False)]
)
def test_is_cjk_knows_the_scripts(char: str, answer: bool) -> None:
    assert is_cjk(char) is answer


@given(st.text(), st.booleans())
def test_tokens_join_back_to_the_text(text: str, cjk: bool) -> None:
    assert "".join(tokenise(text, cjk=cjk)) == text


def test_figures_and_hyphened_words_stay_whole() -> None:
    assert tokenise("Semi-final: 1,200.5 fans") == ["Semi-final", ":", " ", "1,200.5", " ", "fans"]


def test_cjk_characters_are_tokens_of_their_own() -> None:
    assert tokenise("在iPhone上市", cjk=True) == ["在", "iPhone", "上", "市"]
