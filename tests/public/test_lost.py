"""Pages that say why there is none: what a wrong address may have meant, and why something is gone."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.actions.removal.remove import remove_event
from events.actions.withdraw import reject_event, withdraw_event
from events.vocabulary import Role, State
from tests import factories as make
from tests.people import make_person

pytestmark = pytest.mark.django_db
DAY = "/news/2004/02/9/"


def lost(client: Client, path: str, status: int = 404) -> str:
    response = client.get(path)
    assert response.status_code == status, response.status_code
    assert not response.cookies
    html = response.content.decode()
    assert '<meta name="robots" content="noindex">' in html
    return html[html.index("<main") : html.index("</main>")]


def links(html: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'href="([^"]+)"', html)]


def test_a_day_without_events_names_the_nearest_on_both_sides(client: Client) -> None:
    make.make_event("Before.", date="2004-02-01")
    make.make_event("After.", date="2004-03-01")
    html = lost(client, DAY)
    assert links(html)[:2] == ["/news/2004/02/1/", "/news/2004/03/1/"]
    assert "All events of that day" not in html


@pytest.mark.parametrize(
    "path",
    ["/news/2004/02/31/", "/news/2004/13/1/x.html", "/news/2004/00/00/", "/news/1999/", "/news/2004/03/"],
)
def test_even_a_date_that_no_calendar_has_is_near_some_day(client: Client, path: str) -> None:
    make.make_event("The only one.")
    assert DAY in links(lost(client, path))


def test_events_of_the_day_with_a_like_address_come_first(client: Client) -> None:
    make.make_event("Envoys.", slug="envoys-sign-a-treaty-on-a-bridge")
    make.make_event("Others.", slug="envoys-sign-nothing")
    make.make_event("Unlike.", slug="a-storm")
    html = lost(client, f"{DAY}envoys-sign-a-treety-on-the-bridge.html")
    assert links(html)[:2] == [
        f"{DAY}envoys-sign-a-treaty-on-a-bridge.html",
        f"{DAY}envoys-sign-nothing.html",
    ]
    assert "a-storm" not in html
    assert "All events of that day" in html


def test_it_searches_for_the_words_of_the_address(client: Client) -> None:
    make.make_event("Envoys sign a treaty.", date="2001-01-01")
    found = [link for link in links(lost(client, f"{DAY}envoys-sign_a-treaty-2.html")) if "search" in link]
    assert found == ["/search/?q=envoys+sign+a+treaty"]
    assert "Envoys" in client.get(found[0]).content.decode()
    assert "/zh/search/?q=%E6%9D%A1%E7%BA%A6" in links(lost(client, "/zh/contexts/条约/"))
    assert not [link for link in links(lost(client, "/x")) if "search" in link]


@pytest.mark.parametrize("state", [State.DRAFT, State.HELD, State.WITHDRAWN, State.LEGAL])
def test_it_offers_nothing_that_is_not_public(client: Client, state: State) -> None:
    make.make_event("Secret words.", slug="envoys-sign-a-treaty-on-a-bridge", state=state)
    html = lost(client, f"{DAY}envoys-sign-a-treety.html")
    assert "Secret" not in html
    assert "bridge" not in html
    assert DAY not in links(html)


def test_it_speaks_the_language_of_its_address(client: Client) -> None:
    make.make_event("只有中文。", edition="zh", date="2004-02-10")
    for path in ("/zh/nowhere", "/zh/news/2004/02/9/"):
        assert '<html lang="zh"' in client.get(path).content.decode()
    assert "/zh/news/2004/02/10/" in links(lost(client, f"/zh{DAY}"))
    assert "/zh/news/2004/02/10/" not in links(lost(client, DAY))


@pytest.mark.parametrize(
    "path",
    [
        '/"><script>alert(1)</script>',
        f"{DAY}%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        f"{DAY}%00%ff%ed%a0%80.html",
        "/news/2004/02/9/" + "x" * 3000,
        "/news/0000/00/00/",
        "/news/9999/99/99/",
        "/news/٢٠٠٤/02/9/",
        "/news/2004/02/9/%2e%2e%2f%2e%2e%2fetc",
        "//elsewhere.example/news/2004/02/9/",
        "/wp-login.php",
        "/contexts/a%00b/",
        "/opinion/2004/02/9/a%00b/",
        f"{DAY}a%00b/",
    ],
)
def test_no_address_breaks_it(client: Client, path: str) -> None:
    make.make_event("An event.", date="2004-02-10")
    html = lost(client, path)
    assert "<script>" not in html
    assert not [link for link in links(html) if not link.startswith("/") or link.startswith("//")]


def test_without_a_database_it_still_says_that_there_is_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise DatabaseError("no database")

    monkeypatch.setattr("events.timeline.nearest_days", broken)
    assert "There is no page at this address" in lost(client, "/news/2004/")


def test_what_it_costs(client: Client) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            lost(client, path)
        return len(queries)

    make.make_event("One.", slug="envoys-sign-one")
    assert cost("/nowhere/at-all") == 0
    # The day; its nearest on both sides; whether it has events.
    assert cost("/news/2004/02/8/") == 4
    # Two places that the address might have named, one cut; days; addresses of the day and their events.
    one = cost(f"{DAY}envoys-sign-nothing.html")
    assert one <= 8
    for number in range(3):
        make.make_event(f"More {number}.", slug=f"envoys-sign-{number}")
    assert cost(f"{DAY}envoys-sign-nothing.html") == one


def test_withdrawn_it_says_why_in_the_words_of_its_editor(client: Client) -> None:
    event = make.make_event("Wrong.", slug="wrong-words")
    reason = "It was a <hoax>."
    withdraw_event(actor=make_person(Role.CHIEF), event_id=event.pk, version=1, reason=reason)
    for path in (f"{DAY}wrong-words.html", f"/e/{event.pk}", f"/report/{event.pk}/"):
        html = lost(client, path, 410)
        assert "It was a &lt;hoax&gt;." in html
        assert "/about/#contact" in links(html)


def test_removed_by_law_it_says_so(client: Client) -> None:
    event = make.make_event("Wrong.", slug="wrong-words")
    remove_event(actor=make_person(Role.CHIEF), event_id=event.pk, version=1, reason="A court ordered it.")
    html = lost(client, f"{DAY}wrong-words.html", 451)
    assert "A court ordered it." in html
    assert "wrong-words" not in html


def test_what_was_never_public_gives_no_reason(client: Client) -> None:
    event = make.make_event("Never.", slug="never-shown", state=State.HELD)
    reject_event(actor=make_person(Role.CHIEF), event_id=event.pk, version=1, note="Among ourselves.")
    assert "Among ourselves" not in lost(client, f"{DAY}never-shown.html", 410)
