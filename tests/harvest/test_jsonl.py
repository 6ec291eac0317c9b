"""JSON Lines: the short form, the export's form, and lines that cannot be events."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import lzma
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.harvest.jsonl import JsonlReader
from events.harvest.records import CitedSource, FormerText, Item, Record
from events.slugs import Address
from tests.harvest.pages import bad, files, put, records


def read(root: Path, *lines: dict[str, Any] | bytes | str, edition: str = "en") -> list[Item]:
    content = b"\n".join(
        line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode()
        for line in lines
    )
    return list(JsonlReader(put(root, "e.jsonl", content), edition=edition).items())


def one(root: Path, edition: str = "en", **fields: Any) -> Record:
    [record] = records(read(root, {"date": "2003-05-04", "text": "A.", **fields}, edition=edition))
    return record


def test_date_and_text_are_enough(tmp_path: Path) -> None:
    record = one(tmp_path)
    assert (record.date, record.text, record.edition) == (dt.date(2003, 5, 4), "A.", "en")
    assert (record.contexts, record.lead, record.citations, record.summary) == (None, None, None, None)
    assert str(record.place) == "e.jsonl:1"


def test_headings_become_contexts_and_the_innermost_leads(tmp_path: Path) -> None:
    record = one(tmp_path, topics=["Floods", {"text": "Floods in Portville", "links": ["x"]}])
    assert record.topics == record.contexts == ("Floods", "Floods in Portville")
    assert record.lead == "Floods in Portville"


def test_no_headings_say_nothing_of_contexts(tmp_path: Path) -> None:
    assert one(tmp_path, topics=[]).contexts is None


def test_sources_are_names_addresses_or_objects(tmp_path: Path) -> None:
    sources = ["Harbour Post", "https://a.example/1", {"url": "https://b.example", "label": "B"}]
    assert one(tmp_path, sources=sources).citations == (
        CitedSource("Harbour Post"),
        CitedSource("", "https://a.example/1"),
        CitedSource("B", "https://b.example"),
    )
    assert one(tmp_path, sources=[]).citations == ()


def test_export_line_in_full(tmp_path: Path) -> None:
    record = one(
        tmp_path,
        id=17,
        edition="zh",
        address="/news/2003/05/4/a",
        former_addresses=[
            "/zh/news/2003/05/4/b",
            {"address": "/news/2003/05/4/c", "text": "C", "when": "2004"},
        ],
        summary="S",
        category="disasters",
        category_said="Disasters and accidents",
        lead_context="L",
        contexts=["K", {"name": "M"}],
        citations=[{"label": "P", "url": "https://p.example", "picture": "https://p.example/i.jpg", "x": 1}],
        provenance=[{"origin": "o"}],
        unknown={"a": [1]},
    )
    day = dt.date(2003, 5, 4)
    assert (record.edition, record.origin_id, record.address) == ("zh", "17", Address(day, "a"))
    assert record.former == (FormerText("", Address(day, "b")), FormerText("C", Address(day, "c"), "2004"))
    assert (record.summary, record.category) == ("S", "Disasters and accidents")
    assert (record.lead, record.contexts) == ("L", ("L", "K", "M"))
    assert record.citations == (CitedSource("P", "https://p.example", "https://p.example/i.jpg"),)


def test_category_that_was_changed_counts_more_than_what_was_said(tmp_path: Path) -> None:
    assert one(tmp_path, category="sport", category_said="Disasters").category == "sport"


def test_category_as_long_as_a_sentence_is_cut(tmp_path: Path) -> None:
    assert one(tmp_path, category="x" * 300).category == "x" * 200


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"date": "2003-05-04"}', 'no "text"'),
        ('{"text": "A."}', 'no "date"'),
        ('{"date": "2003-05-04", "text": " \\u200b"}', "no text"),
        ('{"date": "4 May 2003", "text": "A."}', "YYYY-MM-DD"),
        ('{"date": "2003-05-32", "text": "A."}', "no such day"),
        ('{"date": "9999-05-03", "text": "A."}', "between 1000 and 2100"),
        ('{"date": 20030504, "text": "A."}', "a string, not a number"),
        ('{"date": "2003-05-04", "text": ["A."]}', "a string, not a list"),
        ('{"date": "2003-05-04", "text": "A.", "text": "B."}', '"text" twice'),
        ('{"date": "2003-05-04", "text": "A.", "n": NaN}', "NaN"),
        ('{"date": "2003-05-04", "text": "A.", "n": -Infinity}', "Infinity"),
        ('{"date": "2003-05-04", "text": "A.", "n": ' + "1" * 5000 + "}", "no JSON"),
        ('{"date": "2003-05-04", "text": "A\\ud800"}', "half of a character"),
        ('{"date": "2003-05-04", "text": "A\\u0000"}', "NUL"),
        ('{"date": "2003-05-04", "text": "A.", "sources": ["x\\udfff"]}', "half of a character"),
        ('{"date": "2003-05-04", "text": "A.", "topics": "x"}', '"topics" must hold a list'),
        ('{"date": "2003-05-04", "text": "A.", "topics": [1]}', '"topics" must hold a name'),
        ('{"date": "2003-05-04", "text": "A.", "sources": [1]}', "objects with url and label"),
        ('{"date": "2003-05-04", "text": "A.", "sources": [{"url": "javascript:x"}]}', "no web address"),
        ('{"date": "2003-05-04", "text": "A.", "address": "/news/2003/05/4/../x"}', "no event's address"),
        ('{"date": "2003-05-04", "text": "A.", "address": "/zh/news/2003/05/4/x"}', "--edition zh"),
        ('{"date": "2003-05-04", "text": "A.", "edition": "xx"}', "use one of en, zh"),
        (json.dumps({"date": "2003-05-04", "text": "A.", "contexts": [str(n) for n in range(501)]}), "500"),
        (json.dumps({"date": "2003-05-04", "text": "A.", "sources": ["x"] * 501}), "500"),
        (json.dumps({"date": "2003-05-04", "text": "A.", "contexts": ["x" * 201]}), "200"),
        ("[" * 100_000, "nested too deeply"),
        ('["a"]', "a list, not an object"),
        ("null", "null, not an object"),
        ("{", "no JSON"),
        (b'{"date": "2003-05-04", "text": "\xff"}', "UTF-8"),
        (b'{"date": "2003-05-04", "text": "A\0"}', "no JSON"),
        (b" " * (1024 * 1024) + b"{}", "1,048,576 bytes"),
    ],
)
def test_bad_line_costs_one_bad_record_and_the_rest_goes_on(
    tmp_path: Path, line: str | bytes, reason: str
) -> None:
    good = {"date": "2003-05-04", "text": "Good."}
    items = read(tmp_path, good, line, "", good)
    assert [record.place.line for record in records(items)] == [1, 4]
    [item] = bad(items)
    assert (item.place.line, reason in item.reason) == (2, True), item.reason
    assert [file.bad for file in files(items)] == [True]


def test_packed_file_and_folder_are_read_as_they_are(tmp_path: Path) -> None:
    line = b'{"date": "2003-05-04", "text": "A."}\n'
    put(tmp_path, "a.jsonl.xz", lzma.compress(line))
    put(tmp_path, "a.jsonl.gz", gzip.compress(line))
    put(tmp_path, "export/events.jsonl", line)
    for name in ("a.jsonl.xz", "a.jsonl.gz", "export"):
        reader = JsonlReader(tmp_path / name, edition="en")
        items = list(reader.items())
        assert [record.text for record in records(items)] == ["A."]
        assert reader.position == reader.total() > 0
        assert [(file.bad, len(file.sha256)) for file in files(items)] == [(False, 64)]


def test_damaged_file_keeps_the_lines_before_the_damage(tmp_path: Path) -> None:
    lines = b"".join(b'{"date": "2003-05-04", "text": "A%d."}\n' % n for n in range(20_000))
    packed = gzip.compress(lines)
    put(tmp_path, "a.gz", packed[: len(packed) // 2])
    items = list(JsonlReader(tmp_path / "a.gz", edition="en").items())
    assert len(records(items)) > 1000
    assert [item.place.line for item in bad(items)] == [len(records(items)) + 1]


def test_missing_file_is_a_bad_record(tmp_path: Path) -> None:
    [item] = bad(list(JsonlReader(tmp_path, edition="en").items()))
    assert (item.place.file, "check the file" in item.reason) == ("events.jsonl", True)


def test_fingerprint_tells_a_changed_size(tmp_path: Path) -> None:
    reader = JsonlReader(put(tmp_path, "e.jsonl", "{}\n"), edition="en")
    before = reader.fingerprint()
    put(tmp_path, "e.jsonl", "{}\n\n")
    assert reader.fingerprint() != before


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
CONTEXT_KEYS = ("lead_context", "contexts", "topics", "category", "category_said")
KEYS = st.sampled_from(
    ("id", "edition", "date", "address", "former_addresses", "text", "summary", "citations", "sources")
) | st.sampled_from(CONTEXT_KEYS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=st.dictionaries(KEYS, VALUES), junk=st.binary(max_size=100))
def test_no_line_makes_the_reader_fail(tmp_path: Path, fields: dict[str, Any], junk: bytes) -> None:
    event = {"date": "2003-05-04", "text": "A.", **fields}
    items = read(tmp_path, event, junk, {"date": "2003-05-04", "text": "Good."})
    assert records(items)[-1].text == "Good."
    for record in records(items):
        repr(record).encode()
