"""``/about/`` and ``/about/api/``: what is promised there holds."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.models import Harvest
from tests import factories as make

pytestmark = pytest.mark.django_db
PAGES = ["/about/", "/zh/about/", "/about/api/", "/zh/about/api/"]


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    assert not response.cookies
    return response.content.decode()


def main(html: str) -> str:
    return html[html.index("<main") : html.index("</main>")]


def test_each_origin_stands_with_its_licence_and_the_line_that_it_asks_for(client: Client) -> None:
    origin = make.make_origin("gazette", name="The <Gazette>", url="javascript:alert(1)")
    make.make_provenance(make.make_event(), origin=origin)
    make.make_origin("unused", name="Never harvested")
    html = page(client, "/about/")
    assert "The &lt;Gazette&gt;" in html
    assert "javascript:" not in html
    assert (
        '<a href="https://creativecommons.org/licenses/by-sa/4.0/" rel="license external noopener">CC' in html
    )
    assert "From the Gazette Archive." in html
    assert "Never harvested" not in html
    assert "From the Gazette Archive." in page(client, "/zh/about/")


@pytest.mark.parametrize("path", PAGES)
def test_every_link_leads_somewhere(client: Client, path: str) -> None:
    make.make_event("条约。", edition="zh")
    make.make_event("A treaty.")
    links = re.findall(r'href="(/[^"#]*)"', main(page(client, path)))
    assert len(links) > 4
    assert {link: client.get(unescape(link)).status_code for link in links} == dict.fromkeys(links, 200)


@pytest.mark.parametrize("path", PAGES)
def test_each_edition_speaks_its_own_language_and_leads_to_the_other(client: Client, path: str) -> None:
    html = page(client, path)
    other = path.removeprefix("/zh") if path.startswith("/zh") else f"/zh{path}"
    assert (
        f'hreflang="{"en" if path.startswith("/zh") else "zh"}" href="http://127.0.0.1:8000{other}"' in html
    )
    assert ("许可" in main(html)) == path.startswith("/zh")
    assert client.get(path[:-1]).headers["Location"] == path


def test_whom_to_ask_is_said_where_it_is_known(client: Client, settings: LazySettings) -> None:
    assert "mailto:" not in page(client, "/about/")
    settings.CONTACT = "mailto:editors@example.org"
    cache.clear()
    assert '<a href="mailto:editors@example.org">editors@example.org</a>' in page(client, "/about/")


def test_every_page_leads_there(client: Client) -> None:
    html = page(client, "/")
    footer = html[html.index("<footer") :]
    assert [link for link in ("/about/", "/sources/", "/about/api/") if f'href="{link}"' not in footer] == []
    assert 'href="/zh/about/"' in page(client, "/zh/")


def test_a_copy_is_good_until_an_origin_changes(client: Client) -> None:
    origin = make.make_origin()
    make.make_provenance(make.make_event(), origin=origin)
    tag = client.get("/about/").headers["ETag"]
    assert client.get("/about/", headers={"If-None-Match": tag}).status_code == 304
    origin.licence = "CC0"
    origin.save()
    assert client.get("/about/", headers={"If-None-Match": tag}).status_code == 200


def test_what_they_cost(client: Client) -> None:
    def cost(path: str) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            page(client, path)
        return len(queries)

    make.make_provenance(make.make_event())
    assert (cost("/about/"), cost("/about/api/")) == (1, 0)
    for number in range(3):
        make.make_provenance(make.make_event(f"More {number}."), origin=make.make_origin(f"origin-{number}"))
    assert Harvest.objects.count() == 4
    assert (cost("/about/"), cost("/about/api/")) == (1, 0)
