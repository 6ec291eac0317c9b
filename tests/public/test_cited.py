"""Sources on an event's page: publisher, title, the publisher's own description, an archive's copy."""

from __future__ import annotations

import pytest
from django.test import Client

from events.actions.documents import write_documents
from events.models import Source
from events.public.cited import original_and_copy, shown_citation
from tests.factories import make_event

pytestmark = pytest.mark.django_db
KEPT = "https://web.archive.org/web/20190601120000/https://paper.example/a?b=1"


def section(client: Client) -> str:
    html = client.get("/news/2004/02/9/cited.html").content.decode()
    return html.partition('<h2 id="sources">')[2].partition("</section>")[0]


def described(url: str, **words: str) -> None:
    event = make_event(slug="cited", citations=[("Paper", url, "")])
    Source.objects.update(**words)
    write_documents([event.pk])


def test_a_documents_title_is_the_link_and_its_description_is_marked_as_the_publishers(
    client: Client,
) -> None:
    described("https://paper.example/a", title="A <bridge>", description="Open & free.")
    html = section(client)
    assert (
        '<a href="https://paper.example/a" rel="external noopener">A &lt;bridge&gt;</a> '
        '<span class="by">Paper</span>'
    ) in html
    assert "<blockquote><p>Open &amp; free.</p></blockquote>" in html
    assert "the publisher&#x27;s own words, not ours" in html


def test_what_nobody_described_is_shown_by_its_label_alone(client: Client) -> None:
    described("https://paper.example/a")
    html = section(client)
    assert ">Paper</a></li>" in html
    assert "own words" not in html


def test_an_archived_copy_stands_beside_the_page_that_it_is_of(client: Client) -> None:
    described(KEPT)
    html = section(client)
    assert '<a href="https://paper.example/a?b=1" rel="external noopener">Paper</a>' in html
    assert f'href="{KEPT}" rel="external noopener">archived copy</a>' in html


@pytest.mark.parametrize(
    "url",
    [
        "https://web.archive.org/web/2019/javascript:alert(1)",
        "https://web.archive.org/about/",
        "https://paper.example/web/2019/https://other.example/",
    ],
)
def test_only_an_archives_copy_counts_as_one(url: str) -> None:
    assert original_and_copy(url) == (url, "")


def test_a_description_that_is_the_events_summary_is_not_said_twice_and_a_long_one_is_cut() -> None:
    row = {"label": "Paper", "publisher": "Paper", "url": "https://paper.example/", "picture": ""}
    assert shown_citation(row | {"description": "Said."}, "Said.")["description"] == ""
    cut = shown_citation(row | {"description": "word " * 200}, "")["description"]
    assert len(cut) <= 300
    assert cut.endswith("…")


def test_a_document_stored_before_sources_were_described_is_still_shown() -> None:
    row = {"label": "Paper", "publisher": "Paper", "url": "javascript:alert(1)", "picture": "data:x"}
    shown = shown_citation(row, "")
    assert (shown["label"], shown["href"], shown["kept"], shown["picture"]) == ("Paper", "", "", "")
