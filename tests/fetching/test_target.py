"""Reading the URLs that we are told to open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.fetching.errors import Refused
from events.fetching.target import Target, read_target


def test_a_url_is_read_into_its_parts() -> None:
    assert read_target("https://Hooks.Example.org/a/b?c=d&e") == Target(
        "https", "hooks.example.org", 443, "/a/b?c=d&e"
    )
    assert read_target("https://[2606:4700::1]:8443") == Target("https", "2606:4700::1", 8443, "/")
    assert read_target("http://127.0.0.1:9000/?") == Target("http", "127.0.0.1", 9000, "/")


@pytest.mark.parametrize(
    "url",
    [
        "", "example.org", "//example.org/", "ftp://example.org/", "file:///etc/passwd", "gopher://x/",
        "https://",
        "https:///path", "https://user@example.org/", "https://user:word@example.org/", "https://@example.org/",
        "https://good.example\\@evil.example/", "https://example.org/#part", "https://example.org#@evil.example/",
        "https://exa mple.org/",
        "https://example.org/\r\nX-Injected: 1", "https://example.org/\tx", "https://exämple.org/",
        "https://example.org:0/", "https://example.org:99999/", "https://example.org:port/", "https://[::1",
        "https://[fe80::1%25eth0]/", "https://[v1.x]/", "https://ex%61mple.org/", "https://-a.example/",
        "https://a..b/",        "https://" + "a" * 64 + ".example/", "https://example.org/" + "x" * 500, "https://example.org/\x00",
        "javascript:alert(1)",
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        read_target(url)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for url in (text, f"https://{text}", f"https://example.org/{text}"):
        try:
            target = read_target(url)
        except Refused:
            continue
        assert not set("\r\n \t\0") & set(target.host + target.path)
