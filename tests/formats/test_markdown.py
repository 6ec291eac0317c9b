"""Rules of the Markdown pages that no round trip shows."""

from __future__ import annotations

import datetime as dt

import pytest

from events.editorials import EditorialRow
from events.formats.markdown import (
    context_markdown,
    day_markdown,
    editorial_markdown,
    event_markdown,
    front_markdown,
    opinions_markdown,
)
from events.vocabulary import EDITIONS
from tests.formats import samples

HOSTILE = [
    "half \ud800 pair",
    "nul \x00 here",
    "]]> </script> <b>",
    "\u202eright to left",
    "](/news/",
    "\u2028",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_makes_a_page_that_a_file_can_hold(text: str) -> None:
    event = samples.full_event(text=text)
    event["citations"].append(samples.citation(text, text, text))
    event["related"][0].update(text=text, reason={"contexts": [text]})
    event["contexts"][0]["name"] = event["summary"] = text
    event["lead_context"]["name"] = text
    pages = [
        event_markdown(event),
        day_markdown(samples.day(event)),
        front_markdown(samples.front(days=[samples.day(event)])),
        context_markdown(samples.context(name=text, aliases=[text], profile=text, events=[event])),
        editorial_markdown(samples.editorial(title=text, author=text, body=text)),
    ]
    for page in pages:
        assert "\0" not in page.encode().decode()


@pytest.mark.parametrize("text", ["<b>bold</b> & *stars*", "\u202eright\u202c to left", "a [b](c) d"])
def test_a_text_stands_as_it_is(text: str) -> None:
    assert f"\n# {text}\n" in event_markdown(samples.event(text=text))
    assert f"\n### [{text}](/news/" in day_markdown(samples.day(samples.event(text=text)))


def test_parts_that_an_event_does_not_have_are_not_headed() -> None:
    page = event_markdown(samples.event())
    assert not [line for line in page.split("\n") if line.startswith(("##### ", "### S", "### C", "### R"))]


def test_names_of_other_pages_tell_where_a_list_of_names_could_be_misread() -> None:
    day = samples.day(samples.event(contexts=samples.tagged("Norway", "Oslo")))
    assert "\n_Context: Norway, Oslo_\n" in day_markdown(day)
    assert "\n_Context: Norway,  Oslo_\n" in day_markdown(day, known=["Norway, Oslo"])


def test_a_shared_context_never_leads_a_related_link_astray() -> None:
    event = samples.full_event()
    event["related"] = [
        {**event["related"][0], "reason": {"contexts": ["Portville", "x](/news/1/1/1/y.md)"]}}
    ]
    page = event_markdown(event)
    assert page.rstrip().endswith("](/news/1931/06/1/the-bridge-opens.md) _Context: Portville_")


@pytest.mark.parametrize("edition", list(EDITIONS))
def test_the_front_page_has_the_edition_s_own_labels_and_links(edition: str) -> None:
    labels, prefix = EDITIONS[edition].labels, EDITIONS[edition].prefix
    days = [samples.day(edition=edition, date=f"2019-01-{number:02d}") for number in (9, 8, 5)]
    page = front_markdown(samples.front(edition=edition, days=days, previous="2018-12-31"))
    assert [line for line in page.split("\n") if line.startswith("## ")] == [
        f"## [{labels.today}]({prefix}/news/2019/01/9/index.md)",
        f"## [{labels.yesterday}]({prefix}/news/2019/01/8/index.md)",
        f"## [{labels.day_before}]({prefix}/news/2019/01/5/index.md)",
        f"## [{labels.previous_day[0]}]({prefix}/news/2018/12/31/index.md)",
    ]


def test_titles_of_opinion_pieces_stand_in_lists_as_on_their_pages() -> None:
    """Only a line feed ends a line of the layout: other signs that Python takes for an end stay."""
    title = "One\u2028two\x0bthree\nfour\0"
    piece = EditorialRow(1, "en", dt.date(2004, 2, 9), "one", title, "A\x85B", 1)
    page = opinions_markdown("en", [piece])
    assert page == (
        "## [Opinion](/opinion/index.md)\n\n"
        "### [One\u2028two\x0bthree four](/opinion/2004/02/9/one/index.md)\n#### by A\x85B\n"
    )
    front = front_markdown(
        {"edition": "en", "days": [], "previous": None,
         "editorials": [{"title": title, "author": "A\x85B", "path": piece.path}]}
    )  # fmt: skip
    assert page.partition("\n\n")[2] in front
