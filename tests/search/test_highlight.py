"""Highlights are parts of the original text, at the places that were searched."""

from __future__ import annotations

import pytest

from events.search.highlight import highlight
from events.search.language import parse


@pytest.mark.parametrize(
    ("text", "said", "marked"),
    [
        ("Two elections in Zürich.", "zurich election", ["elections", "Zürich"]),
        ("Al-Qaeda’s men, al Qaeda.", "al-qaeda", ["Al", "Qaeda", "al", "Qaeda"]),
        ("俄羅斯與烏克蘭。", "俄罗斯", ["俄羅斯"]),
        ("Trade, free trade and trade free.", '"free trade"', ["free", "trade"]),
        ("A ﬁne day ½ past e\u0301te\u0301.", "fine ete", ["ﬁne", "e\u0301te\u0301"]),
        ("Treaties -and- treaty", "treat* -and", ["Treaties", "treaty"]),
        ("Al-Qaeda and qaeda.", "al-qaed*", ["Al", "Qaeda"]),
        ("Dying men die under skies.", "die sky", ["Dying", "die", "skies"]),
        ("A snake_case treaty51 re-treaty, treaty.", "treaty", ["treaty", "treaty"]),
        ("51-49 in 51 votes", "51 vote", ["51", "51", "votes"]),
        ("Nothing here", "else", []),
    ],
)
def test_what_was_found_is_marked(text: str, said: str, marked: list[str]) -> None:
    parts = highlight(text, parse(said))
    assert [part.text for part in parts if part.found] == marked
    assert "".join(part.text for part in parts) == text


def test_a_long_text_is_cut_around_what_was_found() -> None:
    text = "word " * 200 + "a treaty of peace " + "word " * 200
    parts = highlight(text, parse("treaty peace"))
    assert [part.text for part in parts if part.found] == ["treaty", "peace"]
    assert parts[0].text == parts[-1].text == "…"
    assert "".join(part.text for part in parts[1:-1]) in text
    assert sum(len(part.text) for part in parts) < 320
