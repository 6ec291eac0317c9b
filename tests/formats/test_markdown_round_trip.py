"""What we write in the Markdown layout is read back as the same records (issue 2, section 4)."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.formats.markdown import day_markdown, editorial_markdown, event_markdown
from events.harvest.layout import parse_event_page
from events.harvest.markdown import MarkdownReader
from events.harvest.records import BadRecord, CitedSource, EditorialRecord, Item, Mention, Record
from events.slugs import Address, day_path, read_path
from events.text.normalise import published
from events.vocabulary import EDITIONS
from tests.formats import samples

DATE = {"en": "2003-05-04", "zh": "2019-01-03"}
FOLDER = {"en": "/news/2003/05/4/", "zh": "/zh/news/2019/01/3/"}


def written(events: list[samples.Page], root: Path, known: Iterable[str] = ()) -> list[Item]:
    """The items read from an export of one day with these *events*."""
    edition = events[0]["edition"]
    names = {context["name"] for event in events for context in event["contexts"]} | set(known)
    known = {name for name in names if ", " in name}
    folder = root / FOLDER[edition].removeprefix(EDITIONS[edition].prefix).strip("/")
    folder.mkdir(parents=True)
    day = samples.day(
        *map(samples.stored, events), edition=edition, date=DATE[edition], path=FOLDER[edition],
        previous="2002-01-01",
    )  # fmt: skip
    (folder / "index.md").write_text(day_markdown(day, known=known), encoding="utf-8", newline="")
    for event in events:
        name = event["address"].rpartition("/")[2]
        page = event_markdown(event, known=known)
        (folder / f"{name}.md").write_text(page, encoding="utf-8", newline="")
    return list(MarkdownReader(root, edition=edition).items())


def essence(record: Record) -> dict[str, Any]:
    """What a record says of its event, in the words of a document."""
    return {
        "address": record.address,
        "date": record.date.isoformat(),
        "text": record.text,
        "summary": record.summary or "",
        "lead": record.lead,
        "contexts": set(record.contexts or ()),
        "citations": list(record.citations or ()),
        "former": [former.address for former in record.former],
        "listed": record.listed,
    }


def expected(event: samples.Page) -> dict[str, Any]:
    lead = event["lead_context"]
    return {
        "address": address(event["address"]),
        "date": event["date"],
        "text": event["text"],
        "summary": event["summary"],
        "lead": lead and lead["name"],
        "contexts": {context["name"] for context in event["contexts"]},
        "citations": [CitedSource(row["label"], row["url"], row["picture"]) for row in event["citations"]],
        "former": [address(former) for former in event["former_addresses"]],
        "listed": True,
    }


def address(path: str) -> Address:
    found = read_path(path)
    assert found is not None
    return found[1]


# Any character but those that cannot stand in a text (LF) or in a file (NUL, halves of pairs).
characters = st.one_of(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\n"),
    st.sampled_from(list("[]()_#*\\,.: -<>&'\"\r\t：1上")),
    st.sampled_from(["](/news/2003/05/4/x.md)", "_Context: A, B_", "### ", "\\,", " [IMG](", "&nbsp;", "''"]),
)
prose = st.lists(characters, min_size=1, max_size=25).map("".join).map(published).filter(bool)
# Names and labels are stored without outer blanks, as readers yield them.
names = st.one_of(
    st.sampled_from(
        ["Oslo", "Norway", "Oslo, Norway", "A, B", "A", "B", "C\\", "\\,", "Bell, Book, and Peal"]
    ),
    prose.filter(lambda text: text.strip() == text),
)
urls = st.builds(
    "{}://{}.example/{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["post", "www.coast"]),
    st.text("abc()[]_,#?=&%桥", max_size=8),
).filter(lambda url: url.startswith("http") or "](" not in url)
misreadable = re.compile(r" \[IMG\]\(|\]\(http")


@st.composite
def citations(draw: st.DrawFn) -> samples.Page:
    label = draw(st.one_of(st.just(""), names.filter(lambda name: not misreadable.search(name))))
    url = draw(st.one_of(st.just(""), urls))
    picture = draw(st.one_of(st.just(""), urls))
    return samples.citation(label or ("" if url or picture else "Bell"), url, picture)


@st.composite
def days(draw: st.DrawFn) -> list[samples.Page]:
    edition = draw(st.sampled_from(["en", "zh"]))
    found = []
    for number in range(draw(st.integers(1, 4))):
        contexts = draw(st.lists(names, max_size=4, unique=True))
        lead = draw(st.sampled_from([None, *contexts]))
        former = draw(st.lists(st.integers(0, 9), max_size=2, unique=True))
        found.append(
            samples.event(
                edition=edition,
                date=DATE[edition],
                address=f"{FOLDER[edition]}event-{number}",
                former_addresses=[f"{EDITIONS[edition].prefix}/news/2001/12/1/was-{n}" for n in former],
                text=draw(prose),
                summary=draw(st.one_of(st.just(""), prose)).strip(),
                lead_context=lead and samples.neighbour(lead, edition),
                contexts=[{**samples.neighbour(name, edition), "how": "day"} for name in contexts],
                citations=draw(st.lists(citations(), max_size=3)),
                related=draw(st.lists(related(edition), max_size=2)),
            )
        )
    return found


@st.composite
def related(draw: st.DrawFn, edition: str) -> samples.Page:
    return {
        "id": 99,
        "address": f"{EDITIONS[edition].prefix}/news/1999/01/1/other-{draw(st.integers(0, 3))}",
        "date": "1999-01-01",
        "text": draw(prose),
        "rank": 1,
        "score": 1.0,
        "reason": {"contexts": draw(st.lists(names, max_size=3))},
        "pinned": False,
        "note": "",
    }


def reading_what_we_wrote_gives_the_same_records(events: list[samples.Page]) -> None:
    shared = {name for event in events for link in event["related"] for name in link["reason"]["contexts"]}
    with tempfile.TemporaryDirectory() as root:
        items = written(events, Path(root), known=shared)
    assert not [item for item in items if isinstance(item, BadRecord)]
    found = [item for item in items if isinstance(item, Record)]
    assert [essence(record) | {"summary": published(record.summary or "")} for record in found] == [
        expected(event) | {"summary": published(event["summary"])} for event in events
    ]


FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
test_reading_what_we_wrote_gives_the_same_records = FEW(
    given(events=days())(reading_what_we_wrote_gives_the_same_records)
)
test_reading_many_days_that_we_wrote_gives_the_same_records = pytest.mark.slow(
    settings(FEW, max_examples=1_000)(given(events=days())(reading_what_we_wrote_gives_the_same_records))
)


def test_related_events_are_read_with_the_contexts_they_share(tmp_path: Path) -> None:
    items = written([samples.full_event()], tmp_path)
    mention = next(item for item in items if isinstance(item, Mention))
    assert mention.text == "The bridge [sic] opens."
    assert mention.address == address("/news/1931/06/1/the-bridge-opens")
    assert mention.contexts == ("Harbour Bridge", "Portville, Coast")


def test_two_contexts_are_not_taken_for_a_third_that_is_called_like_both(tmp_path: Path) -> None:
    both = samples.event(contexts=samples.tagged("Norway", "Oslo"))
    one = samples.event(address="/news/2003/05/4/x", contexts=samples.tagged("Norway, Oslo"))
    items = written([both, one], tmp_path)
    contexts = [item.contexts for item in items if isinstance(item, Record)]
    assert contexts == [("Norway", "Oslo"), ("Norway, Oslo",)]


def test_an_event_without_lead_does_not_stand_under_the_one_before(tmp_path: Path) -> None:
    led = samples.event(lead_context=samples.neighbour("Portville"), contexts=samples.tagged("Portville"))
    items = written([led, samples.event(address="/news/2003/05/4/x")], tmp_path)
    assert [item.lead for item in items if isinstance(item, Record)] == ["Portville", None]


def test_an_event_whose_date_was_corrected_names_its_contexts_itself() -> None:
    moved = samples.full_event(date="2003-05-06")
    page = parse_event_page(event_markdown(moved), "en")
    assert page.date.isoformat() == "2003-05-06"
    assert page.address == address(moved["address"])
    assert page.names == "Harbour Bridge, Old\\\\New Quarter, Portville, Portville\\, Coast"
    assert page.summary == moved["summary"]


@pytest.mark.parametrize(
    ("summary", "read"),
    [
        ("Two lines,\nboth kept.", "Two lines,\nboth kept."),
        ("A heading\n### Sources:\nbelow it", "A heading ### Sources: below it"),
        ("Two lines\n_Context: X_", "Two lines _Context: X_"),
        ("_Context: X_", "_Context: X_"),
        ("### Related:", "### Related:"),
        ("Blanks  \nat a line's end", "Blanks\nat a line's end"),
    ],
)
def test_a_summary_is_never_read_as_anything_else(tmp_path: Path, summary: str, read: str) -> None:
    items = written([samples.event(summary=summary, contexts=samples.tagged("Portville"))], tmp_path)
    record = next(item for item in items if isinstance(item, Record))
    assert published(record.summary or "") == read
    assert record.contexts == ("Portville",)
    assert record.citations is None


@pytest.mark.parametrize(
    ("label", "url", "read"),
    [
        ("Cover Image", "https://post.example/a", "Cover\u00a0Image"),
        ("see [here](http", "https://post.example/a", "see [here] (http"),
        ("a [IMG](b", "https://post.example/a", "a [IMG] (b"),
        ("[a](b", "", "[a](b"),
        ("two\nlines", "", "two lines"),
    ],
)
def test_a_label_never_changes_where_its_source_leads(
    tmp_path: Path, label: str, url: str, read: str
) -> None:
    items = written([samples.event(citations=[samples.citation(label, url)])], tmp_path)
    record = next(item for item in items if isinstance(item, Record))
    assert record.citations == (CitedSource(read, url),)


def test_line_breaks_in_a_text_become_blanks(tmp_path: Path) -> None:
    items = written([samples.event(text="One.\r\n\n### Two:\nThree.")], tmp_path)
    assert [item.text for item in items if isinstance(item, Record)] == ["One. ### Two: Three."]


@pytest.mark.parametrize("author", ["", "A. Writer", "by Night"])
@pytest.mark.parametrize("body", ["Words.", "#### by no one\n\nWords.", "", "## Part\n\n    code"])
def test_an_editorial_is_read_back(tmp_path: Path, author: str, body: str) -> None:
    piece = samples.editorial(author=author, body=body)
    folder = tmp_path / "opinion/2017/04/4/a-case-for-patience"
    folder.mkdir(parents=True)
    (folder / "index.md").write_text(editorial_markdown(piece), encoding="utf-8")
    items = list(MarkdownReader(tmp_path, edition="en").items())
    record = next(item for item in items if isinstance(item, EditorialRecord))
    assert (record.title, record.author, record.body) == (piece["title"], author, body)


@pytest.mark.parametrize("edition", list(EDITIONS))
def test_the_day_in_links_has_the_form_of_the_ancestor(edition: str) -> None:
    date = DATE[edition]
    page = day_markdown(samples.day(edition=edition, date=date, path=FOLDER[edition]))
    year, month, day = date.split("-")
    assert f"## [{year}-{month}-{int(day)}]({FOLDER[edition]}index.md)" in page.split("\n")
    assert FOLDER[edition].endswith(day_path(address(f"{FOLDER[edition]}x").date))
