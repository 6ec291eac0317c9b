"""The readers over the real archives: every figure is counted in the files by other means."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from events.harvest.jsonl import JsonlReader
from events.harvest.markdown import MarkdownReader
from events.harvest.records import Evidence, Item
from tests.harvest.pages import bad, mentions, records

pytestmark = pytest.mark.corpus
Corpus = Callable[[str], Path]


def unpacked(archive: Path, folder: Path) -> list[Item]:
    with tarfile.open(archive) as tar:
        pages = [member for member in tar if not member.name.endswith("README.md")]  # copies of index.md
        # Before Python 3.11.4 there is no filter; the data is our own.
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(folder, pages)  # noqa: S202
    root = next(path.parent for path in [folder / "news", *folder.glob("*/news")] if path.is_dir())
    return list(MarkdownReader(root, edition="zh").items())


@pytest.mark.parametrize(
    ("month", "pages", "cited", "left_over", "without_lead", "leads"),
    [
        ("01", 2_123, 1_903, 429, 32, 1_324),
        pytest.param("06", 8_607, 8_135, 228, 91, 3_426, marks=pytest.mark.slow),
    ],
)
def test_chinese_archive(
    corpus: Corpus,
    tmp_path: Path,
    month: str,
    pages: int,
    cited: int,
    left_over: int,
    without_lead: int,
    leads: int,
) -> None:
    items = unpacked(corpus(f"thecontext-zh-2019-{month}.tar.xz"), tmp_path)
    found = records(items)
    assert bad(items) == []
    assert len(found) == pages
    assert {record.evidence for record in found} == {Evidence.PAGE}
    assert sum(len(record.citations or ()) for record in found) == cited
    assert sum(record.listed is False for record in found) == left_over
    assert sum(record.lead is None for record in found) == without_lead
    assert len({record.lead for record in found} - {None}) == leads
    assert all(record.address for record in found)
    assert len({record.address for record in found}) == pages


def test_seeds_are_one_event_at_two_moments_with_twelve_related_events(corpus: Corpus) -> None:
    seeds = sorted(corpus("seeds").glob("00[01]_*"))
    read = [list(MarkdownReader(seed, edition="en").items()) for seed in seeds]
    first, second = (records(items)[0] for items in read)
    assert [bad(items) for items in read] == [[], []]
    assert first.text == second.text
    assert (first.address, second.lead) == (None, "Ministry of Defence")
    assert second.address is not None
    related = [{mention.address for mention in mentions(items)} for items in read]
    assert (len(related[0]), len(related[1]), len(related[0] | related[1])) == (10, 5, 12)
    assert {mention.by for items in read for mention in mentions(items)} == {second.address}


@pytest.mark.parametrize(("harvest", "pages", "from_day"), [("2017", 2, 5), ("2018", 2, 5)])
def test_english_pages(corpus: Corpus, harvest: str, pages: int, from_day: int) -> None:
    items = list(MarkdownReader(corpus("thecontext-en") / f"{harvest}-harvest", edition="en").items())
    assert bad(items) == []
    evidence = [record.evidence for record in records(items)]
    assert (evidence.count(Evidence.PAGE), evidence.count(Evidence.DAY)) == (pages, from_day)


@pytest.mark.parametrize(
    ("name", "events"), [("portal-en-2002-2018.jsonl.xz", 71_913), ("portal-2025/events.jsonl.xz", 1_229)]
)
def test_portal_in_the_short_form(corpus: Corpus, name: str, events: int) -> None:
    items = list(JsonlReader(corpus(name), edition="en").items())
    assert bad(items) == []
    assert len(records(items)) == events
