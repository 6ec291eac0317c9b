"""What is found, in which order, and what is said of the whole result; on both databases alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from events.actions.contexts.starts import write_starts
from events.keys import event_of
from events.models import Alias, Context, Event
from events.search import asking, backends, find, tsearch
from events.search.asking import Filters
from events.search.find import facets, histogram
from events.search.language import parse
from events.vocabulary import EDITIONS, State
from tests.factories import make_context, make_event

pytestmark = pytest.mark.django_db


def texts(said: str, **options: Any) -> list[str]:
    ids = [hit.event_id for hit in find.search(parse(said), **options).hits]
    found = dict(Event.objects.published().filter(pk__in=ids).values_list("pk", "text"))
    return [found[pk] for pk in ids]


def make(*said: str, **fields: Any) -> None:
    for text in said:
        make_event(text, **fields)


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("Two ELECTIONS in Zürich.", ["election", "ZURICH", "zür*", "Ｚｕｒｉｃｈ", '"elections in"']),
        ("Al-Qaeda’s leader speaks.", ["al-qaeda", "Al Qaeda", "al-qaeda's leaders", "qaeda speaks"]),
        ("The U.S. Senate votes 51-49.", ["u.s. senate", "U.S.", '"51 49"', "vote", "SENATE’S"]),
        ("俄羅斯與烏克蘭在北京會談。", ["俄罗斯", "俄羅斯", "北京", "乌克兰 会谈", "会谈*", "乌克*"]),
        ("巴拉克·奥巴马访问 G20 峰会。", ["巴拉克·奥巴马", "巴拉克奥巴马", "奥巴马", "G20峰会", "g20"]),
        ("서울에서 회담이 열렸다.", ["서울", '"회담"']),
        ("東京タワーで会議。", ["タワー", "ﾀﾜｰ", "東京"]),
    ],
)  # fmt: skip
def test_a_word_is_found_in_every_spelling(text: str, queries: Iterable[str]) -> None:
    make(text, "Nothing of the kind. 完全不同的事。")
    assert {query: texts(query) for query in queries} == {query: [text] for query in queries}


@pytest.mark.parametrize("said", ["京上", "罗斯人", '"senate the"', "elec", "vote -51", "望海"])
def test_what_is_not_there_is_not_found(said: str) -> None:
    make("北京，上海的天。俄罗斯。人们希望。海边。", "The Senate votes 51-49 in an election.")
    assert texts(said) == []


def test_operators() -> None:
    make("Red apples.", "Green apples.", "Red pears.", "Blue plums.")
    assert texts("apples red") == ["Red apples."]
    assert set(texts("apples OR plums")) == {"Red apples.", "Green apples.", "Blue plums."}
    assert set(texts("red OR green apples")) == {"Red apples.", "Green apples."}
    assert texts("apples -red") == ["Green apples."]
    assert set(texts("-apples -blue")) == {"Red pears."}
    assert set(texts("plums OR -red")) == {"Blue plums.", "Green apples."}
    assert texts('"apples red"') == []
    assert set(texts("appl*")) == {"Red apples.", "Green apples."}
    assert texts('"apple"') == [], "a phrase has no other forms"


def test_fields() -> None:
    make_event("First.", date="2004-02-09", contexts=["Nuclear treaty"], category="politics")
    make_event("Second.", date="2005-02-09", citations=[("The Gazette", "https://gazette.example/1", "")])
    context = make_context("Nuclear treaty")
    Alias.objects.create(context=context, edition="en", name="NPT")
    write_starts([context.pk])
    for said in (
        'context:"nuclear TREATY"',
        "context:Nuclear-treaty",
        "context:npt",
        "category:Politics",
        "before:2005",
    ):
        assert texts(said) == ["First."], said
    for said in ('publisher:"the gazette"', "after:2005", "after:2004-02-10", "-context:npt", "-before:2005"):
        assert texts(said) == ["Second."], said
    assert texts("after:2004 before:2005 context:npt OR second") == ["First."]
    assert texts("context:nobody") == []
    assert texts("nuclear") == ["First."], "the names of its contexts are searched, too"


def test_a_context_is_named_whole_in_any_case_and_script_by_name_other_name_or_slug() -> None:
    make_event("First.", contexts=["Łódź"])
    make_event("Second.", contexts=["City of Łódź"])
    merged = make_context("Lodsch")
    Context.objects.filter(pk=merged.pk).update(merged_into=make_context("Łódź"))
    for said in (
        "context:łódź",
        "context:LODZ",
        "context:Lodsch",
        f"context:{make_context('Łódź').slug.upper()}",
    ):
        assert texts(said) == ["First."], said
    assert texts('context:"city of lodz"') == ["Second."]
    assert texts('context:"city of"') == []


def test_filters_narrow_any_query() -> None:
    make_event("Of treaties.", date="2004-02-09", contexts=["A", "B"], category="politics")
    make_event("Treaty news.", date="2004-02-10", contexts=["A"])
    a, b = make_context("A").pk, make_context("B").pk
    both = Filters(contexts=(frozenset({a}), frozenset({b})))
    assert texts("treaty", filters=both) == ["Of treaties."]
    assert len(texts("treaty", filters=Filters(contexts=(frozenset({a, b}),)))) == 2
    assert texts("", filters=Filters(categories=("politics",))) == ["Of treaties."]
    assert texts("treaty", filters=Filters(first=dt.date(2004, 2, 10))) == ["Treaty news."]
    assert texts("treaty", filters=Filters(last=dt.date(2004, 2, 9))) == ["Of treaties."]
    assert texts("treaty", filters=Filters(editions=("zh",))) == []


@pytest.mark.parametrize("state", [state for state in State if state not in {State.PUBLISHED, State.MERGED}])
def test_only_what_is_published_is_found(state: State) -> None:
    make_event("Secret treaty.", state=state)
    assert texts("treaty") == []
    assert facets(parse("treaty")).counted == 0
    assert histogram(parse("treaty")).count == 0


def test_the_better_match_comes_first_and_of_like_ones_the_newer() -> None:
    make_event("Treaty.", date="2000-01-01")
    make_event("Treaty!", date="2010-01-01")
    make_event(
        "A long report on many other things of that day that speaks of a treaty once only.", date="2010-01-01"
    )
    found = texts("treaty")
    assert found[0] == "Treaty!"
    assert found[2].startswith("A long")


def test_the_word_itself_before_other_forms_of_it() -> None:
    make("The organs play now.", "The organ play now.")
    assert texts("organ")[0] == "The organ play now."


def test_pages_by_date_and_by_relevance_have_every_hit_once() -> None:
    for day in range(1, 29):
        make_event(f"Treaty {day}", date=f"2004-02-{day:02d}")
    for order in ("date", "relevance"):
        seen, after = [], None
        while True:
            page = find.search(parse("treaty"), order=order, limit=5, after=after)  # type: ignore[arg-type]
            seen += [hit.event_id for hit in page.hits]
            if (after := page.after) is None:
                break
        assert len(seen) == len(set(seen)) == 28
        if order == "date":
            assert seen == list(Event.objects.newest_first().values_list("pk", flat=True))


def test_facets_and_histogram_are_of_the_whole_result(monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(1, 7):
        make_event(
            f"Treaty {day}", date=f"200{day // 3}-02-09", contexts=["A"] if day % 2 else ["A", "B"],
            citations=[("The Gazette", "", "")], category="politics",
        )  # fmt: skip
    found = facets(parse("treaty"))
    assert [(value.name, value.count) for value in found.values["context"]] == [("A", 6), ("B", 3)]
    assert [(value.value, value.count) for value in found.values["category"]] == [("politics", 6)]
    assert [(value.name, value.count) for value in found.values["publisher"]] == [("The Gazette", 6)]
    assert (found.counted, found.more) == (6, False)
    chart = histogram(parse("treaty"))
    assert (chart.years(), chart.count, chart.more) == ([(2000, 2), (2001, 3), (2002, 1)], 6, False)
    monkeypatch.setattr(find, "FACETED_MOST", 4)
    monkeypatch.setattr(find, "COUNTED_MOST", 4)
    assert (facets(parse("treaty")).counted, facets(parse("treaty")).more) == (4, True)
    chart = histogram(parse("treaty"))
    assert (chart.years(), chart.count, chart.more) == ([(2001, 3), (2002, 1)], 4, True)


@pytest.mark.parametrize(
    "said", ["treaty", "treaty -trade", "treaty OR talks", "treat* talks", '"the treaty"', "-trade"]
)
def test_asking_for_an_edition_changes_no_score(said: str) -> None:
    for number in range(9):
        text = f"{'The treaty ' * (number % 4)}on {'trade' if number % 5 == 0 else 'talks'} {number}."
        make_event(text, date=f"200{number}-02-09", edition="zh" if number % 3 == 0 else "en")
    english = set(Event.objects.filter(edition="en").values_list("pk", flat=True))
    scores = ranked(said, None)
    assert ranked(said, Filters(editions=("en", "zh"))) == pytest.approx(scores)
    found = ranked(said, Filters(editions=("en",)))
    assert found == pytest.approx({pk: score for pk, score in scores.items() if pk in english})
    assert found


def ranked(said: str, filters: Filters | None) -> dict[int, float]:
    """What the database itself says of each event that it finds."""
    asked = asking.ask(parse(said), filters)
    assert asked is not None
    return {event_of(key): score for key, score in backends.current().ranked(asked.tree, asked.span, 40, 0)}


@pytest.mark.parametrize("recent", [0, 2, 4, 9])
def test_what_is_new_is_found_wherever_it_is(monkeypatch: pytest.MonkeyPatch, recent: int) -> None:
    """PostgreSQL looks among the newest first where it thinks that many match; then at all that do."""
    monkeypatch.setattr(tsearch, "_estimate", lambda _asked: 10_000)
    monkeypatch.setattr(tsearch, "_RECENT", recent)
    make("Treaty 1", "Talks 2", "Treaty 3", "Talks 4", "Treaty 5")
    for limit, wanted in (
        (1, ["Treaty 5"]),
        (2, ["Treaty 5", "Treaty 3"]),
        (9, ["Treaty 5", "Treaty 3", "Treaty 1"]),
    ):
        hits = find.search(parse("treaty"), order="date", limit=limit).hits
        assert [Event.objects.get(pk=hit.event_id).text for hit in hits] == wanted


def test_the_number_of_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """PostgreSQL is asked once more: how rare the words are, or how many events it thinks match."""
    make("Treaty 1", "Treaty 2", contexts=["A"])
    make("Treaty 3", "Treaty 4", "Treaty 5", contexts=["B", "C of B", "D of B"])
    rarity = connection.vendor == "postgresql"
    with django_assert_num_queries(2 + rarity):
        find.search(parse("treaty OR talks 1 OR 2"))
    for said, count in (
        ("treaty", 1),
        ("treaty context:A", 2 + len(EDITIONS)),
        ("treaty context:B", 2 + len(EDITIONS)),
    ):
        with django_assert_num_queries(count + rarity):
            find.search(parse(said))
        with django_assert_num_queries(count + rarity):
            find.search(parse(said), order="date")
        with django_assert_num_queries(count):
            histogram(parse(said))
        with django_assert_num_queries(count + 1):
            facets(parse(said))
