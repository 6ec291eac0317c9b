"""What a mistyped word is taken for, and contexts and events while a query is typed."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from events.actions.contexts.starts import write_starts
from events.models import Alias
from events.search import names as names_module
from events.search.language import parse
from events.search.suggest import did_you_mean, suggest
from tests.factories import make_context, make_event

pytestmark = pytest.mark.django_db


def names(prefix: str, edition: str | None = None) -> list[str]:
    return [name for _, name, _ in suggest(prefix, edition=edition).contexts]


@pytest.mark.parametrize(
    "typed", ["vhancellor", "hancellor", "xchancellor", "hcancellor", "chancelor", "chacnelor", "cchancellor"]
)
def test_any_letter_may_be_wrong_the_first_one_too(typed: str) -> None:
    make_event("The chancellor of Zürich speaks.")
    assert did_you_mean(parse(typed)) == "chancellor"


@pytest.mark.parametrize("typed", ["chancellor", "xhancelor", "counsellor", "vhan", '"vhancellor"'])
def test_what_is_too_unlike_is_taken_for_nothing(typed: str) -> None:
    make_event("The chancellor of Zürich speaks.")
    assert did_you_mean(parse(typed)) is None


def test_a_letter_of_another_script_may_be_the_wrong_one() -> None:
    make_event("Αθήνα και Москва.")
    assert did_you_mean(parse("омсква")) == "москва"


@pytest.mark.parametrize(
    "typed", ["zur", "Zür", "ZUR", "zür", "zurich", "Zürich", "Zu\u0308ri", "citizens of zu"]
)
def test_contexts_are_suggested_with_accents_or_without(typed: str) -> None:
    make_context("Zürich")
    make_context("Citizens of Zürich")
    make_context("Zanzibar")
    wanted = ["Zürich", "Citizens of Zürich"] if " " not in typed else ["Citizens of Zürich"]
    assert names(typed) == wanted


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("São Tomé and Príncipe", "sao tome"),
        ("Côte d’Ivoire", "cote d'iv"),
        ("Côte d’Ivoire", "ivoire"),
        ("Łódź", "lodz"),
        ("Αθήνα", "αθηνα"),
        ("Guinea-Bissau", "guinea bissau"),
        ("Guinea-Bissau", "bissau"),
        ("C++ (language)", "c++"),
        ("C++ (language)", "langu"),
        ("北京市", "北京"),
        ("東京", "东"),
        ("东京", "東"),
        ("东京", "京"),
        ("WTO世界贸易组织", "世界貿"),
        ("WTO世界贸易组织", "wto 世"),
    ],
)
def test_a_name_is_suggested_by_its_beginning_and_by_its_words(name: str, typed: str) -> None:
    make_context(name, slug="one")
    make_context("Another one")
    assert names(typed) == [name]


def test_other_names_and_names_of_decomposed_letters_are_suggested_too() -> None:
    context = make_context("Ivory Coast")
    Alias.objects.create(context=context, edition="en", name="Co\u0302te d'Ivoire")
    write_starts([context.pk])
    assert names("cote") == ["Ivory Coast"]
    assert names("ivo") == ["Ivory Coast"]


@pytest.mark.parametrize(
    "typed", ["(", "[a", "\\", ".*", "a{2}", "^", "$", "|", "*", "?", "a\\b", "%", "_", "\x00", "ı", "ß"]
)
def test_no_beginning_is_an_error_or_a_pattern(typed: str) -> None:
    make_context("Plain name")
    assert names(typed) == []


def test_the_shortest_names_come_first_among_many() -> None:
    for number in range(70):
        make_context(f"Union {number:02d} of something long")
    make_context("Union")
    assert names("uni")[0] == "Union"


def test_of_names_without_number_the_first_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names_module, "LOOKED_AT", 3)
    for name in ("Union of one", "Union of two", "Union of three", "Union 4", "Union"):
        make_context(name)
    assert names("union") == ["Union", "Union 4", "Union of one"]
    assert names("union of t") == ["Union of two", "Union of three"]


def test_the_number_of_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(3):
        make_event(f"Treaty {number}.", contexts=[f"Treaty {number}"])
    with django_assert_max_num_queries(5):
        suggest("trea")
    with django_assert_max_num_queries(30):
        did_you_mean(parse("traety"))
