"""Bodies: bounded, unambiguous, strict; and merge patches by RFC 7396."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import pytest
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIRequest
from hypothesis import given
from hypothesis import strategies as st

from events.api.inputs.events import EventPatch
from events.api.problems import Problem
from events.api.writing.bodies import BODY_MOST, merge_patch, parse_object, read_body
from events.models import Event
from events.vocabulary import Role
from tests.api.writing.writers import MERGE_PATCH, Program, pointers, problem, program
from tests.factories import make_event

NEW = {"edition": "en", "date": "2004-02-09", "text": "Envoys sign a treaty.", "category": "politics"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=12,
)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def editor(db: None) -> Program:
    return program(Role.EDITOR)


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}), ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}), ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}), ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}), (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]), ({"a": "foo"}, None, None), ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}), ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)  # fmt: skip
def test_patches_of_the_rfc_give_its_results(target: Any, patch: Any, result: Any) -> None:
    """RFC 7396, appendix A."""
    before = json.dumps(target)
    assert merge_patch(target, patch) == result
    assert json.dumps(target) == before


def without_null(value: Any) -> bool:
    if isinstance(value, dict):
        return all(one is not None and without_null(one) for one in value.values())
    return True


@given(JSON, JSON)
def test_a_patch_says_what_it_says_however_often(target: Any, patch: Any) -> None:
    once = merge_patch(target, patch)
    assert merge_patch(once, patch) == once
    if isinstance(patch, dict):
        kept = target if isinstance(target, dict) else {}
        assert set(once) == (set(kept) | set(patch)) - {
            name for name, value in patch.items() if value is None
        }
        assert all(once[name] == kept[name] for name in kept.keys() - patch.keys())
    else:
        assert once == patch


@given(JSON, JSON)
def test_there_is_a_patch_from_anything_to_anything_without_null(target: Any, wanted: Any) -> None:
    def difference(old: Any, new: Any) -> Any:
        if not (isinstance(old, dict) and isinstance(new, dict)):
            return new
        return {
            **dict.fromkeys(old.keys() - new.keys()),
            **{name: difference(old.get(name), value) for name, value in new.items()},
        }

    if without_null(wanted) and (isinstance(wanted, dict) or wanted is not None):
        assert merge_patch(target, difference(target, wanted)) == wanted


WRITABLE = st.fixed_dictionaries(
    {},
    optional={
        "date": st.sampled_from(["2004-02-09", None, "2004-2-9", 5, "9999-01-01", "2004-02-30"]),
        "text": st.text(max_size=5) | st.none() | st.integers(),
        "summary": st.text(max_size=5) | st.none() | st.booleans(),
        "category": st.sampled_from(["politics", None, "nonsense", 1, ["politics"], {}]),
        "lead_context": st.sampled_from(["A", None, "", 5, {"name": "A"}, {"name": None}, {"x": 1}, ["A"]]),
        "contexts": st.none() | st.lists(st.sampled_from(["A", "", 5, None, {"name": "B"}, {}]), max_size=3),
        "citations": st.none() | st.lists(JSON, max_size=2),
        "grade": st.sampled_from(["typo", "legal", None, 1]),
        "note": st.text(max_size=3) | st.none(),
        "address": st.sampled_from(["/news/2004/02/9/x", None, 5]),
        "revision": JSON,
        "~/x": JSON,
    },
)


@given(WRITABLE)
def test_any_patch_of_an_event_is_read_or_pointed_at(patch: dict[str, Any]) -> None:
    present = {"text": "T", "lead_context": {"name": "L", "id": 5}, "contexts": ["L"], "citations": []}
    try:
        read = EventPatch.read_onto(present, patch)
    except Problem as refusal:
        said = refusal.response()
    else:
        assert read.keys() <= patch.keys() <= EventPatch().fields.keys()
        return
    body = json.loads(said.content)
    assert body["type"] == "/api/problems/invalid-member"
    assert body["errors"]
    heads = {f"/{name.replace('~', '~0').replace('/', '~1')}" for name in patch}
    for fault in body["errors"]:
        assert any(fault["pointer"].startswith(head) for head in heads)


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b"null", b'"x"', b"5", b'{"a": 1, "a": 2}', b'{"a": {"b": 1, "b": 1}}',
        b'{"a": NaN}', b'{"a": Infinity}', b'{"a": -Infinity}', b"\xff", b'{"a": "\\ud800"}',
        b'{"a": "\\u0000"}', b'{"\\u0000": 1}', b'{"\\ud800": 1}', b"{" + b'"a":{' * 9 + b"}" * 10,
        b'{"a":' * 100_000, b"[" * 1_000_000, b'{"a": ' + b"1" * 5000 + b"}", b"{} {}", b"{}\x00",
        b"\xfe\xff\x00{\x00}",
    ],
    ids=lambda body: repr(body[:20]),
)  # fmt: skip
def test_what_is_no_plain_object_is_refused(editor: Program, body: bytes) -> None:
    problem(editor.post("events/", body, media="application/json"), 400, "invalid-body")


@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_body_breaks_the_reading(body: bytes) -> None:
    try:
        found: Any = parse_object(body)
    except Problem as refusal:
        found = refusal.response().status_code
    assert found == 400 or isinstance(found, dict)


def test_bodies_are_bounded_and_whole(editor: Program) -> None:
    large = json.dumps({**NEW, "note": "x" * BODY_MOST}).encode()
    problem(editor.post("events/", large), 413, "too-large")
    said_large = editor.send("post", "events/", b"{}", Content_Length="999999999999999")
    problem(said_large, 413, "too-large")
    problem(editor.send("post", "events/", b"{}", Content_Length="-1"), 400, "bad-request")
    problem(editor.send("post", "events/", b"{}", Content_Length="٣"), 400, "bad-request")
    chunked = editor.send("post", "events/", b"{}", Content_Length="", Transfer_Encoding="chunked")
    problem(chunked, 411, "length-required")
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("method", "media", "headers"),
    [
        ("post", "text/plain", {}), ("post", "application/x-www-form-urlencoded", {}),
        ("post", "multipart/form-data; boundary=x", {}), ("post", "", {}),
        ("post", MERGE_PATCH, {}), ("patch", "application/json-patch+json", {}),
        ("post", "application/json; charset=latin-1", {}),
        ("post", "application/json", {"Content-Encoding": "gzip"}),
        ("patch", MERGE_PATCH, {"Content-Encoding": "br"}),
    ],
)  # fmt: skip
def test_other_formats_and_packed_bodies_are_refused(
    editor: Program, method: str, media: str, headers: dict[str, str]
) -> None:
    event = make_event()
    body = gzip.compress(b"{" + b" " * 10_000_000 + b"}") if headers else b"{}"
    path = "events/" if method == "post" else f"events/{event.pk}/"
    answer = editor.send(method, path, body, media=media, seen='"1-0"', **headers)
    problem(answer, 415, "unsupported-media-type")
    wanted = {"Accept-Encoding": "identity"} if headers else {"Accept": "application/json"}
    for name, value in wanted.items():
        assert value in answer.headers[name] or MERGE_PATCH in answer.headers[name]


def test_every_fault_is_pointed_at(editor: Program) -> None:
    asked = {
        "edition": "xx", "date": "2004-02-30", "text": "", "category": "nonsense", "lead_context": 5,
        "contexts": ["Treaties", {"nome": "x"}, "", "x" * 201], "draft": 1, "id": 7, "colour": "red",
        "a/b~": 1,
        "citations": [{"url": "javascript:alert(1)"}, {"label": 5}, "x", {"href": "x"}],
    }  # fmt: skip
    answer = editor.post("events/", asked)
    problem(answer, 422, "invalid-member")
    told = pointers(answer)
    assert told.keys() == {
        "/edition", "/date", "/text", "/category", "/lead_context", "/contexts/1/nome", "/contexts/2",
        "/contexts/3", "/draft", "/id", "/colour", "/a~1b~0", "/citations/0/url", "/citations/1/label",
        "/citations/2", "/citations/3/href",
    }  # fmt: skip
    assert told["/id"] == "It can be read, and not written."
    assert told["/colour"] == "There is no such member."
    missing = editor.post("events/", {})
    assert pointers(missing).keys() == {"/edition", "/date", "/text", "/category"}
    assert not Event.objects.exists()


def test_parameters_that_writing_does_not_know_are_errors(editor: Program) -> None:
    problem(editor.post("events/?dry_run=true", NEW), 400, "unknown-parameter")
    assert not Event.objects.exists()


def test_whoever_prefers_gets_the_headers_alone(editor: Program) -> None:
    made = editor.post("events/", NEW, Prefer="return=minimal")
    assert (made.status_code, made.content) == (201, b"")
    assert made.headers["Preference-Applied"] == "return=minimal"
    assert "Content-Type" not in made.headers
    again = editor.post("events/", NEW, Idempotency_Key="one")
    assert again.content
    again = editor.post("events/", NEW, Idempotency_Key="one", Prefer="return=minimal")
    assert (again.status_code, again.content, again.headers["Idempotent-Replayed"]) == (201, b"", "true")
    patch = {"text": "Other.", "grade": "typo"}
    changed = editor.patch(made.headers["Location"], patch, seen=made, Prefer="return=minimal")
    assert (changed.status_code, changed.content) == (204, b"")
    assert changed.headers["ETag"] == Program(None).get(made.headers["Location"]).headers["ETag"]


def test_a_text_that_is_hard_to_see_is_stored_as_the_desk_would(editor: Program) -> None:
    """Controls go, line ends become blanks; what only looks empty is empty."""
    made = editor.post("events/", {**NEW, "text": " Envoys\u2028sign\r\na\u0007 treaty. "})
    assert made.json()["text"] == "Envoys sign a treaty."
    problem(editor.post("events/", {**NEW, "text": "\u2028 \u0007"}), 422, "refused")


def test_a_taken_address_is_refused_and_a_strange_one_too(editor: Program) -> None:
    assert editor.post("events/", {**NEW, "slug": "mine"}).status_code == 201
    for slug in ("mine", "../x", "a b", "index", "x/y"):
        problem(editor.post("events/", {**NEW, "slug": slug}), 422, "refused")


def test_a_body_that_broke_off_is_no_body() -> None:
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/", "CONTENT_LENGTH": "500", "wsgi.input": io.BytesIO(b"{}"),
    }  # fmt: skip
    with pytest.raises(Problem) as refusal:
        read_body(WSGIRequest(environ))
    assert refusal.value.kind.slug == "bad-request"
