"""Tables: what machines read back is what was said; what spreadsheets open cannot act."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.formats.table import BOM, table_lines

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
VALUES = st.one_of(
    TEXT, st.none(), st.booleans(), st.integers(), st.lists(TEXT, max_size=3),
    st.lists(st.fixed_dictionaries({"name": TEXT, "id": st.integers()}), max_size=3),
)  # fmt: skip


def cells(said: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(said, newline="")))


def read(value: Any, cell: str) -> Any:
    """What a program makes of a cell whose kind it knows."""
    if value is None or isinstance(value, str):
        return cell or None if value is None else cell
    return json.loads(cell)


@given(rows=st.lists(st.fixed_dictionaries({"a": VALUES, "b": VALUES}), max_size=4))
def test_machines_read_back_what_was_said(rows: list[dict[str, Any]]) -> None:
    found = cells(table_lines(["a", "b"], rows, head=True))
    assert found[0] == ["a", "b"]
    for row, line in zip(rows, found[1:], strict=True):
        assert [read(row[key], cell) for key, cell in zip("ab", line, strict=True)] == [row["a"], row["b"]]


@given(rows=st.lists(st.fixed_dictionaries({"a": VALUES, "b": VALUES}), max_size=4))
def test_no_cell_for_spreadsheets_begins_a_formula(rows: list[dict[str, Any]]) -> None:
    said = table_lines(["a", "b"], rows, spreadsheet=True, head=True)
    assert said.startswith(BOM)
    found = cells(said.removeprefix(BOM))
    for row, line in zip(rows, found[1:], strict=True):
        for key, cell in zip("ab", line, strict=True):
            number = isinstance(row[key], int)
            assert number or not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
            assert not cell.startswith(("\t", "\r", "\n"))


@pytest.mark.parametrize(
    "said",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r\n@x", '=HYPERLINK("https://x.example")', "＝1"],
)
def test_a_formula_becomes_words(said: str) -> None:
    ((cell,),) = cells(table_lines(["a"], [{"a": said}], spreadsheet=True))
    assert cell == f"'{said}"
    ((raw,),) = cells(table_lines(["a"], [{"a": said}]))
    assert raw == said


def test_lists_are_json_for_machines_and_names_for_people() -> None:
    row = {"contexts": [{"id": 1, "name": "Treaty"}, {"id": 2, "name": "=Talks"}], "aliases": ["a", "b"]}
    columns = ["contexts", "aliases", "missing"]
    assert cells(table_lines(columns, [row])) == [
        ['[{"id":1,"name":"Treaty"},{"id":2,"name":"=Talks"}]', '["a","b"]', ""]
    ]
    assert cells(table_lines(columns, [row], spreadsheet=True)) == [["Treaty; =Talks", "a; b", ""]]


def test_no_cell_is_longer_than_a_spreadsheet_can_hold() -> None:
    ((cell,),) = cells(table_lines(["a"], [{"a": "=" + "x" * 40_000}], spreadsheet=True))
    assert len(cell) == 32_767
