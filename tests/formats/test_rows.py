"""Rows as lines and back: exact, complete, described, and the same bytes from both databases."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from events.formats.jsonl import CHILDREN, DOCUMENT, EVENT, FILES, FOR_READERS, line_bytes, rows_of
from events.formats.rows import RowFormat
from events.harvest.files import Refused
from events.models import (
    Alias,
    ApiToken,
    ContextTally,
    EventFeatures,
    FeaturePosting,
    MailNotice,
    MonthTally,
    NameStart,
    Publisher,
    PublisherTally,
    RelatedLink,
    ReviewItem,
    SearchEntry,
    SearchWord,
    StoredAnswer,
    Webhook,
    WebhookDelivery,
)

KINDS = [*(kind for kinds in FILES.values() for kind in kinds), *CHILDREN.values(), DOCUMENT]
PAGE = (Path(__file__).resolve().parent.parent.parent / "docs" / "formats.md").read_text("utf-8")
TIME = dt.datetime(2004, 2, 9, 12, 30, 0, 7, tzinfo=dt.UTC)


def row_of_table(first: str) -> str:
    found = re.search(rf"^\| {re.escape(first)} \|(.*)\|$", PAGE, flags=re.MULTILINE)
    assert found is not None, first
    return found[1]


def _name(kind: RowFormat) -> str:
    return kind.name


def test_every_table_of_the_archive_is_exported_but_what_is_computed() -> None:
    exported = {kind.model for kind in KINDS}
    # A wish for mail belongs to an account, and accounts are no part of an export; nor are the
    # secrets and addresses of webhooks, whose receivers follow the site that they know, and what
    # programs write with: their tokens, and the answers that they may ask for again.
    assert set(apps.get_app_config("events").get_models()) - exported == {
        ApiToken,
        ContextTally,
        EventFeatures,
        FeaturePosting,
        MailNotice,
        MonthTally,
        NameStart,
        PublisherTally,
        RelatedLink,
        SearchEntry,
        SearchWord,
        StoredAnswer,
        Webhook,
        WebhookDelivery,
    }


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.name not in {"", "event"}], ids=lambda k: k.name
)
def test_every_key_of_a_line_is_described_in_its_order(kind: RowFormat) -> None:
    described = re.findall(r"`([a-z_]+)`", re.sub(r"\([^)]*\)", "", row_of_table(f"`{kind.name}`")))
    assert described[: len(kind.keys)] == list(kind.keys)


def test_every_key_of_an_event_is_described() -> None:
    table = PAGE.partition("### `events.jsonl`")[2].partition("###")[0]
    described = {
        key for row in re.findall(r"^\| (`.*?) \|", table, flags=re.MULTILINE) for key in row.split()
    }
    keys = {*EVENT.keys, "type", *FOR_READERS, *CHILDREN, "document"}
    assert described == {f"`{key}`" for key in keys}
    for name, kind in [*CHILDREN.items(), ("document", DOCUMENT)]:
        assert [key for key in kind.keys if f"`{key}`" not in row_of_table(f"`{name}`")] == []


def test_keys_inside_stored_json_stand_in_one_order() -> None:
    kind = RowFormat(ReviewItem, "review")
    at = kind.keys.index("data")
    values: list[Any] = [None] * len(kind.keys)
    lines = []
    for data in ({"b": [{"y": 1, "x": 2}], "a": 1}, {"a": 1, "b": [{"x": 2, "y": 1}]}):
        values[at] = data
        lines.append(line_bytes(kind.line(values)))
    assert lines[0] == lines[1]
    assert b'"data":{"a":1,"b":[{"x":2,"y":1}]}' in lines[0]


def test_a_row_comes_back_from_its_line_to_the_microsecond() -> None:
    kind = RowFormat(Publisher, "publisher")
    line = json.loads(line_bytes(kind.line((7, "The “Gazette”\u2028", None, TIME))))
    assert line == {
        "type": "publisher",
        "id": 7,
        "name": "The “Gazette”\u2028",
        "merged_into": None,
        "created_at": "2004-02-09T12:30:00.000007Z",
    }
    row = kind.row(line)
    assert (row.pk, row.name, row.created_at) == (7, "The “Gazette”\u2028", TIME)


def test_half_a_character_is_written_as_an_escape_and_refused_when_read() -> None:
    kind = RowFormat(Publisher, "publisher")
    line = line_bytes(kind.line((7, "a\ud800", None, TIME)))
    assert b"\\ud800" in line
    with pytest.raises(Refused, match="half of a character"):
        kind.row(json.loads(line))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"edition": "xx"}, '"edition" holds "xx", which is none of en, zh'),
        ({"context": 0}, '"context" must hold a whole number from 1'),
        ({"context": 1.0}, '"context" must hold a whole number from 1'),
        ({"context": None}, '"context" must hold a whole number from 1'),
        ({"name": ["a"]}, '"name" must hold a string'),
        ({"more": 1}, 'has "more", which is unknown here'),
    ],
)
def test_what_no_column_can_hold_is_refused_with_its_key(change: dict[str, Any], reason: str) -> None:
    kind = RowFormat(Alias, "alias")
    line = {"type": "alias", "id": 1, "context": 2, "edition": "en", "name": "Traffic"}
    assert kind.row(line).context_id == 2
    with pytest.raises(Refused) as caught:
        kind.row(line | change)
    assert caught.value.reason.startswith(reason)


@pytest.mark.parametrize("line", [{}, {"type": None}, {"type": "event"}, {"type": {}}])
def test_a_line_of_another_kind_is_refused(line: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="has the type"):
        list(rows_of("contexts.jsonl", line))
