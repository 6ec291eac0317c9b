"""The reader of a whole folder in the Markdown layout: order, left-overs, days, mentions."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from events.harvest.markdown import MarkdownReader
from events.harvest.records import EditorialRecord, Evidence, FileRead, Item, Mention, Record
from events.slugs import Address
from tests.harvest.pages import BRIDGE, CHINESE, DAY, bad, files, mentions, page, put, records

MAY_4 = dt.date(2003, 5, 4)
BRIDGE_FILE = "news/2003/05/4/the-old-bridge-is-closed.md"


def read(root: Path, edition: str = "en") -> list[Item]:
    return list(MarkdownReader(root, edition=edition).items())


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """One day with a listed page, an event without page, and two left-overs; a later day without day page."""
    put(tmp_path, "news/2003/05/4/index.md", DAY)
    put(tmp_path, "news/2003/05/4/README.md", DAY)
    put(tmp_path, BRIDGE_FILE, BRIDGE)
    put(tmp_path, "news/2003/05/4/z-left.md", page("2003-05-4", "Left over."))
    put(tmp_path, "news/2003/05/4/a-left.md", page("2003-05-4", "Left over too."))
    put(tmp_path, "news/2003/05/10/rain.md", page("2003-05-10", "It rains."))
    put(tmp_path, "opinion/2003/06/1/on-bridges/index.md", "# On bridges\n#### by Ada Smith\n\nThey hold.\n")
    put(tmp_path, "index.md", "## [Today](/news/2003/05/10/index.md)\n")
    put(tmp_path, "api/README.md", "# API\n")
    return tmp_path


def test_days_come_by_date_listed_events_first_then_left_overs_by_name(archive: Path) -> None:
    found = [(record.address and record.address.slug, record.listed) for record in records(read(archive))]
    assert found == [
        ("the-old-bridge-is-closed", True),
        ("a-parade-is-held", True),
        ("a-left", False),
        ("z-left", False),
        ("rain", None),
    ]


def test_opinion_pieces_come_after_events_and_mentions_last(archive: Path) -> None:
    kinds = [type(item) for item in read(archive) if not isinstance(item, FileRead)]
    assert kinds == [*[Record] * 5, EditorialRecord, Mention]


def test_event_without_page_is_known_from_its_day(archive: Path) -> None:
    parade = records(read(archive))[1]
    assert (parade.evidence, parade.text) == (Evidence.DAY, "A parade is held. ")
    assert (parade.summary, parade.lead, parade.contexts) == ("Thousands came, the police say.", None, None)


def test_contexts_come_from_the_day_page_and_always_hold_the_lead(archive: Path) -> None:
    bridge = records(read(archive))[0]
    assert (bridge.lead, bridge.contexts, bridge.contexts_from_day) == (
        "Harbour Bridge",
        ("Council", "Harbour Bridge"),
        True,
    )


@pytest.mark.parametrize("named", [True, False])
def test_a_corrected_date_is_taken_where_the_page_names_its_own_address(archive: Path, named: bool) -> None:
    formats = "Formats: [HTML](/news/2003/05/4/moved.html)\n\n" if named else ""
    put(archive, "news/2003/05/4/moved.md", formats + page("2003-05-6", "It was two days later."))
    items = read(archive)
    moved = [record for record in records(items) if record.text == "It was two days later."]
    if named:
        assert (moved[0].date, moved[0].listed) == (dt.date(2003, 5, 6), None)
        assert moved[0].address == Address(MAY_4, "moved")
    else:
        assert moved == []
        assert "lies in the folder of 2003-05-04" in bad(items)[0].reason


def test_page_that_no_day_page_lists_has_its_lead_alone(tmp_path: Path) -> None:
    put(tmp_path, "news/2003/05/4/a.md", page("2003-05-4", "A", lead="Coast"))
    [record] = records(read(tmp_path))
    assert (record.contexts, record.contexts_from_day) == (("Coast",), False)


def test_related_list_says_something_of_both_events(archive: Path) -> None:
    items = read(archive)
    shared = ("Harbour Bridge", "Portville", "Coast")
    opening = Address(dt.date(1931, 6, 1), "the-bridge-opens")
    assert records(items)[0].inferred == ((opening, shared),)
    [mention] = mentions(items)
    assert (mention.address, mention.text, mention.contexts) == (opening, " The bridge opens. ", shared)
    assert mention.by == Address(MAY_4, "the-old-bridge-is-closed")
    assert str(mention.place) == f"{BRIDGE_FILE}:22"


def test_mention_without_contexts_is_left_out(tmp_path: Path) -> None:
    related = "1. [x](/news/2003/05/5/x.md) _Context: _\n2. [y](/news/2003/05/5/y.md)"
    put(tmp_path, "news/2003/05/4/a.md", page("2003-05-4", "A", related=related))
    items = read(tmp_path)
    assert (mentions(items), bad(items)) == ([], [])


def test_every_file_is_told_once_with_its_digest(archive: Path) -> None:
    told = files(read(archive))
    assert len({file.name for file in told}) == len(told) == 6
    assert all(len(file.sha256) == 64 and not file.bad for file in told)
    assert "news/2003/05/4/README.md" not in {file.name for file in told}


def test_readme_stands_in_for_a_missing_day_page(archive: Path) -> None:
    (archive / "news/2003/05/4/index.md").unlink()
    assert records(read(archive))[0].listed is True


def test_unreadable_day_page_makes_no_left_overs(archive: Path) -> None:
    put(archive, "news/2003/05/4/index.md", b"\xff\xfe")
    items = read(archive)
    assert {record.listed for record in records(items)} == {None}
    assert [item.place.file for item in bad(items)] == ["news/2003/05/4/index.md"]


def test_day_page_with_an_unreadable_line_makes_no_left_overs(archive: Path) -> None:
    put(archive, "news/2003/05/4/index.md", DAY + "\n### [lost](nowhere)\n")
    assert [record.listed for record in records(read(archive))] == [True, True, None, None, None]


def test_address_listed_twice_goes_to_the_page_with_the_text(tmp_path: Path) -> None:
    link = "/news/2003/05/4/a.md"
    other, own = (
        f"##### {name}\n### [{text}]({link})\n_Context: {name}_\n"
        for name, text in (("X", "Other"), ("Y", "A"))
    )
    put(tmp_path, "news/2003/05/4/index.md", f"## [2003-05-4](/x)\n{other}{own}")
    put(tmp_path, "news/2003/05/4/a.md", "### [2003-05-4](/x)\n# A\n")
    [record] = records(read(tmp_path))
    assert (record.text, record.lead, record.contexts) == ("A", "Y", ("Y",))


def test_bad_page_is_reported_and_its_event_taken_from_the_day(archive: Path) -> None:
    put(archive, BRIDGE_FILE, b"### [2003-05-4](/x)\n# \xff\n")
    items = read(archive)
    assert [(str(item.place), "UTF-8" in item.reason) for item in bad(items)] == [(f"{BRIDGE_FILE}:2", True)]
    assert records(items)[0].evidence is Evidence.DAY
    assert [file.name for file in files(items) if file.bad] == [BRIDGE_FILE]


def test_names_with_commas_are_known_from_anywhere_in_the_input(tmp_path: Path) -> None:
    line = "1. [x](/news/2003/05/5/x.md) _Context: Ferry, Lakeside, North_"
    put(tmp_path, "news/2001/01/1/a.md", page("2001-01-1", "A", related=line))
    assert records(read(tmp_path))[0].inferred[0][1] == ("Ferry", "Lakeside", "North")
    put(tmp_path, "news/2009/01/1/b.md", page("2009-01-1", "B", lead="Lakeside, North"))
    assert records(read(tmp_path))[0].inferred[0][1] == ("Ferry", "Lakeside, North")
    assert mentions(read(tmp_path))[0].contexts == ("Ferry", "Lakeside, North")


@pytest.mark.parametrize("known", [{"Lakeside, North"}, lambda names: {"Lakeside, North"} & set(names)])
def test_names_with_commas_are_known_from_the_archive(tmp_path: Path, known: object) -> None:
    line = "1. [x](/news/2003/05/5/x.md) _Context: Ferry, Lakeside, North_"
    put(tmp_path, "news/2001/01/1/a.md", page("2001-01-1", "A", related=line))
    reader = MarkdownReader(tmp_path, edition="en", known_names=known)  # type: ignore[arg-type]
    assert records(list(reader.items()))[0].inferred[0][1] == ("Ferry", "Lakeside, North")


def test_links_with_and_without_the_editions_prefix_are_the_same(tmp_path: Path) -> None:
    put(tmp_path, "news/2019/01/3/旧桥关闭.md", CHINESE)
    put(
        tmp_path,
        "news/2019/01/3/index.md",
        "## [2019-01-3](/x)\n### [旧桥关闭](/news/2019/01/3/旧桥关闭.md)\n",
    )
    items = read(tmp_path, "zh")
    assert records(items)[0].listed is True
    assert [mention.address.path for mention in mentions(items)] == [
        "/news/1931/06/1/大桥开通",
        "/news/1950/02/11/大桥修缮",
    ]


def test_same_input_gives_the_same_items_again_and_elsewhere(
    archive: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    reader = MarkdownReader(archive, edition="en")
    copy = tmp_path_factory.mktemp("copy") / "other"
    shutil.copytree(archive, copy)
    other = MarkdownReader(copy, edition="en")
    assert list(reader.items()) == list(reader.items()) == list(other.items())
    assert reader.fingerprint() == other.fingerprint()


def test_fingerprint_tells_a_changed_size_and_a_new_name(archive: Path) -> None:
    reader = MarkdownReader(archive, edition="en")
    before = reader.fingerprint()
    put(archive, BRIDGE_FILE, BRIDGE + "\n")
    changed = reader.fingerprint()
    put(archive, "news/2003/05/4/new.md", page("2003-05-4", "New."))
    assert len({before, changed, reader.fingerprint()}) == 3


def test_position_ends_at_the_total(archive: Path) -> None:
    reader = MarkdownReader(archive, edition="en")
    list(reader.items())
    assert reader.position == reader.total() == 10


def test_one_page_as_a_file_says_its_own_address(tmp_path: Path) -> None:
    path = put(tmp_path, "seed.txt", BRIDGE)
    reader = MarkdownReader(path, edition="en")
    [record] = records(list(reader.items()))
    assert record.address == Address(MAY_4, "the-old-bridge-is-closed")
    assert (record.listed, record.place.file) == (None, "seed.txt")
    assert reader.position == reader.total() == 1


def test_one_page_without_links_of_its_own_has_no_address(tmp_path: Path) -> None:
    related = "1. [x](/news/2003/05/5/x.md) _Context: Coast_"
    path = put(tmp_path, "seed.txt", page("2003-05-4", " The Ferry sinks. ", related=related))
    items = list(MarkdownReader(path, edition="en").items())
    assert records(items)[0].address is None
    assert mentions(items)[0].by == Address(MAY_4, "the-ferry-sinks")


def test_one_page_in_its_days_folder_has_the_address_of_its_place(tmp_path: Path) -> None:
    path = put(tmp_path, "news/2003/05/4/ferry.md", page("2003-05-4", "The ferry sinks."))
    [record] = records(list(MarkdownReader(path, edition="en").items()))
    assert record.address == Address(MAY_4, "ferry")


def test_folder_without_an_archive_says_what_to_name(tmp_path: Path) -> None:
    [item] = bad(read(tmp_path))
    assert "name the folder" in item.reason
