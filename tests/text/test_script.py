"""events/text/script.py: with OpenCC or without, and the same for index and query."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from events.search.words import words_of
from events.text import script


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    script._table.cache_clear()
    yield
    script._table.cache_clear()


class Converter:
    """As OpenCC does it, for one character more than we know and one that becomes two."""

    def __init__(self, config: str) -> None:
        assert config == "t2s"

    def convert(self, text: str) -> str:
        return {"齉": "囔", "龘": "龙龙"}.get(text, text)


def test_without_opencc_the_common_characters_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opencc", None)
    assert script.simplified("國際 G20 齉") == "国际 G20 齉"


def test_with_opencc_its_characters_are_known_besides(monkeypatch: pytest.MonkeyPatch) -> None:
    opencc = ModuleType("opencc")
    opencc.OpenCC = Converter  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "opencc", opencc)
    assert script.simplified("國際 G20 齉") == "国际 G20 囔"
    assert script.simplified("龘") == "龘", "one for one, or places in texts would move"
    assert [word.word for word in words_of("國齉")] == ["国", "囔"]
