"""Sitemaps, OpenSearch, robots.txt and security.txt."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from lxml import etree

from events.public.frame import frame
from events.vocabulary import State
from tests import factories as make

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"


def fetch(client: Client, path: str) -> bytes:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content


def locations(client: Client, path: str) -> list[str]:
    return [str(found.text) for found in etree.fromstring(fetch(client, path)).iter("{*}loc")]


def test_the_index_leads_to_every_published_event(client: Client) -> None:
    first = make.make_event("One.", date="2003-11-30")
    second = make.make_event("Two.", date="2004-02-09")
    make.make_event("三。", date="2004-02-09", edition="zh", slug="san")
    make.make_event("Draft.", date="2004-02-09", state=State.DRAFT)
    files = locations(client, "/sitemap.xml")
    assert files == [f"{SITE}/sitemap/{name}.xml" for name in ("en-2003-11", "en-2004-02", "zh-2004-02")]
    found = [place for file in files for place in locations(client, file.removeprefix(SITE))]
    assert len(found) == 3
    assert found[0].endswith(".html")
    for place in found:
        assert client.get(place.removeprefix(SITE)).status_code == 200
    assert first.pk < second.pk


def test_lastmod_is_when_it_really_changed(client: Client) -> None:
    make.make_event("One.", updated_at=dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.UTC))
    with timezone.override("Asia/Shanghai"):  # the clock of the desk, not of what is published
        for path in ("/sitemap.xml", "/sitemap/en-2004-02.xml"):
            assert b"<lastmod>2020-01-02T03:04:05+00:00</lastmod>" in fetch(client, path)


@pytest.mark.parametrize("name", ["en-2004-03", "en-2004-13", "en-0000-01", "xx-2004-02"])
def test_a_month_without_events_has_no_sitemap(client: Client, name: str) -> None:
    make.make_event("One.")
    assert client.get(f"/sitemap/{name}.xml").status_code == 404


def test_sitemaps_keep_their_schema(client: Client, corpus: Callable[[str], Path]) -> None:
    make.make_event("One & only <one>.", slug="one")
    schema: Any = etree.XMLSchema(etree.parse(corpus("schemas/sitemap.xsd")))
    schema.assertValid(etree.fromstring(fetch(client, "/sitemap/en-2004-02.xml")))
    # Whose schema is another one: sitemaps with an address and a time each, in this order.
    index = etree.fromstring(fetch(client, "/sitemap.xml"))
    names = [[etree.QName(part).localname for part in place] for place in index]
    assert (etree.QName(index).localname, names) == ("sitemapindex", [["loc", "lastmod"]])
    assert {etree.QName(part).namespace for part in index.iter()} == {
        "http://www.sitemaps.org/schemas/sitemap/0.9"
    }


def test_the_news_sitemap_has_what_the_last_two_days_brought(client: Client) -> None:
    today = timezone.now().date().isoformat()
    make.make_event("New & <hot>.", date=today)
    make.make_event("Old news that came today.", date="2004-02-09")
    root = etree.fromstring(fetch(client, "/news-sitemap.xml"))
    assert [str(title.text) for title in root.iter("{*}title")] == ["New & <hot>."]
    assert [str(name.text) for name in root.iter("{*}language")] == ["en"]


def test_browsers_learn_how_to_search(client: Client) -> None:
    root = etree.fromstring(fetch(client, "/opensearch.xml"))
    templates = [str(url.get("template")) for url in root.iter("{*}Url")]
    assert templates[0] == f"{SITE}/search/?q={{searchTerms}}"
    make.make_event("A war ends.")
    for template in templates:
        fetch(client, template.replace("{searchTerms}", "war").removeprefix(SITE))
    assert 'rel="search"' in fetch(client, "/").decode()
    assert b"/zh/search/" in fetch(client, "/zh/opensearch.xml")


def test_a_browser_is_told_a_name_as_long_as_it_may_be(client: Client, settings: Any) -> None:
    settings.SITE_NAME = "News & more, of all the world"
    frame.cache_clear()
    root = etree.fromstring(fetch(client, "/opensearch.xml"))
    frame.cache_clear()
    assert root.findtext("{*}ShortName") == "News & more, of "


def test_robots_are_told_of_the_sitemaps(client: Client) -> None:
    said = fetch(client, "/robots.txt").decode()
    for path in re.findall(rf"Sitemap: {SITE}(\S+)", said):
        fetch(client, path)
    assert said.count("Sitemap:") == 2


def test_security_txt_names_a_contact_and_has_not_expired(client: Client, settings: Any) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    said = fetch(client, "/.well-known/security.txt").decode()
    assert "Contact: mailto:security@example.org" in said
    expires = re.search(r"Expires: (\S+)", said)
    assert expires is not None
    ahead = dt.datetime.fromisoformat(expires[1]) - timezone.now()
    assert dt.timedelta(days=100) < ahead < dt.timedelta(days=365)


def test_an_archive_without_events_has_an_empty_index(client: Client) -> None:
    cache.clear()
    assert locations(client, "/sitemap.xml") == []
