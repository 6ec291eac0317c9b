"""The list of opinion pieces: the newest, and the way to the oldest."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.actions.editorials import withdraw_editorial
from events.models import Editorial
from events.vocabulary import Role, State
from tests import factories as make
from tests.people import make_person

pytestmark = pytest.mark.django_db


def pieces(count: int) -> list[str]:
    """The paths of so many new pieces, newest first; two of a day, so that ids decide, too."""
    for number in range(count):
        day = dt.date(2004, 2, 9) + dt.timedelta(days=number // 2)
        make.make_editorial(f"Piece {number}", slug=f"piece-{number}", date=day)
    rows = Editorial.objects.published().order_by("-date", "-id")
    return [f"/opinion/{row.date:%Y/%m}/{row.date.day}/{row.slug}/" for row in rows]


def page(client: Client, path: str = "/opinion/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    assert "X-Robots-Tag" not in response.headers
    return response.content.decode()


def listed(html: str) -> list[str]:
    return re.findall(r'<li><a href="(/opinion/[^"]+)">', html)


def older_of(html: str) -> str:
    found = re.search(r'rel="next" href="([^"]+)"', html)
    return found[1] if found else ""


def test_pages_join_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.public.opinion.AT_ONCE", 4)
    paths = pieces(11)
    make.make_editorial("Unready", state=State.DRAFT)
    pages, place = [], "/opinion/"
    while place:
        pages.append((place, page(client, place)))
        place = older_of(pages[-1][1])
    assert [path for _, html in pages for path in listed(html)] == paths
    assert all(2 <= len(listed(html)) <= 4 for _, html in pages[:-1])
    assert len(pages) > 2
    for place, html in pages:
        assert f'<link rel="canonical" href="http://127.0.0.1:8000{place}">' in html
        assert "noindex" not in html
        assert ('<a href="/opinion/">' in html.partition('class="pager"')[2]) == (place != "/opinion/")
        assert ("hreflang" in html.partition("</head>")[0]) == (place == "/opinion/")


def test_a_new_piece_leaves_the_addresses_of_most_pages_as_they_are(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.public.opinion.AT_ONCE", 6)
    pieces(40)

    def addresses() -> list[str]:
        found = ["/opinion/"]
        while older := older_of(page(client, found[-1])):
            found.append(older)
        return found

    before = addresses()
    make.make_editorial("Another", slug="another", date=dt.date(2005, 1, 1))
    assert len(set(addresses()) & set(before)) >= len(before) - 2


def test_a_page_goes_on_behind_a_piece_that_was_withdrawn_meanwhile(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.public.opinion.AT_ONCE", 2)
    paths = pieces(3)
    first = page(client)
    last = Editorial.objects.get(slug=listed(first)[-1].split("/")[-2])
    withdraw_editorial(actor=make_person(Role.CHIEF), editorial_id=last.pk, version=last.version)
    assert listed(first) + listed(page(client, older_of(first))) == paths


@pytest.mark.parametrize("after", ["x", "", "-1", "7", "9" * 30, "9" * 18])
def test_a_wrong_place_is_the_beginning(client: Client, after: str) -> None:
    paths = pieces(1)
    assert listed(page(client, f"/opinion/?after={after}")) == paths


def test_a_place_behind_the_last_one_leads_to_the_beginning(client: Client) -> None:
    pieces(1)
    (row,) = Editorial.objects.all()
    response = client.get(f"/opinion/?after={20040209 * 2**36 + row.pk}")
    assert (response.status_code, response.headers["Location"]) == (301, "/opinion/")


def test_each_edition_has_its_own(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.public.opinion.AT_ONCE", 2)
    pieces(3)
    for number in range(3):
        make.make_editorial(f"文章{number}", slug=f"文章{number}", edition="zh")
    html = page(client, "/zh/opinion/")
    assert older_of(html).startswith("/zh/opinion/?after=")
    assert "Piece" not in html + page(client, older_of(html))


def test_it_costs_the_same_with_more_pieces_and_on_every_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cost(path: str = "/opinion/") -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            page(client, path)
        return len(queries)

    pieces(1)
    assert cost() == 1
    make.make_editorial("Two", slug="two")
    make.make_editorial("Three", slug="three")
    assert cost() == 1
    monkeypatch.setattr("events.public.opinion.AT_ONCE", 2)
    assert cost(older_of(page(client))) == 1
