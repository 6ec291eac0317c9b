"""The ancestor's own pages, read, written and read again, say the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pytest

from events.formats.markdown import day_markdown, event_markdown
from events.harvest.markdown import MarkdownReader
from events.harvest.records import BadRecord, Item, Record
from events.slugs import Address, day_path
from events.text.normalise import published
from tests.formats import samples

pytestmark = pytest.mark.corpus


def as_event(record: Record) -> samples.Page:
    """The record as the detail answer of the event it would become."""
    assert record.address is not None
    return samples.event(
        address=record.address.path,
        former_addresses=[former.address.path for former in record.former if former.address is not None],
        date=record.date.isoformat(),
        text=published(record.text),
        summary=record.summary or "",
        lead_context=samples.neighbour(record.lead) if record.lead else None,
        contexts=samples.tagged(*sorted(record.contexts or ())),
        citations=[samples.citation(row.label, row.url, row.picture) for row in record.citations or ()],
    )


def write(events: Iterable[samples.Page], date: dt.date, root: Path, known: set[str]) -> None:
    folder = root / day_path(date).strip("/")
    folder.mkdir(parents=True)
    page = samples.day(*events, date=date.isoformat(), path=day_path(date))
    (folder / "index.md").write_text(day_markdown(page, known=known), encoding="utf-8", newline="")
    for event in page["events"]:
        path = folder / f"{event['address'].rpartition('/')[2]}.md"
        path.write_text(event_markdown(event, known=known), encoding="utf-8", newline="")


def records(items: Iterable[Item]) -> dict[Address, Record]:
    found = {}
    for item in items:
        assert not isinstance(item, BadRecord), item
        if isinstance(item, Record) and item.address is not None:
            found[item.address] = item
    return found


@pytest.mark.parametrize("harvest", ["2017-harvest", "2018-harvest"])
def test_the_ancestor_s_pages_survive_a_round_trip(
    harvest: str, tmp_path: Path, corpus: Callable[[str], Path]
) -> None:
    read = records(MarkdownReader(corpus("thecontext-en") / harvest, edition="en").items())
    assert read
    known = {name for record in read.values() for name in record.contexts or () if ", " in name}
    by_day = attrgetter("date")
    for date, group in groupby(sorted(read.values(), key=by_day), key=by_day):
        write(map(as_event, group), date, tmp_path, known)
    again = records(MarkdownReader(tmp_path, edition="en").items())
    assert {address: as_event(record) for address, record in again.items()} == {
        address: as_event(record) for address, record in read.items()
    }
