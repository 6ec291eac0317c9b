"""Hostile folders: each piece costs one bad record and bounded memory, and the rest is read."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.harvest.files import FILE_MAX, Refused, decode_text, printable, read_bounded, split_lines
from events.harvest.markdown import MarkdownReader
from events.harvest.records import Item
from tests.harvest.pages import bad, page, put, records

GOOD = "news/2003/05/4/good.md"


def read(root: Path) -> list[Item]:
    return list(MarkdownReader(root, edition="en").items())


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    put(tmp_path, GOOD, page("2003-05-4", "Good."))
    return tmp_path


def only_good_and(items: list[Item], name: str) -> str:
    """The reason of the one bad record, which must stand for *name*; the good page must be there."""
    assert [record.text for record in records(items)] == ["Good."]
    [item] = bad(items)
    assert item.place.file == name
    return item.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"### [2003-05-4](/x)\n# a\0b\n", "NUL"),
        (b"### [2003-05-4](/x)\n# \xed\xa0\x80\n", "UTF-8"),
        (b"### [2003-05-4](/x)\n# \xff\n", "UTF-8"),
        (b"\n" * 20_001, "20,000 lines"),
        (b"x" * (FILE_MAX + 1), "bytes"),
        (b"### [2003-05-5](/x)\n# a\n", "correct one of them"),
        (b"### [2003-05-4](/x)\n# \xe2\x80\x8b\n", "no text"),
        (b"### [2003-05-4](/x)\n# " + b"a" * 50_001, "50,000"),
        (b"### [2003-05-4](/x)\n##### " + b"a" * 201 + b"\n# a\n", "200"),
        (b"### [2003-05-4](/x)\n# a\n_Context: " + b", ".join(b"%d" % n for n in range(501)) + b"_\n", "500"),
        (b"### [2003-05-4](/x)\n# a\n### Sources:\n" + b"1. A\n" * 501, "500"),
        (b"### [2003-05-4](/x)\n# a\n### Changes:\n" + b"1. A\n" * 501, "500"),
        (b"### [2003-05-4](/x)\n# a\n### Related:\n" + b"1. A\n" * 5001, "5,000"),
    ],
)
def test_page_that_no_archive_has(archive: Path, content: bytes, reason: str) -> None:
    put(archive, "news/2003/05/4/bad.md", content)
    assert reason in only_good_and(read(archive), "news/2003/05/4/bad.md")


@pytest.mark.parametrize("name", ["a..b", ".a", "a b", "a\\b", "INDEX", "history"])
def test_file_name_that_cannot_be_a_slug(archive: Path, name: str) -> None:
    put(archive, f"news/2003/05/4/{name}.md", page("2003-05-4", "Bad."))
    assert "event's address" in only_good_and(read(archive), f"news/2003/05/4/{name}.md")


def test_file_name_that_is_not_utf8(archive: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(archive) + b"/news/2003/05/4/a\xff.md")).write_text("x")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    assert "UTF-8" in only_good_and(read(archive), "news/2003/05/4/a\\udcff.md")


def test_links_out_of_the_input_are_not_followed(
    archive: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    put(outside, "secret.md", page("2003-05-4", "Secret."))
    (archive / "news/2003/05/4/link.md").symlink_to(outside / "secret.md")
    assert "symbolic link" in only_good_and(read(archive), "news/2003/05/4/link.md")


@pytest.mark.parametrize(
    "name", ["news/2003/05/5", "news/2003/06", "news/2004", "opinion", "opinion/2003/05/4/a"]
)
def test_linked_folders_are_not_entered(archive: Path, name: str) -> None:
    (archive / name).parent.mkdir(parents=True, exist_ok=True)
    (archive / name).symlink_to(archive / "news/2003/05/4")
    assert "symbolic link" in only_good_and(read(archive), name)


def test_link_in_a_loop_ends(archive: Path) -> None:
    (archive / "news/2003/05/4/loop.md").symlink_to("loop.md")
    assert "symbolic link" in only_good_and(read(archive), "news/2003/05/4/loop.md")


def test_pipe_is_not_waited_for(archive: Path) -> None:
    os.mkfifo(archive / "news/2003/05/4/pipe.md")
    assert "regular file" in only_good_and(read(archive), "news/2003/05/4/pipe.md")
    with pytest.raises(Refused, match="regular file"):
        read_bounded(archive / "news/2003/05/4/pipe.md")


def test_impossible_day_is_reported(archive: Path) -> None:
    put(archive, "news/2003/02/30/a.md", page("2003-02-30", "Never."))
    assert "no such day" in only_good_and(read(archive), "news/2003/02/30")


def test_folder_that_may_not_be_listed_is_reported(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(archive, "news/2003/05/5/a.md", page("2003-05-5", "Hidden."))
    listed = os.scandir

    def deny(path: object) -> object:
        if isinstance(path, Path) and path.name == "5":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", deny)
    assert "rights" in only_good_and(list(MarkdownReader(archive, edition="en").items()), "news/2003/05/5")


def test_oversized_line_of_a_related_list_costs_only_itself(archive: Path) -> None:
    related = (
        f"1. [a](/news/2001/01/1/a.md) _Context: {'x' * 201}_\n1. [b](/news/2001/01/1/b.md) _Context: B_"
    )
    put(archive, GOOD, page("2003-05-4", "Good.", related=related))
    items = read(archive)
    assert "200" in only_good_and(items, GOOD)
    assert [address.slug for address, _ in records(items)[0].inferred] == ["b"]


def test_big_file_is_refused_without_reading_it(archive: Path) -> None:
    big = put(archive, "news/2003/05/4/big.md", b"")
    with big.open("r+b") as file:
        file.truncate(2**32)
    tracemalloc.start()
    try:
        assert "bytes" in only_good_and(read(archive), "news/2003/05/4/big.md")
        assert tracemalloc.get_traced_memory()[1] < 2 * FILE_MAX
    finally:
        tracemalloc.stop()


def test_lines_of_brackets_are_read_in_linear_time(archive: Path) -> None:
    body = "1. [" + "](http://" * 40_000 + "\n1. [" + "](/news/" * 40_000 + "\n"
    for section in ("Sources", "Changes", "Related"):
        put(
            archive,
            f"news/2003/05/4/{section.lower()}.md",
            f"### [2003-05-4](/x)\n# a\n### {section}:\n{body}",
        )
    assert len(records(read(archive))) == 4


def test_messages_hold_nothing_unprintable() -> None:
    assert printable("a\x1b[31m\ud800" + "x" * 200).startswith("a\\x1b[31m\\ud800x")
    assert len(printable("x" * 200)) == 80


def test_byte_order_mark_is_no_text() -> None:
    assert split_lines(decode_text("\ufeffa\r\nb".encode())) == ["a", "b"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(content=st.binary(max_size=300), day=st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail(archive: Path, content: bytes, day: bytes) -> None:
    put(archive, "news/2003/05/4/any.md", b"### [2003-05-4](/x)\n# " + content)
    put(archive, "news/2003/05/4/index.md", b"## [2003-05-4](/x)\n" + day)
    assert "Good." in [record.text for record in records(read(archive))]
