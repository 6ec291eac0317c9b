"""No address ever stops resolving: what each kind of address answers."""

from __future__ import annotations

import pytest
from django.test import Client

from events.models import Address
from events.vocabulary import State
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = "/news/2004/02/9/"
LONG = "minister-explains-the-treaty-on-bridges"


def target(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 301, response.status_code
    return response.headers["Location"]


def status(client: Client, path: str) -> int:
    return client.get(path).status_code


@pytest.mark.parametrize("suffix", ["", ".html", ".md", ".json", ".xml"])
def test_former_address_leads_to_the_present_one_in_the_same_format(client: Client, suffix: str) -> None:
    event = make.make_event(slug=LONG)
    make.former_address(event, "first-wording", date=make.DAY.replace(day=8))
    assert target(client, f"/news/2004/02/8/first-wording{suffix}") == f"{DAY}{LONG}{suffix}"


@pytest.mark.parametrize(
    "path",
    ["/news/2004/02/09/", "/news/2004/2/9/", "/news/2004/2/09/", "/news/2004/02/9", "/en/news/2004/02/9/"],
)
def test_other_writings_of_a_day_lead_to_the_day(client: Client, path: str) -> None:
    make.make_event(slug=LONG)
    response = client.get(path, follow=True)
    assert response.status_code == 200
    assert response.redirect_chain[-1] == (DAY, 301)


def test_padded_day_of_an_event_leads_to_its_address(client: Client) -> None:
    make.make_event(slug=LONG)
    assert target(client, f"/news/2004/02/09/{LONG}.md") == f"{DAY}{LONG}.md"
    assert target(client, f"/news/2004/2/9/{LONG}") == f"{DAY}{LONG}"
    assert target(client, f"{DAY}{LONG}/") == f"{DAY}{LONG}.html"


def test_readme_leads_to_the_index(client: Client) -> None:
    make.make_event(slug=LONG)
    assert target(client, f"{DAY}README.md") == f"{DAY}index.md"
    assert target(client, "/news/2004/02/09/README.md") == f"{DAY}index.md"
    assert target(client, "/README.md") == "/index.md"
    assert target(client, "/zh/README.md") == "/zh/index.md"


def test_cut_slug_leads_to_the_only_event_it_begins(client: Client) -> None:
    make.make_event(slug=LONG)
    assert target(client, f"{DAY}{LONG[:-6]}.html") == f"{DAY}{LONG}.html"
    assert target(client, f"{DAY}{LONG}-brid.html") == f"{DAY}{LONG}.html"
    assert status(client, f"{DAY}minist.html") == 404
    assert status(client, f"/news/2004/02/10/{LONG[:-6]}.html") == 404


def test_cut_slug_that_begins_two_events_is_not_guessed(client: Client) -> None:
    make.make_event(slug=LONG)
    make.make_event(slug=f"{LONG[:-3]}xyz")
    assert status(client, f"{DAY}{LONG[:-6]}.html") == 404


def test_cut_slug_shared_by_addresses_of_one_event_is_that_event(client: Client) -> None:
    event = make.make_event(slug=LONG)
    make.former_address(event, f"{LONG[:-3]}xyz")
    assert target(client, f"{DAY}{LONG[:-6]}.html") == f"{DAY}{LONG}.html"


def test_wildcards_in_a_slug_are_letters(client: Client) -> None:
    make.make_event(slug=LONG)
    assert status(client, f"{DAY}minister%25explains.html") == 404
    assert status(client, f"{DAY}minister_explains_.html") == 404


def test_short_address_leads_to_the_present_one(client: Client) -> None:
    event = make.make_event(slug=LONG)
    assert target(client, f"/e/{event.pk}") == f"{DAY}{LONG}.html"
    assert status(client, "/e/999999") == 404
    assert status(client, "/e/9999999999999999999") == 404


def test_merged_event_leads_to_the_one_it_was_merged_into(client: Client) -> None:
    last = make.make_event("Last.", slug="last-words")
    middle = make.make_event("Middle.", slug="middle-words", into=last)
    first = make.make_event("First.", slug="first-words", into=middle)
    assert target(client, f"{DAY}first-words.json") == f"{DAY}last-words.json"
    assert target(client, f"/e/{first.pk}") == f"{DAY}last-words.html"
    last.state = State.WITHDRAWN
    last.save()
    assert status(client, f"{DAY}first-words.html") == 410


@pytest.mark.parametrize(
    ("state", "expected"), [("draft", 404), ("held", 404), ("withdrawn", 410), ("legal", 451)]
)
@pytest.mark.parametrize("suffix", ["", ".html", ".md", ".json", ".xml"])
def test_what_is_not_public_says_so_in_every_format(
    client: Client, state: str, expected: int, suffix: str
) -> None:
    event = make.make_event("Secret words.", slug=LONG, state=State(state))
    make.former_address(event, "former-slug-of-it")
    for path in (f"{DAY}{LONG}{suffix}", f"{DAY}former-slug-of-it{suffix}", f"/e/{event.pk}"):
        response = client.get(path)
        assert response.status_code == expected
        assert b"Secret words" not in response.content
    cut = client.get(f"{DAY}{LONG[:-6]}{suffix}")
    assert cut.status_code == expected


def test_default_edition_has_no_prefix_and_others_have_theirs(client: Client) -> None:
    make.make_event("English.", slug="same-slug")
    make.make_event("中文。", slug="same-slug", edition="zh")
    make.make_event("只有中文。", slug="只有中文-事件", edition="zh")
    assert "English." in client.get(f"{DAY}same-slug.html").content.decode()
    assert "中文。" in client.get(f"/zh{DAY}same-slug.html").content.decode()
    assert target(client, f"/en{DAY}same-slug.html") == f"{DAY}same-slug.html"
    quoted = "%E5%8F%AA%E6%9C%89%E4%B8%AD%E6%96%87-%E4%BA%8B%E4%BB%B6"
    assert target(client, f"{DAY}只有中文-事件.md") == f"/zh{DAY}{quoted}.md"
    assert status(client, f"/zh{DAY}english.html") == 404


def test_corrected_date_moves_the_event_to_its_day_and_keeps_its_address(client: Client) -> None:
    event = make.make_event(slug=LONG, document=False)
    event.date = make.DAY.replace(day=10)
    event.save()
    make.write_documents([event.pk])
    assert status(client, f"{DAY}{LONG}.html") == 200
    assert status(client, DAY) == 404
    assert f'href="{DAY}{LONG}.html"' in client.get("/news/2004/02/10/").content.decode()


def test_odd_letters_in_a_slug_are_escaped_everywhere(client: Client) -> None:
    event = make.make_event("Odd.", slug='http:--a"b?c#d%41&e')
    quoted = "http%3A--a%22b%3Fc%23d%2541%26e"
    assert target(client, f"/e/{event.pk}") == f"{DAY}{quoted}.html"
    assert client.get(f"{DAY}{quoted}.html").status_code == 200
    assert f'href="{DAY}{quoted}.html"' in client.get(DAY).content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/news/2004/02/30/",
        "/news/2004/13/",
        "/news/0000/",
        "/news/2004/02/9/index",
        "/news/2004/02/9/history.html",
        "/news/2004/02/30/x.html",
        "/news/2004/02/9/nothing-at-all.html",
        "/news/2004/02/10/",
        "/news/1999/",
        "/news/2004/03/",
        "/contexts/none/",
        "/opinion/2004/02/9/none/",
        "/opinion/2004/02/31/none/",
        "/nothing",
        "/xx/news/",
        "/news/٢٠٠٤/02/9/",
        "/%00",
    ],
)
def test_what_never_was_is_a_404_that_helps(client: Client, path: str) -> None:
    make.make_event(slug=LONG)
    response = client.get(path)
    assert response.status_code == 404
    assert b"<h1>There is no page at this address</h1>" in response.content
    assert b'href="/contexts/"' in response.content


def test_missing_event_names_its_day(client: Client) -> None:
    make.make_event(slug=LONG)
    assert b'href="/news/2004/02/9/"' in client.get("/news/2004/02/09/unknown-slug.html").content


@pytest.mark.parametrize("path", [DAY, f"{DAY}{LONG}.html", "/", "/contexts/", "/livez"])
def test_reading_is_all_one_can_do(client: Client, path: str) -> None:
    make.make_event(slug=LONG)
    assert client.post(path).status_code == 405
    assert client.head(path).content == b""
    assert client.head(path).status_code == 200


def test_no_redirect_leads_to_another_site(client: Client) -> None:
    assert target(client, "/en//elsewhere.example/") == "/elsewhere.example/"
    assert not target(client, "/en/https://elsewhere.example/").startswith("http")


def test_every_address_of_an_event_answers(client: Client) -> None:
    event = make.make_event(slug=LONG)
    make.former_address(event, "first-wording")
    make.make_event("Another.", slug="another-slug", into=event)
    for row in Address.objects.all():
        assert client.get(f"{row.path}.html", follow=True).status_code == 200
