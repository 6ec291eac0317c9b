"""The static site behind nginx, set up as docs/operations.md says."""

from __future__ import annotations

import gzip
import http.client
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from benchmarks.load import free_port
from events.models import Event
from events.public.static_site import lists
from events.vocabulary import State
from tests import factories as make

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        NGINX is None, reason="nginx is not installed (on Debian: apt-get install nginx-light)"
    ),
]
DAY = "/news/2004/02/9"
_DOCS = Path(__file__).resolve().parents[2] / "docs/operations.md"


@dataclass
class Answer:
    """What nginx answered; names of headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Server:
    """An nginx that serves *folder* by the docs' snippet; its files stand in *place*."""

    def __init__(self, place: Path, folder: Path) -> None:
        self.port = free_port()
        found = re.search(r"```nginx\n([^`]*server \{.*?)```", _DOCS.read_text("utf-8"), re.DOTALL)
        assert found is not None
        said = found[1].replace("/srv/news", str(folder))
        said = said.replace("server {", f"server {{ listen 127.0.0.1:{self.port};")
        own = "".join(
            f"{kind}_temp_path {place}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = (
            "user root; " if os.geteuid() == 0 else ""
        )  # whom else root's nginx may be, these files are not for
        (place / "nginx.conf").write_text(
            f"{user}daemon off; pid {place}/pid; error_log {place}/error.log; worker_processes 1;\n"
            f"events {{}}\nhttp {{ access_log off;\n{own}{said}}}\n",
            encoding="utf-8",
        )
        self._process = subprocess.Popen(
            [str(NGINX), "-p", str(place), "-c", str(place / "nginx.conf"), "-e", str(place / "error.log")],
            stderr=subprocess.PIPE,
        )

    def wait(self) -> None:
        """Until it answers; fails with what it said where it does not."""
        until = time.monotonic() + 20
        while time.monotonic() < until and self._process.poll() is None:
            try:
                self.get("/")
            except OSError:
                time.sleep(0.05)
            else:
                return
        self.stop()
        said = self._process.stderr.read() if self._process.stderr else b""
        pytest.fail(f"nginx did not start: {said.decode()}")

    def get(self, path: str, **headers: str) -> Answer:
        """GET, with *headers* whose names have ``_`` for ``-``."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", quote(path, safe="/%?=&"), headers=sent)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


def make_archive() -> None:
    """Two events in English; one in Chinese; merged, former, withdrawn and removed ones."""
    event = make.make_event("A treaty is signed.", slug="a-treaty", lead="Treaties")
    make.make_event("A treaty signed.", slug="same-treaty", into=event)
    make.former_address(event, "a-tretay")
    make.make_event("Not so.", slug="not-so", state=State.WITHDRAWN)
    make.make_event("不是。", slug="不是", state=State.WITHDRAWN, edition="zh")
    make.make_event("Not lawful.", slug="not-lawful", state=State.LEGAL)
    make.make_event("一座桥开通。", slug="一座桥开通", edition="zh", contexts=["桥梁"])


@pytest.fixture
def event(db: None, begin_with: Callable[..., None]) -> Event:
    """The event of the treaty, among the others."""
    begin_with("archive_behind_nginx", make_archive)
    return Event.objects.get(text="A treaty is signed.")


@pytest.fixture
def server(
    event: Event, published: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    monkeypatch.setattr(lists, "DAYS", range(39, 40))
    published("nginx", tmp_path / "site")
    (tmp_path / "nginx").mkdir()
    started = Server(tmp_path / "nginx", tmp_path / "site")
    started.wait()
    yield started
    started.stop()


def test_pages_and_formats_have_the_types_of_the_live_site(server: Server) -> None:
    types = {
        "/": "text/html; charset=utf-8",
        "/index.md": "text/markdown; charset=utf-8",
        f"{DAY}/": "text/html; charset=utf-8",
        f"{DAY}/index.atom": "application/atom+xml; charset=utf-8",
        f"{DAY}/a-treaty.html": "text/html; charset=utf-8",
        f"{DAY}/a-treaty.md": "text/markdown; charset=utf-8",
        f"{DAY}/a-treaty.json": "application/json",
        f"{DAY}/a-treaty.xml": "application/xml; charset=utf-8",
        f"{DAY}/a-treaty.bib": "application/x-bibtex; charset=utf-8",
        "/contexts/treaties/": "text/html; charset=utf-8",
        "/contexts/treaties/feed.json": "application/feed+json",
        "/feeds/news.json": "application/feed+json",
        "/index_rss.xml": "application/rss+xml; charset=utf-8",
        "/sitemap.xml": "application/xml; charset=utf-8",
        "/robots.txt": "text/plain; charset=utf-8",
        "/.well-known/security.txt": "",
        f"/zh{DAY}/一座桥开通.html": "text/html; charset=utf-8",
        "/zh/contexts/桥梁/index.json": "application/json",
        "/static/css/public.css": "text/css; charset=utf-8",
    }  # fmt: skip
    found = {path: server.get(path) for path in types}
    assert {path: answer.headers["content-type"] for path, answer in found.items() if types[path]} == {
        path: said for path, said in types.items() if said
    }
    assert {answer.status for path, answer in found.items() if types[path]} == {200}


def test_without_a_suffix_the_format_is_what_accept_says(server: Server) -> None:
    for accept, said in (
        ("text/html,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/json", "application/json"),
        ("text/markdown", "text/markdown; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
    ):
        answer = server.get(f"{DAY}/a-treaty", Accept=accept)
        assert (answer.status, answer.headers["content-type"]) == (200, said)


def test_former_and_short_addresses_are_redirected_for_good(server: Server, event: Event) -> None:
    merged = Event.objects.get(state=State.MERGED).pk
    for path, target in {
        f"/e/{event.pk}": f"{DAY}/a-treaty.html",
        f"/e/{merged}": f"{DAY}/a-treaty.html",
        f"{DAY}/a-tretay.html": f"{DAY}/a-treaty.html",
        f"{DAY}/a-tretay.json": f"{DAY}/a-treaty.json",
        f"{DAY}/same-treaty.md": f"{DAY}/a-treaty.md",
        "/news/2004/02/09/a-treaty.html": f"{DAY}/a-treaty.html",
        "/news/2004/02/09/": f"{DAY}/",
        f"{DAY}/README.md": f"{DAY}/index.md",
        f"{DAY}/一座桥开通.html": quote(f"/zh{DAY}/一座桥开通.html"),
        DAY: f"{DAY}/",
    }.items():
        answer = server.get(path)
        assert answer.status == 301, path
        assert answer.headers["location"].partition(f":{server.port}")[2] == target


def test_what_is_gone_says_so_in_its_edition(server: Server) -> None:
    gone = {event.state: event.pk for event in Event.objects.exclude(state=State.PUBLISHED)}
    for path, status, words in (
        (f"{DAY}/not-so.html", 410, b"We have withdrawn this"),
        (f"{DAY}/not-so.json", 410, b"We have withdrawn this"),
        (f"/zh{DAY}/不是.html", 410, b'lang="zh"'),
        (f"/e/{gone[State.LEGAL]}", 451, b"legal reasons"),
        ("/nothing/here.html", 404, b"no page at this address"),
        ("/zh/nothing", 404, b'lang="zh"'),
        ("/redirects.map", 404, b""),
        ("/.newsarchive-manifest.jsonl", 404, b""),
    ):
        answer = server.get(path)
        assert (answer.status, words in answer.body) == (status, True), path


def test_copies_are_checked_by_etag_packed_and_open_to_other_sites(server: Server) -> None:
    page, data = server.get(f"{DAY}/a-treaty.html"), server.get(f"{DAY}/a-treaty.json")
    assert page.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert server.get(f"{DAY}/a-treaty.html", If_None_Match=page.headers["etag"]).status == 304
    assert data.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in page.headers
    packed = server.get(f"{DAY}/a-treaty.html", Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in packed.headers["vary"].lower()
    assert gzip.decompress(packed.body) == page.body
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in page.headers["content-security-policy"]
