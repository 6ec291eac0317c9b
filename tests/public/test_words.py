"""The interface's words: translated, compiled, and the same in every form they are kept in."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from events.public import words as said
from events.public.frame import frame
from events.vocabulary import EDITIONS, Grade
from scripts.messages import LOCALE, brought_up_to_date, messages, untranslated

CATALOGUES = sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))
TEMPLATES = [
    *Path(settings.BASE_DIR, "templates", "public").rglob("*.html"),
    *Path("templates").glob("*.html"),
]
DAY = dt.date(2004, 2, 9)


@pytest.fixture(params=CATALOGUES, ids=lambda path: path.parts[-3])
def catalogue(request: pytest.FixtureRequest) -> Path:
    """The source of one language's translations."""
    return request.param


def test_catalogue_holds_every_message_translated_and_no_other(catalogue: Path) -> None:
    there = polib.pofile(str(catalogue), wrapwidth=0)
    assert untranslated(there) == []
    assert str(there) == str(brought_up_to_date(there)), "run make messages"


def test_compiled_catalogue_is_what_its_source_compiles_to(catalogue: Path) -> None:
    assert catalogue.with_suffix(".mo").read_bytes() == polib.pofile(str(catalogue)).to_binary()


def test_translations_keep_the_places_of_what_is_filled_in(catalogue: Path) -> None:
    places = re.compile(r"%\(\w+\)s|\{\w+\}|</?\w+")
    dates = set(said.DATES)
    for entry in polib.pofile(str(catalogue)):
        for translated in entry.msgstr_plural.values() or [entry.msgstr]:
            if entry.msgid in dates:
                assert set(places.findall(translated)) <= {"{day}", "{month}", "{number}", "{year}"}
            else:
                assert sorted(places.findall(translated)) == sorted(places.findall(entry.msgid))


def test_no_message_is_said_twice() -> None:
    assert len(messages()) == len(set(messages()))


def test_every_word_of_a_template_is_there() -> None:
    wanted = {word for path in TEMPLATES for word in re.findall(r"\bw\.(\w+)", path.read_text("utf-8"))}
    assert wanted - set(said.WORDS) == set()


def test_words_are_in_the_language_of_the_edition_whatever_is_active() -> None:
    with translation.override("zh-hans"):
        said.words.cache_clear()
        assert said.words("en")["front"] == "Front page"
    with translation.override("de"):
        assert said.words("zh")["front"] == "首页"
        assert said.count_words("zh", 1234) == "1,234条事件"
        assert [said.count_words("en", count) for count in (0, 1, 1234)] == [
            "0 events",
            "1 event",
            "1,234 events",
        ]
    assert said.grade_word("zh", Grade.TYPO) == "错字"
    assert said.grade_word("en", Grade.TYPO) == str(Grade.TYPO.label)


def test_dates_are_written_in_the_way_of_the_edition() -> None:
    assert said.day_words("en", DAY) == "9 February 2004"
    assert said.day_words("zh", DAY) == "2004年2月9日"
    assert [said.day_of_year_words(code, DAY) for code in ("en", "zh")] == ["9 February", "2月9日"]
    assert [said.month_words(code, 2004, 2) for code in ("en", "zh")] == ["February 2004", "2004年2月"]
    assert [said.month_words(code, 2004, 2, with_year=False) for code in ("en", "zh")] == ["February", "2月"]
    assert said.weekday_words("en")[0] == ("Mo", "Monday")
    assert said.weekday_words("zh")[6] == ("日", "星期日")


@pytest.mark.parametrize(("lang", "expected"), [("ar", "rtl"), ("en", "ltr"), ("tlh", "ltr")])
def test_an_edition_is_written_in_its_languages_direction(
    lang: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EDITIONS, "xx", dataclasses.replace(EDITIONS["en"], lang=lang, code="xx"))
    said.language.cache_clear()
    said.direction.cache_clear()
    assert frame.__wrapped__("xx")["dir"] == expected
    assert said.words.__wrapped__("xx")["contexts"]


@pytest.mark.django_db
def test_pages_say_their_language_and_direction(client: Client) -> None:
    assert '<html lang="en" dir="ltr">' in client.get("/contexts/").content.decode()
    chinese = client.get("/zh/contexts/").content.decode()
    assert '<html lang="zh" dir="ltr">' in chinese
    assert "背景" in chinese


def test_no_other_catalogue_speaks_before_ours() -> None:
    catalogue = polib.pofile(str(CATALOGUES[0]))
    ours = {entry.msgid: entry.msgstr for entry in catalogue if not entry.msgctxt}
    words = said.words("zh")
    assert {key: words[key] for key, english in said.WORDS.items() if words[key] != ours[english]} == {}
