"""Most of the words where hardly any event has all of them, and what is never left out."""

from __future__ import annotations

from typing import Any

import pytest

from events.models import Event
from events.search.asking import Filters
from events.search.find import Results, facets, histogram, search
from events.search.language import parse
from events.search.widen import FEW
from tests.factories import make_event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def archive(db: None) -> None:
    for day, text in enumerate(
        (
            "A tsunami hits the coast on the day after a feast.",
            "A boxing match ends.",
            "The boxing champion has a quiet day.",
            "A quiet day.",
            "Nothing of the kind in Port Azure.",
            "The tsunami of the coast has a museum.",
        ),
        start=1,
    ):
        make_event(text, date=f"2004-12-{day:02d}", contexts=["Seas"] if "tsunami" in text else [])


def found(said: str, **options: Any) -> Results:
    return search(parse(said), widen=True, **options)


def texts(results: Results) -> dict[str, tuple[str, ...]]:
    said = dict(Event.objects.published().values_list("pk", "text"))
    return {said[hit.event_id]: hit.left_out for hit in results.hits}


def test_as_few_words_as_possible_are_left_out_and_each_hit_says_which() -> None:
    assert search(parse("boxing day tsunami")).hits == []
    assert texts(found("boxing day tsunami")) == {
        "A tsunami hits the coast on the day after a feast.": ("boxing",),
        "The boxing champion has a quiet day.": ("tsunami",),
    }


def test_hits_with_the_rarer_words_come_first() -> None:
    for day in range(1, 20):
        make_event("A sealed box stands on the quay.", date=f"2005-02-{day:02d}")
    make_event("What stands in the story of Port Azure is long, and not told on any one of its days.")
    assert next(iter(texts(found("azure box stands")))).startswith("What stands")


def test_a_word_that_the_archive_does_not_have_is_left_out_first() -> None:
    assert texts(found("xylophone boxing day")) == {"The boxing champion has a quiet day.": ("xylophone",)}
    assert found("xylophone zither").hits == []
    assert found("xylophone").hits == []


def test_what_has_all_the_words_comes_first() -> None:
    results = found("tsunami day")
    assert results.hits[0].left_out == ()
    assert set(texts(results).values()) == {(), ("day",), ("tsunami",)}
    assert len(results.hits) == len({hit.event_id for hit in results.hits}) == 4


def test_where_enough_have_all_the_words_nothing_else_is_found() -> None:
    for day in range(1, FEW + 1):
        make_event(f"Boxing in the tsunami museum {day}.", date=f"2005-01-{day:02d}")
    assert set(texts(found("boxing tsunami")).values()) == {()}
    assert len(found("boxing tsunami").hits) == FEW
    assert found("boxing tsunami").wider == ()


@pytest.mark.parametrize(
    "said",
    [
        '"boxing day" tsunami*',
        '"boxing tsunami"',
        '"boxing match" "tsunami"',
        "tsunam* boxin*",
        "tsunami context:nobody",
        "tsunami before:2003",
        "boxing -boxing",
        "match -ends",
    ],
)
def test_phrases_prefixes_fields_and_what_must_not_be_are_never_left_out(said: str) -> None:
    assert found(said).hits == []


def test_what_else_is_asked_holds_for_the_wider_hits_too() -> None:
    assert texts(found("boxing tsunami match -champion")) == {"A boxing match ends.": ("tsunami",)}
    assert set(texts(found('boxing day "tsunami hits"'))) == {
        "A tsunami hits the coast on the day after a feast."
    }
    assert set(texts(found("boxing museum context:seas"))) == {"The tsunami of the coast has a museum."}
    assert found("boxing match tsunami", filters=Filters(editions=("zh",))).hits == []


def test_a_phrase_is_found_without_the_words_beside_it() -> None:
    wanted = "A tsunami hits the coast on the day after a feast."
    assert texts(found('"tsunami hits" xylophone')) == {wanted: ("xylophone",)}
    results = found('"tsunami hits" champion')
    assert texts(results) == {wanted: ("champion",)}
    assert results.hits[0].score > 0
    assert texts(found("tsun* xylophone museum")) == {
        "The tsunami of the coast has a museum.": ("xylophone",)
    }


@pytest.mark.parametrize("order", ["relevance", "date"])
def test_pages_have_every_hit_once(order: Any) -> None:
    whole = found("tsunami day", order=order)
    seen: list[int] = []
    after = None
    for _ in range(10):
        page = found("tsunami day", order=order, limit=1, after=after)
        seen += [hit.event_id for hit in page.hits]
        if (after := page.after) is None:
            break
    assert seen == [hit.event_id for hit in whole.hits]
    if order == "date":
        assert [hit.key for hit in whole.hits] == sorted((hit.key for hit in whole.hits), reverse=True)


def test_facets_and_histogram_count_what_is_shown() -> None:
    query = parse("boxing day tsunami")
    wider = found("boxing day tsunami").wider
    assert histogram(query).count == 0
    assert (histogram(query, wider=wider).count, facets(query, wider=wider).counted) == (2, 2)
    assert [row.name for row in facets(query, wider=wider).values["context"]] == ["Seas"]


def test_a_long_query_asks_a_bounded_number_of_times(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(60):
        found("boxing tsunami museum champion port azure feast coast match kind quiet nothing")
