"""One thing in every format: by suffix or by ``Accept``, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from tests.api.nouns import LISTS, content, fill, with_suffixes
from tests.factories import make_context, make_event

pytestmark = pytest.mark.django_db
Get = Callable[..., Any]
SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parents[2] / "docs/schema/archive-1.xsd"))
TYPES = {
    "json": "application/json",
    "xml": "application/xml",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "md": "text/markdown",
    "ninjs": "application/ninjs+json",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
}


def type_of(answer: Any) -> str:
    return str(answer.headers["Content-Type"].partition(";")[0])


def test_a_suffix_and_accept_give_the_same(get: Get) -> None:
    for address, suffix in with_suffixes(fill()):
        by_suffix = get(f"{address}.{suffix}")
        by_header = get(f"{address}/", accept=TYPES[suffix])
        for answer in (by_suffix, by_header):
            assert answer.status_code == 200, (address, suffix, answer.content)
            assert type_of(answer) == TYPES[suffix]
            assert answer.headers["Vary"].startswith("Accept")
        assert content(by_suffix) == content(by_header)


def test_a_suffix_wins_over_accept(get: Get) -> None:
    fill()
    for accept in ("application/json", "image/png"):
        answer = get("events.csv", accept=accept)
        assert (answer.status_code, type_of(answer)) == (200, "text/csv")
        content(answer)


def test_a_format_that_is_not_there_names_those_that_are(get: Get) -> None:
    for address, suffixes in fill().items():
        answer = get(f"{address}.pdf")
        assert (answer.status_code, answer.json()["type"]) == (404, "/api/problems/not-found"), address
        refused = get(f"{address}/", accept="application/pdf")
        assert (refused.status_code, refused.json()["type"]) == (406, "/api/problems/not-acceptable")
        for problem in (answer.json(), refused.json()):
            assert problem["allowed"] == [TYPES[suffix] for suffix in suffixes]
            assert all(f".{suffix}" in problem["detail"] for suffix in suffixes)


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("text/csv, application/json;q=0.9", "csv"),
        ("application/xml;q=0.2, application/*;q=0.5", "json"),
        ("application/json;q=0.1, application/xml", "xml"),
        ("application/json;q=0, */*", "xml"),
        ("text/*", "xml"),
        ("text/csv, text/*;q=0.5", "csv"),
        ("text/xml", "xml"),
        ("application/jsonl", "ndjson"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"),
        ("application/json; charset=utf-8", "json"),
        ("application/problem+json", "json"),
        (f"image/png, {'a/b,' * 200} text/csv", "csv"),
    ],
)
def test_accept_is_weighed(get: Get, accept: str, suffix: str) -> None:
    answer = get("events/", accept=accept)
    assert type_of(answer) == TYPES[suffix]
    content(answer)


@pytest.mark.parametrize("accept", ["nonsense", "a/b;q=nan", "/", ";;;", "text/html", "application/json;q=0"])
def test_accept_that_nothing_covers_is_refused(get: Get, accept: str) -> None:
    assert get("events/", accept=accept).status_code == 406


def test_the_format_is_no_parameter(get: Get) -> None:
    assert get("events/?format=xml").status_code == 400


def test_xml_is_valid_and_says_what_json_says(get: Get) -> None:
    for address, suffixes in fill().items():
        if "xml" in suffixes:
            root = etree.fromstring(get(f"{address}.xml").content)
            SCHEMA.assertValid(root)
            same(root, get(f"{address}.json").json(), address)


def same(element: Any, value: Any, where: str) -> None:
    """That *element* says what the JSON *value* says, in the same order."""
    if isinstance(value, dict):
        said = {
            key: item for key, item in value.items() if item is not None and key not in ("next", "previous")
        }
        children = [child for child in element if etree.QName(child).localname not in ("next", "previous")]
        assert [etree.QName(child).localname for child in children] == list(said), where
        for child, (key, item) in zip(children, said.items(), strict=True):
            same(child, item, f"{where} {key}")
    elif isinstance(value, list):
        for child, item in zip(element, value, strict=True):
            same(child, item, where)
    else:
        assert (element.text or "") == (str(value).lower() if isinstance(value, bool) else str(value)), where


def test_lines_are_the_objects_of_the_pages(get: Get) -> None:
    fill()
    for name in LISTS:
        results = get(f"{name}/").json()["results"]
        assert results, name
        lines = content(get(f"{name}.ndjson")).decode().splitlines()
        assert [json.loads(line) for line in lines] == results, name
        head, *rows = csv.reader(io.StringIO(content(get(f"{name}.csv")).decode(), newline=""))
        assert head == list(results[0]), name
        assert len(rows) == len(results)
        for row, result in zip(rows, results, strict=True):
            for key, cell in zip(head, row, strict=True):
                value = result[key]
                said = cell if isinstance(value, str) else json.loads(cell or "null")
                assert said == value, (name, key)


def test_every_answer_links_to_its_other_formats(get: Get) -> None:
    filled = fill()
    for address, suffix in with_suffixes(filled):
        answer = get(f"{address}.{suffix}" + ("?edition=en" if address == "events" else ""))
        content(answer)
        found = re.findall(r'<([^>]*)>; rel="alternate"; type="([^"]*)"', answer.headers.get("Link", ""))
        assert {kind for _, kind in found} == {TYPES[one] for one in filled[address]} - {TYPES[suffix]}
        for url, kind in found:
            other = get(url)
            assert (other.status_code, type_of(other)) == (200, kind), url
            content(other)
            assert "edition=en" in url or address != "events"


def test_fields_hold_in_every_format(get: Get) -> None:
    event = make_event("One.", contexts=["Treaty"])
    assert content(get("events.csv?fields=text,id")).decode() == f"text,id\r\nOne.,{event.pk}\r\n"
    assert content(get("events.ndjson?fields=text,id")).decode() == f'{{"id":{event.pk},"text":"One."}}\n'
    page = etree.fromstring(get("events.xml?fields=text,id").content)
    assert [etree.QName(child).localname for child in page[0][0]] == ["id", "text"]
    assert get(f"events/{event.pk}.xml?fields=text").content.count(b"<text>") == 1
    refused = get(f"events/{event.pk}.md?fields=text")
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (400, "fields")


def test_what_fits_no_stream_is_refused(get: Get) -> None:
    for path, parameter in (
        ("events.csv?page_size=5", "page_size"),
        ("events.ndjson?cursor=x", "cursor"),
        ("events.csv?count=only", "count"),
        ("events.csv?for=excel", "for"),
        ("events/?count=all", "count"),
        ("events/?count=only&page_size=0", "page_size"),
        ("events/?for=excel", "for"),
        ("events.csv?ordering=colour", "ordering"),
        ("events.csv?date_from=x", "date_from"),
        ("events.csv?fields=colour", "fields"),
    ):
        answer = get(path)
        assert answer.status_code == 400, path
        assert parameter in {fault["parameter"] for fault in answer.json()["errors"]}, path


def test_what_makes_no_difference_to_a_form_is_no_error(get: Get) -> None:
    make_event("One.")
    for path in ("events/?for=spreadsheets", "events.ndjson?for=machines", "events/?count=only&page_size=5"):
        answer = get(path)
        assert answer.status_code == 200, path
        assert b"One." in content(answer) or "count=only" in path


def test_the_number_alone_can_be_had(get: Get) -> None:
    for number in range(3):
        make_event(f"Number {number}.", contexts=["Treaty"], date=f"2004-02-0{number + 1}")
    answer = get("events/?count=only&date_from=2004-02-02")
    assert answer.json() == {"results": [], "next": None, "previous": None, "count": 2}
    assert b"<count>2</count>" in get("events.xml?count=only&date_from=2004-02-02").content
    for name in LISTS:
        if name != "days":
            assert get(f"{name}/?count=only").json()["count"] == len(get(f"{name}/").json()["results"])


def test_spreadsheets_get_a_table_that_cannot_act(get: Get) -> None:
    make_event('=HYPERLINK("https://evil.example","Click")', contexts=["Treaty"])
    said = content(get("events.csv?for=spreadsheets&fields=text,contexts"))
    assert said.startswith(b"\xef\xbb\xbftext,contexts\r\n")
    assert b"'=HYPERLINK" in said
    assert b",Treaty\r\n" in said
    assert b"\xef\xbb\xbf" not in content(get("events.csv?fields=text"))


def test_a_head_is_the_answer_without_its_body() -> None:
    client = Client(raise_request_exception=False)
    for address, suffix in with_suffixes(fill()):
        path = f"/api/v1/{address}.{suffix}"
        whole, head = client.get(path), client.head(path)
        body = content(whole)
        assert (head.status_code, head.content) == (200, b""), path
        for name in ("Content-Type", "ETag", "Link", "Cache-Control", "Vary"):
            assert head.headers.get(name) == whole.headers.get(name), (path, name)
        if not whole.streaming:
            assert head.headers["Content-Length"] == str(len(body))


def test_options_and_preflight_work_everywhere() -> None:
    client = Client()
    for address, suffix in with_suffixes(fill()):
        for path in (f"/api/v1/{address}/", f"/api/v1/{address}.{suffix}"):
            answer = client.options(path)
            assert (answer.status_code, answer.content) == (204, b""), path
            assert "GET" in answer.headers["Allow"]
            preflight = client.options(
                path, headers={"origin": "https://x.example", "access-control-request-method": "GET"}
            )
            assert preflight.headers["Access-Control-Allow-Origin"] == "*", path
            assert "if-none-match" in preflight.headers["Access-Control-Allow-Headers"]
    answer = client.get("/api/v1/events.csv", headers={"origin": "https://x.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Link" in answer.headers["Access-Control-Expose-Headers"]
    content(answer)


def test_a_merged_thing_redirects_to_the_same_format(get: Get) -> None:
    survivor = make_event("It stays.")
    merged = make_event("It went.", into=survivor)
    target = make_context("Target")
    old = make_context("Old", merged_into=target)
    for path, location in (
        (f"events/{merged.pk}.xml", f"events/{survivor.pk}.xml"),
        (f"events/{merged.pk}.md", f"events/{survivor.pk}.md"),
        (f"events/{merged.pk}/related.xml", f"events/{survivor.pk}/related.xml"),
        (f"events/{merged.pk}/revisions/", f"events/{survivor.pk}/revisions/"),
        (f"contexts/{old.pk}.xml?fields=name", f"contexts/{target.pk}.xml?fields=name"),
    ):
        answer = get(path)
        assert (answer.status_code, answer.headers["Location"]) == (301, f"/api/v1/{location}")
