"""The query language reads anything, and says what it read."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.search.find import facets, histogram, search
from events.search.highlight import highlight
from events.search.language import ITEMS_MAX, QUERY_MAX, Field, Terms, parse
from events.search.suggest import did_you_mean, suggest
from tests.factories import make_event

SIGNS = [
    "OR", "AND", "NOT", "NEAR", "NEAR(", "-", "--", '"', '""', "*", "**", "(", ")", ":", "^", "+", "|", "&",
    "!", "<->", "context:", "publisher:", "after:", "before:", "category:", "words:", "labels:", "'", "''",
    ";", "\\", "%", "%s", "?", "{", "}", "\0", "\ud800", "\ue000", "\u200b", "é", "ß", "北京", "ﷺ", "a",
    "treaty", "after:9999", "before:0000", "after:2004-13", "after:2004-02-30", 'context:"', "-context:x",
    "\n", "\t", "𠮷", "ﬁ", "½", "\u093c", "e\u0301", "x" * 500,
]  # fmt: skip


@pytest.mark.django_db
def test_no_query_is_an_error() -> None:
    make_event("A treaty of 北京.", contexts=["Treaty"])
    chance = random.Random(20040209)
    for number in range(2000):
        said = (" " if number % 2 else "").join(chance.choices(SIGNS, k=chance.randint(1, 9)))
        query = parse(said)
        for order in ("relevance", "date"):
            search(query, order=order, widen=number % 3 > 0)  # type: ignore[arg-type]
        if number % 10 == 0:
            facets(query)
            histogram(query)
            did_you_mean(query)
            suggest(said)
        assert "".join(part.text for part in highlight("A treaty of 北京.", query)) == "A treaty of 北京."


@given(st.text(st.characters(), max_size=600), st.text(max_size=300))
def test_any_text_is_read_and_marked_whole(said: str, text: str) -> None:
    query = parse(said)
    assert sum(len(clause) for clause in query.clauses) <= ITEMS_MAX
    assert "".join(part.text for part in highlight(text, query, length=None)) == text


def test_what_is_read() -> None:
    query = parse('red -"green pear" context:"The Talks" OR appl* after:2004-02 before:2005')
    assert query.clauses == (
        (Terms(("red",), said="red"),),
        (Terms(("green", "pear"), exact=True, negated=True),),
        (Field("context", "The Talks"), Terms(("appl",), prefix=True)),
    )
    assert (str(query.first), str(query.until)) == ("2004-02-01", "2005-01-01")
    assert not query.cut


def test_a_long_query_is_cut_and_says_so() -> None:
    assert parse("a " * QUERY_MAX).cut
    assert len(parse("a " * QUERY_MAX).clauses) == ITEMS_MAX
