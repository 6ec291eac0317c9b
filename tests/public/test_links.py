"""Every link of every page that can be reached leads to something, fragments included."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote, urljoin

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.browser.kinds import furnish

ROOT = "http://127.0.0.1:8000"
_LINK = re.compile(r'<(?:a|link|use)\b[^>]*?\shref="([^"]+)"')
_OUTSIDE = ("/static/", "/admin/")
_ALLOWED = frozenset({200, 301, 302})


def broken_links(client: Client, starts: list[str], *, skip: str = "") -> tuple[dict[str, str], int]:
    """The links that lead nowhere, each with where it first stood, and how many pages were read.

    *skip*: a pattern of paths that are not looked at.
    """
    waiting = dict.fromkeys(starts, "")
    seen: set[str] = set()
    names: dict[str, set[str]] = {}
    fragments: list[tuple[str, str, str]] = []
    broken = {}
    while waiting:
        path, found_on = waiting.popitem()
        seen.add(path)
        response = client.get(path)
        if response.status_code not in _ALLOWED and path not in starts:
            broken[path] = f"{response.status_code} from {found_on}"
        links = [response.headers["Location"]] if response.status_code in {301, 302} else []
        if response.headers.get("Content-Type", "").startswith("text/html"):
            page = response.content.decode()
            names[path] = set(re.findall(r'\sid="([^"]+)"', page))
            links += [unescape(link) for link in _LINK.findall(page)]
        for link in links:
            target = urljoin(ROOT + path, link)
            if not target.startswith(f"{ROOT}/"):
                continue
            place, _, fragment = target.removeprefix(ROOT).partition("#")
            if place.startswith(_OUTSIDE) or (skip and re.search(skip, place)):
                continue
            if fragment:
                fragments.append((place, unquote(fragment), path))
            if place not in seen:
                waiting.setdefault(place, path)
    for place, fragment, found_on in fragments:
        if place in names and fragment not in names[place]:
            broken[f"{place}#{fragment}"] = f"no such id, from {found_on}"
    return broken, len(seen)


@pytest.mark.django_db
def test_every_link_of_every_kind_of_page_leads_somewhere(client: Client) -> None:
    starts = furnish()
    # Each narrowing of a search links to further ones, and each day of the year to the next.
    broken, count = broken_links(client, starts, skip=r"/search/\?.*&|/on-this-day/")
    assert broken == {}
    assert count > len(starts)


@pytest.mark.slow
def test_no_link_of_the_sample_archive_is_broken(client: Client, sample_archive: None) -> None:
    # Searches for a year of a context and all formats of all events would only take time.
    broken, count = broken_links(
        client, ["/", "/zh/"], skip=r"/search/\?|/on-this-day/|\.(?:md|xml|ris|bib)$"
    )
    assert broken == {}
    assert count > 2_000


def test_the_check_sees_a_broken_link_and_a_missing_id() -> None:
    class Pages:
        """A site of two pages."""

        def get(self, path: str) -> HttpResponse:
            page = '<a href="/b">b</a><a href="/c">c</a><a href="/b#x">x</a>' if path == "/a" else "<p>"
            return HttpResponse(page, status=404 if path == "/c" else 200)

    broken, _ = broken_links(Pages(), ["/a"])  # type: ignore[arg-type]
    assert broken == {"/c": "404 from /a", "/b#x": "no such id, from /a"}
