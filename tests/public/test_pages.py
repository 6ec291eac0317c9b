"""The front page, days, contexts, the calendar, opinion and what machines ask for."""

from __future__ import annotations

import json
import re

import pytest
from django.db import DatabaseError
from django.test import Client

from events.models import Sequence
from events.vocabulary import EDITIONS, State
from tests import factories as make

pytestmark = pytest.mark.django_db


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_day_groups_neighbours_under_one_lead_heading(client: Client) -> None:
    make.make_event("One.", lead="War")
    make.make_event("Two.", lead="War", contexts=["Peace"])
    make.make_event("Three.")
    make.make_event("Four.", lead="War")
    html = page(client, "/news/2004/02/9/")
    headings = re.findall(r"<h2>(?:<a[^>]*>)?([^<]*)", html)
    assert headings == ["War", "Other events", "War"]
    assert html.index("One.") < html.index("Two.") < html.index("Three.") < html.index("Four.")
    assert '<a href="/contexts/peace/">Peace</a>' in html
    assert '<link rel="canonical" href="http://127.0.0.1:8000/news/2004/02/9/">' in html


@pytest.mark.parametrize(
    "folder", ["/", "/news/2004/02/9/", "/contexts/war/", "/opinion/2004/02/9/a-case-for-patience/"]
)
def test_index_files_are_the_page_in_each_format(client: Client, folder: str) -> None:
    make.make_event("The war ends.", lead="War")
    make.make_editorial(body="The war ends.")
    for name, content_type in (
        ("", "text/html; charset=utf-8"),
        ("index.html", "text/html; charset=utf-8"),
        ("index.md", "text/markdown; charset=utf-8"),
        ("index.json", "application/json"),
        ("index.xml", "application/xml; charset=utf-8"),
    ):
        response = client.get(folder + name)
        assert response.status_code == 200
        assert response.headers["Content-Type"] == content_type
        assert "The war ends." in response.content.decode()
    json.loads(client.get(f"{folder}index.json").content)


def test_front_page_shows_days_and_opinion(client: Client) -> None:
    for day in ("2004-02-01", "2004-02-03", "2004-02-07", "2004-02-09"):
        make.make_event(f"On {day}.", date=day)
    make.make_editorial()
    html = page(client, "/")
    assert [f"On 2004-02-0{day}." in html for day in (9, 7, 3, 1)] == [True, True, True, False]
    assert "A case for patience" in html
    assert '<a rel="prev" href="/news/2004/02/1/">' in html


@pytest.mark.parametrize("edition", EDITIONS)
def test_empty_archive_has_a_front_page_and_lists(client: Client, edition: str) -> None:
    prefix = EDITIONS[edition].prefix
    for path in ("/", "/news/", "/contexts/", "/opinion/", "/index.md", "/index.json", "/index.xml"):
        page(client, prefix + path)


def test_context_page_shows_its_profile_cleaned(client: Client) -> None:
    make.make_context(
        "War",
        profile="# A *profile*\n\n<script>alert(1)</script> [x](javascript:alert(1)) [y](https://y.example/)",
        wikipedia="https://en.wikipedia.org/wiki/War",
        wikidata="Q198",
    )
    make.make_event("The war ends.", lead="War")
    html = page(client, "/contexts/war/")
    assert "<h2>A <em>profile</em></h2>" in html
    assert "<script" not in html
    assert "javascript:" not in html.replace("[x](javascript:alert(1))", "")
    assert 'href="https://y.example/"' in html
    assert 'href="https://en.wikipedia.org/wiki/War"' in html
    assert 'href="/news/2004/02/9/the-war-ends.html"' in html


def test_merged_context_leads_to_its_target(client: Client) -> None:
    merged, target = make.make_context("Old War"), make.make_context("War")
    merged.merged_into = target
    merged.save()
    for name in ("", "index.json"):
        response = client.get(f"/contexts/old-war/{name}")
        assert (response.status_code, response.headers["Location"]) == (301, f"/contexts/war/{name}")
    assert client.get("/contexts/war/README.md").headers["Location"] == "/contexts/war/index.md"
    assert client.get("/contexts/war").headers["Location"] == "/contexts/war/"


def test_context_without_prefix_leads_to_the_only_edition_that_has_it(client: Client) -> None:
    make.make_context("战争", edition="zh", slug="zhan")
    assert client.get("/contexts/zhan/").headers["Location"] == "/zh/contexts/zhan/"
    assert client.get("/zh/contexts/zhan/").status_code == 200


def test_list_of_contexts_starts_where_asked(client: Client) -> None:
    make.make_event("One.", contexts=["Alpha", "Omega & Co"])
    html = page(client, "/contexts/?from=B")
    assert "Alpha" not in html
    assert '<a href="/contexts/omega-co/">Omega &amp; Co</a> <span class="n">1</span>' in html
    assert client.get("/contexts/?from=%00%ff").status_code == 200


def test_editorial_is_public_in_its_time_only(client: Client) -> None:
    piece = make.make_editorial(body="## Part\n\nSome *prose*.")
    path = "/opinion/2004/02/9/a-case-for-patience/"
    html = page(client, path)
    assert "<h1>A case for patience</h1>" in html
    assert "<h2>Part</h2>" in html
    assert "by A. Writer" in html
    assert path in page(client, "/opinion/")
    assert (
        client.get("/opinion/2004/02/09/a-case-for-patience/index.md").headers["Location"]
        == f"{path}index.md"
    )
    assert client.get("/opinion/index.md").headers["Location"] == "/opinion/"
    for state, expected in ((State.DRAFT, 404), (State.WITHDRAWN, 410)):
        piece.state = state
        piece.save()
        assert client.get(path).status_code == expected
        assert path not in page(client, "/opinion/")


def test_withdrawn_event_is_gone_from_every_page(client: Client) -> None:
    event = make.make_event("Secret words.", lead="War", slug="secret")
    other = make.make_event("Other.", slug="other", contexts=["War"])
    make.relate(other, event, shared=["War"])
    paths = ["/", "/news/2004/02/9/", "/contexts/war/", "/news/2004/02/9/other.html", "/index.json"]
    tags = {}
    for path in paths:
        response = client.get(path)
        assert "Secret words." in response.content.decode()
        tags[path] = response.headers["ETag"]
    event.state = State.WITHDRAWN
    event.save()
    for path in paths:
        response = client.get(path, headers={"if-none-match": tags[path]})
        assert response.status_code == 200
        assert "Secret words." not in response.content.decode()


def test_probes_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert page(client, "/livez") == "ok\n"
    Sequence.objects.get_or_create(pk=1)
    assert page(client, "/readyz") == "ok\n"

    def broken(*_: object) -> bool:
        raise DatabaseError("no database")

    monkeypatch.setattr("events.public.machines.Sequence.objects.exists", broken)
    assert client.get("/readyz").status_code == 503
    assert client.get("/livez").status_code == 200


def test_robots_may_read(client: Client) -> None:
    assert "Disallow: /admin/" in page(client, "/robots.txt")


def test_server_error_page_asks_nothing_of_the_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise DatabaseError("no database")

    monkeypatch.setattr("events.queries.front_state", broken)
    client.raise_request_exception = False
    response = client.get("/zh/")
    assert response.status_code == 500
    assert "我们这边出了错" in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
