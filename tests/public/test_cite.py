"""Citing an event: on its page, and as files for reference managers."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve

from events.formats.cite import bibtex, ris, wikipedia_citation
from events.models import Event
from events.public.static_site.links import WRITTEN
from events.vocabulary import State
from tests import factories as make

pytestmark = pytest.mark.django_db
PAGE = "/news/2004/02/9/bridge"
SITE = {"base_url": "https://news.example", "site": "The Archive"}


@pytest.fixture
def event() -> Event:
    return make.make_event("A bridge opens.", slug="bridge")


def made_up(text: str) -> dict[str, object]:
    return {
        "id": 7,
        "text": text,
        "address": "/zh/news/2004/02/9/桥",
        "date": "2004-02-09",
        "edition": "zh",
        "revision": 3,
    }


def test_the_page_has_the_reference_in_each_form(client: Client, event: Event) -> None:
    html = client.get(f"{PAGE}.html").content.decode()
    part = html[html.index('<details class="cite">') :]
    assert (
        f"“A bridge opens.” {settings.SITE_NAME}, 9 February 2004. http://127.0.0.1:8000{PAGE}.html" in part
    )
    assert "{{cite news |title=A bridge opens. |url=" in part
    assert f"@misc{{event-{event.pk}," in part
    assert f'<a href="{PAGE}.bib" type="application/x-bibtex">BibTeX</a>' in part
    assert f'<a href="{PAGE}.ris" type="application/x-research-info-systems">RIS</a>' in part


@pytest.mark.parametrize(
    ("suffix", "media_type", "part"),
    [
        ("bib", "application/x-bibtex; charset=utf-8", "title = {{A bridge opens.}},"),
        ("ris", "application/x-research-info-systems; charset=utf-8", "TI  - A bridge opens.\r\n"),
    ],
)
def test_files_for_reference_managers(
    client: Client, event: Event, suffix: str, media_type: str, part: str
) -> None:
    response = client.get(f"{PAGE}.{suffix}")
    assert response.headers["Content-Type"] == media_type
    assert response.headers["Link"] == f'<http://127.0.0.1:8000{PAGE}.html>; rel="canonical"'
    assert part in response.content.decode()
    etag = response.headers["ETag"]
    assert client.get(f"{PAGE}.{suffix}", headers={"if-none-match": etag}).status_code == 304


def test_the_static_site_links_to_the_live_one_for_them() -> None:
    assert resolve(f"{PAGE}.html").func.__name__ in WRITTEN
    assert all(resolve(f"{PAGE}.{suffix}").func.__name__ not in WRITTEN for suffix in ("bib", "ris"))


def test_former_addresses_lead_to_the_present_file(client: Client, event: Event) -> None:
    make.former_address(event, "former")
    response = client.get("/news/2004/02/9/former.bib")
    assert (response.status_code, response.headers["Location"]) == (301, f"{PAGE}.bib")


@pytest.mark.parametrize(("state", "status"), [("withdrawn", 410), ("legal", 451), ("held", 404)])
def test_what_is_gone_is_cited_no_more(client: Client, event: Event, state: str, status: int) -> None:
    Event.objects.filter(pk=event.pk).update(state=State(state))
    for suffix in ("bib", "ris"):
        assert client.get(f"{PAGE}.{suffix}").status_code == status


def test_signs_that_mean_something_are_escaped() -> None:
    text = "A {50%} rise\r\nER  - of_x & [y] | #1 \\ ~^$ <b>"
    entry = bibtex(made_up(text), **SITE)
    assert r"A \textbraceleft{}50\%\textbraceright{} rise ER - of\_x \& [y] | \#1 \textbackslash{}" in entry
    assert entry.count("{") == entry.count("}")
    record = ris(made_up(text), **SITE)
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in record.splitlines())
    assert record.splitlines()[-1] == "ER  - "
    wiki = wikipedia_citation(made_up(text), **SITE)
    assert "|title=A &#123;50%&#125; rise ER - of_x & &#91;y&#93; {{!}} #1" in wiki
    assert "|url=https://news.example/zh/news/2004/02/9/%E6%A1%A5.html |date=2004-02-09" in wiki
    assert "|language=zh}}" in wiki
