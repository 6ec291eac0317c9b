"""Hostile files through the whole harvest, into the database: a bad record each, never a crash."""

from __future__ import annotations

import datetime as dt
import json
import lzma
import os
from pathlib import Path

import pytest

from events.actions.harvesting.run import run_harvest
from events.harvest.jsonl import JsonlReader
from events.harvest.markdown import MarkdownReader
from events.harvest.records import Reader
from events.models import Event, Harvest, HarvestFile, Sequence
from events.vocabulary import HarvestState
from tests.factories import make_origin
from tests.harvest.pages import page, put
from tests.harvests import EARLY, counts, rows

pytestmark = pytest.mark.django_db

GOOD = {"date": "2004-02-09", "text": "Snow falls in Rome."}


def take(reader: Reader, moment: dt.datetime = EARLY) -> Harvest:
    Sequence.objects.get_or_create(id=1)
    return run_harvest(reader, origin=make_origin(), moment=moment)


def lines(folder: Path, *found: object, name: str = "in.jsonl") -> JsonlReader:
    """A file of these lines, objects as JSON and bytes as they are."""
    data = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in found)
    return JsonlReader(put(folder, name, data + b"\n"), edition="en")


HALF = "\ud83d"
HOSTILE = [
    {**GOOD, "text": "Nul \0 in the text."},
    {**GOOD, "text": f"Half {HALF} a character."},
    {**GOOD, "summary": f"Half {HALF} a character."},
    {**GOOD, "contexts": ["Nul \0"]},
    {**GOOD, "contexts": [f"Half {HALF}"]},
    {**GOOD, "topics": ["Nul \0"]},
    {**GOOD, "id": "Nul \0"},
    {**GOOD, "category": "Nul \0"},
    {**GOOD, "category": f"Half {HALF}"},
    {**GOOD, "sources": ["Nul \0"]},
    {**GOOD, "citations": [{"label": f"Half {HALF}", "url": "https://a.example/"}]},
    {**GOOD, "citations": [{"label": "A", "url": "https://a.example/\0"}]},
    {**GOOD, "address": "/news/2004/02/9/nul\0"},
    {**GOOD, "address": f"/news/2004/02/9/half{HALF}"},
    {**GOOD, "address": "/news/2004/02/9/../../etc"},
    {**GOOD, "former_addresses": [f"/news/2004/02/9/half{HALF}"]},
    {**GOOD, "lead_context": f"Half {HALF}"},
    {**GOOD, "date": "2004-02-30"},
    {**GOOD, "date": "99999-01-01"},
    {**GOOD, "text": " \u200b "},
    {**GOOD, "text": "x" * 60_000},
    {**GOOD, "id": "x" * 300},
    b'{"date": "2004-02-09", "text": "Not \xff UTF-8"}',
    b'{"date": "2004-02-09", "text": "Nul \x00 itself"}',
    b"[" * 5_000,
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_hostile_line_is_a_bad_record_and_the_good_one_is_taken(tmp_path: Path, number: int) -> None:
    done = take(lines(tmp_path, HOSTILE[number], GOOD))
    assert (done.state, counts(done)) == (HarvestState.FAILED, {"created": 1, "bad": 1})
    assert done.errors[0][:2] == ["in.jsonl", 1]
    assert Event.objects.get().text == GOOD["text"]


def test_what_is_strange_but_storable_is_stored(tmp_path: Path) -> None:
    strange = [
        {**GOOD, "text": "Emoji 🐘 and \u202eright to left\u202c and \x07 bell."},
        {**GOOD, "text": "!!! ???"},
        {**GOOD, "text": "index"},
        {**GOOD, "text": "One.\u2028Two.\x85Three.", "contexts": ["  ", "a" * 200, "…"]},
        {**GOOD, "text": "Ids.", "id": "a/b#c?d%00"},
        {**GOOD, "text": "Names.", "sources": ["'; DROP TABLE events_event; --", "javascript:alert(1)"]},
        {**GOOD, "text": "Addresses.", "sources": ["https://[::1", "https://a.example:99999/", "http://"]},
    ]
    reader = lines(tmp_path, *strange)
    done = take(reader)
    assert counts(done).get("created", 0) + counts(done).get("bad", 0) == len(strange)
    assert Event.objects.count() >= 5
    before = rows()
    take(reader)
    assert rows() == before


@pytest.mark.parametrize("name", [b"half\xff.jsonl", "nul%00é🐘.jsonl".encode(), b"x" * 240 + b".jsonl"])
def test_a_strangely_named_file_is_read(tmp_path: Path, name: bytes) -> None:
    try:
        path = put(tmp_path, os.fsdecode(name), json.dumps(GOOD))
    except OSError:
        pytest.skip("this file system does not take the name")
    done = take(JsonlReader(path, edition="en"))
    assert counts(done) == {"created": 1}
    assert HarvestFile.objects.count() == 1


def test_packed_files_that_are_broken_or_too_big_inside_end_in_a_bad_record(tmp_path: Path) -> None:
    whole = lzma.compress((json.dumps(GOOD) + "\n").encode() * 3)
    put(tmp_path, "cut.jsonl.xz", whole[:-20])
    put(tmp_path, "none.jsonl.xz", b"no archive at all")
    put(tmp_path, "long.jsonl.xz", lzma.compress(b"x" * 40_000_000))
    for name in ("cut", "none", "long"):
        done = take(JsonlReader(tmp_path / f"{name}.jsonl.xz", edition="en"))
        assert (name, done.state, counts(done)["bad"]) == (name, HarvestState.FAILED, 1)


def test_hostile_pages_are_bad_records_and_the_good_one_is_taken(tmp_path: Path) -> None:
    day = "news/2004/02/9"
    put(tmp_path, f"{day}/good.md", page("2004-02-9", "Snow falls in Rome."))
    put(tmp_path, f"{day}/nul.md", page("2004-02-9", "Nul \0 in the text."))
    put(tmp_path, f"{day}/bytes.md", page("2004-02-9", "Not UTF-8 ").encode() + b"\xff\xfe")
    put(tmp_path, f"{day}/empty.md", "")
    put(tmp_path, f"{day}/liar.md", page("2005-03-1", "Snow falls in Pisa."))
    put(
        tmp_path,
        f"{day}/related.md",
        page("2004-02-9", "Rain falls in Lima.", related="1. [x](/news/../x.md)"),
    )
    for strange in ("\udcff.md", "nul\x01.md", "a" * 250 + ".md"):
        (tmp_path / day / strange).write_bytes(page("2004-02-9", f"Named {len(strange)}.").encode())
    (tmp_path / day / "link.md").symlink_to("/etc/passwd")
    done = take(MarkdownReader(tmp_path, edition="en"))
    texts = set(Event.objects.values_list("text", flat=True))
    assert {"Snow falls in Rome.", "Rain falls in Lima."} <= texts
    assert not any("Nul" in text or "Pisa" in text for text in texts)
    assert counts(done)["bad"] >= 5
    assert {error[0] for error in done.errors} >= {
        f"{day}/{name}.md" for name in ("nul", "bytes", "empty", "liar")
    }
    before = rows()
    take(MarkdownReader(tmp_path, edition="en"))
    assert rows() == before
