"""The static site: all of it, only what changed, nothing that was withdrawn, no file of somebody else's."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import get_resolver

from events.models import Event
from events.public.static_site.folder import MANIFEST, UnfitFolderError, file_of
from events.public.static_site.links import WRITTEN, fit_links
from events.vocabulary import State
from tests import factories as make
from tests.public.sites import BASE, broken_links, files, run

pytestmark = pytest.mark.django_db
DAY = "news/2004/02/9"


def make_archive() -> None:
    """Two days in English, one in Chinese, a merged event, a former address, a withdrawn event."""
    event = make.make_event("A treaty is signed.", slug="a-treaty", lead="Treaties", contexts=["Bridges"])
    make.make_event("A bridge opens.", slug="a-bridge", contexts=["Bridges"])
    later = make.make_event("A ferry sinks.", slug="a-ferry", date="2004-02-11")
    make.relate(event, later, shared=["Bridges"])
    make.make_event("A treaty signed.", slug="same-treaty", into=event)
    make.former_address(event, "a-tretay")
    make.make_context("Crossings", merged_into=make.make_context("Bridges"))
    make.make_event("Not so.", slug="not-so", state=State.WITHDRAWN)
    make.make_event("一座桥开通。", slug="一座桥开通", edition="zh", contexts=["桥梁"])


@pytest.fixture
def archive(db: None, begin_with: Callable[..., None]) -> Event:
    """The event of the treaty, among the others."""
    begin_with("published_archive", make_archive)
    return Event.objects.get(text="A treaty is signed.")


@pytest.fixture
def site(archive: Event, published: Callable[..., None], tmp_path: Path) -> Path:
    """The folder of the archive's site."""
    published("archive", tmp_path / "site")
    return tmp_path / "site"


@pytest.fixture(autouse=True)
def short_year(monkeypatch: pytest.MonkeyPatch) -> None:
    """A year of three days: pages of anniversaries are all made alike."""
    monkeypatch.setattr("events.public.static_site.lists.DAYS", range(38, 41))


def written_at(folder: Path) -> dict[Path, int]:
    """When each file of the site was written (ns)."""
    return {
        path: path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def broken(folder: Path) -> list[str]:
    """The broken links but those to the anniversaries that were left out."""
    return [link for link in broken_links(folder) if "/on-this-day/" not in link]


def test_every_page_stands_where_readers_find_it(client: Client, site: Path) -> None:
    held = files(site)
    for path in (
        "/index.md", "/news/2004/02/9/index.json", f"/{DAY}/a-treaty.md", f"/{DAY}/a-treaty.json",
        f"/{DAY}/a-treaty.xml", f"/{DAY}/index.atom", "/contexts/bridges/index.xml",
        "/sitemap/en-2004-02.xml", "/zh/contexts/桥梁/index.json",
    ):  # fmt: skip
        live = client.get(path)
        assert live.status_code == 200, path
        assert held[path.removeprefix("/")] == live.content.replace(b"http://127.0.0.1:8000", BASE.encode())
    for name in (
        "index.html", "zh/index.html", f"{DAY}/a-treaty.html", "zh/news/2004/02/9/一座桥开通.html",
        "404.html", "on-this-day/02/9/index.html", "zh/on-this-day/02/9/index.html", "news/2004/index.html",
        "news/2004/02/index.html", "contexts/index.html", "contexts/from/B/index.html", "robots.txt",
        "corrections/index.atom", "feeds/news.json", "index_rss.xml", "opinion/index.html", "410.html",
        "contexts/bridges/feed.json", "static/css/public.css", "sitemap.xml", "zh/news/index.html",
    ):  # fmt: skip
        assert name in held, name
    assert (
        f'<link rel="canonical" href="{BASE}/{DAY}/a-treaty.html">' in held[f"{DAY}/a-treaty.html"].decode()
    )


def test_a_list_that_goes_on_has_folders(
    archive: Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.public.opinion.AT_ONCE", 1)
    make.make_editorial()
    make.make_editorial("An older piece", date=dt.date(2003, 1, 1))
    run(tmp_path / "site")
    site = {name: page.decode() for name, page in files(tmp_path / "site").items()}
    older = re.search(r'rel="next" href="(/opinion/after/[0-9]+/)"', site["opinion/index.html"])
    assert older is not None
    assert "An older piece" in site[f"{older[1].removeprefix('/')}index.html"]


def test_no_link_is_broken_and_none_needs_a_server(site: Path) -> None:
    assert broken(site) == []
    assert all(
        b'="/search/' not in page and b"<form" not in page
        for name, page in files(site).items()
        if name.endswith("html")
    )


def test_with_a_live_site_search_leads_there(archive: Event, tmp_path: Path) -> None:
    run(tmp_path / "site", live_url="https://live.example/")
    site = files(tmp_path / "site")
    assert b'action="https://live.example/search/"' in site["index.html"]
    assert b'href="https://live.example/zh/opensearch.xml"' in site["zh/index.html"]
    page = site[f"{DAY}/a-treaty.html"].decode()
    assert f'href="https://live.example/report/{archive.pk}/"' in page
    assert f'<link rel="canonical" href="{BASE}/{DAY}/a-treaty.html">' in page
    assert broken(tmp_path / "site") == []


def test_machines_are_led_to_where_the_files_stand(site: Path) -> None:
    held = {name: page.decode() for name, page in files(site).items()}
    assert f"Sitemap: {BASE}/sitemap.xml" in held["robots.txt"]
    assert f"<loc>{BASE}/sitemap/en-2004-02.xml</loc>" in held["sitemap.xml"]
    assert f"<loc>{BASE}/{DAY}/a-treaty.html</loc>" in held["sitemap/en-2004-02.xml"]
    assert f'<link href="{BASE}/feeds/news.atom" rel="self"/>' in held["feeds/news.atom"]
    assert json.loads(held["feeds/news.json"])["feed_url"] == f"{BASE}/feeds/news.json"
    assert not [name for name, page in held.items() if "127.0.0.1" in page]


def test_former_addresses_lead_on(archive: Event, site: Path) -> None:
    held = files(site)
    target = f"/{DAY}/a-treaty.html"
    for name in (f"{DAY}/a-tretay.html", f"{DAY}/same-treaty.html", f"e/{archive.pk}/index.html"):
        page = held[name].decode()
        assert f'<meta http-equiv="refresh" content="0; url={target}">' in page
        assert f'<link rel="canonical" href="{BASE}{target}">' in page
    redirects = held["redirects.map"].decode().splitlines()
    merged, gone = Event.objects.get(state=State.MERGED).pk, Event.objects.get(state=State.WITHDRAWN).pk
    for path in (f"/e/{archive.pk}", f"/e/{merged}", f"/{DAY}/a-tretay.html", f"/{DAY}/same-treaty.html"):
        assert f'"{path}" "{target}";' in redirects
    assert f'"/{DAY}/a-tretay.json" "/{DAY}/a-treaty.json";' in redirects
    assert '"/contexts/crossings/feed.json" "/contexts/bridges/feed.json";' in redirects
    assert set(held["gone.map"].decode().splitlines()) == {
        f'"/e/{gone}" 410;',
        *(f'"/{DAY}/not-so.{suffix}" 410;' for suffix in ("html", "md", "json", "xml", "bib", "ris")),
    }  # fmt: skip
    assert not any("not-so" in name for name in held)


def test_a_second_run_writes_nothing(archive: Event, tmp_path: Path) -> None:
    first = run(tmp_path / "site")
    before = written_at(tmp_path / "site")
    again = run(tmp_path / "site")
    assert (again.counts["written"], again.counts["removed"]) == (0, 0)
    assert again.counts["unchanged"] == first.counts["written"]
    assert written_at(tmp_path / "site") == before


def test_the_manifest_names_every_file_and_what_renders_them(site: Path) -> None:
    head, *lines = [json.loads(line) for line in (site / MANIFEST).read_text().splitlines()]
    assert head["format"] == "newsarchive-site"
    assert head["complete"]
    assert len(head["build"]) == 16
    held = files(site)
    assert {line["path"] for line in lines} == held.keys()
    assert all(line["size"] == len(held[line["path"]]) for line in lines)
    assert sorted(path.name for path in site.glob(f"{MANIFEST}*")) == [MANIFEST]


def test_what_was_withdrawn_goes_everywhere(site: Path) -> None:
    Event.objects.filter(addresses__slug="a-ferry").update(state=State.WITHDRAWN)
    done = run(site)
    assert done.counts["removed"]
    assert not (site / "news/2004/02/11").exists()
    assert [name for name, page in files(site).items() if b"ferry" in page] == ["gone.map"]
    assert broken(site) == []


def test_files_of_others_are_left_alone(site: Path) -> None:
    for name in ("CNAME", "extra/index.html", f"{DAY}/note.html", "news/2004/02/11/mine.txt"):
        (site / name).parent.mkdir(exist_ok=True)
        (site / name).write_text("mine")
    Event.objects.filter(addresses__slug="a-ferry").update(state=State.WITHDRAWN)
    run(site)
    assert all(
        (site / name).read_text() == "mine"
        for name in ("CNAME", "extra/index.html", f"{DAY}/note.html", "news/2004/02/11/mine.txt")
    )
    (site / f"{DAY}/a-tower.html").write_text("mine")
    make.make_event("A tower falls.", slug="a-tower")
    done = run(site)
    assert (done.counts["foreign"], (site / f"{DAY}/a-tower.html").read_text()) == (1, "mine")
    assert "a-tower.html" in done.problems[0]


def test_a_damaged_or_lost_file_is_written_again(site: Path) -> None:
    good = files(site)
    (site / f"{DAY}/a-treaty.html").unlink()
    (site / f"{DAY}/a-treaty.md").write_text("cut")
    assert run(site).counts["written"] == 2
    assert files(site) == good


@pytest.mark.parametrize("held", ["index.html", "sub/x"])
def test_a_folder_that_holds_something_else_is_refused(held: str, tmp_path: Path) -> None:
    (tmp_path / held).parent.mkdir(exist_ok=True)
    (tmp_path / held).write_text("mine")
    with pytest.raises(UnfitFolderError, match="was not written by publish"):
        run(tmp_path)
    assert files(tmp_path) == {held: b"mine"}


def test_a_manifest_that_names_files_elsewhere_removes_none(site: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    with (site / MANIFEST).open("a") as manifest:
        for path in ("../precious", str(tmp_path / "precious")):
            manifest.write(
                json.dumps({"unit": "9", "path": path, "size": 4, "sha256": "", "validator": ""}) + "\n"
            )
    run(site)
    assert (tmp_path / "precious").read_text() == "mine"


def test_the_command_says_what_it_did(archive: Event, tmp_path: Path) -> None:
    out = StringIO()
    call_command("publish", tmp_path / "site", "--base-url", BASE, stdout=out, stderr=StringIO())
    assert "files written, 0 unchanged, 0 removed in" in out.getvalue()
    assert "(4 events," in out.getvalue()
    with pytest.raises(CommandError, match="http"):
        call_command("publish", tmp_path / "site", "--base-url", "news.example")
    with pytest.raises(CommandError, match="not written by publish"):
        call_command("publish", tmp_path)


def test_every_view_that_stands_as_a_file_exists() -> None:
    patterns = get_resolver("events.public.urls").url_patterns
    assert {pattern.callback.__name__ for pattern in patterns if pattern.callback} >= WRITTEN


def test_links_that_need_a_server_are_no_links() -> None:
    page = '<a class="x" href="/e/7">a</a><a href="/search/?q=1&amp;from=2">b</a>'
    page += '<link rel="z" href="/admin/"><a href="//x/">'
    page += '<form action="/news/"><input></form>'
    assert fit_links(page, "") == '<a class="x" href="/e/7/">a</a><a>b</a><a href="//x/">'
    assert fit_links(page, "https://live.example") == (
        '<a class="x" href="/e/7/">a</a><a href="https://live.example/search/?q=1&amp;from=2">b</a>'
        '<link rel="z" href="https://live.example/admin/"><a href="//x/">'
        '<form action="https://live.example/news/"><input></form>'
    )
    listed = '<a href="/contexts/?from=A%2FB">c</a><a href="/corrections/?before=9">d</a>'
    assert fit_links(listed, "") == (
        '<a href="/contexts/from/~412f42/">c</a><a href="/corrections/before/9/">d</a>'
    )


@pytest.mark.parametrize(
    "path", ["/a/../b", "/..", "/a//b", "/%00", "/" + "x" * 256, "/" + "%E6%A1%A5" * 86, f"/{MANIFEST}"]
)
def test_an_address_that_no_file_can_have(path: str) -> None:
    assert file_of(path) is None
