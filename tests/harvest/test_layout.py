"""Pages of the Markdown layout, one at a time (docs/archive-layout.md)."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.harvest.citations import read_citations
from events.harvest.files import Refused
from events.harvest.layout import (
    context_names,
    parse_day_page,
    parse_event_page,
    parse_opinion_page,
)
from events.harvest.records import CitedSource, FormerText
from events.slugs import Address
from tests.harvest.pages import BRIDGE, CHINESE, DAY

MAY_4 = dt.date(2003, 5, 4)


def test_event_page_in_full() -> None:
    page = parse_event_page(BRIDGE, "en")
    assert (page.date, page.text, page.lead, page.text_line) == (
        MAY_4,
        "The old bridge is closed.",
        "Harbour Bridge",
        4,
    )
    assert page.summary == "The council says it will stay shut until autumn."
    assert page.citations == (
        CitedSource("Harbour Post", "https://post.example/bridge", "https://post.example/bridge.jpg"),
        CitedSource("Radio Coast", "https://www.coast.example/a_(b)", "http://coast.example/cover.png"),
    )
    assert page.former == (
        FormerText("The bridge is closed. ", Address(MAY_4, "the-bridge-is-closed"), "2003-05-05 10:00:00"),
    )
    assert page.address == Address(MAY_4, "the-old-bridge-is-closed")
    [related] = page.related
    assert (related.text, related.names) == (" The bridge opens. ", "Harbour Bridge, Portville, Coast")
    assert page.problems == []


def test_text_keeps_its_outer_blanks_for_the_slug() -> None:
    assert parse_event_page("### [2003-05-4](/x)\n\n#  Two blanks. \n", "en").text == " Two blanks. "


@pytest.mark.parametrize(("heading", "lead"), [("##### \n", ""), ("", None), ("##### Coast\n", "Coast")])
def test_empty_lead_differs_from_no_lead(heading: str, lead: str | None) -> None:
    assert parse_event_page(f"### [2003-05-4](/x)\n{heading}# t\n", "en").lead == lead


def test_newer_page_says_its_address_in_its_formats() -> None:
    text = "\nFormats: [HTML](/news/2003/05/4/some-slug.html)  [JSON](/x.json)\n\n### [2003-05-4](/x)\n# t\n"
    assert parse_event_page(text, "en").address == Address(MAY_4, "some-slug")


def test_page_without_sources_does_not_say_that_there_are_none() -> None:
    assert parse_event_page("### [2003-05-4](/x)\n# t\n", "en").citations is None


def test_windows_line_ends_are_line_ends_and_other_separators_are_text() -> None:
    page = parse_event_page("### [2003-05-4](/x)\r\n# one\u2028two\x0bthree\r\n", "en")
    assert page.text == "one\u2028two\x0bthree"


def test_chinese_labels_early_and_late() -> None:
    page = parse_event_page(CHINESE, "zh")
    assert (page.text, page.lead) == ("旧桥关闭", "海港大桥")
    assert [line.names for line in page.related] == ["海港大桥", "海港大桥, 市议会"]
    assert page.citations == (CitedSource("海港报", "https://post.example/qiao"),)


def test_page_of_another_edition_is_refused() -> None:
    with pytest.raises(Refused, match="--edition zh"):
        parse_event_page(CHINESE, "en")


def test_section_in_another_language_is_a_problem_not_a_loss_in_silence() -> None:
    page = parse_event_page("### [2019-01-3](/x)\n# t\n\n### 有关:\n\n1. x\n", "en")
    assert [(problem.line, "有关" in problem.reason) for problem in page.problems] == [(4, True)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no date line"),
        ("# text first\n", "no date line"),
        ("### [2003-05-4](/x)\n", "no text"),
        ("### [2003-02-30](/x)\n# t", "no such day"),
        ("### [0200-02-3](/x)\n# t", "between 1000 and 2100"),
        ("### [yesterday](/x)\n# t", "write YYYY-MM-DD"),
    ],
)
def test_unusable_page_says_what_to_do(text: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        parse_event_page(text, "en")


def test_picture_goes_to_the_source_of_its_host() -> None:
    lines = ["[A](https://a.example/1)", "[B](https://b.example/1)", "[Cover Image](https://b.example/i.jpg)"]
    cited, bad = read_citations(enumerate(lines))
    assert [source.picture for source in cited] == ["", "https://b.example/i.jpg"]
    assert bad == []


def test_picture_of_a_foreign_host_goes_to_the_first_source() -> None:
    lines = ["[Cover Image](https://c.example/i.jpg)", "[A](https://a.example/1)", "[B](https://b.example/1)"]
    assert [source.picture for source in read_citations(enumerate(lines))[0]] == [
        "https://c.example/i.jpg",
        "",
    ]


def test_picture_without_sources_stays_a_picture() -> None:
    cited, _ = read_citations([(1, "[Cover Image](https://c.example/i.jpg)")])
    assert cited == (CitedSource("", "", "https://c.example/i.jpg"),)


def test_source_may_be_a_bare_name() -> None:
    cited, bad = read_citations(enumerate(["Harbour Post", "[Radio Coast]()", "[Sic] Weekly"]))
    assert cited == (CitedSource("Harbour Post"), CitedSource("Radio Coast"), CitedSource("[Sic] Weekly"))
    assert bad == []


@pytest.mark.parametrize(
    "line",
    ["[A](javascript:alert(1))", "[A](https://a.example/a b)", "[A](https://a.example) more", "[A](/x)"],
)
def test_source_that_is_no_web_address_is_left_out(line: str) -> None:
    assert read_citations([(7, line)]) == ((), [7])


@pytest.mark.parametrize(
    "target",
    [
        "/news/2003/05/4/../../../etc.md",
        "/news/2003/05/4/..md",
        "/news/2003/05/4/a\\b.md",
        "/news/2003/05/4/a b.md",
        "/news/2003/13/4/a.md",
        "/news/0003/05/4/a.md",
        "//evil.example/news/2003/05/4/a.md",
        "/zh/news/2003/05/4/a.md",
        "/news/2003/05/4/index.md",
        f"/news/2003/05/4/{'a' * 256}.md",
    ],
)
def test_link_that_cannot_be_an_address_is_a_problem(target: str) -> None:
    page = parse_event_page(
        f"### [2003-05-4](/x)\n# t\n### Related:\n1. [a]({target})\n1. [b](/news/2003/05/5/b.md)",
        "en",
    )
    assert [problem.line for problem in page.problems] == [4]
    assert [line.address.slug for line in page.related] == ["b"]


def test_brackets_in_a_text_do_not_end_its_link() -> None:
    page = parse_event_page(
        "### [2003-05-4](/x)\n# t\n### Related:\n1. [a [b](c) (d)](/news/2003/05/5/b.md) _Context: A (b)_",
        "en",
    )
    assert [(line.text, line.names) for line in page.related] == [("a [b](c) (d)", "A (b)")]


def test_day_page_lists_events_in_order_with_contexts_or_summary() -> None:
    first, second = parse_day_page(DAY, "en").entries
    assert (first.lead, first.names, first.summary) == ("Harbour Bridge", "Council, Harbour Bridge", None)
    assert (second.lead, second.names, second.summary) == (None, None, "Thousands came, the police say.")
    assert second.text == "A parade is held. "


def test_day_page_of_ours_has_both_summary_and_contexts() -> None:
    text = "## [2003-05-4](/x)\n### [t](/news/2003/05/4/t.md)\nWhat they say.\n_Context: A, B_\n"
    [entry] = parse_day_page(text, "en").entries
    assert (entry.summary, entry.names) == ("What they say.", "A, B")


def test_event_whose_date_was_corrected_is_left_to_its_own_page() -> None:
    page = parse_day_page("## [2003-05-4](/x)\n### [t](/news/2003/05/5/t.md)\n", "en")
    assert page.entries == []
    assert page.problems == []


def test_context_line_takes_both_colons_and_only_its_editions_words() -> None:
    assert context_names("_消息：甲, 乙_", "zh") == "甲, 乙"
    assert context_names("_Context: A_b_", "en") == "A_b"
    assert context_names("_消息: 甲_", "en") is None
    assert context_names("__", "en") is None


def test_opinion_page_has_title_author_and_body() -> None:
    page = parse_opinion_page("# On bridges\n#### by Ada Smith\n\nThey *hold*.\n\n## More\n", "en")
    assert (page.title, page.author, page.body) == ("On bridges", "Ada Smith", "They *hold*.\n\n## More")


ODD_PAGES = st.lists(
    st.sampled_from(
        [
            *BRIDGE.split("\n"),
            *DAY.split("\n"),
            *CHINESE.split("\n"),
            "### ",
            "#",
            "1. [](",
            "1. [](/)",
            "_:_",
            "[](",
        ]
    ),
    max_size=30,
).map("\n".join)


@given(st.one_of(st.text(), ODD_PAGES), st.sampled_from(["en", "zh"]))
def test_no_text_makes_a_parser_fail(text: str, edition: str) -> None:
    for parse in (parse_event_page, parse_day_page, parse_opinion_page):
        with contextlib.suppress(Refused):
            parse(text, edition)
