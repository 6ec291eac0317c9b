"""Every format of every page, byte for byte, as the files in ``golden/`` have it.

``GOLDEN=write pytest tests/formats/test_golden.py`` writes the files anew (CONTRIBUTING.md).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from events.formats.document import (
    context_json,
    day_json,
    detail_json,
    editorial_json,
    front_json,
    stored_json,
)
from events.formats.markdown import (
    context_markdown,
    day_markdown,
    editorial_markdown,
    event_markdown,
    front_markdown,
)
from events.formats.ninjs import event_ninjs, events_ninjs
from events.formats.xml import context_xml, day_xml, editorial_xml, event_xml, front_xml
from tests.formats import samples

GOLDEN = Path(__file__).parent / "golden"

PAGES: dict[str, Callable[[], str | bytes]] = {
    "event.md": lambda: event_markdown(samples.full_event()),
    "event-bare.md": lambda: event_markdown(samples.event()),
    "event-zh.md": lambda: event_markdown(samples.chinese_event()),
    "event.ninjs": lambda: event_ninjs(samples.full_event(), base_url="https://news.example"),
    "event-zh.ninjs": lambda: event_ninjs(samples.chinese_event(), base_url="https://news.example"),
    "events.ninjs": lambda: events_ninjs(
        [samples.event(), samples.full_event()],
        base_url="https://news.example",
        uri="https://news.example/api/v1/events.ninjs?page_size=2",
    ),
    "day.md": lambda: day_markdown(samples.full_day()),
    "day-zh.md": lambda: day_markdown(samples.chinese_day()),
    "context.md": lambda: context_markdown(samples.full_context()),
    "context-bare.md": lambda: context_markdown(samples.context()),
    "front.md": lambda: front_markdown(samples.full_front()),
    "front-bare.md": lambda: front_markdown(samples.front()),
    "editorial.md": lambda: editorial_markdown(samples.editorial()),
    "event.json": lambda: detail_json(
        stored_json(samples.stored(samples.full_event())), samples.full_event()["related"]
    ),
    "day.json": lambda: day_json(samples.full_day()),
    "context.json": lambda: context_json(samples.full_context()),
    "front.json": lambda: front_json(samples.full_front()),
    "editorial.json": lambda: editorial_json(samples.editorial()),
    "event.xml": lambda: event_xml(samples.full_event()),
    "day.xml": lambda: day_xml(samples.full_day()),
    "context.xml": lambda: context_xml(samples.full_context()),
    "front.xml": lambda: front_xml(samples.full_front()),
    "editorial.xml": lambda: editorial_xml(samples.editorial()),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_its_golden_file_says(name: str) -> None:
    page = PAGES[name]()
    data = page if isinstance(page, bytes) else page.encode()
    path = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        path.write_bytes(data)
    assert data == path.read_bytes()


def test_each_golden_file_is_checked() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(PAGES)


def test_json_pages_are_the_dicts_they_were_written_from() -> None:
    assert json.loads((GOLDEN / "event.json").read_bytes()) == samples.full_event()
    assert json.loads((GOLDEN / "day.json").read_bytes()) == samples.full_day()
    assert json.loads((GOLDEN / "front.json").read_bytes()) == samples.full_front()
