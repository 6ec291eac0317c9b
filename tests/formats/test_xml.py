"""XML pages keep to the schema in docs/schema, whatever stands in them, and lose nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from events.formats import xml
from events.vocabulary import Category, Grade, Tagged
from tests.formats import samples

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parents[2] / "docs/schema/archive-1.xsd"))
NS = f"{{{xml.NAMESPACE}}}"

SHAPES: dict[str, tuple[Callable[[Any], bytes], samples.Page]] = {
    "event, full": (xml.event_xml, samples.full_event()),
    "event, bare": (xml.event_xml, samples.event()),
    "event, stored document": (xml.event_xml, samples.stored(samples.full_event())),
    "event, Chinese": (xml.event_xml, samples.chinese_event()),
    "day, full": (xml.day_xml, samples.full_day()),
    "day, empty": (xml.day_xml, samples.day()),
    "day, with related": (xml.day_xml, samples.day(samples.full_event())),
    "context, full": (xml.context_xml, samples.full_context()),
    "context, bare": (xml.context_xml, samples.context()),
    "front, full": (xml.front_xml, samples.full_front()),
    "front, empty": (xml.front_xml, samples.front()),
    "editorial": (xml.editorial_xml, samples.editorial()),
    "editorial, bare": (xml.editorial_xml, samples.editorial(author="", body="")),
}


def parsed(page: bytes) -> etree._Element:
    root = etree.fromstring(page)
    SCHEMA.assertValid(root)
    return root


def check_same(element: etree._Element, value: Any) -> None:
    """That *element* says what the JSON *value* says."""
    children = list(element)
    if isinstance(value, dict):
        said = {name: item for name, item in value.items() if item is not None}
        assert [etree.QName(child).localname for child in children] == list(said)
        value = list(said.values())
    if isinstance(value, list):
        for child, item in zip(children, value, strict=True):
            check_same(child, item)
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        assert (element.text or "") == text


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_valid_and_says_the_same_as_its_json(shape: str) -> None:
    write, page = SHAPES[shape]
    check_same(parsed(write(page)), page)


def test_the_schema_refuses_what_is_no_event() -> None:
    root = etree.fromstring(xml.event_xml(samples.full_event()))
    root.remove(root.find(f"{NS}text"))
    assert not SCHEMA.validate(root)
    assert not SCHEMA.validate(etree.fromstring(xml.event_xml(samples.event(category="gossip"))))
    assert not SCHEMA.validate(etree.fromstring(xml.event_xml(samples.event(address="/elsewhere"))))


def test_every_word_of_the_vocabulary_is_in_the_schema() -> None:
    for category in Category:
        parsed(xml.event_xml(samples.event(category=str(category))))
    for how in Tagged:
        parsed(xml.event_xml(samples.event(contexts=[{**samples.neighbour("A"), "how": str(how)}])))
    for grade in Grade:
        correction = {**samples.full_event()["corrections"][0], "grade": str(grade)}
        parsed(xml.event_xml(samples.event(corrections=[correction])))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("<b>bold</b> & ]]> </script>", "<b>bold</b> & ]]> </script>"),
        ("&lt; stays &#60; as it is", "&lt; stays &#60; as it is"),
        ("\u202eright to left\u202c \u200f", "\u202eright to left\u202c \u200f"),
        ("a\x00b\x08c\x1fd\ufffee\uffff", "abcde"),
        ("half \ud800 of a pair", "half  of a pair"),
        ("two\nlines\r\nand\ta tab", "two\nlines\r\nand\ta tab"),
        ("\U0001f309 bridge", "\U0001f309 bridge"),
        (" \u00a0outer blanks ", " \u00a0outer blanks "),
    ],
)
def test_hostile_text_is_kept_as_far_as_xml_can(text: str, kept: str) -> None:
    root = parsed(xml.event_xml(samples.event(text=text)))
    assert root.findtext(f"{NS}text") == kept


@given(st.text(st.characters(codec=None)))
def test_any_text_makes_valid_xml(text: str) -> None:
    page = samples.full_event()
    page.update(text=text, summary=text, category_said=text)
    page["citations"][0].update(label=text, url=text, picture=text)
    page["contexts"][0]["name"] = text
    page["related"][0]["reason"]["contexts"] = [text]
    parsed(xml.event_xml(page))
