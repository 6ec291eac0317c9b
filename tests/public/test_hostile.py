"""What an attacker tries on public pages: nothing breaks, nothing is believed, nothing leads away."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.test import Client

from tests import factories as make

pytestmark = pytest.mark.django_db
EVENT = "/news/2004/02/9/opened.html"
_WORDS = (
    "%00", "%0d%0aSet-Cookie:%20a=b", "..%2f..%2fetc%2fpasswd", "%2e%2e", "a" * 5_000, "%ff%fe", "%ed%a0%80",
    "%E2%80%AE", "{{7*7}}", "'%20OR%201=1--", "<script>", "%25%32%65", "%5c", "9" * 400, "-1", "1e9", "%20",
)  # fmt: skip
_PLACES = (
    "/{}", "/{}/", "/news/{}/", "/news/2004/{}/", "/news/2004/02/{}/", "/news/2004/02/9/{}",
    "/news/2004/02/9/{}.html", "/news/2004/02/9/{}.json", "/news/2004/02/9/{}/history/", "/contexts/{}/",
    "/contexts/{}/index.atom", "/contexts/?from={}", "/contexts/?q={}", "/e/{}", "/sources/{}/",
    "/sources/?from={}", "/sources/1/?after={}", "/search/?q={}", "/search/?from={}&to={}",
    "/search/?context={}&category={}&publisher={}&after={}", "/search/feed.atom?q={}",
    "/corrections/?before={}",
    "/news/?on={}", "/on-this-day/{}/9/", "/as-of/{}/news/2004/02/9/", "/as-of/20200101000000/contexts/{}/",
    "/timegate/{}", "/timemap/{}", "/timemap/news/2004/02/9/opened.html?after={}", "/report/{}/",
    "/report/outcome/{}/", "/contexts/rivers/?before={}", "/opinion/2004/02/9/{}/", "/sitemap/en-{}-02.xml",
    "/zh/{}", "/en/{}",
)  # fmt: skip


@pytest.fixture
def reader(client: Client) -> Client:
    make.make_event("A bridge was opened.", slug="opened", contexts=["Rivers"], citations=[("P", "", "")])
    return client


@pytest.mark.parametrize("place", _PLACES)
def test_no_address_breaks_the_server_or_leads_away(reader: Client, place: str) -> None:
    for word in _WORDS:
        response = reader.get(place.replace("{}", word))
        assert response.status_code < 500, (place, word[:40])
        target = response.headers.get("Location", "/")
        assert target.startswith("/"), (place, word[:40], target)
        assert not target.startswith(("//", "/\\")), (place, word[:40], target)
        assert not {"\r", "\n"} & set(target)
        assert b"<script>alert" not in response.content
        assert response.cookies == {}


@pytest.mark.parametrize(
    "path", ["//evil.example/", "//evil.example/news", "/%2f%2fevil.example/news/2004", "/en//evil.example/"]
)
def test_no_redirect_goes_to_another_host(reader: Client, path: str) -> None:
    target = reader.get(path).headers.get("Location", "/")
    assert target.startswith("/")
    assert not target.startswith("//")


@pytest.mark.parametrize(
    ("path", "words"),
    [("/news/2004/2/9", "%0d%0aX-Evil:%20yes"), ("/contexts/", "rivers%0d%0aX-Evil:%20yes")],
)
def test_no_line_of_a_header_comes_from_an_address(reader: Client, path: str, words: str) -> None:
    response = reader.get(f"{path}{words}")
    assert "X-Evil" not in response.headers


def test_a_foreign_host_is_neither_answered_nor_remembered(reader: Client) -> None:
    forwarded = {
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "gopher",
        "forwarded": "host=evil.example",
    }
    assert "evil.example" not in reader.get(EVENT, headers=forwarded).content.decode()
    for path in (
        EVENT,
        "/news/2004/2/9/",
        "/index_rss.xml",
        "/sitemap.xml",
        "/robots.txt",
        "/opensearch.xml",
    ):
        answers = [reader.get(path, headers=headers) for headers in (forwarded, {})]
        assert answers[0].content == answers[1].content
        assert answers[0].headers.get("Location") == answers[1].headers.get("Location")
    poisoned = reader.get(EVENT, headers={"host": "evil.example"})
    assert b"evil.example" not in poisoned.content
    assert b"evil.example" not in reader.get(EVENT).content


def test_a_moment_that_has_not_come_leads_to_the_present(reader: Client) -> None:
    for moment in ("29990101000000", "99991231235959"):
        response = reader.get(f"/as-of/{moment}{EVENT}")
        assert (response.status_code, response.headers["Location"]) == (302, EVENT)
    for moment in ("00000000000000", "20040230000000", "20040101990000"):
        assert reader.get(f"/as-of/{moment}{EVENT}").status_code == 404


@pytest.mark.parametrize("sign", ["<", '"', "'", "&", "\u2028", "\u202e", "</script><script>alert(1)//"])
def test_no_name_breaks_out_of_a_page(reader: Client, sign: str) -> None:
    make.make_event(
        f"Text {sign}alert(1)", slug="evil", contexts=[f"Name {sign}alert(1)"], lead=f"Lead {sign}x"
    )
    for path in (
        "/",
        "/news/2004/02/9/",
        "/news/2004/02/9/evil.html",
        "/contexts/",
        "/search/?q=" + quote(sign + "text"),
    ):
        html = re.sub(r"<script.*?</script>", "", reader.get(path).content.decode(), flags=re.DOTALL)
        assert "<script" not in html
        assert f"Text {sign}alert" not in html or sign not in "<\"'&"


def test_other_methods_are_refused(reader: Client) -> None:
    for method in ("post", "put", "delete", "patch"):
        assert getattr(reader, method)(EVENT).status_code == 405
