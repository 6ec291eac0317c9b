"""events/text/urls.py: one document, one address; different documents, different addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.text.urls import MAX_LENGTH, host_of, normalise_url

PIECES = [
    "http://", "HTTPS://", "user:pw@", "Example.ORG", "münchen.de", ":80", ":443", ":8080", "/", "a,b",
    "é", "%C3%A9", "?", "utm_source=x", "&", "id=7", "#top", "..", ".", "[::1]", "=", ";", "@", ":",
]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("HTTPS://WWW.Example.ORG/News", "https://www.example.org/News"),
        ("http://example.org:80/a", "http://example.org/a"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org./a/", "https://example.org/a/"),
        ("https://user:secret@example.org/a", "https://example.org/a"),
        ("https://example.org/a#part", "https://example.org/a"),
        ("https://example.org/a?", "https://example.org/a"),
        ("https://example.org/a?utm_source=x&id=7&fbclid=1&at_medium=y&CMP=z", "https://example.org/a?id=7"),
        ("https://example.org/a?ocid=1&gclid=2&cmpid=3&ito=4&ref_src=5", "https://example.org/a"),
        ("https://example.org/?b=2&a=1&a=3&empty=", "https://example.org/?b=2&a=1&a=3&empty="),
        ("https://example.org/0,1518,3%2c4,00.html", "https://example.org/0,1518,3%2c4,00.html"),
        ("https://München.example/é", "https://xn--mnchen-3ya.example/é"),
        ("  https://example.org/a\n", "https://example.org/a"),
        ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"),
    ],
)
def test_equal_documents_get_one_address(raw: str, normal: str) -> None:
    assert normalise_url(raw) == normal


@pytest.mark.parametrize(
    "raw",
    ["", "ftp://example.org/a", "javascript:alert(1)", "mailto:a@example.org", "//example.org/a", "/a",
     "example.org", "https://", "https:///a", "https://exa mple.org/", "https://example.org/a b", "https://example.org/\x00",
     "https://example.org/\ttab", "https://example.org:99999/", "https://[::1", "https://-x.org/", "https://a..b/",
     "https://example.org/\ud800", "https://example.org\\@evil.org/",
     "https://example.org/" + "a" * MAX_LENGTH],
)  # fmt: skip
def test_what_cannot_be_cited_is_none(raw: str) -> None:
    assert normalise_url(raw) is None


@pytest.mark.parametrize(
    "field", ["id=1", "p=2", "page=3", "story=x", "ref=7", "cid=9", "q=utm_source", "src=a", "lang=en"]
)
def test_parameters_that_may_choose_content_stay(field: str) -> None:
    assert normalise_url(f"https://example.org/a?{field}") == f"https://example.org/a?{field}"


@given(
    st.one_of(
        st.text(),
        st.lists(st.sampled_from(PIECES)).map("".join),
        st.text().map("https://example.org/".__add__),
    )
)
def test_normalising_again_changes_nothing(raw: str) -> None:
    normal = normalise_url(raw)
    if normal is not None:
        assert normalise_url(normal) == normal
        assert len(normal) <= MAX_LENGTH
        assert host_of(normal)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.example.org/a", "example.org"),
        ("https://m.example.org/a", "example.org"),
        ("https://amp.example.org:8080/a", "example.org"),
        ("https://www.m.example.org/", "example.org"),
        ("https://m.com/", "m.com"),
        ("https://news.example.org/", "news.example.org"),
        ("not an address", ""),
        ("https://[", ""),
    ],
)
def test_host_is_the_publishers(url: str, host: str) -> None:
    assert host_of(url) == host
